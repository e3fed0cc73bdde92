//! The outcome of each leg in both answers that tell it, and what may stand only once.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use specs::Specs;

use super::{reconciled, settled};
use crate::story::{Broken, Story, broken, each_fires, fired_by};

const LEGS: [(&str, &str); 3] = [("inter_participant", "BETWEEN"), ("provider", "TO_PROVIDER"), ("self", "TO_SELF")];

fn value(story: &Story, name: &str, pointer: &str) -> Value {
    let message = story.messages.iter().find(|(own, _)| own == name).unwrap();
    message.1.pointer(pointer).unwrap().clone()
}

/// A leg that is paid without its reference, and one that is not paid without a reason.
fn outcome(name: &str, action: &str) -> Vec<Broken> {
    let mut table: Vec<Broken> = LEGS
        .into_iter()
        .flat_map(|(leg, group)| {
            let set = |key: &str, value: Value| {
                broken(name, &format!("/message/settlement/orders/0/{leg}/{key}"), value).at_the_end()
            };
            // Nothing is paid, and the amount is told as paid.
            let paid: &[&str] = if leg == "inter_participant" { &["settlement/SETTLED_AMOUNT"] } else { &[] };
            let rule = |name: &str| [format!("{action}/{group}/{name}")];
            [
                set("reference_no", Value::Null).fires(&rule("REFERENCE_GIVEN")),
                set("status", json!("NOT_SETTLED")).fires(&rule("REASON_GIVEN")).fires(paid),
            ]
        })
        .collect();
    let order = value(&settled(), name, "/message/settlement/orders/0");
    let twice = broken(name, "/message/settlement/orders/-", order).at_the_end();
    table.push(twice.fires(&[format!("{action}/OUTCOME/ORDERS_ONCE")]));
    table
}

fn of_settlement() -> Vec<Broken> {
    [outcome("on_settle_receiver", "on_settle"), outcome("on_report", "on_report")].concat()
}

/// What the two books name twice.
fn twice(name: &str, action: &str) -> Vec<Broken> {
    let story = reconciled();
    let add = |list: &str, value: Value| broken(name, &format!("{list}/-"), value).at_the_end();
    let settlements = "/message/orders/0/settlements";
    vec![
        add("/message/orders", value(&story, name, "/message/orders/0"))
            .fires(&[format!("{action}/BOOKS/ORDERS_ONCE")]),
        add(settlements, value(&story, name, &format!("{settlements}/0"))).fires(&[format!("{action}/PAYMENTS/ONCE")]),
    ]
}

fn of_books() -> Vec<Broken> {
    let paid = broken("recon", "/message/orders/0/settlements/0/status", json!("SETTLED")).at_the_end();
    let mut table = vec![paid.fires(&["recon/PAYMENT/REFERENCE_GIVEN"])];
    table.extend(twice("recon", "recon"));
    table.extend(twice("on_recon_agrees", "on_recon"));
    table
}

#[test]
fn what_is_broken_in_an_outcome_is_told() {
    let specs = Specs::builtin().unwrap();
    each_fires(&specs, settled, of_settlement());
}

#[test]
fn what_stands_twice_in_a_book_is_told() {
    let specs = Specs::builtin().unwrap();
    each_fires(&specs, reconciled, of_books());
}

/// Every rule that these defects fire.
pub fn fired() -> BTreeSet<String> {
    fired_by([of_settlement(), of_books()].concat())
}
