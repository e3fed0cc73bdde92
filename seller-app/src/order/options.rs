//! The ways in which a basket can reach the buyer: offered in `on_select`, one is chosen in `init` (NETWORK-SPEC 5, 6).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::decide::Desk;
use super::quoting::charge;
use super::{IdKind, LineKind, Order, OrderLine, QuoteLine};
use crate::catalogue::{Partner, Period};
use crate::fulfilment::{Choice, DeliveryState, Fulfilment, Mode, Progress, promise};
use crate::money::Money;

/// A fulfilment that the buyer can choose, with what it costs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offered {
    pub fulfilment: Fulfilment,
    /// Lines of delivery and packing.
    pub charges: Vec<QuoteLine>,
}

/// What can be offered, the default first. Never empty: a place that is not served is told about the standard delivery.
pub(super) fn offer(
    desk: &mut Desk<'_, '_>,
    partner: &Partner,
    lines: &[OrderLine],
    served: bool,
    opens: Option<Timestamp>,
) -> Vec<Offered> {
    let wait = promise::wait_until(opens.unwrap_or(desk.now), desk.now);
    let ready =
        promise::turn_around_time(lines.iter().map(|line| &line.time_to_ship), &Period::of_minutes(1)).plus(&wait);
    let brought =
        promise::turn_around_time(lines.iter().map(|line| &line.time_to_ship), &partner.time_to_deliver).plus(&wait);
    let mut offered = Vec::new();
    for choice in choices(desk, partner, served && opens.is_some(), &brought) {
        let tat = match choice {
            Choice::Standard => brought.clone(),
            Choice::Express => desk.view.seller.fulfilment.express_time.plus(&wait),
            Choice::Takeaway | Choice::Kerbside | Choice::BuyersCourier => ready.clone(),
        };
        let fulfilment = fulfilment(desk, partner, choice, tat);
        let charges = charges(desk, partner, &fulfilment);
        offered.push(Offered { fulfilment, charges });
    }
    offered
}

fn choices(desk: &Desk<'_, '_>, partner: &Partner, served: bool, brought: &Period) -> Vec<Choice> {
    let can = &partner.service.capabilities;
    let policy = &desk.view.seller.fulfilment;
    let express = policy.express_time.seconds() > 0 && policy.express_time < *brought;
    let can_do = |choice: &Choice| match choice {
        Choice::Standard => can.delivers && served,
        Choice::Express => can.delivers && served && express,
        Choice::Takeaway => can.pickup_counter,
        Choice::Kerbside => can.pickup_counter && policy.kerbside,
        Choice::BuyersCourier => can.buyer_delivery,
    };
    let mut choices: Vec<Choice> = Choice::ALL.into_iter().filter(can_do).collect();
    if choices.is_empty() {
        choices.push(Choice::Standard);
    }
    choices
}

fn fulfilment(desk: &mut Desk<'_, '_>, partner: &Partner, choice: Choice, tat: Period) -> Fulfilment {
    let id = known(desk.view.order, partner, choice).unwrap_or_else(|| (desk.ids)(IdKind::Fulfilment));
    let offset = desk.view.seller.fulfilment.utc_offset_min;
    let category = match choice {
        Choice::Standard => promise::category(&tat, desk.now, offset),
        Choice::Express => "Express Delivery",
        Choice::Takeaway => "Takeaway",
        Choice::Kerbside => "Kerbside",
        Choice::BuyersCourier => "",
    };
    Fulfilment {
        choice,
        tracking: choice.mode() == Mode::Delivery && desk.view.seller.tracking_url.is_some(),
        category: Some(category.to_owned()),
        tat: Some(tat),
        provider_name: Some(partner.name.clone()),
        ..Fulfilment::bare(id, Progress::Delivery(DeliveryState::Pending))
    }
}

/// Fulfilment ids are given once: a repeated select keeps them.
fn known(before: Option<&Order>, partner: &Partner, choice: Choice) -> Option<String> {
    let before = before.filter(|order| order.partner_id == partner.id)?;
    let offered = before.options.iter().map(|offered| &offered.fulfilment);
    let mut own = offered.chain(before.delivery());
    own.find(|one| one.choice == choice).map(|one| one.id.clone())
}

/// Delivery is always quoted, even when free; packing only when it costs.
fn charges(desk: &Desk<'_, '_>, partner: &Partner, fulfilment: &Fulfilment) -> Vec<QuoteLine> {
    let fee = match fulfilment.choice {
        Choice::Standard => partner.delivery_fee,
        Choice::Express => desk.view.seller.fulfilment.express_fee,
        Choice::Takeaway | Choice::Kerbside | Choice::BuyersCourier => Money::ZERO,
    };
    let mut lines = vec![charge(LineKind::Delivery, &fulfilment.id, "Delivery charges", fee)];
    if !partner.packing_fee.is_zero() {
        lines.push(charge(LineKind::Packing, &fulfilment.id, "Packing charges", partner.packing_fee));
    }
    lines
}

impl Order {
    /// Makes one of the offered ways the order's own: its lines and its charges, and nothing of the others. `false` when it
    /// was not offered.
    pub(super) fn choose(&mut self, fulfilment_id: &str) -> bool {
        let Some(chosen) = self.options.iter().find(|offered| offered.fulfilment.id == fulfilment_id).cloned() else {
            return false;
        };
        for line in &mut self.lines {
            line.fulfilment_id.clone_from(&chosen.fulfilment.id);
        }
        self.quote.lines.retain(|line| !matches!(line.kind, LineKind::Delivery | LineKind::Packing));
        self.quote.lines.extend(chosen.charges);
        self.fulfilments = vec![chosen.fulfilment];
        true
    }
}
