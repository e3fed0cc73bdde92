//! Menus and dishes that the buyer puts together.

use serde_json::{Value, json};

use crate::flow::Flow;
use crate::mutated::Mutation;
use crate::stories::menu::{BASE, CHOICES, menu};
use crate::stories::tag;

const PROVIDER: &str = "/message/catalog/bpp~1providers/0";

pub fn all() -> Vec<Mutation> {
    let story = menu("1.2.5");
    let mut all = priced(&story);
    all.extend(groups(&story));
    all.extend(menus(&story));
    all
}

fn set(story: &Flow, path: &str, value: Value) -> Mutation {
    Mutation::set(story, "on_search", &format!("{PROVIDER}{path}"), value)
}

/// The price of what can be put together.
fn priced(story: &Flow) -> Vec<Mutation> {
    let base = |path: &str, value: Value| set(story, &format!("/items/{BASE}/price{path}"), value);
    let item = format!("{PROVIDER}/items/{BASE}");
    vec![
        base("/tags/@default_selection/list/@value/value", json!("225.00")).fires("catalogue/DEFAULT_SELECTION"),
        base("/tags/@default_selection", Value::Null)
            .fires("catalogue/DEFAULT_SELECTION_GIVEN")
            .at("on_search", &format!("{item}/price/tags")),
        base("/tags/@range/list/@lower/value", json!("210.00")).fires("catalogue/PRICE_RANGE"),
        base("/tags/@range/list/@upper/value", json!("500.00")).fires("catalogue/PRICE_RANGE"),
        base("/tags/@range", Value::Null)
            .fires("catalogue/PRICE_RANGE_GIVEN")
            .at("on_search", &format!("{item}/price/tags"))
            .also(&["on_search/ITEM/PRICE_RANGE_PRESENT"]),
        base("/tags/@range", Value::Null)
            .fires("on_search/ITEM/PRICE_RANGE_PRESENT")
            .at("on_search", &item)
            .also(&["catalogue/PRICE_RANGE_GIVEN"]),
        base("/tags/@range/list/@lower/value", json!("400.00"))
            .fires("on_search/ITEM/PRICE_RANGE_IN_ORDER")
            .also(&["catalogue/PRICE_RANGE", "on_search/ITEM/DEFAULT_SELECTION_WITHIN_RANGE"]),
        base("/tags/@default_selection/list/@value/value", json!("215.00"))
            .fires("on_search/ITEM/DEFAULT_SELECTION_WITHIN_RANGE")
            .also(&["catalogue/DEFAULT_SELECTION"]),
        base("/tags/@default_selection/list/@maximum_value/value", json!("215.00"))
            .fires("on_search/ITEM/DEFAULT_SELECTION_WITHIN_MAXIMUM")
            .at("on_search", &format!("{item}/price/tags"))
            .also(&["catalogue/DEFAULT_SELECTION"]),
        set(story, &format!("/items/{}/price/value", CHOICES + 1), json!("70.00"))
            .fires("catalogue/PRICE_RANGE")
            .at("on_search", &format!("{item}/price/tags"))
            .also(&["on_search/ITEM/PRICE_WITHIN_MAXIMUM"]),
    ]
}

/// Groups of choices, and what stands in them.
fn groups(story: &Flow) -> Vec<Mutation> {
    let choice =
        |at: usize, path: &str, value: Value| set(story, &format!("/items/{}/tags/{path}", CHOICES + at), value);
    let group = |at: usize, path: &str, value: Value| set(story, &format!("/categories/{}/tags/{path}", 3 + at), value);
    let base = |value: &str| set(story, &format!("/items/{BASE}/tags/@custom_group/list/0/value"), json!(value));
    vec![
        base("G9").fires("catalogue/CUSTOM_GROUP_KNOWN").also(&["on_search/PROVIDER/GROUPS_KNOWN"]),
        base("G9").fires("on_search/PROVIDER/GROUPS_KNOWN").also(&["catalogue/CUSTOM_GROUP_KNOWN"]),
        choice(5, "@parent/list/@id/value", json!("G9")).fires("on_search/PROVIDER/PARENT_GROUPS_KNOWN"),
        choice(1, "@child/list/@id/value", json!("G9")).fires("on_search/PROVIDER/CHILD_GROUPS_KNOWN"),
        choice(5, "@parent", Value::Null)
            .fires("on_search/ITEM/CUSTOMISATION_HAS_PARENT")
            .at("on_search", &format!("{PROVIDER}/items/{}", CHOICES + 5)),
        group(0, "@config/list/@seq", Value::Null)
            .fires("on_search/CATEGORY/GROUP_CONFIGURED")
            .at("on_search", &format!("{PROVIDER}/categories/3")),
        group(2, "@config/list/@min/value", json!("2")).fires("on_search/CATEGORY/GROUP_LIMITS_IN_ORDER"),
        group(2, "@config/list/@max/value", json!("2"))
            .fires("catalogue/GROUP_CHOICES")
            .at("on_search", &format!("{PROVIDER}/categories/5/tags/1")),
        choice(0, "@parent/list/@default/value", json!("no"))
            .fires("catalogue/GROUP_DEFAULTS")
            .at("on_search", &format!("{PROVIDER}/categories/3/tags/1"))
            .also(&["catalogue/DEFAULT_SELECTION"]),
        choice(1, "@parent/list/@default/value", json!("yes"))
            .fires("catalogue/GROUP_DEFAULTS")
            .at("on_search", &format!("{PROVIDER}/categories/3/tags/1"))
            .also(&["catalogue/DEFAULT_SELECTION"]),
    ]
}

/// Menus, their ranks and hours, and what stands in them.
fn menus(story: &Flow) -> Vec<Mutation> {
    let menu = |at: usize, path: &str, value: Value| set(story, &format!("/categories/{at}/tags/{path}"), value);
    let hours = [("day_from", "1"), ("day_to", "7"), ("time_from", "0800"), ("time_to", "2200")];
    let empty = json!({ "id": "M9", "parent_category_id": "", "descriptor": { "name": "Nothing" }, "tags": [
        tag("type", &[("type", "custom_menu")]), tag("timing", &hours), tag("display", &[("rank", "9")])] });
    let twice = story.payload("on_search")["message"]["catalog"]["bpp/providers"][0]["tags"]
        .as_array()
        .and_then(|tags| tags.iter().find(|tag| tag["code"] == "serviceability"))
        .map(|tag| {
            let mut tag = tag.clone();
            tag["list"][2]["value"] = json!("11");
            tag["list"][3]["value"] = json!("560034");
            tag["list"][4]["value"] = json!("pincode");
            tag
        });
    vec![
        set(story, "/items/2/category_ids/0", json!("M1:1")).fires("catalogue/MENU_SEQUENCE"),
        set(story, "/categories/-", empty)
            .fires("catalogue/MENU_USED")
            .at("on_search", &format!("{PROVIDER}/categories/6")),
        menu(1, "@display", Value::Null)
            .fires("on_search/CATEGORY/MENU_RANKED")
            .at("on_search", &format!("{PROVIDER}/categories/1")),
        menu(1, "@timing", Value::Null)
            .fires("on_search/CATEGORY/MENU_TIMED")
            .at("on_search", &format!("{PROVIDER}/categories/1")),
        menu(1, "@display/list/@rank/value", json!("1"))
            .fires("on_search/PROVIDER/MENU_RANKS_ONCE")
            .at("on_search", &format!("{PROVIDER}/categories")),
        set(story, "/items/3/category_id", json!("Zebra"))
            .fires("on_search/ITEM/CATEGORY_KNOWN")
            .also(&["catalogue/SERVED_COMPLETE"]),
        set(story, "/items/3/tags/@veg_nonveg", Value::Null)
            .fires("on_search/ITEM/DIET_STATED")
            .at("on_search", &format!("{PROVIDER}/items/3")),
        set(story, "/tags/-", twice.unwrap())
            .fires("on_search/PROVIDER/SERVICEABILITY_ONCE")
            .at("on_search", &format!("{PROVIDER}/tags"))
            .also(&["catalogue/SERVED_ONCE"]),
    ]
}
