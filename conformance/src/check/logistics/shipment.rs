//! The messages of one shipment, in the order in which they must have happened.

use specs::Action;

use crate::check::thread::tells_the_order;
use crate::view::{FlowView, Step};

/// The messages of one shipment.
#[derive(Debug)]
pub(super) struct Shipment<'a> {
    /// What makes the order first, then what happens to it by its times.
    pub(super) steps: Vec<Step<'a>>,
}

/// The calls up to the confirmation, in the order of an order's life.
const LIFE: [Action; 6] =
    [Action::Search, Action::OnSearch, Action::Init, Action::OnInit, Action::Confirm, Action::OnConfirm];

/// Every shipment of a flow: each has a transaction of its own.
pub(super) fn shipments<'a>(view: &FlowView<'a>) -> Vec<Shipment<'a>> {
    let mut shipments: Vec<Shipment<'a>> = Vec::new();
    for step in view.steps.iter().filter(|step| is_logistics(step) && !step.action.is_complaint()) {
        let transaction = |step: &Step<'a>| step.text("/context/transaction_id");
        match shipments.iter_mut().find(|known| known.steps.iter().any(|other| transaction(other) == transaction(step)))
        {
            Some(shipment) => shipment.steps.push(*step),
            None => shipments.push(Shipment { steps: vec![*step] }),
        }
    }
    for shipment in &mut shipments {
        let life = |step: &Step<'_>| LIFE.iter().position(|known| *known == step.action).unwrap_or(LIFE.len());
        shipment.steps.sort_by_key(|step| (life(step), step.at, step.action.is_callback(), step.index));
    }
    shipments
}

/// Is it a message of a carrier's domain? The last is their name of before.
fn is_logistics(step: &Step<'_>) -> bool {
    let domain = step.text("/context/domain").unwrap_or_default();
    domain.starts_with("ONDC:LOG") || domain == "nic2004:60232"
}

impl<'a> Shipment<'a> {
    /// The messages before the one at `at`, the latest first.
    pub(super) fn before(&self, at: usize) -> impl Iterator<Item = &Step<'a>> {
        self.steps[..at].iter().rev()
    }

    /// The last message of this action before the one at `at`.
    pub(super) fn last(&self, at: usize, action: Action) -> Option<&Step<'a>> {
        self.before(at).find(|step| step.action == action)
    }

    /// The last whole order that the carrier told before the one at `at`: `on_confirm` or later.
    pub(super) fn order_before(&self, at: usize) -> Option<&Step<'a>> {
        self.before(at).find(|step| tells_the_order(step))
    }
}
