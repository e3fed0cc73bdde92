//! Nearly JSON to JSON: trailing commas, comments, single quotes, names without quotes, words of Python and JavaScript.
//! Written here because a finding needs its line: the sound text keeps the lines of the original, which no library for
//! such dialects offers.

use std::collections::BTreeSet;

/// The depth at which the JSON parser refuses too.
const DEPTH_MAX: usize = 120;

/// Sound JSON made of the value at the beginning of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mended {
    pub text: String,
    /// Bytes of the original.
    pub consumed: usize,
    /// What was tolerated.
    pub tolerated: BTreeSet<&'static str>,
}

/// Where and why even patience ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken {
    /// Byte of the original.
    pub at: usize,
    pub why: String,
    /// Properties that were read before: with none, it was no JSON but other text with a bracket.
    pub properties: usize,
}

/// Reads one value from the beginning of a text.
pub(super) fn mend(text: &str) -> Result<Mended, Broken> {
    let mut mender = Mender {
        text,
        at: 0,
        out: String::with_capacity(text.len().min(1 << 20)),
        tolerated: BTreeSet::new(),
        properties: 0,
    };
    mender.value(0)?;
    Ok(Mended { text: mender.out, consumed: mender.at, tolerated: mender.tolerated })
}

struct Mender<'a> {
    text: &'a str,
    at: usize,
    out: String,
    tolerated: BTreeSet<&'static str>,
    properties: usize,
}

type Done = Result<(), Broken>;

impl Mender<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn broken(&self, why: impl Into<String>) -> Broken {
        let why =
            if self.rest().is_empty() { "the text ends in the middle of the JSON".to_owned() } else { why.into() };
        Broken { at: self.at, why, properties: self.properties }
    }

    fn expected(&self, what: &str) -> Broken {
        let found = self.peek().map(|found| format!("expected {what}, found {found:?}"));
        self.broken(found.unwrap_or_default())
    }

    /// Copies a character of the original.
    fn copy(&mut self, character: char) {
        self.out.push(character);
        self.at += character.len_utf8();
    }

    /// Copies blanks; of comments only the line ends.
    fn blank(&mut self) {
        loop {
            let rest = self.rest();
            if rest.starts_with("//") {
                self.comment(rest.find('\n').unwrap_or(rest.len()));
            } else if rest.starts_with("/*") {
                self.comment(rest.find("*/").map_or(rest.len(), |end| end + 2));
            } else {
                match self.peek() {
                    Some(blank @ (' ' | '\t' | '\n' | '\r')) => self.copy(blank),
                    Some(other) if other.is_whitespace() || other == '\u{FEFF}' => {
                        self.tolerated.insert("blanks that JSON does not know were left out");
                        self.at += other.len_utf8();
                    }
                    Some(_) | None => return,
                }
            }
        }
    }

    fn comment(&mut self, length: usize) {
        let lines = self.rest()[..length].matches('\n').count();
        self.out.extend(std::iter::repeat_n('\n', lines));
        self.tolerated.insert("comments were left out");
        self.at += length;
    }

    fn value(&mut self, depth: usize) -> Done {
        if depth > DEPTH_MAX {
            return Err(self.broken(format!("more than {DEPTH_MAX} levels of JSON")));
        }
        self.blank();
        match self.peek() {
            Some('{') => self.list(depth, '{', '}'),
            Some('[') => self.list(depth, '[', ']'),
            Some(quote) if closing(quote).is_some() => self.string(quote),
            Some('-' | '+' | '.' | '0'..='9') => self.number(),
            Some(_) => self.word(),
            None => Err(self.expected("a value")),
        }
    }

    /// An object or a list, with its brackets.
    fn list(&mut self, depth: usize, open: char, close: char) -> Done {
        self.copy(open);
        let mut comma = None;
        loop {
            self.blank();
            if self.peek() == Some(close) {
                if let Some(comma) = comma {
                    self.out.remove(comma);
                    self.tolerated.insert("trailing commas were left out");
                }
                self.copy(close);
                return Ok(());
            }
            if open == '{' {
                self.key()?;
            }
            self.value(depth + 1)?;
            self.blank();
            match self.peek() {
                Some(',') => {
                    comma = Some(self.out.len());
                    self.copy(',');
                }
                Some(other) if other == close => comma = None,
                Some(_) | None => return Err(self.expected(&format!("a comma or {close:?}"))),
            }
        }
    }

    fn key(&mut self) -> Done {
        match self.peek() {
            Some(quote) if closing(quote).is_some() => {
                self.string(quote)?;
                self.properties += 1;
            }
            Some(first) if first.is_alphabetic() || first == '_' || first == '$' => {
                let rest = self.rest();
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').unwrap_or(rest.len());
                let name = format!("\"{}\"", &rest[..end]);
                self.out.push_str(&name);
                self.at += end;
                self.tolerated.insert("names without quotes were quoted");
            }
            Some(_) | None => return Err(self.expected("a name in quotes")),
        }
        self.blank();
        if self.peek() != Some(':') {
            return Err(self.expected("a colon"));
        }
        self.copy(':');
        self.properties += 1;
        Ok(())
    }

    fn string(&mut self, quote: char) -> Done {
        let closes = closing(quote).unwrap_or(quote);
        if quote != '"' {
            self.tolerated.insert("other quotes were taken for double quotes");
        }
        self.out.push('"');
        let (start, mut lines) = (self.at, 0);
        self.at += quote.len_utf8();
        loop {
            let Some(character) = self.peek() else {
                let why = "the text ends in the middle of a string that begins here".to_owned();
                return Err(Broken { at: start, why, properties: self.properties });
            };
            match character {
                _ if character == closes => break,
                '\\' => self.escape(),
                '"' => {
                    self.out.push_str("\\\"");
                    self.at += 1;
                }
                control if control < ' ' => {
                    lines += usize::from(control == '\n');
                    self.out.push_str(&format!("\\u{:04x}", u32::from(control)));
                    self.at += 1;
                    self.tolerated.insert("line ends and tabs inside strings were kept as they are");
                }
                other => self.copy(other),
            }
        }
        self.at += closes.len_utf8();
        self.out.push('"');
        // So that what follows keeps its line.
        self.out.extend(std::iter::repeat_n('\n', lines));
        Ok(())
    }

    fn escape(&mut self) {
        let next = self.rest().chars().nth(1);
        let hex = |text: &str| text.len() >= 6 && text.as_bytes()[2..6].iter().all(u8::is_ascii_hexdigit);
        match next {
            Some('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't') => {
                self.copy('\\');
                self.copy(next.unwrap_or('\\'));
            }
            Some('u') if hex(self.rest()) => self.copy('\\'),
            Some(quote @ ('\'' | '`')) => {
                self.at += 1;
                self.copy(quote);
            }
            Some(_) | None => {
                self.out.push_str("\\\\");
                self.at += 1;
                self.tolerated.insert("backslashes that escape nothing were kept as they are");
            }
        }
    }

    fn number(&mut self) -> Done {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_digit() && !"+-.eE".contains(c)).unwrap_or(rest.len());
        let plain = rest[..end].to_owned();
        let dressed = dressed_number(&plain);
        let Some(number) = [&plain, &dressed].into_iter().find(|text| serde_json::from_str::<f64>(text).is_ok()) else {
            return Err(self.broken(format!("{plain:?} is no number")));
        };
        if *number != plain {
            self.tolerated.insert("numbers in a form that JSON does not know were rewritten");
        }
        self.out.push_str(number);
        self.at += end;
        Ok(())
    }

    fn word(&mut self) -> Done {
        let rest = self.rest();
        let word = &rest[..rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len())];
        let json = match word {
            "true" | "True" => "true",
            "false" | "False" => "false",
            "null" | "None" | "undefined" | "NaN" => "null",
            _ => return Err(self.expected("a value")),
        };
        let (length, same) = (word.len(), json == word);
        if !same {
            self.tolerated.insert("words of other languages (True, None, undefined) were translated");
        }
        self.out.push_str(json);
        self.at += length;
        Ok(())
    }
}

/// The quote that ends a string begun with this one.
fn closing(quote: char) -> Option<char> {
    match quote {
        '"' | '\'' | '`' => Some(quote),
        '“' | '”' => Some('”'),
        '‘' | '’' => Some('’'),
        _ => None,
    }
}

/// `+1`, `.5`, `1.`, `007` as JSON writes them.
fn dressed_number(text: &str) -> String {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = digits.trim_start_matches('0');
    let digits = digits.strip_suffix('.').unwrap_or(digits);
    let zero = if digits.starts_with(|c: char| c.is_ascii_digit()) { "" } else { "0" };
    format!("{sign}{zero}{digits}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::{Value, json};

    use super::*;

    #[rstest]
    #[case::comma("{\"a\": [1, 2,],}", json!({"a": [1, 2]}))]
    #[case::quotes("{'a': 'it\\'s \"x\"', b: `y`}", json!({"a": "it's \"x\"", "b": "y"}))]
    #[case::comments("{ // one\n /* two\n */ \"a\": 1}", json!({"a": 1}))]
    #[case::python("{'a': True, 'b': None}", json!({"a": true, "b": null}))]
    #[case::numbers("[+1, .5, 007, 1., -.5]", json!([1, 0.5, 7, 1, -0.5]))]
    #[case::line_end("{\"a\": \"x\ny\", \"b\": \"\\d\"}", json!({"a": "x\ny", "b": "\\d"}))]
    #[case::office("{“a”: “b”}", json!({"a": "b"}))]
    fn dialects_become_json(#[case] text: &str, #[case] value: Value) {
        let mended = mend(text).unwrap();
        let read: Value = serde_json::from_str(&mended.text).unwrap();
        assert_eq!(read, value, "{}", mended.text);
        assert!(!mended.tolerated.is_empty());
        assert_eq!(mended.text.matches('\n').count(), text.matches('\n').count(), "lines are kept");
    }

    #[rstest]
    #[case("{\"a\": 1", 7, "ends in the middle")]
    #[case("{\"a\": \"x", 6, "in the middle of a string")]
    #[case("{\"a\" 1}", 5, "expected a colon")]
    #[case("{\"a\": 1 \"b\": 2}", 8, "expected a comma")]
    #[case("[INFO] x", 1, "expected a value")]
    fn what_is_broken_is_told(#[case] text: &str, #[case] at: usize, #[case] words: &str) {
        let broken = mend(text).unwrap_err();
        assert!(broken.at == at && broken.why.contains(words), "{broken:?}");
    }

    proptest! {
        #[test]
        fn what_is_mended_is_json(text in "[\\[\\]{}\"',:\\\\/*ax1.+ \n\u{e9}]{0,40}") {
            if let Ok(mended) = mend(&text) {
                prop_assert!(serde_json::from_str::<serde::de::IgnoredAny>(&mended.text).is_ok(), "{}", mended.text);
            }
        }
    }
}
