//! What was meant by arguments that are none.
//!
//! Enters: why arguments cannot be read. Leaves: what to type instead, where that is known. Must not know: what commands do.

use std::path::Path;

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use super::failure::Failure;

/// What to type instead of these arguments; `None` where the error says all there is to say.
pub fn meant(error: &Error) -> Option<Failure> {
    let typed = |kind| match error.get(kind) {
        Some(ContextValue::String(typed)) => Some(typed.as_str()),
        _ => None,
    };
    match error.kind() {
        ErrorKind::InvalidSubcommand => {
            let file = typed(ContextKind::InvalidSubcommand).filter(|typed| is_file(typed))?;
            Some(Failure::new(
                format!("{file} is a file, and no command stands before it"),
                format!("hapline report {file}, or hapline top {file}"),
            ))
        }
        ErrorKind::InvalidValue => {
            let file = typed(ContextKind::InvalidValue).filter(|typed| is_file(typed))?;
            let is_table = typed(ContextKind::InvalidArg).is_some_and(|arg| arg.contains("TABLE"));
            is_table.then(|| {
                Failure::new(
                    format!("{file} is a file, and no table stands before it"),
                    format!(
                        "hapline stats servers {file}; others than servers: hapline stats --help"
                    ),
                )
            })
        }
        ErrorKind::UnknownArgument => {
            let option = typed(ContextKind::InvalidArg)?;
            let hint = output(option)?;
            Some(Failure::new(format!("there is no option {option}"), hint))
        }
        _ => None,
    }
}

fn is_file(typed: &str) -> bool {
    Path::new(typed).is_file()
}

/// How the output gets its format and its file, for who knows other programs.
fn output(option: &str) -> Option<String> {
    match option {
        "--json" | "--html" | "--markdown" | "--csv" => {
            Some(format!("use --format {}", option.trim_start_matches('-')))
        }
        "-f" => Some("the format is --format; a log needs no option before it".to_owned()),
        "-o" | "--output" | "--out" => Some(
            "output goes to standard output: hapline report FILE --format html > report.html"
                .to_owned(),
        ),
        _ => None,
    }
}
