//! Trade between businesses: who asks, on which terms, from where.

use serde_json::{Value, json};

use crate::mutated::Mutation;
use crate::stories::business::{found, ordered};
use crate::stories::order;

pub fn all() -> Vec<Mutation> {
    [asked(), customers()].concat()
}

fn asked() -> Vec<Mutation> {
    let story = found();
    let intent = |path: &str| Mutation::set(&story, "search", &format!("/message/intent{path}"), Value::Null);
    let credit = "/message/catalog/bpp~1providers/0/tags/@credit/list";
    vec![
        intent("/provider/id").fires("search/SENT_TO_ONE/PROVIDER_STATED"),
        intent("/fulfillment/type").fires("search/SENT_TO_ONE/WAY_STATED"),
        intent("/fulfillment/customer/id").fires("search/SENT_TO_ONE/CUSTOMER_STATED"),
        intent("/fulfillment/customer/organization/descriptor/name").fires("search/SENT_TO_ONE/CUSTOMER_STATED"),
        Mutation::set(&story, "on_search", &format!("{credit}/1"), Value::Null)
            .fires("on_search/CREDIT/COMPLETE")
            .at("on_search", &story.resolved("on_search", credit)),
        Mutation::set(&story, "on_search", &format!("{credit}/0/value"), json!("fifty thousand"))
            .fires("on_search/CREDIT/LIMIT_IS_MONEY"),
    ]
}

fn customers() -> Vec<Mutation> {
    let story = ordered();
    let mut all = Vec::new();
    for (name, action) in [
        ("select", "select"),
        ("on_select", "on_select"),
        ("init", "init"),
        ("on_init", "on_init"),
        ("confirm", "confirm"),
        ("on_confirm", "on_confirm"),
        ("on_status_packed", "on_status"),
    ] {
        let gone = |path: &str| Mutation::set(&story, name, &order(path), Value::Null);
        all.push(gone("/items/0/location_id").fires(format!("{action}/ITEM_LOCATION_STATED")));
        if matches!(action, "init" | "on_init" | "confirm" | "on_confirm") {
            let customer = "/fulfillments/0/customer";
            all.extend([
                gone(&format!("{customer}/id")).fires(format!("{action}/CUSTOMER/IDENTIFIED")),
                gone(&format!("{customer}/person/creds/0/id")).fires(format!("{action}/CUSTOMER/REGISTERED")),
            ]);
        }
    }
    all
}
