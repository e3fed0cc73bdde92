//! Rules about messages before this one.

use serde_json::{Value, json};
use specs::{Action, CheckLayer, Layer, Severity, Specs, Violation};

use crate::shared_folder::{rows, spec_data};

fn judge(action: Action, document: &Value) -> Vec<Violation> {
    let specs = Specs::builtin().unwrap();
    specs.book("ONDC:RET10", "1.2.5").unwrap().check_history(action, document)
}

fn order(order: Value) -> Value {
    json!({"context": {"transaction_id": "t1"}, "message": {"order": order}})
}

fn with_before(mut document: Value, before: &[(&str, Value)]) -> Value {
    document["_BEFORE_"] = before.iter().map(|(action, message)| ((*action).to_owned(), message.clone())).collect();
    document
}

#[test]
fn a_value_that_changed_names_both_places() {
    let asked = order(json!({"billing": {"name": "A", "address": {"city": "x"}}, "provider": {"id": "P1"}}));
    let quoted = order(json!({"quote": {"price": {"value": "100.00"}}, "fulfillments": [{"id": "F1"}]}));
    let answer = order(json!({
        "billing": {"name": "A", "address": {"city": "y"}},
        "provider": {"id": "P1"},
        "quote": {"price": {"value": "110.00"}},
    }));
    let before = [("init", asked.clone()), ("on_select", quoted), ("previous", asked)];
    let found = judge(Action::OnInit, &with_before(answer, &before));
    let told: Vec<_> = found.iter().map(|v| (v.rule.as_str(), v.path.as_str(), v.against.as_deref())).collect();
    assert_eq!(
        told,
        [
            (
                "history/on_init/BILLING_KEPT",
                "/message/order/billing/address/city",
                Some("/_BEFORE_/init/message/order/billing/address/city")
            ),
            (
                "history/on_init/QUOTE_KEPT",
                "/message/order/quote/price/value",
                Some("/_BEFORE_/on_select/message/order/quote/price/value")
            ),
        ]
    );
    assert!(found.iter().all(|violation| violation.layer == Layer::History));
    assert_eq!((found[1].expected.as_deref(), found[1].actual.as_deref()), (Some("exactly 100.00"), Some("110.00")));
}

#[test]
fn without_the_message_before_there_is_nothing_to_say() {
    let answer = order(json!({"quote": {"price": {"value": "110.00"}}, "billing": {}, "provider": {"id": "P1"}}));
    assert_eq!(judge(Action::OnInit, &with_before(answer.clone(), &[])), []);
    assert_eq!(judge(Action::OnInit, &answer), []);
    assert_eq!(judge(Action::Search, &answer), []);
}

#[test]
fn a_price_in_another_spelling_is_the_same_price() {
    let quoted = order(json!({"quote": {"price": {"value": "100.0"}}, "fulfillments": [{"id": "F1"}]}));
    let answer = order(json!({"quote": {"price": {"value": "100.00"}}}));
    assert_eq!(judge(Action::OnInit, &with_before(answer, &[("on_select", quoted)])), []);
}

/// Findings are left only where a recording was put together from two orders, or a quote changed between on_select and on_init.
#[test]
fn published_flows_keep_what_the_rules_want_kept() {
    let Some(folder) = spec_data() else { return };
    let specs = Specs::builtin().unwrap();
    let book = specs.book("ONDC:RET10", "1.2.5").unwrap();
    let (mut flow, mut before, mut judged, mut refused) = (String::new(), serde_json::Map::new(), 0, Vec::new());
    for row in rows(&folder).iter().filter(|row| row.spec == "RET10-1.2.5") {
        if row.flow != flow {
            flow.clone_from(&row.flow);
            before.clear();
        }
        let mut document: Value = serde_json::from_str(&std::fs::read_to_string(row.path(&folder)).unwrap()).unwrap();
        let message = document.clone();
        document["_BEFORE_"] = before.clone().into();
        judged += 1;
        for violation in book.check_history(row.api.parse().unwrap(), &document) {
            refused.push(format!("{}: {violation} against {:?}", row.name(), violation.against));
        }
        before.insert(row.api.clone(), message.clone());
        before.insert("previous".to_owned(), message);
    }
    println!("{judged} messages judged, {} findings:\n{}", refused.len(), refused.join("\n"));
    assert!(judged > 200);
    for kept in ["TRANSACTION_KEPT", "BILLING_KEPT"] {
        assert!(!refused.iter().any(|line| line.contains(kept)), "{kept} fires on a published flow");
    }
}

#[test]
fn a_rule_of_history_is_in_the_rule_book() {
    let specs = Specs::builtin().unwrap();
    let rule = specs.rule("history/on_init/QUOTE_KEPT").unwrap();
    assert_eq!((rule.layer, rule.severity), (CheckLayer::History, Severity::Error));
    assert_eq!(rule.clause, "retail contract, quote");
    assert_eq!(rule.hint, "quote the same price.value, or let the buyer select again");
    assert!(!rule.title.contains(';') && !rule.rationale.is_empty());
    let book = specs.book("ONDC:RET10", "1.2.0").unwrap();
    assert!(book.history_rules(Action::OnInit).any(|info| info.id == rule.id), "a difference inherits the rules");
}
