//! The CBOR that HAProxy writes (`%{+cbor}o`, `log.c` and `cbor.c`), as JSON text.
//!
//! Enters: hexadecimal text. Leaves: the same map in JSON, or `None` when it is none.
//! Must not know: which names a format has.
//!
//! HAProxy writes one map of unknown length (`BF … FF`) of texts, integers, booleans, null and arrays (RFC 8949).

/// How deep arrays and maps may stand in each other; HAProxy writes one within one.
const DEPTH: usize = 4;

/// The JSON text of a map written as hexadecimal CBOR. Allocates.
pub fn to_json(text: &[u8]) -> Option<Vec<u8>> {
    if !text.get(..2)?.eq_ignore_ascii_case(b"BF") {
        return None;
    }
    let mut reader = Items { text, at: 0 };
    let mut json = Vec::with_capacity(text.len());
    reader.item(&mut json, DEPTH)?;
    (reader.at == text.len()).then_some(json)
}

struct Items<'a> {
    text: &'a [u8],
    at: usize,
}

impl Items<'_> {
    fn byte(&mut self) -> Option<u8> {
        let pair = self.text.get(self.at..self.at + 2)?;
        let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
        self.at += 2;
        Some(digit(pair[0])? << 4 | digit(pair[1])?)
    }

    fn is_break(&mut self) -> bool {
        let pair = self.text.get(self.at..self.at + 2);
        let found = pair.is_some_and(|pair| pair.eq_ignore_ascii_case(b"FF"));
        if found {
            self.at += 2;
        }
        found
    }

    /// The number in the head of an item; `None` within for an unknown length.
    fn argument(&mut self, head: u8) -> Option<Option<u64>> {
        let bytes = match head & 31 {
            small @ 0..=23 => return Some(Some(u64::from(small))),
            large @ 24..=27 => 1 << (large - 24),
            31 => return Some(None),
            _ => return None,
        };
        let mut number = 0;
        for _ in 0..bytes {
            number = number << 8 | u64::from(self.byte()?);
        }
        Some(Some(number))
    }

    fn item(&mut self, json: &mut Vec<u8>, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        let head = self.byte()?;
        let argument = self.argument(head)?;
        match head >> 5 {
            0 => json.extend(argument?.to_string().bytes()),
            1 => json.extend((-1 - i128::from(argument?)).to_string().bytes()),
            2 | 3 => {
                json.push(b'"');
                self.text(head, argument, json)?;
                json.push(b'"');
            }
            4 => self.several(argument, json, depth, false)?,
            5 => self.several(argument, json, depth, true)?,
            7 => json.extend(match head {
                0xf4 => &b"false"[..],
                0xf5 => b"true",
                0xf6 | 0xf7 => b"null",
                _ => return None,
            }),
            _ => return None,
        }
        Some(())
    }

    /// A text, or the chunks of one.
    fn text(&mut self, head: u8, length: Option<u64>, json: &mut Vec<u8>) -> Option<()> {
        let Some(length) = length else {
            while !self.is_break() {
                let chunk = self.byte()?;
                let length = self.argument(chunk)??;
                (chunk >> 5 == head >> 5).then_some(())?;
                self.text(chunk, Some(length), json)?;
            }
            return Some(());
        };
        for _ in 0..length {
            match self.byte()? {
                byte @ (b'"' | b'\\') => json.extend([b'\\', byte]),
                byte => json.push(byte),
            }
        }
        Some(())
    }

    /// The items of an array, or the pairs of a map.
    fn several(
        &mut self,
        count: Option<u64>,
        json: &mut Vec<u8>,
        depth: usize,
        pairs: bool,
    ) -> Option<()> {
        let (open, close) = if pairs { (b'{', b'}') } else { (b'[', b']') };
        json.push(open);
        let mut read = 0;
        while count.map_or_else(|| !self.is_break(), |count| read < count) {
            if read > 0 {
                json.extend(b", ");
            }
            self.item(json, depth)?;
            if pairs {
                json.extend(b": ");
                self.item(json, depth)?;
            }
            read += 1;
        }
        json.push(close);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::to_json;

    #[test]
    fn what_haproxy_writes() {
        let cases: [(&str, Option<&str>); 8] = [
            ("BF6161187BFF", Some(r#"{"a": 123}"#)),
            ("BF61617F617862795AFFFF", Some(r#"{"a": "xyZ"}"#)),
            ("BF616120 ", None),
            (
                "BF616120616BF6616CF5FF",
                Some(r#"{"a": -1, "k": null, "l": true}"#),
            ),
            ("BF61619F61226178FFFF", Some(r#"{"a": ["\"", "x"]}"#)),
            ("BF6161", None),
            ("BFFF00", None),
            ("BF61619F9F9F9F9F", None),
        ];
        for (hex, json) in cases {
            assert_eq!(
                to_json(hex.as_bytes()),
                json.map(|json| json.as_bytes().to_vec()),
                "{hex}"
            );
        }
    }
}
