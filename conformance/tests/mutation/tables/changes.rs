//! What changes in a catalogue, catalogues that are refused, and promotions that are looked for.

use serde_json::{Value, json};

use crate::mutated::Mutation;
use crate::stories::changes;

const PROVIDER: &str = "/message/catalog/bpp~1providers/0";

pub fn all() -> Vec<Mutation> {
    let mut all = searched();
    all.extend(told());
    all
}

fn searched() -> Vec<Mutation> {
    let story = changes::changes("1.2.5");
    let tag = "/message/intent/tags/0";
    let promoted = changes::promoted("1.2.5");
    vec![
        Mutation::set(&story, "subscribe", "/message/intent/tags", json!([])).fires("search/INCREMENTAL/ALL_CITIES"),
        Mutation::set(&story, "subscribe", "/context/city", json!("std:080"))
            .fires("search/INCREMENTAL/NEEDS_ALL_CITIES"),
        Mutation::set(&story, "pull", &format!("{tag}/list/0"), Value::Null)
            .fires("search/INCREMENTAL/COMPLETE")
            .at("pull", "/message/intent/tags"),
        Mutation::set(&story, "pull", &format!("{tag}/list/@end_time/value"), json!("2026-11-23T09:00:00.000Z"))
            .fires("search/INCREMENTAL/PERIOD")
            .at("pull", "/message/intent/tags"),
        Mutation::set(&story, "pull", &format!("{tag}/list/@end_time/value"), json!("2026-11-23T23:00:00.000Z"))
            .fires("search/INCREMENTAL/PERIOD")
            .at("pull", "/message/intent/tags"),
        Mutation::set(&promoted, "search", "/message/intent/tags/@bap_promos/list/2", Value::Null)
            .fires("search/PROMOTION_COMPLETE")
            .at("search", "/message/intent/tags"),
    ]
}

fn told() -> Vec<Mutation> {
    let story = changes::changes("1.2.5");
    let set =
        |message: &str, path: &str, value: Value| Mutation::set(&story, message, &format!("{PROVIDER}{path}"), value);
    let whole = story.payload("on_search")["message"]["catalog"].clone();
    let id = story.payload("subscribe")["context"]["message_id"].clone();
    let seller = "/message/catalog/bpp~1descriptor";
    let rejected = changes::rejected();
    let error = |code: &str, kind: &str, rule: &str| {
        let refused = Mutation::set(&rejected, "catalog_rejection", "/errors/0/type", json!(kind));
        refused.and("catalog_rejection", "/errors/0/code", json!(code)).fires(format!("catalog_rejection/ERROR/{rule}"))
    };
    vec![
        Mutation::set(&story, "changed", "/context/message_id", id).fires("catalogue/CHANGE_MESSAGE_ID"),
        set("changed", "/items/0/id", json!("NG-777")).fires("catalogue/CHANGE_NEW_ITEM"),
        set("changed", "/id", json!("elsewhere")).fires("catalogue/CHANGE_KNOWN"),
        set("closed", "/locations/0/id", json!("L9")).fires("catalogue/CHANGE_KNOWN"),
        set("off", "/items", json!([whole["bpp/providers"][1]["items"][2]]))
            .fires("catalogue/CHANGE_OF_DISABLED")
            .also(&["on_search/PROVIDER/DISABLED_CARRIES_NOTHING"]),
        Mutation::set(&story, "changed", seller, whole["bpp/descriptor"].clone())
            .fires("catalogue/CHANGE_SHAPE")
            .also(&["on_search/INCREMENTAL_WITHOUT_SELLER"]),
        Mutation::set(&story, "changed", seller, whole["bpp/descriptor"].clone())
            .fires("on_search/INCREMENTAL_WITHOUT_SELLER")
            .also(&["catalogue/CHANGE_SHAPE"]),
        set("closed", "/locations/0/time/range", Value::Null)
            .fires("on_search/LOCATION/CLOSED_FOR_A_WHILE")
            .at("closed", &format!("{PROVIDER}/locations/0")),
        Mutation::set(
            &rejected,
            "catalog_rejection",
            "/context/message_id",
            json!("0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f"),
        )
        .fires("catalogue/REJECTION_OF"),
        error("90001", "ITEM-ERROR", "PROVIDER_TYPE"),
        error("91003", "BPP-ERROR", "ITEM_TYPE"),
        error("92001", "ITEM-ERROR", "SELLER_TYPE"),
        Mutation::set(&rejected, "catalog_rejection", "/context/city", json!("std:011"))
            .fires("catalogue/REJECTION_CITY"),
    ]
}
