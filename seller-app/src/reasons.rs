//! The reasons that a person may give with a step of the desk, from the network's lists.

use crate::app::SellerApp;
use crate::desk::Needs;
use crate::order::Order;

/// Id and text of each reason that fits; none for a step that needs no reason.
pub fn of_step(app: &SellerApp, order: &Order, needs: Needs) -> Vec<(String, String)> {
    match needs {
        Needs::Nothing | Needs::Agent | Needs::Cause | Needs::Barcode | Needs::Proof | Needs::Note => Vec::new(),
        // Counting and grading have a page of their own.
        Needs::Count | Needs::Grade => Vec::new(),
        Needs::CancelReason => cancel_reasons(app, order, false),
        Needs::Pieces => part_reasons(app, order),
        Needs::RtoReason => cancel_reasons(app, order, true),
        Needs::RejectionReason => named(app, order, "return_rejection_reason", |_| true),
    }
}

/// Reasons for which a seller may cancel some pieces.
fn part_reasons(app: &SellerApp, order: &Order) -> Vec<(String, String)> {
    let Ok(rules) = app.rules(&order.domain, &order.core_version) else { return Vec::new() };
    let fits = |id: &str| rules.cancellation_reasons.get(id).is_some_and(|reason| reason.seller && reason.part);
    named(app, order, "cancellation_reason", fits)
}

/// Reasons that a seller may give, with or without goods that turn back.
fn cancel_reasons(app: &SellerApp, order: &Order, rto: bool) -> Vec<(String, String)> {
    let Ok(rules) = app.rules(&order.domain, &order.core_version) else { return Vec::new() };
    let fits =
        |id: &str| rules.cancellation_reasons.get(id).is_some_and(|reason| reason.seller && (!rto || reason.rto));
    named(app, order, "cancellation_reason", fits)
}

/// A return's reason as people read it: `003 · damaged or not usable`; the number alone where the network says no more.
pub fn of_return(app: &SellerApp, order: &Order, id: &str) -> String {
    let book = app.node.specs.book(&order.domain, &order.core_version);
    let code = book.and_then(|book| book.codes("return_reason")).and_then(|codes| codes.get(id));
    code.map_or_else(|| spoken(id, id), |code| spoken(id, &code.name))
}

fn named(app: &SellerApp, order: &Order, list: &str, fits: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let book = app.node.specs.book(&order.domain, &order.core_version);
    let codes = book.and_then(|book| book.codes(list));
    let fitting = codes.into_iter().flat_map(|codes| codes.iter()).filter(|code| fits(&code.code));
    fitting.map(|code| (code.code.clone(), spoken(&code.code, &code.name))).collect()
}

/// A list that only has numbers is shown as it is.
fn spoken(id: &str, name: &str) -> String {
    if id == name { format!("Reason {id}") } else { format!("{id} · {name}") }
}
