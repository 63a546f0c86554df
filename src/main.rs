//! Arguments in, exit code out.

/// A fold makes and drops many small lists on every thread; the system's allocator took a tenth of a report.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    hapline::cli::main()
}
