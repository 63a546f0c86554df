//! Basic authentication (RFC 7617), as browsers do it.
//!
//! Enters: the header `Authorization`. Leaves: the password that it holds. Must not know: which one is right.

/// Letters of base64, in the order of their values.
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The password, whoever the user is; nothing where the header is of another scheme, or broken.
pub fn password(header: &[u8]) -> Option<Vec<u8>> {
    let (scheme, said) = header.split_at_checked(6)?;
    if !scheme.eq_ignore_ascii_case(b"Basic ") {
        return None;
    }
    let pair = decoded(said.trim_ascii())?;
    let colon = pair.iter().position(|byte| *byte == b':')?;
    Some(pair[colon + 1..].to_vec())
}

fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let text = &text[..text.len() - padding];
    if padding > 2 || !(text.len() + padding).is_multiple_of(4) {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    for chunk in text.chunks(4) {
        let mut bits = 0u32;
        for byte in chunk {
            let value = LETTERS.iter().position(|letter| letter == byte)?;
            bits = bits << 6 | u32::try_from(value).ok()?;
        }
        bits <<= 6 * (4 - chunk.len());
        let [_, whole @ ..] = bits.to_be_bytes();
        bytes.extend_from_slice(&whole[..chunk.len() - 1]);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_what_stands_behind_the_first_colon() {
        // printf USER:PASSWORD | base64
        for (header, expected) in [
            ("Basic dTpwYXNz", Some("pass")),
            ("basic  OnBhc3M=", Some("pass")),
            ("Basic dTpwYXM6cw==", Some("pas:s")),
            ("Basic dTo=", Some("")),
            ("Basic dXNlcg==", None),
            ("Bearer dTpwYXNz", None),
            ("Basic dTpwYXN", None),
            ("Basic dTpw=YXNz", None),
            ("Basic dTpw\u{e9}Xz", None),
            ("Basic ====", None),
            ("Basic", None),
            ("", None),
        ] {
            let found = password(header.as_bytes());
            assert_eq!(found.as_deref(), expected.map(str::as_bytes), "{header}");
        }
    }
}
