//! Who speaks with whom, under which ids, when: the context of every message against those before it.

use serde_json::{Value, json};

use crate::flow::Flow;
use crate::mutated::Mutation;
use crate::stories;

pub fn all() -> Vec<Mutation> {
    let mut all = kept();
    all.extend(ids_and_times());
    all
}

/// What stays the same from `select` on, at each message; the message after it, which is right again, is not blamed.
fn kept() -> Vec<Mutation> {
    let order = stories::delivered("1.2.5");
    let back = stories::returned("1.2.5");
    let cancelled = stories::cancelled_by_seller("1.2.5");
    let spots: [(&Flow, &str, &str); 9] = [
        (&order, "on_select", "on_select"),
        (&order, "init", "init"),
        (&order, "on_init", "on_init"),
        (&order, "confirm", "confirm"),
        (&order, "on_confirm", "on_confirm"),
        (&order, "on_status_order_delivered", "on_status"),
        (&back, "update", "update"),
        (&back, "on_update_return_delivered", "on_update"),
        (&cancelled, "on_cancel", "on_cancel"),
    ];
    let mut all = Vec::new();
    for (story, message, action) in spots {
        let mut add = |pointer: &str, value: Value, name: &str, also: &[&str]| {
            let mutation = Mutation::set(story, message, pointer, value).fires(format!("history/{action}/{name}"));
            all.push(mutation.also(also));
        };
        let is_request = matches!(action, "init" | "confirm" | "update");
        let by_buyer: &[&str] = if is_request { &["transport/KEY_OF_SENDER"] } else { &[] };
        let by_seller: &[&str] = if is_request { &[] } else { &["transport/KEY_OF_SENDER"] };
        add("/context/bap_id", json!("other.example"), "CONTEXT/BUYER_KEPT", by_buyer);
        let cancels: &[&str] = &["transport/KEY_OF_SENDER", "history/CANCELLED_BY"];
        let by_seller = if action == "on_cancel" { cancels } else { by_seller };
        add("/context/bpp_id", json!("other.example"), "CONTEXT/SELLER_KEPT", by_seller);
        add("/context/core_version", json!("1.2.0"), "CONTEXT/VERSION_KEPT", &[]);
        add("/context/domain", json!("ONDC:RET13"), "CONTEXT/DOMAIN_KEPT", &[]);
        add("/context/transaction_id", json!("4c0f4c0f-aaaa-4aaa-8aaa-4c0f4c0f4c0f"), "TRANSACTION_KEPT", &[]);
    }
    for (story, message, action) in spots {
        if !matches!(action, "update") {
            let rule = format!("history/{action}/PROVIDER_KEPT");
            all.push(Mutation::set(story, message, "/message/order/provider/id", json!("elsewhere")).fires(rule));
        }
        if matches!(action, "on_confirm" | "on_status" | "update" | "on_update" | "on_cancel") {
            let rule = format!("history/{action}/ORDER_ID_KEPT");
            all.push(Mutation::set(story, message, "/message/order/id", json!("another-order")).fires(rule));
        }
        if matches!(action, "on_init" | "confirm" | "on_confirm") {
            let rule = format!("history/{action}/BILLING_KEPT");
            let name = json!("Somebody Else");
            let mutation = Mutation::set(story, message, "/message/order/billing/name", name).fires(rule);
            all.push(mutation);
        }
    }
    all
}

fn ids_and_times() -> Vec<Mutation> {
    let story = stories::delivered("1.2.5");
    let set = |message: &str, pointer: &str, value: Value| Mutation::set(&story, message, pointer, value);
    let again = story.payload("on_init")["context"]["message_id"].clone();
    let of_init = story.payload("init")["context"]["timestamp"].clone();
    let elsewhere = json!("https://elsewhere.example/ondc");
    vec![
        set("init", "/context/city", json!("std:011")).fires("history/CITY_KEPT"),
        set("on_status_packed", "/context/city", json!("std:011")).fires("history/CITY_KEPT"),
        set("on_init", "/context/message_id", json!("0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f"))
            .fires("history/MESSAGE_ID_ECHOED"),
        set("on_confirm", "/context/message_id", json!("0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f"))
            .fires("history/MESSAGE_ID_ECHOED"),
        set("on_status_packed", "/context/message_id", again).fires("history/MESSAGE_ID_NEW"),
        set("confirm", "/context/bpp_uri", elsewhere.clone()).fires("history/SELLER_URI_KEPT"),
        set("on_confirm", "/context/bap_uri", elsewhere).fires("history/BUYER_URI_KEPT"),
        set("on_init", "/context/timestamp", of_init).fires("history/TIMESTAMP_LATER"),
        set("select", "/context/transaction_id", json!("4c0f4c0f-aaaa-4aaa-8aaa-4c0f4c0f4c0f"))
            .fires("history/on_select/TRANSACTION_KEPT")
            .at("on_select", "/context/transaction_id"),
    ]
}
