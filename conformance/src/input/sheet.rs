//! One file: every message in it, whatever was wrapped around.

use std::ops::Range;
use std::sync::Arc;

use super::document::Documents;
use super::envelope::{Entries, Envelope, answer, entries, is_answer};
use super::message::{Place, action_in_name, is_message, is_report, mentions_message, record};
use super::{har, ledger, request};
use crate::recording::level::{Level, range_in};
use crate::recording::{Claim, Recorded, Text};

/// Objects around a message; more is no log.
const WRAPPERS_MAX: usize = 12;
/// Messages in as many lines of their own make a log of several flows, not a step of one.
const LOG_LINES: usize = 3;

/// How the messages of a file belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Kind {
    /// Steps of the flow that the folder holds.
    #[default]
    Steps,
    /// A log: whatever passed by.
    Log,
}

/// What one file holds.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub kind: Kind,
    pub messages: Vec<Recorded>,
    /// Requests to the official validator: each is a flow.
    pub requests: Vec<(Claim, Vec<Recorded>)>,
    /// Saved reports of the official validator that hold a copy of the messages.
    pub reports: Vec<(Claim, Vec<Recorded>)>,
    /// JSON documents in the file, with a message or without.
    pub documents: usize,
    pub guesses: Vec<String>,
    /// Places that cannot be read, in words.
    pub unread: Vec<String>,
}

/// A text that is searched: of the file, or quoted in it.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub whole: Arc<String>,
    pub quoted_in: Option<Box<Text>>,
    /// The text is what was on the wire: quoted, and not mended.
    pub exact: bool,
}

/// Reads a file.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub path: &'a str,
    pub sheet: Sheet,
}

impl<'a> Reader<'a> {
    /// Every message of the text of a file; `step` is what the name of the file tells, `log` what its ending does.
    pub fn read(path: &'a str, text: String, step: &str, log: bool) -> Sheet {
        let mut reader = Reader { path, sheet: Sheet::default() };
        let documents = Documents::of(text);
        let envelope = Envelope { step: Some(step.to_owned()), ..Envelope::default() };
        reader.sheet.documents = documents.ranges.len();
        let (several, lines) = (documents.ranges.len() > 1, documents.is_lines());
        reader.documents(documents, None, "", &envelope, 0);
        let Reader { mut sheet, .. } = reader;
        if several && (log || (lines && sheet.messages.len() >= LOG_LINES)) {
            sheet.kind = Kind::Log;
        }
        if several && sheet.kind == Kind::Steps && !sheet.messages.is_empty() {
            sheet.guesses.push("the file holds several JSON documents, read one after the other".to_owned());
        }
        sheet
    }

    fn documents(
        &mut self,
        found: Documents,
        quoted_in: Option<Box<Text>>,
        pointer: &str,
        envelope: &Envelope,
        depth: usize,
    ) {
        let Documents { text, ranges, guesses, broken, mended } = found;
        let within = |reason| if pointer.is_empty() { reason } else { format!("in the text at {pointer}: {reason}") };
        self.sheet.unread.extend(broken.into_iter().map(within));
        let exact = quoted_in.is_some() && !mended;
        let source = Source { whole: Arc::new(text), quoted_in, exact };
        let before = self.found();
        for range in ranges {
            self.search(&source, range, pointer, envelope, depth);
        }
        if self.found() > before || !self.sheet.unread.is_empty() {
            self.sheet.guesses.extend(guesses);
        }
    }

    fn found(&self) -> usize {
        self.sheet.messages.len() + self.sheet.requests.len() + self.sheet.reports.len()
    }

    /// Every message in a value.
    pub fn search(&mut self, source: &Source, range: Range<usize>, pointer: &str, envelope: &Envelope, depth: usize) {
        let whole = Arc::clone(&source.whole);
        let text = &whole[range.clone()];
        if depth > WRAPPERS_MAX || !(text.contains("context") || text.contains("message")) {
            return;
        }
        match Level::of(text) {
            Some(Level::Object(entries)) => self.object(source, range, pointer, envelope, depth, &entries),
            Some(Level::Array(items)) => {
                for (number, item) in items.into_iter().enumerate() {
                    self.search(source, range_in(&whole, item), &format!("{pointer}/{number}"), envelope, depth + 1);
                }
            }
            Some(Level::String(inner)) if mentions_message(&inner) => {
                self.quoted(source, range, inner, pointer, envelope, depth);
            }
            Some(Level::String(_) | Level::Plain) | None => {}
        }
    }

    /// A text within the JSON that may hold JSON itself.
    pub fn quoted(
        &mut self,
        source: &Source,
        range: Range<usize>,
        inner: String,
        pointer: &str,
        envelope: &Envelope,
        depth: usize,
    ) {
        let outer = Text {
            whole: Arc::clone(&source.whole),
            start: range.start,
            end: range.end,
            quoted_in: source.quoted_in.clone(),
        };
        self.documents(Documents::of(inner), Some(Box::new(outer)), pointer, envelope, depth + 1);
    }

    fn object(
        &mut self,
        source: &Source,
        range: Range<usize>,
        pointer: &str,
        envelope: &Envelope,
        depth: usize,
        entries: &Entries<'_>,
    ) {
        let text = &source.whole[range.clone()];
        if is_message(text) {
            return self.message(source, range, pointer, envelope);
        }
        if har::is_archive(entries) {
            self.sheet.kind = Kind::Log;
            return har::read(self, source, pointer, entries);
        }
        if ledger::is_entry(entries) {
            self.sheet.kind = Kind::Log;
            return ledger::read(self, source, pointer, entries);
        }
        if is_report(text) {
            let (claim, messages) = request::read(self, source, pointer, entries);
            return self.sheet.reports.push((claim, messages));
        }
        if request::is_request(entries) {
            let (claim, messages) = request::read(self, source, pointer, entries);
            return self.sheet.requests.push((claim, messages));
        }
        self.wrapper(source, pointer, &envelope.within(entries), depth, entries);
    }

    /// An object that is no message: its members may be, or hold, messages; and the answer to them.
    fn wrapper(&mut self, source: &Source, pointer: &str, envelope: &Envelope, depth: usize, entries: &Entries<'_>) {
        let from = self.sheet.messages.len();
        for (key, value) in entries.iter().filter(|(key, _)| !is_answer(key)) {
            let step = action_in_name(key).map_or_else(|| envelope.step.clone(), |_| Some(key.to_string()));
            let inner = Envelope { step, ..envelope.clone() };
            self.search(source, range_in(&source.whole, value), &below(pointer, key), &inner, depth + 1);
        }
        let until = self.sheet.messages.len();
        for (key, value) in entries.iter().filter(|(key, _)| is_answer(key)) {
            let inner = Envelope { headers: Vec::new(), ..envelope.clone() };
            self.search(source, range_in(&source.whole, value), &below(pointer, key), &inner, depth + 1);
        }
        let answered_by_messages = self.sheet.messages.len() > until;
        if let Some(answer) = answer(entries).filter(|_| !answered_by_messages) {
            for message in self.sheet.messages[from..until].iter_mut().filter(|message| message.answer.is_none()) {
                message.answer = Some(answer.clone());
            }
        }
    }

    /// Takes a message down.
    pub fn message(&mut self, source: &Source, range: Range<usize>, pointer: &str, envelope: &Envelope) {
        let exact = source.exact;
        let (whole, quoted_in) = (Arc::clone(&source.whole), source.quoted_in.clone());
        let text = Text { whole, start: range.start, end: range.end, quoted_in };
        let line = text.position(range.start).line;
        match record(Place { path: self.path, pointer, text, exact }, envelope) {
            Ok(recorded) => self.sheet.messages.push(recorded),
            Err(reason) => self.sheet.unread.push(format!("line {line}: {reason}")),
        }
    }
}

/// The pointer of a property.
pub(super) fn below(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Entries of the value at a range.
pub(super) fn entries_at<'s>(source: &'s Source, range: &Range<usize>) -> Vec<(std::borrow::Cow<'s, str>, &'s str)> {
    entries(&source.whole[range.clone()])
}
