//! Text to JSON documents: one, several, between other text, sound or nearly so.

use std::ops::Range;

use serde_json::value::RawValue;

use super::mend::{Broken, mend};
use crate::recording::locate::position;

/// More broken places in one file say nothing new.
const BROKEN_MAX: usize = 100;

/// The JSON of a file.
#[derive(Debug, Default)]
pub(super) struct Documents {
    /// The text with all documents sound; the lines are those of the file.
    pub text: String,
    /// Where they stand in `text`.
    pub ranges: Vec<Range<usize>>,
    /// What was tolerated.
    pub guesses: Vec<String>,
    /// Places that stay unreadable, in words.
    pub broken: Vec<String>,
    /// At least one document is not the text of the file any more.
    pub mended: bool,
}

impl Documents {
    /// Every document in a text.
    pub fn of(text: String) -> Documents {
        if let Ok(whole) = serde_json::from_str::<&RawValue>(&text) {
            let range = crate::recording::level::range_in(&text, whole.get());
            return Documents { text, ranges: vec![range], ..Documents::default() };
        }
        let mut search = Search { original: &text, at: 0, copied: 0, found: Documents::default() };
        search.run();
        search.found
    }

    /// One document a line, at least two: a log, not a file with a message.
    pub fn is_lines(&self) -> bool {
        let between = |pair: &[Range<usize>]| self.text[pair[0].end..pair[1].start].contains('\n');
        self.ranges.len() > 1
            && self.ranges.windows(2).all(between)
            && self.ranges.iter().all(|range| !self.text[range.clone()].contains('\n'))
    }
}

struct Search<'a> {
    original: &'a str,
    at: usize,
    /// Everything before this byte is in `found.text`.
    copied: usize,
    found: Documents,
}

impl Search<'_> {
    fn run(&mut self) {
        while let Some(start) = self.original[self.at..].find(['{', '[']).map(|offset| self.at + offset) {
            let mut stream = serde_json::Deserializer::from_str(&self.original[start..]).into_iter::<&RawValue>();
            if let Some(Ok(raw)) = stream.next() {
                self.accept(start, start + raw.get().len(), raw.get());
                continue;
            }
            match mend(&self.original[start..]) {
                Ok(mended) => {
                    self.accept(start, start + mended.consumed, &mended.text);
                    self.found.mended = true;
                    self.found.guesses.extend(mended.tolerated.iter().map(|&sentence| sentence.to_owned()));
                }
                Err(broken) if broken.properties > 0 || broken.why.starts_with("more than") => {
                    if !self.refuse(start, &broken) {
                        break;
                    }
                }
                Err(broken) => self.at = start + broken.at.max(1),
            }
            while !self.original.is_char_boundary(self.at) {
                self.at += 1;
            }
        }
        self.note_text(self.original.len(), "after");
        self.found.text.push_str(&self.original[self.copied..]);
        self.found.guesses.sort();
        self.found.guesses.dedup();
    }

    fn accept(&mut self, start: usize, end: usize, sound: &str) {
        self.note_text(start, if self.found.ranges.is_empty() { "before" } else { "between" });
        self.found.text.push_str(&self.original[self.copied..start]);
        let from = self.found.text.len();
        self.found.text.push_str(sound);
        self.found.ranges.push(from..self.found.text.len());
        (self.at, self.copied) = (end, end);
    }

    /// Says what stood there; the next document may begin at the next line that begins like one. False when none does.
    fn refuse(&mut self, start: usize, broken: &Broken) -> bool {
        let next = ["\n{", "\n["].iter().filter_map(|begin| self.original[start..].find(begin)).min();
        let next = next.map(|offset| start + offset);
        // A string without its end runs on into what follows: the fault is in the lines before that.
        let (at, why) = match next.filter(|next| *next < start + broken.at) {
            Some(next) => (next, "the JSON is not finished when the next one begins"),
            None => (start + broken.at, broken.why.as_str()),
        };
        let place = position(self.original, at);
        self.found.broken.push(format!("line {} column {}: {why}", place.line, place.column));
        self.at = next.map_or(self.original.len(), |next| next + 1);
        next.is_some() && self.found.broken.len() < BROKEN_MAX
    }

    fn note_text(&mut self, until: usize, relation: &str) {
        let between =
            self.original[self.copied..until].trim_matches(|c: char| c.is_whitespace() || c == ',' || c == ';');
        if !between.is_empty() && (relation == "before" || !self.found.ranges.is_empty()) {
            self.found.guesses.push(format!("text {relation} the JSON was left out"));
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn texts(found: &Documents) -> Vec<&str> {
        found.ranges.iter().map(|range| &found.text[range.clone()]).collect()
    }

    #[rstest]
    #[case::one(" {\"a\":1} ", &["{\"a\":1}"], &[])]
    #[case::label("[INFO] POST https://x/search\n{\"a\":1}", &["{\"a\":1}"], &["text before the JSON was left out"])]
    #[case::curl("curl -d '{\"a\":1}' http://x", &["{\"a\":1}"],
        &["text after the JSON was left out", "text before the JSON was left out"])]
    #[case::several("{\"a\":1}\n{\"b\":2},{\"c\":3}", &["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"], &[])]
    #[case::mended("{\"a\":1,}", &["{\"a\":1}"], &["trailing commas were left out"])]
    fn documents_are_found(#[case] text: &str, #[case] documents: &[&str], #[case] guesses: &[&str]) {
        let found = Documents::of(text.to_owned());
        assert_eq!(texts(&found), documents);
        assert_eq!(found.guesses, guesses);
        assert_eq!(found.broken, Vec::<String>::new());
    }

    #[test]
    fn a_broken_document_is_told_and_the_next_one_read() {
        let found = Documents::of("{\"a\":1}\n{\"b\":\n{\"c\":3}\n{\"d\" 4}".to_owned());
        assert_eq!(texts(&found), ["{\"a\":1}", "{\"c\":3}"]);
        assert_eq!(found.broken.len(), 2, "{:?}", found.broken);
        assert_eq!(found.broken[1], "line 4 column 6: expected a colon, found '4'");
    }

    #[test]
    fn a_truncated_document_is_told_with_its_end() {
        let found = Documents::of("{\n  \"a\": 1,\n  \"b\":".to_owned());
        assert_eq!(found.broken, ["line 3 column 7: the text ends in the middle of the JSON"]);
    }

    #[test]
    fn lines_are_a_log() {
        assert!(Documents::of("{\"a\":1}\n{\"a\":2}\n".to_owned()).is_lines());
        assert!(!Documents::of("{\n\"a\":1}\n{\"a\":2}\n".to_owned()).is_lines());
        assert!(!Documents::of("{\"a\":1}".to_owned()).is_lines());
    }
}
