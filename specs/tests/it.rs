//! Integration tests of the law: its loader, its rule engine and its verdicts on published examples.
#![allow(clippy::unwrap_used)] // helpers of tests fail as tests do

mod actions;
mod bases;
mod book_of;
mod builtin;
mod examples;
mod history;
mod loading;
mod protocols;
mod published;
mod rule_words;
mod rules_golden;
mod shared_folder;
mod single_defects;
mod spec_folder;
