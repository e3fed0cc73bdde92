//! Payment: the buyer app's fee, the amount, who collects, and where the money is sent.

use serde_json::Value;
use specs::Action;

use crate::check::payload::{Part, fulfilments, state, total};
use crate::check::say::{Say, changed, dropped};
use crate::check::thread::{Thread, is_retail, tells_the_order, threads};
use crate::finding::Found;
use crate::view::{FlowView, Step};

const PAYMENT: &str = "/message/order/payment";
const DETAILS: &str = "/@ondc~1org~1settlement_details";
const FEE: [&str; 2] = ["/@ondc~1org~1buyer_app_finder_fee_type", "/@ondc~1org~1buyer_app_finder_fee_amount"];

/// The fee of the search, the terms of `on_init`, the amount of `confirm`.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    for thread in threads(view) {
        for (at, step) in thread.steps.iter().enumerate() {
            let Some(payment) = Part::of(step, PAYMENT) else { continue };
            fee(view, &thread, at, &payment, out);
            if step.action != Action::Update {
                amount(&thread, at, &payment, out);
                terms(&thread, at, &payment, out);
                details(&thread, at, &payment, out);
                on_delivery(&thread, at, &payment, out);
            }
        }
    }
}

/// The fee is the one of the search, from the first message to the last.
fn fee(view: &FlowView<'_>, thread: &Thread<'_>, at: usize, payment: &Part<'_>, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let first = thread.steps[..at].iter().find(|step| Part::of(step, &format!("{PAYMENT}{}", FEE[1])).is_some());
    let buyer = step.text("/context/bap_id");
    // What is searched for later binds no order from before.
    let mut searches = view
        .all(Action::Search)
        .filter(|search| is_retail(search) && search.index < step.index && search.text("/context/bap_id") == buyer);
    let search = searches.find(|search| search.value("/message/intent/payment").is_some());
    // A search of another transaction may have had another fee: then only the first message is asked about it.
    let own = search.filter(|search| search.text("/context/transaction_id") == step.text("/context/transaction_id"));
    let (base, root) = match (own, first, search) {
        (Some(search), _, _) | (None, None, Some(search)) => (search, "/message/intent/payment"),
        (None, Some(first), _) => (first, PAYMENT),
        (None, None, None) => return,
    };
    let also = search.filter(|_| own.is_none());
    for place in FEE {
        let (Some(then), Some(now)) = (Part::of(base, &format!("{root}{place}")), payment.at(place)) else { continue };
        let searched = also.and_then(|search| Part::of(search, &format!("/message/intent/payment{place}")));
        if !same_fee(&then, &now) && !searched.is_some_and(|searched| same_fee(&searched, &now)) {
            out.push(changed("history/FINDER_FEE_KEPT", step, &now, base, &then, "the buyer app's finder fee"));
        }
    }
}

/// `3` is `3.0`, and `Percent` is `percent`.
fn same_fee(one: &Part<'_>, other: &Part<'_>) -> bool {
    match (one.number(""), other.number("")) {
        (Some(one), Some(other)) => one == other,
        _ => one.word("").map(|word| word.to_lowercase()) == other.word("").map(|word| word.to_lowercase()),
    }
}

/// What is paid is the quote of `confirm`; it stays in the order as it was paid.
fn amount(thread: &Thread<'_>, at: usize, payment: &Part<'_>, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let Some(now) = payment.at("/params/amount") else { return };
    let Some(amount) = now.number("") else { return };
    if step.action == Action::Confirm {
        if let Some(quote) = total(step).filter(|quote| *quote != amount) {
            let text = format!("paid {amount}, the quote is {quote}");
            let found = step.found("history/AMOUNT_OF_QUOTE", now.pointer, text).wants(quote).has(amount);
            out.push(found.against(step.place("/message/order/quote/price/value")));
        }
        return;
    }
    let Some(base) = thread.last(at, Action::Confirm).or_else(|| thread.last(at, Action::OnConfirm)) else { return };
    let Some(then) = Part::of(base, &format!("{PAYMENT}/params/amount")) else { return };
    if then.number("").is_some_and(|then| then != amount) {
        out.push(changed("history/AMOUNT_KEPT", step, &now, base, &then, "the amount paid"));
    }
}

/// The terms of payment are those of `confirm`; cash on delivery is paid when it is delivered.
fn terms(thread: &Thread<'_>, at: usize, payment: &Part<'_>, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    let base = thread.last(at, Action::Confirm).filter(|_| tells_the_order(step));
    let Some((base, then)) = base.and_then(|base| Some((base, Part::of(base, PAYMENT)?))) else { return };
    let cash = then.text("/type") == Some("ON-FULFILLMENT") || then.text("/status") == Some("NOT-PAID");
    for (place, what) in [
        ("/type", "the type of payment"),
        ("/collected_by", "who collects"),
        ("/status", "the status of the payment"),
        ("/@ondc~1org~1settlement_basis", "the settlement basis"),
        ("/@ondc~1org~1settlement_window", "the settlement window"),
        ("/@ondc~1org~1withholding_amount", "the withheld amount"),
    ] {
        let (Some(was), Some(is)) = (then.at(place), payment.at(place)) else { continue };
        let pays = place == "/status" && cash;
        let same = was.word("") == is.word("") || (was.number("").is_some() && was.number("") == is.number(""));
        let as_long = was.duration_ms("").is_some() && was.duration_ms("") == is.duration_ms("");
        if !pays && !same && !as_long {
            out.push(changed("history/PAYMENT_KEPT", step, &is, base, &was, what));
        }
    }
}

/// Where money goes is repeated: the seller's account in `confirm`, and what was refunded in every later order.
fn details(thread: &Thread<'_>, at: usize, payment: &Part<'_>, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    if !tells_the_order(step) && step.action != Action::Confirm {
        return;
    }
    let now = payment.list(DETAILS);
    let by_seller = |step: &Step<'_>| step.text(&format!("{PAYMENT}/collected_by")) == Some("BPP");
    let confirmed = thread.last(at, Action::Confirm).is_some();
    let told = thread.steps[..at].iter().filter(|other| match other.action {
        Action::OnInit => !confirmed && !by_seller(step),
        Action::Confirm => true,
        Action::Update => matches!(step.action, Action::OnUpdate | Action::OnCancel),
        _ => false,
    });
    for earlier in told {
        let refund = earlier.action == Action::Update;
        let Some(then) = Part::of(earlier, PAYMENT) else { continue };
        for was in then.list(DETAILS) {
            if now.iter().any(|is| same_details(&was, is)) {
                continue;
            }
            let same_party =
                now.iter().find(|is| is.text("/settlement_counterparty") == was.text("/settlement_counterparty"));
            match same_party.filter(|_| !refund) {
                Some(is) => {
                    for place in differing(&was, is) {
                        if let (Some(was), Some(is)) = (was.at(&place), is.at(&place)) {
                            out.push(changed(
                                "history/SETTLEMENT_KEPT",
                                step,
                                &is,
                                earlier,
                                &was,
                                "a settlement detail",
                            ));
                        }
                    }
                }
                None => {
                    let rule = if refund { "history/REFUND_CARRIED" } else { "history/SETTLEMENT_ECHOED" };
                    let place = payment.place(DETAILS);
                    out.push(dropped(rule, step, place, earlier, &was, "an entry of settlement_details"));
                }
            }
        }
    }
}

/// Every field that both say is the same.
fn same_details(one: &Part<'_>, other: &Part<'_>) -> bool {
    one.text("/settlement_counterparty") == other.text("/settlement_counterparty") && differing(one, other).is_empty()
}

fn differing(one: &Part<'_>, other: &Part<'_>) -> Vec<String> {
    let Value::Object(fields) = one.value else { return Vec::new() };
    let paths = fields.keys().map(|key| format!("/{}", key.replace('~', "~0").replace('/', "~1")));
    let differs = |path: &String| match (one.number(path), other.number(path)) {
        (Some(one), Some(other)) => one != other,
        _ => match (one.time(path), other.time(path)) {
            (Some(one), Some(other)) => one != other,
            _ => {
                one.word(path).is_some()
                    && other.word(path).is_some()
                    && one.word(path).map(|word| word.to_lowercase())
                        != other.word(path).map(|word| word.to_lowercase())
            }
        },
    };
    // The status of a settlement is meant to move.
    paths.filter(|path| path != "/settlement_status" && differs(path)).collect()
}

/// Cash on delivery: the seller collects, nothing is paid before, and it is paid when it is delivered.
fn on_delivery(thread: &Thread<'_>, at: usize, payment: &Part<'_>, out: &mut Vec<Found>) {
    let step = &thread.steps[at];
    if payment.text("/type") != Some("ON-FULFILLMENT") {
        if let Some(init) = thread.last(at, Action::Init).filter(|_| step.action == Action::OnInit)
            && init.text(&format!("{PAYMENT}/type")) == Some("ON-FULFILLMENT")
        {
            let text = "the buyer asked to pay on delivery, on_init says something else";
            let found = step.found("history/CASH_ON_DELIVERY", payment.place("/type"), text).wants("ON-FULFILLMENT");
            out.push(found.against(init.place(format!("{PAYMENT}/type"))));
        }
        return;
    }
    let mut say = |place: &str, text: &str, wanted: &str| {
        let found = step.found("history/CASH_ON_DELIVERY", payment.place(place), text).wants(wanted);
        out.push(match payment.word(place) {
            Some(is) => found.has(is),
            None => found,
        });
    };
    let delivered = fulfilments(step).iter().any(|part| state(part) == Some("Order-delivered"));
    let early = matches!(step.action, Action::OnInit | Action::Confirm | Action::OnConfirm);
    if early && payment.text("/status").is_some_and(|status| status != "NOT-PAID") {
        say("/status", "paid on delivery, so nothing is paid yet", "NOT-PAID");
    }
    if step.action == Action::Confirm && payment.text("/params/transaction_id").is_some() {
        say("/params/transaction_id", "paid on delivery, so there is no payment transaction yet", "nothing");
    }
    if step.action == Action::OnStatus && delivered && payment.text("/status") == Some("NOT-PAID") {
        say("/status", "it is delivered and was to be paid on delivery", "PAID");
    }
}
