//! Two characters of termination states, counted.
//!
//! Enters: pairs of characters. Leaves: how many requests and sessions had each. Must not know: what they mean.

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

    /// All of them, and how many requests and sessions that are.
    pub fn all(self) -> (Vec<Code>, u64) {
        let all = self
            .0
            .iter()
            .map(|code| code.requests + code.sessions)
            .sum();
        (self.0, all)
    }
}

impl Code {
    /// As HAProxy writes it.
    pub fn text(&self) -> String {
        self.chars.iter().map(|byte| char::from(*byte)).collect()
    }
}
