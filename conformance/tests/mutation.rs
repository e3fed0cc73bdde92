//! Clean flows stay clean; one thing broken in one of them fires its rule, there, and no unrelated one.
#![allow(clippy::unwrap_used)]
//!
//! ```text
//!  flows/*  ──flow──▶ Flow ──stories──▶ clean stories ──tables, schema──▶ Mutation ──judged──▶ findings ──▶ coverage
//! ```
//!
//! `flows/` holds what our own network recorded (a seller's ledger, exact bodies and headers); `stories` makes from it
//! what the sandbox does not play.

#[path = "mutation/coverage.rs"]
mod coverage;
#[path = "mutation/flow.rs"]
mod flow;
#[path = "mutation/judged.rs"]
mod judged;
#[path = "mutation/mutated.rs"]
mod mutated;
#[path = "mutation/schema.rs"]
mod schema;
#[path = "mutation/stories.rs"]
mod stories;
#[path = "mutation/tables.rs"]
mod tables;

use std::collections::BTreeSet;

use judged::{judged, wrong};

#[test]
fn clean_stories_have_no_error_and_no_warning() {
    let stories = stories::all();
    let mut dirty = Vec::new();
    for (story, found) in stories.iter().zip(judged(&stories)) {
        dirty.extend(found.iter().map(|one| format!("{}: {one}", story.name)));
    }
    assert!(dirty.is_empty(), "{} findings in clean stories:\n{}", dirty.len(), dirty.join("\n"));
}

#[test]
fn one_broken_thing_fires_its_rule_there_and_no_unrelated_one() {
    let mutations = tables::all();
    let flows: Vec<_> = mutations.iter().map(|one| one.flow.clone()).collect();
    let found = judged(&flows);
    let failed: Vec<String> = mutations.iter().zip(&found).filter_map(|(one, found)| wrong(one, found)).collect();
    println!("{} mutations, {} wrong", mutations.len(), failed.len());
    assert!(failed.is_empty(), "{} of {} mutations:\n{}", failed.len(), mutations.len(), failed.join("\n"));
    let fired: BTreeSet<String> = found.into_iter().flatten().map(|one| one.rule).collect();
    coverage::every_rule_is_fired(&fired);
}
