//! A catalogue and what changes in it: pushed to a subscriber, and pulled for a period; and a catalogue that is refused.

use serde_json::{Value, json};

use super::{catalogue, tag};
use crate::flow::Flow;

const SUBSCRIPTION: &str = "7d1f0a52-2222-4222-8222-222222222222";
const PERIOD: &str = "7d1f0a52-3333-4333-8333-333333333333";

/// A price changes, a store closes for a while, a provider is switched off; then the changes of a period are asked for.
pub fn changes(version: &str) -> Flow {
    let mut flow = catalogue(version).named(&format!("changes of a catalogue {version}"));
    let whole = flow.payload("on_search")["message"]["catalog"]["bpp/providers"].clone();
    asked(&mut flow, "subscribe", SUBSCRIPTION, &[("mode", "start")]);
    let at = |flow: &Flow| flow.messages.last().unwrap().recorded.payload["context"]["timestamp"].clone();
    let time = at(&flow);
    let mut item = whole[0]["items"][1].clone();
    item["price"]["value"] = json!("99.00");
    item["time"] = json!({ "label": "enable", "timestamp": time });
    told(&mut flow, "changed", SUBSCRIPTION, &json!({ "id": whole[0]["id"], "items": [item] }));
    let closed = json!({ "label": "close", "timestamp": time,
        "range": { "start": "2026-11-24T00:00:00.000Z", "end": "2026-11-25T00:00:00.000Z" } });
    let store = json!({ "id": whole[0]["locations"][0]["id"], "time": closed });
    told(&mut flow, "closed", SUBSCRIPTION, &json!({ "id": whole[0]["id"], "locations": [store] }));
    let off = json!({ "label": "disable", "timestamp": time });
    told(&mut flow, "off", SUBSCRIPTION, &json!({ "id": whole[1]["id"], "time": off }));
    let period = [("start_time", "2026-11-23T09:10:00.000Z"), ("end_time", "2026-11-23T09:10:20.000Z")];
    asked(&mut flow, "pull", PERIOD, &period);
    told(&mut flow, "pulled", PERIOD, &json!({ "id": whole[0]["id"], "items": [item] }));
    flow.answer("pulled", "pull");
    flow
}

fn asked(flow: &mut Flow, name: &str, transaction: &str, entries: &[(&str, &str)]) {
    flow.tell(name, "search", "search");
    flow.change(name, |payload| {
        payload["context"]["city"] = json!("*");
        payload["context"]["transaction_id"] = json!(transaction);
        payload["message"]["intent"]["tags"] = json!([tag("catalog_inc", entries)]);
    });
}

fn told(flow: &mut Flow, name: &str, transaction: &str, provider: &Value) {
    flow.tell(name, "on_search", "on_search");
    flow.change(name, |payload| {
        payload["context"]["city"] = json!("*");
        payload["context"]["transaction_id"] = json!(transaction);
        payload["message"] = json!({ "catalog": { "bpp/providers": [provider] } });
    });
}

/// The buyer app refuses an item of a catalogue; 1.2.0 alone has a message for it.
pub fn rejected() -> Flow {
    let mut flow = catalogue("1.2.0").named("catalogue rejected 1.2.0");
    flow.tell("catalog_rejection", "on_search", "catalog_rejection");
    flow.answer("catalog_rejection", "on_search");
    flow.change("catalog_rejection", |payload| {
        let map = payload.as_object_mut().unwrap();
        map.remove("message");
        let path = "$.message.catalog.bpp/providers[?(@.id=='P1')].items[?(@.id=='I1')]";
        map.insert(
            "errors".to_owned(),
            json!([{ "type": "ITEM-ERROR", "code": "91003", "path": path, "message": "no images" }]),
        );
    });
    flow
}

/// A search that asks for offers of a category in a period.
pub fn promoted(version: &str) -> Flow {
    let mut flow = catalogue(version).named("a promotion is looked for");
    let promos = tag(
        "bap_promos",
        &[("category", "Oil & Ghee"), ("from", "2026-11-23T00:00:00.000Z"), ("to", "2026-11-30T00:00:00.000Z")],
    );
    flow.change("search", |payload| payload["message"]["intent"]["tags"].as_array_mut().unwrap().push(promos));
    flow
}
