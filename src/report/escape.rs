//! Text from a log, made harmless for where it is shown.
//!
//! Enters: any text. Leaves: the same text such that a terminal, a Markdown renderer, a reader of JSON or a shell takes
//! none of it as an instruction, and no character in it is invisible or moves its neighbours. Must not
//! know: documents, or what the text means.

use std::borrow::Cow;

/// `text` with every character that a terminal would obey, hide or move written out: `\n`, `\x1b`, `\u{202e}`.
///
/// What comes back is one line, and unchanged by a second pass. Backslashes stay single, so a text that
/// holds the four characters `\x1b` looks like one that holds an escape: harmless, and raw lines stay readable.
pub fn terminal(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            other if is_unsafe(other) => shown.push_str(&spell(other)),
            other => shown.push(other),
        }
    }
    Cow::Owned(shown)
}

/// `json`, a JSON text, with what a terminal would obey, hide or move as `\u` escapes. Its value stays the same.
///
/// Newlines stay: outside of strings they lay the text out, and inside JSON has none.
pub fn json(json: &str) -> Cow<'_, str> {
    let is_bare = |c: char| c != '\n' && is_unsafe(c);
    if !json.chars().any(is_bare) {
        return Cow::Borrowed(json);
    }
    let mut shown = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if is_bare(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                shown.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// `text` such that GitHub flavoured Markdown shows it literally, on one line, also in a table cell.
///
/// GitHub looks for `@name` and `#1` after backslashes are gone, so an empty comment stands behind these two.
pub fn markdown(text: &str) -> String {
    let text = terminal(text);
    let mut shown = String::with_capacity(text.len() + 16);
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        match character {
            '@' => shown.push_str("@<!-- -->"),
            '#' => shown.push_str("\\#<!-- -->"),
            // A bare address becomes a link; other colons, as in times, do nothing.
            ':' if rest.as_str().starts_with("//") => shown.push_str("\\:"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '(' | ')' | '+' | '-'
            | '.' | '!' | '|' | '~' | '&' | '$' | '=' => {
                shown.push('\\');
                shown.push(character);
            }
            other => shown.push(other),
        }
    }
    // Four leading blanks would make a code block, in which backslashes show.
    let indented = shown.len() - shown.trim_start().len();
    shown.drain(..indented);
    shown
}

/// `text` such that Slack's mrkdwn shows it literally, on one line; nobody is called by it, and nothing links.
///
/// Slack knows no escape but that of `&`, `<` and `>`: what would format has a character like it in its place, within a name
/// (`be_app`) an underscore stays.
pub fn slack(text: &str) -> String {
    let text = terminal(text);
    let mut shown = String::with_capacity(text.len() + 16);
    let mut before = ' ';
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        let next = rest.as_str().chars().next().unwrap_or(' ');
        match character {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '@' => shown.push('＠'),
            '*' => shown.push('∗'),
            '~' => shown.push('∼'),
            '`' => shown.push('ˋ'),
            '_' if !(before.is_alphanumeric() && next.is_alphanumeric()) => shown.push('＿'),
            ':' if rest.as_str().starts_with("//") => shown.push_str(": "),
            other => shown.push(other),
        }
        before = character;
    }
    shown
}

/// `command` as code of Slack's mrkdwn, to be pasted. One with a backtick would end what marks it as code: none.
pub fn slack_code(command: &str) -> Option<String> {
    let command = terminal(command);
    let escaped = command.replace('&', "&amp;");
    let escaped = escaped.replace('<', "&lt;").replace('>', "&gt;");
    (!command.contains('`')).then(|| format!("`{escaped}`"))
}

/// `lines` as a fenced block of Markdown, one line each, with `info` (`text`, `sh`) behind the fence.
///
/// The fence is longer than any run of backticks inside, so nothing inside can close it.
pub fn fence<'a>(info: &str, lines: impl IntoIterator<Item = &'a str>) -> String {
    let mut body = String::new();
    for line in lines {
        body.push_str(&terminal(line));
        body.push('\n');
    }
    let longest = body.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    format!("{fence}{info}\n{body}{fence}\n")
}

/// `word` as one word of a shell command, which a person will paste.
///
/// Plain words stay as they are, others stand in single quotes. Control and invisible characters, which a
/// terminal would obey while they are pasted, are written in octal in `$'…'` (bash, ksh, zsh, POSIX 2024;
/// an older shell takes the octal literally). Quoting does not stop a word that begins with `-` from being
/// taken as an option: put `--` before it.
pub fn shell(word: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:,@+".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        return Cow::Borrowed(word);
    }
    if !word.chars().any(is_unsafe) {
        return Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")));
    }
    let mut quoted = String::from("$'");
    for character in word.chars() {
        if is_unsafe(character) || matches!(character, '\'' | '\\') {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                let [high, middle, low] = [byte >> 6, byte >> 3 & 7, byte & 7];
                quoted.push('\\');
                quoted.extend([high, middle, low].map(|digit| char::from(b'0' + digit)));
            }
        } else {
            quoted.push(character);
        }
    }
    quoted.push('\'');
    Cow::Owned(quoted)
}

/// Obeyed by a terminal, invisible, or drawn onto or out of order with its neighbours.
fn is_unsafe(character: char) -> bool {
    character.is_control() || is_format(character) || is_combining(character)
}

/// Invisible characters: bidirectional controls, joiners, fillers, selectors, separators, tags.
fn is_format(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Marks that pile up on the character before them, and into the rows around.
fn is_combining(character: char) -> bool {
    matches!(character,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// `\x1b` below U+0100, else `\u{202e}`.
fn spell(character: char) -> String {
    match u32::from(character) {
        code @ ..=0xff => format!("\\x{code:02x}"),
        code => format!("\\u{{{code:x}}}"),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_terminal_obeys_none_of_it() {
        for (attack, shown) in [
            ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
            ("\x1b]52;c;cm0gLXJm\x07", r"\x1b]52;c;cm0gLXJm\x07"),
            (
                "\x1b]8;;http://evil/\x1b\\ok\x1b]8;;\x1b\\",
                r"\x1b]8;;http://evil/\x1b\ok\x1b]8;;\x1b\",
            ),
            ("\u{9b}2J", r"\x9b2J"),
            ("one\r\ntwo", r"one\r\ntwo"),
            ("a\tb\x08\x7f\0", r"a\tb\x08\x7f\x00"),
            ("\u{202e}gpj.exe\u{2066}", r"\u{202e}gpj.exe\u{2066}"),
            (
                "a\u{200f}\u{61c}\u{2028}\u{feff}b",
                r"a\u{200f}\u{61c}\u{2028}\u{feff}b",
            ),
            ("\u{e0041}", r"\u{e0041}"),
            ("Z\u{310}\u{310}", r"Z\u{310}\u{310}"),
            (r"GET /\x1b é 日本", r"GET /\x1b é 日本"),
        ] {
            assert_eq!(terminal(attack), shown);
        }
    }

    #[test]
    fn markdown_shows_it_literally() {
        for (attack, source) in [
            ("a|b", r"a\|b"),
            (
                "<img src=x onerror=alert(1)>",
                r"\<img src\=x onerror\=alert\(1\)\>",
            ),
            ("[x](javascript:0)", r"\[x\]\(javascript:0\)"),
            ("```\n# h", "\\`\\`\\`\\\\n\\#<!-- --> h"),
            ("http://evil.example", r"http\://evil\.example"),
            ("&lt;b&gt;", r"\&lt;b\&gt;"),
            ("    indented", "indented"),
            ("@everyone", "@<!-- -->everyone"),
            ("09:12:06", "09:12:06"),
        ] {
            assert_eq!(markdown(attack), source);
        }
    }

    #[test]
    fn slack_shows_it_literally() {
        for (attack, source) in [
            ("<!channel> a&b", "&lt;!channel&gt; a&amp;b"),
            ("@here @everyone", "＠here ＠everyone"),
            ("*bold* _it_ ~no~ `code`", "∗bold∗ ＿it＿ ∼no∼ ˋcodeˋ"),
            ("be_app/app_1", "be_app/app_1"),
            ("<http://evil|bank>", "&lt;http: //evil|bank&gt;"),
            ("a\n> quote\u{202e}", r"a\n&gt; quote\u{202e}"),
            ("09:12:06", "09:12:06"),
        ] {
            assert_eq!(slack(attack), source);
        }
        assert_eq!(slack_code("a <b && c").unwrap(), "`a &lt;b &amp;&amp; c`");
        assert_eq!(slack_code("echo '`id`'"), None);
    }

    #[test]
    fn json_hides_nothing_and_means_the_same() {
        for (value, source) in [
            ("\u{9b}2J\x7f", r#""\u009b2J\u007f""#),
            ("\u{202e}\u{e0041}", r#""\u202e\udb40\udc41""#),
            ("a\nb\x1b é", r#""a\nb\u001b é""#),
        ] {
            let text = serde_json::to_string(value).expect("a string is JSON");
            assert_eq!(json(&text), source);
            assert_eq!(
                serde_json::from_str::<String>(source).expect("it is JSON"),
                value
            );
        }
    }

    #[test]
    fn a_fence_cannot_be_closed_from_inside() {
        assert_eq!(fence("text", ["a", "b\nc"]), "```text\na\nb\\nc\n```\n");
        assert_eq!(
            fence("text", ["````", "x `y`"]),
            "`````text\n````\nx `y`\n`````\n"
        );
    }

    #[test]
    fn shell_words() {
        for (word, quoted) in [
            ("be_app/app1", "be_app/app1"),
            ("", "''"),
            ("a b", "'a b'"),
            ("$(reboot)", "'$(reboot)'"),
            ("it's", r"'it'\''s'"),
            ("~root", "'~root'"),
            ("a\x03\nb'", r"$'a\003\012b\047'"),
            ("\u{202e}", r"$'\342\200\256'"),
        ] {
            assert_eq!(shell(word), quoted);
        }
    }

    proptest! {
        #[test]
        fn escaped_text_is_one_visible_line(text in any::<String>()) {
            let shown = terminal(&text);
            prop_assert!(!shown.chars().any(is_unsafe));
            prop_assert_eq!(terminal(&shown), shown.as_ref());
            prop_assert!(!markdown(&text).chars().any(is_unsafe));
            let shown = slack(&text);
            prop_assert!(!shown.chars().any(is_unsafe));
            prop_assert!(!shown.contains(['<', '>', '@', '*', '~', '`']), "{}", shown);
        }

        #[test]
        fn no_special_character_of_markdown_is_bare(text in any::<String>()) {
            let source = markdown(&text).replace("<!-- -->", "");
            let mut rest = source.chars();
            while let Some(character) = rest.next() {
                if character == '\\' {
                    prop_assert!(rest.next().is_some_and(|c| c.is_ascii_punctuation()));
                } else {
                    let special = "`*_{}[]<>()#+!|~&".contains(character);
                    prop_assert!(!special, "bare {}", character);
                }
            }
        }

        #[test]
        fn a_quoted_word_can_be_shown_as_it_is(word in any::<String>()) {
            let quoted = shell(&word);
            prop_assert_eq!(terminal(&quoted), quoted.as_ref());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn a_shell_reads_the_word_back(word in "([^\0]|[ '\"\\\\$`\n\x1b\u{202e}!])*") {
            let script = format!("printf %s {}", shell(&word));
            let output = Command::new("bash").env("LC_ALL", "C.UTF-8").args(["-c", &script]).output();
            let output = output.expect("bash runs");
            prop_assert_eq!(String::from_utf8_lossy(&output.stdout), word.as_str());
        }
    }
}
