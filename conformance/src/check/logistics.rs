//! Shipments: what a carrier's message says against those before it of the same shipment.

mod back;
mod calls;
mod quote;
mod record;
mod shipment;
mod states;

use crate::check::logistics::shipment::shipments;
use crate::finding::Found;
use crate::view::FlowView;

/// Every shipment of a flow.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    for shipment in shipments(view) {
        for at in 0..shipment.steps.len() {
            calls::check(&shipment, at, out);
            record::check(&shipment, at, out);
            quote::check(&shipment, at, out);
            back::check(&shipment, at, out);
            states::check(view, &shipment, at, out);
        }
    }
}
