//! What the network has published, as data and pure checks.
//!
//! ```text
//!  data/  ──load──▶  Specs ── book("ONDC:RET10", "1.2.5") ──▶  Book ── check(action, payload) ──▶  violations
//!  a folder (ours, or published)        │                        ├── codes, transitions, limits
//!                                       ├── network()            └── flows, next_actions, rules
//!                                       └── error("30016")
//! ```
//!
//! Called by everyone; imports nothing of ours; no async, and no IO after load.
#![warn(missing_docs)]

mod action;
mod book;
mod code_list;
mod error_code;
mod flow;
mod limits;
mod load;
mod network_policy;
mod patterns;
mod pointer;
mod rulebook;
pub mod rules;
mod schema;
mod text;
mod transitions;
mod violation;

use std::path::Path;
use std::sync::Arc;

pub use action::{Action, Side, UnknownAction};
pub use book::{Book, RuleInfo};
pub use code_list::{Code, CodeList};
pub use error_code::ErrorCode;
pub use flow::{Flow, FlowStep};
pub use limits::Limits;
pub use load::LoadError;
pub use network_policy::{NetworkPolicy, RoutingProfile};
pub use rulebook::{CheckLayer, Fault, Rule, RuleBook, Severity};
pub use transitions::Transitions;
pub use violation::{Layer, Violation};

/// All books of one network with its policy and error codes. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Specs {
    law: Arc<Law>,
}

#[derive(Debug)]
struct Law {
    books: Vec<Book>,
    network: NetworkPolicy,
    errors: Vec<ErrorCode>,
    rulebook: RuleBook,
}

impl Specs {
    /// The law that is compiled into the program.
    ///
    /// # Errors
    /// When the embedded data is incomplete or wrong; the error names the file.
    pub fn builtin() -> Result<Specs, LoadError> {
        Ok(Specs { law: Arc::new(load::builtin()?) })
    }

    /// The law of a folder: ours (several books) or one published folder (its parent of `config/`, or `config/` itself).
    ///
    /// # Errors
    /// When a file is missing, unreadable or wrong; the error names the file.
    pub fn load(folder: &Path) -> Result<Specs, LoadError> {
        Ok(Specs { law: Arc::new(load::folder(folder, None)?) })
    }

    /// The law of a folder, and beside it what this law has and the folder does not: books of other domains and versions,
    /// the policy, error codes, the words of rules. A book of the folder may be based on one of this law.
    ///
    /// # Errors
    /// When a file is missing, unreadable or wrong; the error names the file.
    pub fn load_over(&self, folder: &Path) -> Result<Specs, LoadError> {
        Ok(Specs { law: Arc::new(load::folder(folder, Some(&self.law))?) })
    }

    /// Compiles every book whole; see [`Book::compile_all`]. Loading a folder has done it already.
    ///
    /// # Errors
    /// The first mistake, with its file.
    pub fn compile_all(&self) -> Result<(), LoadError> {
        self.law.books.iter().try_for_each(Book::compile_all)
    }

    /// The book of a domain and version, as they stand in a message's context.
    pub fn book(&self, domain: &str, version: &str) -> Option<&Book> {
        self.law.books.iter().find(|book| book.domain() == domain && book.version() == version)
    }

    /// Every book, by domain and version.
    pub fn books(&self) -> &[Book] {
        &self.law.books
    }

    /// The policy of the network as a whole.
    pub fn network(&self) -> &NetworkPolicy {
        &self.law.network
    }

    /// An error code by its text, for example `30016`.
    pub fn error(&self, code: &str) -> Option<&ErrorCode> {
        self.law.errors.iter().find(|error| error.code == code)
    }

    /// What is known of each rule that is no text of a book.
    pub fn rulebook(&self) -> &RuleBook {
        &self.law.rulebook
    }

    /// Every error code, in the order of the file.
    pub fn errors(&self) -> &[ErrorCode] {
        &self.law.errors
    }
}
