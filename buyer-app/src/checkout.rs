//! From basket to order: what was selected, what the seller offered, what was agreed. Pure.
//!
//! `record` is the checkout, `stage` its table, `offer` judges on_select, `terms` judges on_init, `place` makes the
//! order that `confirm` asks for.

pub mod offer;
pub mod place;
pub mod record;
pub mod stage;
pub mod terms;
