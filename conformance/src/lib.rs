//! Conformance: does what a participant recorded, whoever wrote it, keep the network's law?
//!
//! ```text
//!  paths ──input──▶ Recording ──view──▶ FlowView ──check::ALL, books──▶ Found ──judge──▶ Report ──report──▶ text, JSON,
//!                                            Specs ──┘        rule book ──┘  └── excuse   JUnit, SARIF, Markdown, HTML
//! ```
//!
//! Run by people and by CI. Imports `specs` and `protocol` only: it never sees a node or an app, so it judges all alike.

pub mod check;
mod cli;
pub mod excuse;
mod explain;
pub mod finding;
mod input;
pub mod judge;
mod law;
pub mod official;
pub mod recording;
pub mod report;
mod rulebook_page;
pub mod serve;
pub mod view;

pub use cli::{Cli, Exit, Terminal, run};
pub use input::{Progress, ProgressLine, read, read_within};
