//! The code lists that a check asks: those of the message's own book, else of a retail book of the same version.

use specs::{Book, Code};

use crate::view::{FlowView, Step};

/// The law for one message.
#[derive(Debug, Clone)]
pub(crate) struct Law<'a> {
    /// The books to ask, the nearest first.
    books: Vec<&'a Book>,
}

impl<'a> Law<'a> {
    /// The books for a message: its own, then retail books of its version, then other retail books.
    pub(crate) fn of(view: &FlowView<'a>, step: &Step<'a>) -> Law<'a> {
        let version = step.text("/context/core_version").unwrap_or_default();
        let mut books: Vec<&Book> = step.book.into_iter().collect();
        let retail = || view.specs.books().iter().filter(|book| book.domain().starts_with("ONDC:RET"));
        books.extend(retail().filter(|book| book.version() == version));
        books.extend(retail().filter(|book| book.version() != version));
        Law { books }
    }

    /// The nearest book.
    pub(crate) fn book(&self) -> Option<&'a Book> {
        self.books.first().copied()
    }

    /// A code of the nearest book that has the list.
    pub(crate) fn code(&self, list: &str, code: &str) -> Option<&'a Code> {
        self.books.iter().find_map(|book| book.codes(list))?.get(code)
    }

    /// The code as every book knows it: the network changed some lists without a new version.
    pub(crate) fn every(&self, list: &str, code: &str) -> Vec<&'a Code> {
        self.books.iter().filter_map(|book| book.codes(list)?.get(code)).collect()
    }

    /// Does a fulfilment of this type bring the goods to the buyer? One without a type does.
    pub(crate) fn is_forward(&self, kind: Option<&str>) -> bool {
        let Some(kind) = kind else { return true };
        match self.code("fulfilment_type", kind) {
            Some(code) => code.flag("forward"),
            None => !matches!(kind, "Return" | "Cancel" | "RTO"),
        }
    }
}

/// Does a book compare this message with those before it? Then plain equality is left to them.
pub(crate) fn has_history(step: &Step<'_>) -> bool {
    step.thread_book.is_some_and(|book| book.history_rules(step.action).next().is_some())
}
