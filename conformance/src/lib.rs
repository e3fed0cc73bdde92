//! Conformance: does a message, whoever wrote it, keep the network's law?
//!
//! ```text
//!  paths ──input──▶ files ──messages──▶ each object with a context ──judge──▶ findings ──report──▶ text | JSON
//!                                                        specs::Book ──┘
//! ```
//!
//! Run by people and by CI. Imports `specs` only: it never sees a node or an app, so it judges all alike.

pub mod check;
mod cli;
mod explain;
pub mod finding;
mod input;
mod judge;
pub mod recording;
mod report;
pub mod view;

pub use cli::{Cli, Exit, run};
pub use input::{Message, messages};
pub use judge::{FileReport, Finding, MessageReport, Override, Summary, judge};
