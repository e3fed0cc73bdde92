//! What the categories ask of their items beyond what groceries ask.

use serde_json::{Value, json};

use crate::flow::Flow;
use crate::mutated::Mutation;
use crate::stories::categories::{KINDS, branded, cart, dish, electronics, fashion};
use crate::stories::menu::menu;

const PROVIDER: &str = "/message/catalog/bpp~1providers/0";

pub fn all() -> Vec<Mutation> {
    [clothes(), brands(), devices(), dishes()].concat()
}

fn item(story: &Flow, at: usize, path: &str, value: Value) -> Mutation {
    Mutation::set(story, "on_search", &format!("{PROVIDER}/items/{at}{path}"), value)
}

/// Takes one attribute of an item away: told at its tags.
fn without(story: &Flow, at: usize, attribute: &str) -> Mutation {
    let gone = item(story, at, &format!("/tags/@attribute/list/@{attribute}"), Value::Null);
    gone.at("on_search", &format!("{PROVIDER}/items/{at}/tags"))
}

fn clothes() -> Vec<Mutation> {
    let story = fashion();
    vec![
        without(&story, 1, "brand").fires("on_search/ITEM/ATTRIBUTES_STATED"),
        without(&story, 1, "fabric").fires("on_search/ITEM/CLOTHES"),
        item(&story, 1, "/tags/@attribute/list/@gender/value", json!("grown-up")).fires("on_search/ITEM/GENDER_KNOWN"),
        item(&story, 1, "/quantity/available/count", json!("12")).fires("on_search/ITEM/STOCK_FLAG"),
        item(&story, 1, "/tags/@origin/list/@country/code", json!("place"))
            .fires("on_search/ITEM/ORIGIN_STATED")
            .also(&["RET12.on_search.schema.enum"])
            .at("on_search", &format!("{PROVIDER}/items/1/tags")),
        item(&story, 1, "/category_id", json!("Rice and Rice Products"))
            .fires("on_search/ITEM/CATEGORY_KNOWN")
            .also(&["catalogue/SERVED_COMPLETE"]),
        Mutation::set(&cart("ONDC:RET12"), "select", "/message/order/items/0/location_id", Value::Null)
            .fires("select/ITEM_LOCATION_STATED"),
    ]
}

/// The rule stands in a book for each category.
fn brands() -> Vec<Mutation> {
    let shelves = [
        ("ONDC:RET13", "Fragrance", "1:8900000000012"),
        ("ONDC:RET15", "Washing Machine", "3:08900000000012"),
        ("ONDC:RET16", "Home Decor", "1:8900000000012"),
        ("ONDC:RET18", "Ayurvedic", "1:8900000000012"),
    ];
    let shelves = shelves.map(|(domain, category, code)| branded(domain, category, code));
    shelves.iter().map(|story| without(story, 1, "brand").fires("on_search/ITEM/ATTRIBUTES_STATED")).collect()
}

fn devices() -> Vec<Mutation> {
    let story = electronics();
    let rules = ["TELEPHONE", "WATCH", "HEADSET", "LAPTOP", "COMPUTER", "COMPUTER"];
    let each = KINDS.iter().zip(rules).enumerate();
    each.map(|(at, (_, rule))| without(&story, at, "height").fires(format!("on_search/ITEM/{rule}"))).collect()
}

fn dishes() -> Vec<Mutation> {
    let story = menu("1.2.5");
    vec![
        Mutation::set(&dish(), "on_select", "/message/order/items/0/tags", Value::Null)
            .fires("on_select/DISH_HAS_KIND"),
        Mutation::set(&story, "on_search", &format!("{PROVIDER}/categories"), Value::Null)
            .fires("on_search/WHOLE/PROVIDER/VARIANTS_SUPPORTED")
            .also(
                &["CHILD_GROUPS_KNOWN", "GROUPS_KNOWN", "PARENT_GROUPS_KNOWN"]
                    .map(|rule| format!("on_search/PROVIDER/{rule}")),
            ),
    ]
}
