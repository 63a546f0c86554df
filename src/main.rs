//! Arguments in, exit code out.

fn main() -> std::process::ExitCode {
    hapline::cli::main()
}
