//! From a JSON pointer to line and column.

use std::sync::Arc;

use super::{Origin, Position, Recorded};

/// A place in a text, and where that text stood itself when it was quoted in another one.
#[derive(Debug, Clone)]
pub struct Text {
    /// The whole text: of a file, or of a string that was quoted in one.
    pub(crate) whole: Arc<String>,
    /// Byte at which the value begins.
    pub(crate) start: usize,
    /// Byte behind it.
    pub(crate) end: usize,
    /// The JSON string literal that held the text, for example the body of a log line.
    pub(crate) quoted_in: Option<Box<Text>>,
}

impl Origin {
    /// The text of the message, as it stood in the file; mended, when it was no sound JSON.
    pub fn source(&self) -> Option<&str> {
        self.text.as_ref()?.value()
    }

    /// Line and column of a JSON pointer into the message, in the file. Of a place that does not exist: the nearest
    /// parent that does. `None` when the text was not kept.
    pub fn locate(&self, pointer: &str) -> Option<Position> {
        let text = self.text.as_ref()?;
        Some(text.position(text.start + find(text.whole.get(text.start..)?, pointer)))
    }
}

impl Recorded {
    /// As [`Origin::locate`]; quick in a large catalogue too.
    pub fn locate(&self, pointer: &str) -> Option<Position> {
        let jump = self.split.as_ref().and_then(|split| split.jump(pointer));
        let (Some((start, below)), Some(text)) = (jump, &self.origin.text) else { return self.origin.locate(pointer) };
        Some(text.position(start + find(text.whole.get(start..)?, below)))
    }
}

impl Text {
    fn value(&self) -> Option<&str> {
        self.whole.get(self.start..self.end)
    }

    /// Line and column of a byte of this text, in the outermost text.
    pub(crate) fn position(&self, at: usize) -> Position {
        match &self.quoted_in {
            Some(outer) => outer.position(
                outer.start + quoted(&outer.whole[outer.start..], self.whole.get(..at).unwrap_or(&self.whole)),
            ),
            None => position(&self.whole, at),
        }
    }
}

/// Line and column of a byte.
pub(crate) fn position(text: &str, at: usize) -> Position {
    let before = &text.as_bytes()[..at.min(text.len())];
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let lines = before[..line_start].iter().filter(|byte| **byte == b'\n').count();
    // Each character has one byte that does not continue another.
    let column = before[line_start..].iter().filter(|byte| (**byte & 0xC0) != 0x80).count();
    let number = |count: usize| u32::try_from(count + 1).unwrap_or(u32::MAX);
    Position { line: number(lines), column: number(column) }
}

/// Bytes of a string literal that spell `decoded`, its opening quote included.
fn quoted(literal: &str, decoded: &str) -> usize {
    let bytes = literal.as_bytes();
    let mut at = 1;
    for character in decoded.chars() {
        at += match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b'\\'), Some(b'u')) => 6 * character.len_utf16(),
            (Some(b'\\'), _) => 2,
            _ => character.len_utf8(),
        };
    }
    at.min(literal.len())
}

/// Byte at which the value of a pointer begins, or its nearest existing parent. The text is sound JSON up to there.
pub(crate) fn find(text: &str, pointer: &str) -> usize {
    let mut scan = Scan { bytes: text.as_bytes(), at: 0 };
    scan.blank();
    let mut found = scan.at;
    for part in pointer.split('/').skip(1) {
        let entered = match scan.peek() {
            Some(b'{') => scan.enter_object(&part.replace("~1", "/").replace("~0", "~")),
            Some(b'[') => part.parse().is_ok_and(|index| scan.enter_array(index)),
            _ => false,
        };
        if !entered {
            break;
        }
        found = scan.at;
    }
    found
}

/// Walks over JSON without keeping anything.
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn blank(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// To the value of a key; of its last occurrence, as a parser takes it.
    fn enter_object(&mut self, key: &str) -> bool {
        let mut found = None;
        self.at += 1;
        loop {
            self.blank();
            if self.peek() != Some(b'"') {
                break;
            }
            let from = self.at;
            self.string();
            let is_it = serde_json::from_slice::<String>(&self.bytes[from..self.at]).is_ok_and(|name| name == key);
            self.blank();
            self.at += 1;
            self.blank();
            if is_it {
                found = Some(self.at);
            }
            if !self.next_entry() {
                break;
            }
        }
        self.at = found.unwrap_or(self.at);
        found.is_some()
    }

    fn enter_array(&mut self, index: usize) -> bool {
        self.at += 1;
        self.blank();
        if self.peek() == Some(b']') {
            return false;
        }
        for _ in 0..index {
            if !self.next_entry() {
                return false;
            }
            self.blank();
        }
        true
    }

    /// Past a value and the comma behind it; false when no comma follows.
    fn next_entry(&mut self) -> bool {
        self.value();
        self.blank();
        let more = self.peek() == Some(b',');
        self.at += usize::from(more);
        more
    }

    fn value(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => self.string(),
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' | b',' if depth == 0 => return,
                b'}' | b']' => {
                    depth -= 1;
                    self.at += 1;
                }
                _ => self.at += 1,
            }
            if depth == 0 && matches!(byte, b'"' | b'}' | b']') {
                return;
            }
        }
    }

    fn string(&mut self) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                break;
            }
        }
        self.at = self.at.min(self.bytes.len());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    const TEXT: &str =
        "{\n  \"a/b\": [1, {\"é\": \"x\\\"]\", \"c\": true}],\n  \"d\": {},\n  \"d\": {\"e\": null},\n  \"é\": 2\n}\n";

    #[rstest]
    #[case("", 1, 1)]
    #[case("/a~1b", 2, 10)]
    #[case("/a~1b/0", 2, 11)]
    #[case("/a~1b/1/c", 2, 33)]
    #[case("/d/e", 4, 14)]
    #[case("/é", 5, 8)]
    #[case::missing_property("/d/f/g", 4, 8)]
    #[case::missing_entry("/a~1b/7/c", 2, 10)]
    #[case::nothing_of_it("/zzz", 1, 1)]
    #[case::below_a_number("/a~1b/0/x", 2, 11)]
    fn a_pointer_has_a_line_and_a_column(#[case] pointer: &str, #[case] line: u32, #[case] column: u32) {
        assert_eq!(position(TEXT, find(TEXT, pointer)), Position { line, column });
    }

    #[test]
    fn a_place_in_a_quoted_body_is_found_in_the_file() {
        let body = "{\"a\":\"é\u{1F600}\",\"b\":1}";
        let file = "\n  {\"body\": \"{\\\"a\\\":\\\"\\u00e9\\ud83d\\ude00\\\",\\\"b\\\":1}\"}";
        let start = file.find("\"{").unwrap();
        let outer = Text { whole: Arc::new(file.to_owned()), start, end: file.len() - 1, quoted_in: None };
        let text =
            Text { whole: Arc::new(body.to_owned()), start: 0, end: body.len(), quoted_in: Some(Box::new(outer)) };
        let origin = Origin { text: Some(text), ..Origin::default() };
        let column = u32::try_from(file.find("1}").unwrap()).unwrap();
        assert_eq!(origin.locate("/b"), Some(Position { line: 2, column }));
    }

    proptest! {
        #[test]
        fn finding_ends_inside_any_text(text in "[\\[\\]{}\",:\\\\a1é ]{0,60}", pointer in "(/[a0-2]){0,4}") {
            prop_assert!(find(&text, &pointer) <= text.len());
            position(&text, find(&text, &pointer));
        }
    }
}
