//! Two characters of termination states, counted.
//!
//! Enters: pairs of characters. Leaves: a row for each with its requests and sessions, told by who knows what they mean. Must
//! not know: what they mean.

use crate::stats::sheet::{Cell, Rows};

/// Few of them occur: they are looked for one after the other, the one that came first in front.
#[derive(Debug, Default)]
pub struct Codes(Vec<Code>);

#[derive(Debug, Clone, Copy)]
pub struct Code {
    pub chars: [u8; 2],
    pub requests: u64,
    pub sessions: u64,
}

impl Codes {
    #[inline]
    pub fn add(&mut self, chars: [u8; 2], requests: u64, sessions: u64) {
        let code = match self.0.iter().position(|code| code.chars == chars) {
            Some(nth) => &mut self.0[nth],
            None => self.begin(chars),
        };
        code.requests += requests;
        code.sessions += sessions;
    }

    #[cold]
    fn begin(&mut self, chars: [u8; 2]) -> &mut Code {
        self.0.push(Code {
            chars,
            requests: 0,
            sessions: 0,
        });
        let last = self.0.len() - 1;
        &mut self.0[last]
    }

    pub fn merge(&mut self, other: Self) {
        for code in other.0 {
            self.add(code.chars, code.requests, code.sessions);
        }
    }

    /// A row for each; `tell` knows its cells, and gets how many requests and sessions there are in all.
    pub fn rows<const CELLS: usize>(
        self,
        tell: fn(&Code, u64) -> [Cell<'_>; CELLS],
    ) -> Box<dyn Rows> {
        let each = self.0.iter();
        let all = each.map(|code| code.requests + code.sessions).sum();
        Box::new(Told {
            codes: self.0,
            all,
            tell,
        })
    }
}

struct Told<const CELLS: usize> {
    codes: Vec<Code>,
    all: u64,
    tell: fn(&Code, u64) -> [Cell<'_>; CELLS],
}

impl<const CELLS: usize> Rows for Told<CELLS> {
    fn count(&self) -> usize {
        self.codes.len()
    }

    fn show(&self, row: usize, look: &mut dyn FnMut(&[Cell])) {
        look(&(self.tell)(&self.codes[row], self.all));
    }
}

impl Code {
    /// As HAProxy writes it.
    pub fn text(&self) -> String {
        self.chars.iter().map(|byte| char::from(*byte)).collect()
    }
}
