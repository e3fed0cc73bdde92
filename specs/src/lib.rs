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
mod resolve;
mod rulebook;
pub mod rules;
mod schema;
mod schema_wanted;
mod schema_words;
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
pub use network_policy::{ComplaintVersion, Complaints, DomainAlias, NetworkPolicy, RoutingProfile};
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

    /// The book that judges a message `{context, message, …}`.
    ///
    /// First the very domain and version of its context. Complaints are judged by the books of their own protocol, whatever
    /// the domain, in the version that their shape tells. A domain may have other names; see [`NetworkPolicy`].
    pub fn book_of(&self, payload: &serde_json::Value) -> Option<&Book> {
        let policy = &self.law.network;
        resolve::book_of(&self.law.books, policy.complaints.as_ref(), &policy.domain_aliases, payload)
    }

    /// What is known of a rule by its id, of whatever kind: a rule of a book (`on_search/PROVIDER/ITEM_IDS_ONCE`,
    /// `history/on_init/QUOTE_KEPT`), a rule that is a program (`flow/STEP_MISSING`), a schema (`RET10.confirm.schema.required`).
    ///
    /// Books may differ in a rule of the same id; this gives the first book's. [`Book::rule`] asks one book.
    pub fn rule(&self, id: &str) -> Option<Rule> {
        if let Some(rule) = self.law.rulebook.get(id) {
            return Some(rule.clone());
        }
        if let Some((prefix, rest)) = id.split_once('.') {
            let known = self.books().iter().any(|book| book.domain().rsplit(':').next() == Some(prefix));
            return if known { schema_words::rule(id, rest) } else { None };
        }
        self.books().iter().find_map(|book| book.rule(id)).map(RuleInfo::to_rule)
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
