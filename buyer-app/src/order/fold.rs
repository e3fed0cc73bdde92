//! Folds a seller's report into the order, or refuses it with the code for the NACK (NETWORK-SPEC 11, 12 and 14).

use super::decide::{Refusal, Told};
use super::quote::Quote;
use super::record::{Cancellation, Fulfilment, Line, Order};
use super::report::{Report, ReportFulfilment};
use super::state::{FulfilmentKind, OrderState, Step, fulfilment_step};
use crate::money::Money;

/// on_confirm: the terms must be those we confirmed.
pub fn confirmed(order: &Order, report: &Report, told: Told) -> Result<Order, Refusal> {
    for fulfilment in &report.fulfillments {
        let known = order.fulfilment(&fulfilment.id).and_then(|f| f.tat.as_deref());
        if let (Some(known), Some(told)) = (known, fulfilment.tat.as_deref())
            && known != told
        {
            let message = format!("fulfilment {}: `{known}` was promised, on_confirm says `{told}`", fulfilment.id);
            return Err(Refusal::new("22504", "message.order.fulfillments[*].@ondc/org/TAT", message));
        }
    }
    if let Some(quote) = &report.quote
        && report.state.as_deref() != Some("Cancelled")
        && quote.price.value != order.confirmed_total
    {
        let message = format!("confirmed {}, on_confirm says {}", order.confirmed_total, quote.price.value);
        return Err(Refusal::new("22507", "message.order.quote.price.value", message));
    }
    folded(order, report, told)
}

/// on_status: states move, the price does not, unless a Cancel, Return or RTO fulfilment says why.
pub fn status(order: &Order, report: &Report, told: Told) -> Result<Order, Refusal> {
    not_older(order, told)?;
    folded(order, report, told)
}

/// on_update: returns, part cancels and changed addresses.
pub fn updated(order: &Order, report: &Report, told: Told) -> Result<Order, Refusal> {
    not_older(order, told)?;
    folded(order, report, told)
}

/// on_cancel: the order ends as Cancelled, unless only a return was cancelled.
pub fn cancelled(order: &Order, report: &Report, told: Told) -> Result<Order, Refusal> {
    not_older(order, told)?;
    let mut next = folded(order, report, told)?;
    if let Some(cancellation) = &report.cancellation {
        next.cancellation =
            Some(Cancellation { by: cancellation.cancelled_by.clone(), reason_id: cancellation.reason.id.clone() });
    }
    Ok(next)
}

fn not_older(order: &Order, told: Told) -> Result<(), Refusal> {
    if told.at_ms < order.reported_ms {
        return Err(Refusal::new("20002", "context.timestamp", "a newer report of this order was received before"));
    }
    Ok(())
}

fn folded(order: &Order, report: &Report, told: Told) -> Result<Order, Refusal> {
    same_seller(order, report)?;
    known_items(order, report)?;
    let mut next = order.clone();
    fold_state(&mut next, report, told)?;
    for fulfilment in &report.fulfillments {
        fold_fulfilment(&mut next, fulfilment, told)?;
    }
    fold_lines(&mut next, report);
    if let Some(quote) = &report.quote {
        checked_quote(order, &next, quote)?;
        next.quote = quote.clone();
    }
    fold_payment(&mut next, report);
    if !report.documents.is_empty() {
        next.documents = report.documents.clone();
    }
    next.reported_ms = told.at_ms.max(next.reported_ms);
    next.last_message_ms = told.at_ms.max(next.last_message_ms);
    next.updated_ms = told.at_ms.max(next.updated_ms);
    Ok(next)
}

fn same_seller(order: &Order, report: &Report) -> Result<(), Refusal> {
    if let Some(id) = &report.provider.id
        && *id != order.provider_id
    {
        return Err(Refusal::new(
            "20003",
            "message.order.provider.id",
            format!("ordered from `{}`", order.provider_id),
        ));
    }
    if let Some(id) = report.location_id()
        && id != order.location_id
    {
        return Err(Refusal::new(
            "20004",
            "message.order.provider.locations[0].id",
            format!("ordered from `{}`", order.location_id),
        ));
    }
    Ok(())
}

fn known_items(order: &Order, report: &Report) -> Result<(), Refusal> {
    for item in &report.items {
        let ordered = order.ordered_count(&item.id);
        if ordered == 0 {
            return Err(Refusal::new("20005", "message.order.items[*].id", format!("`{}` was not ordered", item.id)));
        }
        // A replacement travels on a second forward fulfilment, so forward lines are summed per fulfilment.
        let same = report.items.iter().filter(|i| i.id == item.id && i.fulfillment_id == item.fulfillment_id);
        let reported: u32 = same.map(|i| i.quantity.as_ref().map_or(0, |q| q.count)).sum();
        if reported > ordered {
            let message = format!("{ordered} of `{}` were ordered, the report says {reported}", item.id);
            return Err(Refusal::new("21002", "message.order.items[*].quantity.count", message));
        }
    }
    Ok(())
}

fn fold_state(next: &mut Order, report: &Report, told: Told) -> Result<(), Refusal> {
    let Some(text) = report.state.as_deref() else { return Ok(()) };
    let Some(state) = OrderState::from_wire(text) else {
        return Err(Refusal::new("20007", "message.order.state", format!("`{text}` is not an order state")));
    };
    match next.state.step(state) {
        Step::Same => Ok(()),
        Step::Forward => {
            next.state = state;
            next.note_event(told.at_ms, "", state.name(), "");
            Ok(())
        }
        Step::Refused => {
            let message = format!("the order is {}, it cannot become {}", next.state.name(), state.name());
            Err(Refusal::new("20007", "message.order.state", message))
        }
    }
}

fn fold_fulfilment(next: &mut Order, report: &ReportFulfilment, told: Told) -> Result<(), Refusal> {
    let kind = report.kind();
    let at = next.fulfilments.iter().position(|f| f.id == report.id);
    let before = at.map(|at| next.fulfilments[at].state.clone());
    let code = report.state_code().map(str::to_owned).or_else(|| before.clone()).unwrap_or_default();
    if let Some(before) = &before
        && fulfilment_step(kind, before, &code) == Step::Refused
    {
        let message = format!("fulfilment {} is {before}, it cannot become {code}", report.id);
        return Err(Refusal::new("20007", "message.order.fulfillments[*].state.descriptor.code", message));
    }
    let note = report.state.as_ref().and_then(|s| s.descriptor.short_desc.clone());
    if before.as_deref() != Some(code.as_str()) && !code.is_empty() {
        next.note_event(told.at_ms, &report.id, &code, note.as_deref().unwrap_or(""));
    }
    match at {
        Some(at) => merge(&mut next.fulfilments[at], report, kind, code, note),
        None => {
            let mut fulfilment = Fulfilment::blank(&report.id, kind);
            merge(&mut fulfilment, report, kind, code, note);
            next.fulfilments.push(fulfilment);
        }
    }
    Ok(())
}

/// What the report does not repeat is kept: sellers leave out what has not changed.
fn merge(known: &mut Fulfilment, report: &ReportFulfilment, kind: FulfilmentKind, state: String, note: Option<String>) {
    known.kind = kind;
    known.state = state;
    known.note = note.or(known.note.take());
    known.tat = report.tat.clone().or(known.tat.take());
    known.tracking = report.tracking.unwrap_or(known.tracking);
    known.provider_name = report.provider_name.clone().or(known.provider_name.take());
    known.agent = report.agent.clone().or(known.agent.take());
    let (start, end) =
        (report.start.as_ref().and_then(|s| s.time.as_ref()), report.end.as_ref().and_then(|s| s.time.as_ref()));
    known.pickup_slot = start.and_then(|t| t.range.clone()).or(known.pickup_slot.take());
    known.delivery_slot = end.and_then(|t| t.range.clone()).or(known.delivery_slot.take());
    known.picked_at = start.and_then(|t| t.timestamp.clone()).or(known.picked_at.take());
    known.delivered_at = end.and_then(|t| t.timestamp.clone()).or(known.delivered_at.take());
    let trails = report.trails();
    if !trails.is_empty() {
        known.trails = trails;
    }
}

fn fold_lines(next: &mut Order, report: &Report) {
    if report.items.is_empty() {
        return;
    }
    next.lines = report
        .items
        .iter()
        .map(|item| Line {
            item_id: item.id.clone(),
            fulfilment_id: item.fulfillment_id.clone().unwrap_or_default(),
            count: item.quantity.as_ref().map_or(0, |q| q.count),
        })
        .collect();
}

/// Sum of the lines, and old total + trails = new total.
fn checked_quote(before: &Order, next: &Order, quote: &Quote) -> Result<(), Refusal> {
    let path = "message.order.quote.price.value";
    if !quote.breakup.is_empty() && !quote.adds_up() {
        return Err(Refusal::new(
            "22507",
            path,
            format!("the lines sum to {}, the total says {}", quote.sum(), quote.price.value),
        ));
    }
    let adjusting = next.fulfilments.iter().filter(|f| !f.kind.is_forward());
    let trails: Vec<Money> = adjusting.clone().flat_map(|f| f.trails.iter().map(|t| t.value)).collect();
    let expected = before.confirmed_total + trails.iter().copied().sum();
    let total = quote.price.value;
    if !trails.is_empty() && total != expected {
        let message = format!(
            "{} confirmed and trails of {} make {expected}, the total says {total}",
            before.confirmed_total,
            trails.into_iter().sum::<Money>()
        );
        return Err(Refusal::new("22507", path, message));
    }
    if total > before.quote.price.value && trails.is_empty() {
        return Err(Refusal::new(
            "21003",
            path,
            format!("the total rose from {} to {total}", before.quote.price.value),
        ));
    }
    if total != before.quote.price.value && adjusting.count() == 0 {
        return Err(Refusal::new(
            "21003",
            path,
            format!(
                "the total changed from {} to {total} and nothing was cancelled or returned",
                before.quote.price.value
            ),
        ));
    }
    Ok(())
}

/// Cash is paid at the door: the seller reports PAID with the delivery.
fn fold_payment(next: &mut Order, report: &Report) {
    let status = report.payment.as_ref().and_then(|p| p.get("status")).and_then(serde_json::Value::as_str);
    if next.payment.is_cash() && status == Some("PAID") && next.state != OrderState::Cancelled {
        next.payment.paid = true;
    }
}

impl Fulfilment {
    pub fn blank(id: &str, kind: FulfilmentKind) -> Fulfilment {
        Fulfilment {
            id: id.to_owned(),
            kind,
            state: String::new(),
            tat: None,
            tracking: false,
            provider_name: None,
            agent: None,
            pickup_slot: None,
            delivery_slot: None,
            picked_at: None,
            delivered_at: None,
            note: None,
            trails: Vec::new(),
        }
    }
}
