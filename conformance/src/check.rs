//! The checks, one file for each kind of evidence. Each takes a flow and says what it found.

mod catalogue;
pub(crate) mod flow;
mod history;
mod issue;
mod law;
mod logistics;
mod payload;
mod say;
mod settlement;
mod store;
mod thread;
mod timing;
mod transport;

use crate::finding::Found;
use crate::view::FlowView;

/// One check.
pub type Check = fn(&FlowView<'_>, &mut Vec<Found>);

/// Every check, in the order of the layers.
pub const ALL: &[Check] = &[
    history::context::check,
    history::basket::check,
    history::fulfilment::check,
    history::quote::check,
    history::quote_trail::check,
    history::payment::check,
    history::record::check,
    history::terms::check,
    history::state::check,
    history::cancel::check,
    history::rto::check,
    history::returns::check,
    catalogue::ordered::check,
    catalogue::changes::check,
    catalogue::serves::check,
    catalogue::holidays::check,
    catalogue::customised::check,
    catalogue::menus::check,
    issue::check,
    logistics::check,
    settlement::check,
    flow::check,
    timing::check,
    transport::check,
];
