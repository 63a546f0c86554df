//! `hapline serve`: settings by file, environment and flags.
//!
//! Enters: arguments. Leaves: settings. Must not know: names of settings; the table of them makes the flags.

use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, FromArgMatches};

use super::failure::Failure;
use crate::report::escape;
use crate::serve::settings::{
    self, FILE, FILE_VARIABLE, Given, KEYS, Key, Loaded, Shape, Sources, Text,
};

/// The flag that names the file.
const FILE_FLAG: &str = "settings";
/// The flag that shows settings.
const SHOW_FLAG: &str = "show-config";

/// What the short help shows.
const SHORT: [&str; 6] = [
    "listen.udp",
    "listen.tcp",
    "listen.unix",
    "follow.paths",
    "store.path",
    "http.address",
];

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct SettingsArgs {
    file: Option<PathBuf>,
    show: bool,
    given: Vec<Given>,
}

impl SettingsArgs {
    /// The settings are to be shown, and nothing else.
    pub fn is_show(&self) -> bool {
        self.show
    }

    /// Reads the file and the environment, and joins them with the flags: at the start, and again on SIGHUP.
    ///
    /// # Errors
    /// When the file cannot be read, or a setting is no good.
    pub fn load(&self) -> Result<Loaded, Failure> {
        let environment = std::env::vars_os();
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        let sources = Sources {
            file: self.text()?,
            environment: environment.filter_map(text).collect(),
            flags: self.given.clone(),
        };
        let loaded = settings::load(&sources);
        let loaded = loaded.map_err(|error| Failure::new(&error, error.hint()))?;
        for doubt in &loaded.doubts {
            aside!("hapline: {}", escape::terminal(doubt));
        }
        Ok(loaded)
    }

    /// The file that was named, else the usual one if there is one.
    fn text(&self) -> Result<Option<Text>, Failure> {
        let variable = || std::env::var_os(FILE_VARIABLE).filter(|path| !path.is_empty());
        let named = self.file.clone().or_else(|| variable().map(PathBuf::from));
        match named {
            Some(path) => read(&path).map(Some),
            None if Path::new(FILE).exists() => read(Path::new(FILE)).map(Some),
            None => Ok(None),
        }
    }
}

fn read(path: &Path) -> Result<Text, Failure> {
    let name = path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Text { name, text }),
        Err(error) => {
            let hint = "name a TOML file that can be read; samples/hapline.toml is one";
            Err(Failure::new(
                format!("{name}: cannot be read: {error}"),
                hint,
            ))
        }
    }
}

impl clap::Args for SettingsArgs {
    fn augment_args(command: Command) -> Command {
        let file = Arg::new(FILE_FLAG)
            .long(FILE_FLAG)
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .help(format!(
                "Settings as TOML [default: {FILE}, where it exists]"
            ));
        let show = Arg::new(SHOW_FLAG)
            .long(SHOW_FLAG)
            .action(ArgAction::SetTrue)
            .help("Print the settings in force, each with where it came from, and end");
        KEYS.iter()
            .map(flag)
            .fold(command.arg(file).arg(show), Command::arg)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn flag(key: &Key) -> Arg {
    let flag = Arg::new(key.name)
        .long(key.flag)
        .help(key.help)
        .help_heading(heading(key))
        .hide_short_help(!SHORT.contains(&key.name));
    match key.shape {
        Shape::Switch => flag.action(ArgAction::SetTrue),
        Shape::List | Shape::Lines => flag
            .action(ArgAction::Append)
            .value_name(key.value)
            .allow_hyphen_values(key.shape == Shape::Lines),
        Shape::Text | Shape::Number => flag.action(ArgAction::Set).value_name(key.value),
    }
}

fn heading(key: &Key) -> &'static str {
    match key.parts().0 {
        "listen" => "Listeners",
        "follow" => "Followed files",
        "store" => "Store",
        "http" => "HTTP",
        _ => "HAProxy",
    }
}

impl FromArgMatches for SettingsArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = KEYS
            .iter()
            .filter(|key| matches.value_source(key.name) == Some(ValueSource::CommandLine));
        let given = given.map(|key| Given {
            key: key.name,
            values: match key.shape {
                Shape::Switch => vec!["true".to_owned()],
                _ => {
                    let values = matches.get_many::<String>(key.name);
                    values.into_iter().flatten().cloned().collect()
                }
            },
        });
        Ok(Self {
            file: matches.get_one(FILE_FLAG).cloned(),
            show: matches.get_flag(SHOW_FLAG),
            given: given.collect(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Args;

    fn parsed(arguments: &[&str]) -> SettingsArgs {
        let command = SettingsArgs::augment_args(Command::new("serve").no_binary_name(true));
        let matches = command.try_get_matches_from(arguments).unwrap();
        SettingsArgs::from_arg_matches(&matches).unwrap()
    }

    fn given(key: &'static str, values: &[&str]) -> Given {
        let values = values.iter().map(|&value| value.to_owned()).collect();
        Given { key, values }
    }

    #[test]
    fn every_setting_has_a_flag() {
        SettingsArgs::augment_args(Command::new("serve")).debug_assert();
        let arguments = [
            "--udp",
            "127.0.0.1:1",
            "--keep",
            "1d",
            "--udp",
            "127.0.0.1:2",
            "--stdin",
            "--log-format",
            "-%ci, %f",
            "--show-config",
        ];
        let parsed = parsed(&arguments);
        assert!(parsed.is_show());
        assert_eq!(
            parsed.given,
            [
                given("listen.udp", &["127.0.0.1:1", "127.0.0.1:2"]),
                given("listen.stdin", &["true"]),
                given("store.keep", &["1d"]),
                given("haproxy.log_formats", &["-%ci, %f"]),
            ]
        );
    }

    #[test]
    fn without_flags_nothing_is_given() {
        assert_eq!(parsed(&[]).given, []);
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = parsed(&["--settings", "/nonexistent/hapline.toml"]).load();
        let Err(Failure::Said(what, Some(_))) = error else {
            panic!("{error:?}");
        };
        assert!(
            what.starts_with("/nonexistent/hapline.toml: cannot be read"),
            "{what}"
        );
    }
}
