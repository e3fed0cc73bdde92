//! Every mutation: what is broken, and the rule that says so.

use crate::mutated::Mutation;

#[path = "tables/cancelling.rs"]
mod cancelling;
#[path = "tables/catalogue.rs"]
mod catalogue;
#[path = "tables/contexts.rs"]
mod contexts;
#[path = "tables/evidence.rs"]
mod evidence;
#[path = "tables/fulfilling.rs"]
mod fulfilling;
#[path = "tables/ordering.rs"]
mod ordering;
#[path = "tables/returning.rs"]
mod returning;

/// A rule that wants a constant of each node of a scope.
pub const SCOPE: &str = "the place is the list in which the scope is looked for, not the node";

/// All tables.
pub fn all() -> Vec<Mutation> {
    let tables = [
        contexts::all(),
        ordering::all(),
        fulfilling::all(),
        returning::all(),
        cancelling::all(),
        catalogue::all(),
        evidence::all(),
    ];
    tables.into_iter().flatten().collect()
}
