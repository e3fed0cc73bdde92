//! Every mutation: what is broken, and the rule that says so.

use crate::mutated::Mutation;

#[path = "tables/business.rs"]
mod business;
#[path = "tables/cancelling.rs"]
mod cancelling;
#[path = "tables/catalogue.rs"]
mod catalogue;
#[path = "tables/categories.rs"]
mod categories;
#[path = "tables/changes.rs"]
mod changes;
#[path = "tables/complaints.rs"]
mod complaints;
#[path = "tables/contexts.rs"]
mod contexts;
#[path = "tables/evidence.rs"]
mod evidence;
#[path = "tables/fulfilling.rs"]
mod fulfilling;
#[path = "tables/menus.rs"]
mod menus;
#[path = "tables/ordering.rs"]
mod ordering;
#[path = "tables/policy.rs"]
mod policy;
#[path = "tables/returning.rs"]
mod returning;

/// All tables.
pub fn all() -> Vec<Mutation> {
    let tables = [
        contexts::all(),
        ordering::all(),
        fulfilling::all(),
        returning::all(),
        cancelling::all(),
        catalogue::all(),
        menus::all(),
        changes::all(),
        categories::all(),
        business::all(),
        complaints::all(),
        policy::all(),
        evidence::all(),
    ];
    tables.into_iter().flatten().collect()
}
