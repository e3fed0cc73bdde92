//! The program as a user meets it: arguments in, text, files and exit code out.
#![allow(clippy::unwrap_used)] // helpers of tests fail as tests do

#[path = "program/check.rs"]
mod check;
#[path = "program/excuses.rs"]
mod excuses;
#[path = "program/explain.rs"]
mod explain;
#[path = "program/folder.rs"]
mod folder;
#[path = "program/formats.rs"]
mod formats;
#[path = "program/published.rs"]
mod published;
