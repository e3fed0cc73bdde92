//! A flow as the checks see it: each message with its action, sender, book and place in the order's life.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::Value;
use specs::{Action, Book, Side, Specs};

use crate::finding::{Found, Place};
use crate::input::message;
use crate::recording::{Recorded, RecordedFlow, wire_time};

/// A flow, ready to be checked.
#[derive(Debug)]
pub struct FlowView<'a> {
    /// As recorded.
    pub flow: &'a RecordedFlow,
    /// The law.
    pub specs: &'a Specs,
    /// The messages whose action is known, in order.
    pub steps: Vec<Step<'a>>,
}

/// One message of a flow.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// Index in `flow.messages`.
    pub index: usize,
    #[allow(missing_docs)]
    pub action: Action,
    /// Who sent it.
    pub sender: Side,
    #[allow(missing_docs)]
    pub payload: &'a Value,
    #[allow(missing_docs)]
    pub recorded: &'a Recorded,
    /// The book of its domain and version, when the law has one.
    pub book: Option<&'a Book>,
    /// The book that compares it with the messages before it: its own; without one, that of the last message before it in its
    /// transaction. So a message whose version the law does not know is still held to the version that was agreed on.
    pub thread_book: Option<&'a Book>,
    /// `context.timestamp`, when it is a time.
    pub at: Option<Timestamp>,
}

impl<'a> FlowView<'a> {
    /// Resolves action, sender, book and time of each message. The sender follows from the action: whatever the domain,
    /// requests come from the `bap_id` and callbacks from the `bpp_id` of the context.
    pub fn new(flow: &'a RecordedFlow, specs: &'a Specs) -> FlowView<'a> {
        let step = |(index, recorded): (usize, &'a Recorded)| Step::new(index, recorded, specs);
        let mut view = FlowView { flow, specs, steps: flow.messages.iter().enumerate().filter_map(step).collect() };
        view.settle_thread_books();
        view
    }

    /// To be called again when the book of a step was changed.
    pub(crate) fn settle_thread_books(&mut self) {
        let mut of_transaction: HashMap<&str, &'a Book> = HashMap::new();
        for step in &mut self.steps {
            let transaction = step.text("/context/transaction_id").unwrap_or_default();
            if let Some(book) = step.book {
                of_transaction.insert(transaction, book);
            }
            step.thread_book = step.book.or_else(|| of_transaction.get(transaction).copied());
        }
    }

    /// The last message with this action before `index`.
    pub fn before(&self, index: usize, action: Action) -> Option<&Step<'a>> {
        self.steps.iter().rev().find(|step| step.index < index && step.action == action)
    }

    /// Every message with this action.
    pub fn all(&self, action: Action) -> impl Iterator<Item = &Step<'a>> {
        self.steps.iter().filter(move |step| step.action == action)
    }
}

impl<'a> Step<'a> {
    fn new(index: usize, recorded: &'a Recorded, specs: &'a Specs) -> Option<Step<'a>> {
        let payload: &Value = &recorded.payload;
        let action = message::action(recorded)?;
        let at = payload.pointer("/context/timestamp").and_then(wire_time::read);
        let book = specs.book_of(payload);
        Some(Step { index, action, sender: action.sender(), payload, recorded, book, thread_book: book, at })
    }

    /// The value at a JSON pointer; `None` when nothing stands there.
    pub fn value(&self, pointer: &str) -> Option<&'a Value> {
        self.payload.pointer(pointer)
    }

    /// The text at a JSON pointer; `None` when there is none.
    pub fn text(&self, pointer: &str) -> Option<&'a str> {
        self.value(pointer)?.as_str()
    }

    /// A finding at a place of this message.
    pub fn found(&self, rule: &str, pointer: impl Into<String>, text: impl Into<String>) -> Found {
        let (pointer, text) = (pointer.into(), text.into());
        Found { rule: rule.to_owned(), message: Some(self.index), pointer, text, ..Found::default() }
    }

    /// A place of this message, to be contradicted.
    pub fn place(&self, pointer: impl Into<String>) -> Place {
        let pointer = pointer.into();
        let value = self.value(&pointer).map(shortened).unwrap_or_default();
        Place { message: self.index, pointer, value }
    }
}

/// A value in at most 120 characters.
pub fn shortened(value: &Value) -> String {
    const MAX: usize = 120;
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if text.chars().count() <= MAX { text } else { text.chars().take(MAX - 1).chain(['…']).collect() }
}
