//! The price of a shipment: it adds up, it stays, and the way back costs no more than the catalogue says.

use rust_decimal::Decimal;
use specs::Action;

use crate::check::law::has_history;
use crate::check::logistics::shipment::Shipment;
use crate::check::payload::{Part, lines, total};
use crate::check::say::Say;
use crate::check::thread::tells_the_order;
use crate::finding::Found;
use crate::view::Step;

const TOTAL: &str = "/message/order/quote/price/value";
const KIND: &str = "/@ondc~1org~1title_type";
const LINE_ID: &str = "/@ondc~1org~1item_id";

/// Sum, kept total, way back.
pub(super) fn check(shipment: &Shipment<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &shipment.steps[at];
    if lines(step).is_empty() {
        return;
    }
    sum(step, out);
    kept(shipment, at, out);
    way_back(shipment, at, out);
}

fn sum(step: &Step<'_>, out: &mut Vec<Found>) {
    let all = lines(step);
    let Some(said) = total(step) else { return };
    let prices: Vec<Decimal> = all.iter().filter_map(|line| line.number("/price/value")).collect();
    let sum: Decimal = prices.iter().sum();
    // A line without a price is a matter of form.
    if prices.len() == all.len() && said != sum {
        let text = format!("quote says {said}, its {} lines add up to {sum}", all.len());
        out.push(step.found("logistics/QUOTE_SUM", TOTAL, text).wants(sum).has(said));
    }
}

/// The total changes only with a line that says why: the way back, a difference, a discount, or a cancellation.
fn kept(shipment: &Shipment<'_>, at: usize, out: &mut Vec<Found>) {
    const REASONS: [&str; 6] = ["rto", "diff", "tax_diff", "discount", "cod", "surge"];
    let step = &shipment.steps[at];
    let reason =
        |step: &Step<'_>| lines(step).iter().any(|line| line.text(KIND).is_some_and(|kind| REASONS.contains(&kind)));
    // Until the confirmation plain equality is left to the book.
    let by_book = !tells_the_order(step) || step.action == Action::OnConfirm;
    let judged = tells_the_order(step) || step.action == Action::Confirm;
    if !judged
        || (by_book && has_history(step))
        || reason(step)
        || step.text("/message/order/state") == Some("Cancelled")
    {
        return;
    }
    let is_quote =
        |other: &&Step<'_>| matches!(other.action, Action::OnInit | Action::OnConfirm) && total(other).is_some();
    let quoted = shipment.steps[..at].iter().find(is_quote);
    let Some(before) = quoted.filter(|before| !reason(before)) else { return };
    if let (Some(now), Some(then)) = (total(step), total(before))
        && now != then
    {
        let text = format!("the total is {now}, {} said {then}, and no line says why", before.action);
        let found = step.found("logistics/QUOTE_KEPT", TOTAL, text);
        out.push(found.wants(then).has(now).against(before.place(TOTAL)));
    }
}

/// The lines of the way back cost no more than its item in the catalogue.
fn way_back(shipment: &Shipment<'_>, at: usize, out: &mut Vec<Found>) {
    let step = &shipment.steps[at];
    for line in lines(step).iter().filter(|line| line.text(KIND) == Some("rto")) {
        let Some((catalogue, offered)) =
            shipment.last(at, Action::OnSearch).and_then(|found| Some((found, item(found, line.text(LINE_ID)?)?)))
        else {
            continue;
        };
        if let (Some(charged), Some(price)) = (line.number("/price/value"), offered.number("/price/value"))
            && charged > price
        {
            let text = format!("the way back costs {charged}, the catalogue says {price}");
            let found = step.found("logistics/RTO_PRICE", line.place("/price/value"), text);
            out.push(
                found
                    .wants(format!("at most {price}"))
                    .has(charged)
                    .against(catalogue.place(offered.place("/price/value"))),
            );
        }
    }
}

/// An item of the catalogue.
fn item<'a>(catalogue: &Step<'a>, id: &str) -> Option<Part<'a>> {
    let providers = Part::of(catalogue, "/message/catalog")?.list("/bpp~1providers");
    providers.iter().flat_map(|provider| provider.list("/items")).find(|item| item.text("/id") == Some(id))
}
