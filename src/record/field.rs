//! The fields of a record, by name.
//!
//! Enters: a record. Leaves: the value of a field, or nothing where the line does not have it.
//! Must not know: how values are printed or compared.
//!
//! The tables are what a newcomer extends: a row is a name, a sentence with the unit, the kind of its
//! values, and where they stand.

/// A table of fields under a name. Its rows are there to be looked up, and the same rows are code without a call or a
/// loop between them, for those who go through all of a record: most rows are two instructions where the line does not
/// have the field. `if` tells of which records it has any at all.
macro_rules! table {
    ($table:ident, $($rows:tt)+) => {
        table!($table if |_| true; $($rows)+);
    };
    (
        $table:ident if $has_any:expr;
        $(Field { name: $name:literal, about: $about:literal, kind: $kind:expr, get: $get:expr $(,)? }),+ $(,)?
    ) => {
        pub(super) struct $table;

        impl $crate::record::field::Table for $table {
            const ROWS: &'static [Field] = &[$(Field {
                name: $name,
                about: $about,
                kind: $kind,
                get: $get,
            }),+];

            #[inline(always)]
            fn show<'a>(
                record: &$crate::record::Record<'a>,
                look: &mut impl $crate::record::field::Look<'a>,
            ) {
                use $crate::record::field::{Name, ask};
                if !ask(record, $has_any) {
                    return;
                }
                $({
                    struct Row;
                    impl Name for Row {
                        const NAME: &'static str = $name;
                    }
                    if let Some(value) = ask(record, $get) {
                        look.see::<Row>(value);
                    }
                })+
            }
        }
    };
}

mod event;
mod kind;
pub(super) mod own;
mod request;
mod timers;
mod traffic;
mod wrapping;

use super::{Record, Value};

/// A field that a record may have.
#[derive(Debug)]
pub struct Field {
    /// Its name: HAProxy's alias for timers (`Tr`), else a word (`status`).
    pub name: &'static str,
    /// What it is, with its unit.
    pub about: &'static str,
    /// What its values are.
    pub kind: Kind,
    get: for<'r, 'a> fn(&'r Record<'a>) -> Option<Value<'a>>,
}

/// What values of a field are, and so how they are typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A count, a port, an id.
    Number,
    /// Kept in ms.
    Duration,
    /// Kept in bytes.
    Size,
    /// A date and a time of day.
    Time,
    /// An IP address, or what stands for one.
    Address,
    /// `true` or `false` on every line that has the field.
    Flag,
    /// Stands on a traffic line only where it is true.
    Mark,
    /// Why a session ended and when, in two characters; with persistence, four.
    Termination,
    /// Words, lists of them, and what has names inside.
    Text,
    /// What goes by a name inside a field: known when it is seen.
    Any,
}

/// Who goes through the fields that a record has.
pub trait Look<'a> {
    /// Takes the next one. Its name is known when the program is built, so that what is printed around it can be.
    fn see<N: Name>(&mut self, value: Value<'a>);
}

/// The name of a field, as a type.
pub trait Name {
    /// See [`Field::name`].
    const NAME: &'static str;
}

/// What `table!` makes.
trait Table {
    const ROWS: &'static [Field];

    fn show<'a>(record: &Record<'a>, look: &mut impl Look<'a>);
}

/// Calls what stands in a row, whose argument has its type from here.
#[inline(always)]
fn ask<'a, T>(record: &Record<'a>, row: impl FnOnce(&Record<'a>) -> T) -> T {
    row(record)
}

macro_rules! tables {
    ($($table:ty),+ $(,)?) => {
        impl Field {
            /// All of them, in the order in which a record is printed.
            pub fn all() -> impl Iterator<Item = &'static Field> {
                [$(<$table as Table>::ROWS),+].into_iter().flatten()
            }
        }

        impl<'a> Record<'a> {
            /// Shows the fields it has, in the same order: what [`Record::fields`] gives, in a quarter of the time.
            pub fn show(&self, look: &mut impl Look<'a>) {
                $(<$table as Table>::show(self, look);)+
            }
        }
    };
}

tables!(
    wrapping::Fields,
    kind::Fields,
    traffic::Fields,
    timers::Fields,
    traffic::Outcome,
    request::Fields,
    event::Host,
    event::Fields,
    own::Fields,
    kind::State,
);

impl Field {
    /// The one of this name.
    pub fn named(name: &str) -> Option<&'static Field> {
        Self::all().find(|field| field.name == name)
    }

    /// Its value in a record; `None` where the line does not have it.
    pub fn of<'a>(&self, record: &Record<'a>) -> Option<Value<'a>> {
        (self.get)(record)
    }
}

/// `true`, or nothing: what a line says by having it.
#[inline]
fn flag<'a>(on: bool) -> Option<Value<'a>> {
    on.then_some(Value::Bool(true))
}

/// A number where the text is one, else the text.
fn number_or_text<'a>(text: &'a [u8]) -> Value<'a> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let is_plain = !digits.is_empty()
        && digits.iter().all(u8::is_ascii_digit)
        && (digits.len() == 1 || !digits.starts_with(b"0"));
    let number = std::str::from_utf8(text).ok().filter(|_| is_plain);
    match number.and_then(|text| text.parse().ok()) {
        Some(number) => Value::Number(number),
        None => Value::text(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names and values in the order in which they are shown.
    #[derive(Default)]
    struct Shown<'a>(Vec<(&'static str, Value<'a>)>);

    impl<'a> Look<'a> for Shown<'a> {
        fn see<N: Name>(&mut self, value: Value<'a>) {
            self.0.push((N::NAME, value));
        }
    }

    #[test]
    fn what_is_shown_is_what_the_rows_say() {
        let reader = crate::line::Reader::default();
        for line in [
            r#"Feb  6 12:14:14 lb1 haproxy[7]: 10.0.1.2:33317 [06/Feb/2026:12:14:14.655] www~ app/web1 10/0/30/69/+109 200 +2750 A=b - ---- 1/1/1/1/0 0/0 {a|b#41} {c} "GET /#FF HTTP/1.1" more"#,
            r#"10.0.1.2 [06/Feb/2026:12:14:14.655] www app/web1 1/2/3/4/5 200 6 - - ---- 1/1/1/1/0 0/0 {a|b} "GET / HTTP/1.1"#,
            "10.0.1.2:33313 [06/Feb/2026:12:12:51.443] fnt bck/srv1 0/1/2 120 -- 3/3/3/1/0 0/0",
            "unix:1 [03/Dec/2026:17:35:10.380] frt/f1: SSL handshake failure",
            "<134>Feb  6 12:14:14 lb1 haproxy[7]: Server app/web1 is DOWN, reason: Layer4 timeout.",
            "something else",
        ] {
            crate::record::read(line.as_bytes(), &reader, |record| {
                let mut shown = Shown::default();
                record.show(&mut shown);
                let fields = record.fields().map(|(field, value)| (field.name, value));
                assert_eq!(shown.0, fields.collect::<Vec<_>>(), "{line}");
            });
        }
    }

    #[test]
    fn no_name_is_given_twice() {
        let mut names: Vec<&str> = Field::all().map(|field| field.name).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
