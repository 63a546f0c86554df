//! Environment variables, as far as the configuration itself tells their values (HAProxy manual 2.3 and 3.1).
//!
//! Enters: the lines of a configuration, then words with variables in them. Leaves: the words HAProxy makes of them.
//! Must not know: the environment of this process, which is not HAProxy's.

use super::syntax::{Line, Word};
use std::collections::HashMap;

/// Bytes that a word may become. HAProxy has no bound of its own (2.6 takes megabytes), but writes at most 65,535
/// bytes of a log line (`log … len`, manual 4.2), so that a longer text is nothing that a line could have.
pub(super) const LONGEST: usize = 65_535;

/// The variables that a configuration sets; those without a value are longer than [`LONGEST`].
#[derive(Debug, Clone, Default)]
pub struct Variables(HashMap<Vec<u8>, Option<Vec<u8>>>);

/// A variable whose value is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Its name.
    pub name: String,
    /// Where it stands: byte of the word's value, from 0.
    pub at: usize,
    /// Why.
    pub why: Why,
}

/// Why the value of a variable is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Nothing tells it.
    Unset,
    /// With it, a word is longer than any log line.
    TooLong,
}

impl Variables {
    /// What `setenv` and `presetenv` set, and `unsetenv` and `resetenv` do not take away. Both kinds of setting count:
    /// that the environment had a value before `presetenv` cannot be seen here.
    pub fn of<'a>(lines: impl IntoIterator<Item = &'a Line>) -> Self {
        let mut variables = Variables::default();
        for line in lines {
            let words: Vec<&Word> = line.words().collect();
            match words[..] {
                [keyword, name, value] if keyword.is("setenv") || keyword.is("presetenv") => {
                    variables.set(keyword.is("setenv"), name, value);
                }
                [keyword, ref names @ ..] if keyword.is("unsetenv") => {
                    variables
                        .0
                        .retain(|set, _| names.iter().all(|name| name.value != *set));
                }
                [keyword, ref names @ ..] if keyword.is("resetenv") => {
                    variables
                        .0
                        .retain(|set, _| names.iter().any(|name| name.value == *set));
                }
                _ => {}
            }
        }
        variables
    }

    /// One that cannot be known leaves its variable unset.
    fn set(&mut self, again: bool, name: &Word, value: &Word) {
        if !again && self.0.contains_key(&name.value) {
            return;
        }
        let value = match self.expand(value, |_| None) {
            Ok(value) => Some(value),
            Err(unknown) if unknown.why == Why::TooLong => None,
            Err(_) => {
                self.0.remove(&name.value);
                return;
            }
        };
        self.0.insert(name.value.clone(), value);
    }

    /// What HAProxy makes of a word: each variable becomes the value that the configuration sets, else the one that
    /// HAProxy itself sets (`own`), else the default that the word gives.
    ///
    /// # Errors
    /// When a variable has none of these, or makes more of the word than a log line has.
    pub fn expand(
        &self,
        word: &Word,
        own: impl Fn(&[u8]) -> Option<&'static str>,
    ) -> Result<Vec<u8>, Unknown> {
        let mut expanded = Vec::new();
        let mut done = 0;
        for variable in &word.variables {
            expanded.extend(word.value.get(done..variable.start).unwrap_or_default());
            let written = word.value.get(variable.clone()).unwrap_or_default();
            let (name, default) = parts(written);
            let unknown = |why| Unknown {
                name: String::from_utf8_lossy(name).into_owned(),
                at: variable.start,
                why,
            };
            let value = match self.0.get(name) {
                Some(set) => set.as_deref().ok_or_else(|| unknown(Why::TooLong)),
                None => {
                    let own = own(name).map(str::as_bytes);
                    own.or(default).ok_or_else(|| unknown(Why::Unset))
                }
            }?;
            expanded.extend(value);
            if expanded.len() > LONGEST {
                return Err(unknown(Why::TooLong));
            }
            done = variable.end;
        }
        expanded.extend(word.value.get(done..).unwrap_or_default());
        Ok(expanded)
    }
}

/// Name and default of `$NAME`, `${NAME}`, `${NAME[*]}`, `${NAME-default}`.
pub(super) fn parts(written: &[u8]) -> (&[u8], Option<&[u8]>) {
    let written = written.strip_prefix(b"$").unwrap_or(written);
    let inside = written.strip_prefix(b"{").unwrap_or(written);
    let inside = inside.strip_suffix(b"}").unwrap_or(inside);
    let is_end = |byte: &u8| matches!(byte, b'[' | b'-');
    let (name, rest) = inside.split_at(inside.iter().position(is_end).unwrap_or(inside.len()));
    let rest = rest.strip_prefix(b"[*]").unwrap_or(rest);
    (name, rest.strip_prefix(b"-"))
}

#[cfg(test)]
mod tests {
    use super::super::syntax::Syntax;
    use super::*;

    fn expand(lines: &str, word: &str) -> Result<String, Unknown> {
        let text = format!("global\n{lines}\nx {word}\n");
        let syntax = Syntax::parse(text.as_bytes()).expect("it parses");
        let last = syntax.lines().last().and_then(|line| line.words().nth(1));
        let own = |name: &[u8]| (name == b"HAPROXY_OWN").then_some("own");
        let word = last.expect("a word");
        let bytes = Variables::of(syntax.lines()).expand(word, own)?;
        Ok(String::from_utf8(bytes).expect("UTF-8"))
    }

    #[test]
    fn variables_become_what_haproxy_makes_of_them() {
        let set = " setenv A 'a b'\n setenv B \"<$A>\"\n presetenv A no\n presetenv C c\n setenv D d\n unsetenv D";
        for (word, expected) in [
            (r#""$A-${A}-${A[*]}""#, "a b-a b-a b"),
            (r#""x$B${C}""#, "x<a b>c"),
            (r#""${HAPROXY_OWN} ${D-%ST} ${E-}.""#, "own %ST ."),
            (r#""${A-default}""#, "a b"),
            (r#"'$A'"\$A $A"$A"#, "$A$A a b$A"),
        ] {
            assert_eq!(expand(set, word).as_deref(), Ok(expected), "{word}");
        }
    }

    #[test]
    fn a_variable_without_a_value_is_named() {
        let unset = |name: &str, at| {
            let name = name.to_owned();
            let why = Why::Unset;
            Err(Unknown { name, at, why })
        };
        assert_eq!(expand("", r#""%ci ${NO_SUCH[*]}""#), unset("NO_SUCH", 4));
        assert_eq!(expand(" setenv A x\n unsetenv A", r#""$A""#), unset("A", 0));
        assert_eq!(
            expand(" setenv A x\n setenv A \"$B\"", r#""$A""#),
            unset("A", 0)
        );
        assert_eq!(expand(" setenv A x\n resetenv B", r#""$A""#), unset("A", 0));
    }

    #[test]
    fn what_grows_without_end_is_named() {
        let doubled = format!(" setenv A x\n{}", " setenv A \"$A$A\"\n".repeat(40));
        let too_long = |name: &str| {
            let (name, why) = (name.to_owned(), Why::TooLong);
            Err(Unknown { name, at: 0, why })
        };
        assert_eq!(expand(&doubled, r#""$A""#), too_long("A"));
        let through = format!("{doubled} setenv B \"$A\"");
        assert_eq!(expand(&through, r#""$B""#), too_long("B"));
        let again = format!("{doubled} setenv A y");
        assert_eq!(expand(&again, r#""$A""#).as_deref(), Ok("y"));
        let large = format!(" setenv A x\n{}", " setenv A \"$A$A\"\n".repeat(15));
        assert_eq!(
            expand(&large, r#""$A""#).map(|text| text.len()),
            Ok(1 << 15)
        );
        assert_eq!(expand(&large, r#""$A$A""#).map(|text| text.len()), {
            let (name, why) = ("A".to_owned(), Why::TooLong);
            Err(Unknown { name, at: 2, why })
        });
    }
}
