//! `hapline man`: manual pages, made from the arguments themselves.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::examples;
use super::failure::Failure;

/// Arguments of `hapline man`.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The command; without one, the program
    #[arg(value_name = "COMMAND", conflicts_with = "out")]
    command: Option<String>,
    /// Write all pages into this folder, a file each
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Prints a page, or writes all of them.
///
/// # Errors
/// When there is no such command, or the page cannot be written.
pub fn run(args: &ManArgs, mut program: Command) -> Result<(), Failure> {
    program = program.disable_help_subcommand(true);
    program.build();
    if let Some(folder) = &args.out {
        return all(&program, folder);
    }
    let wanted = match &args.command {
        None => &program,
        Some(name) => program.find_subcommand(name).ok_or_else(|| {
            let known = program.get_subcommands().map(Command::get_name);
            let known = known.collect::<Vec<_>>().join(", ");
            Failure::new(
                format!("there is no command {name}"),
                format!("there are {known}"),
            )
        })?,
    };
    Ok(page(wanted, &mut io::stdout().lock())?)
}

fn all(program: &Command, folder: &Path) -> Result<(), Failure> {
    for command in program.get_subcommands().chain([program]) {
        let path = folder.join(Man::new(command.clone()).get_filename());
        let written = File::create(&path).and_then(|mut file| page(command, &mut file));
        written.map_err(|error| {
            let said = format!("{}: cannot be written: {error}", path.display());
            Failure::new(said, "name a folder that is there and may be written to")
        })?;
    }
    Ok(())
}

fn page(command: &Command, out: &mut dyn Write) -> io::Result<()> {
    let name = match command.get_name() {
        "hapline" => "",
        name => name,
    };
    // They have a section of their own here.
    let bare = command.clone().after_long_help("");
    let page = Man::new(bare).manual("hapline");
    page.render_title(out)?;
    page.render_name_section(out)?;
    page.render_synopsis_section(out)?;
    page.render_description_section(out)?;
    page.render_options_section(out)?;
    if command.has_subcommands() {
        page.render_subcommands_section(out)?;
    }
    let mut roff = Roff::new();
    roff.control("SH", ["EXAMPLES"]);
    for (what, example) in examples::of(name) {
        if !what.is_empty() {
            roff.control("PP", []);
            roff.text([roman(format!("{what}:"))]);
        }
        roff.control("PP", []);
        roff.control("RS", ["4"]);
        roff.control("nf", []);
        roff.text([roman(*example)]);
        roff.control("fi", []);
        roff.control("RE", []);
    }
    roff.to_writer(out)
}
