//! A restaurant: menus with dishes, and one dish that the buyer puts together from groups, one of them within a choice.

use serde_json::{Value, json};

use super::{catalogue, tag};
use crate::flow::Flow;

/// Dishes that are sold as they are; the first of the list is the one that the buyer puts together.
const DISHES: usize = 40;

/// The place of the dish that the buyer puts together.
pub const BASE: usize = 0;
/// The places of its choices, after all dishes: regular, large (with a dip), cheese, olives, a dip, basil.
pub const CHOICES: usize = DISHES + 1;

/// A whole catalogue of food.
pub fn menu(version: &str) -> Flow {
    let mut flow = catalogue(version).named(&format!("menu {version}"));
    flow.set("search", "/context/domain", json!("ONDC:RET11"));
    flow.change("on_search", |payload| {
        payload["context"]["domain"] = json!("ONDC:RET11");
        let providers = payload["message"]["catalog"]["bpp/providers"].as_array_mut().unwrap();
        providers.truncate(1);
        let provider = &mut providers[0];
        provider["locations"].as_array_mut().unwrap().truncate(1);
        let place = provider["locations"][0]["id"].clone();
        let like = provider["items"][0].clone();
        provider["categories"] = json!(categories());
        provider["items"] = json!(dishes(&like).into_iter().chain(choices(&like)).collect::<Vec<_>>());
        let tags = provider["tags"].as_array_mut().unwrap();
        tags.retain(|tag| {
            tag["code"] != "serviceability" && !(tag["code"] == "timing" && tag["list"][1]["value"] != place)
        });
        tags.push(tag(
            "serviceability",
            &[
                ("location", place.as_str().unwrap()),
                ("category", "Pizza"),
                ("type", "10"),
                ("val", "5"),
                ("unit", "km"),
            ],
        ));
    });
    flow
}

fn categories() -> Vec<Value> {
    let hours = [("day_from", "1"), ("day_to", "7"), ("time_from", "0800"), ("time_to", "2200")];
    let menu = |id: &str, name: &str, rank: &str, above: &str| {
        json!({ "id": id, "parent_category_id": above, "descriptor": { "name": name }, "tags": [
            tag("type", &[("type", "custom_menu")]), tag("timing", &hours), tag("display", &[("rank", rank)]) ] })
    };
    let group = |id: &str, name: &str, min: &str, max: &str, seq: &str| {
        json!({ "id": id, "descriptor": { "name": name }, "tags": [tag("type", &[("type", "custom_group")]),
            tag("config", &[("min", min), ("max", max), ("input", "select"), ("seq", seq)])] })
    };
    vec![
        menu("M1", "Small plates", "1", ""),
        menu("M2", "Pizzas", "2", ""),
        menu("M3", "Of the season", "3", "M1"),
        group("G1", "Size", "1", "1", "1"),
        group("G2", "Toppings", "0", "2", "2"),
        group("G3", "Dips", "0", "1", "3"),
    ]
}

fn dishes(like: &Value) -> Vec<Value> {
    let dish = |at: usize| {
        let mut dish = like.clone();
        dish["id"] = json!(format!("D{at}"));
        dish["descriptor"]["name"] = json!(format!("Dish {at}"));
        let menu = if at.is_multiple_of(3) { "M3" } else { "M1" };
        dish["category_ids"] = json!([if at == BASE { "M2:1".to_owned() } else { format!("{menu}:{at}") }]);
        dish["price"] = json!({ "currency": "INR", "value": "200.00", "maximum_value": "210.00" });
        plain(&mut dish);
        dish["tags"].as_array_mut().unwrap().push(tag("type", &[("type", "item")]));
        dish
    };
    let mut dishes: Vec<Value> = (0..=DISHES).map(dish).collect();
    // The size costs 20 or 60, a dip with the large one 15; toppings 30, 25 and 5, at most two.
    let price = &mut dishes[BASE]["price"];
    price["tags"] = json!([
        tag("range", &[("lower", "220.00"), ("upper", "330.00")]),
        tag("default_selection", &[("value", "220.00"), ("maximum_value", "232.00")])
    ]);
    dishes[BASE]["tags"].as_array_mut().unwrap().push(tag("custom_group", &[("id", "G1"), ("id", "G2")]));
    dishes
}

fn choices(like: &Value) -> Vec<Value> {
    let choice = |id: &str, group: &str, price: &str, default: &str, below: Option<&str>| {
        let mut choice = like.clone();
        choice["id"] = json!(id);
        choice["descriptor"]["name"] = json!(id);
        let maximum = if default == "yes" { "22.00" } else { price };
        choice["price"] = json!({ "currency": "INR", "value": price, "maximum_value": maximum });
        plain(&mut choice);
        let tags = choice["tags"].as_array_mut().unwrap();
        tags.push(tag("type", &[("type", "customization")]));
        tags.push(tag("parent", &[("id", group), ("default", default)]));
        tags.extend(below.map(|group| tag("child", &[("id", group)])));
        choice
    };
    vec![
        choice("Regular", "G1", "20.00", "yes", None),
        choice("Large", "G1", "60.00", "no", Some("G3")),
        choice("Cheese", "G2", "30.00", "no", None),
        choice("Olives", "G2", "25.00", "no", None),
        choice("Dip", "G3", "15.00", "no", None),
        choice("Basil", "G2", "5.00", "no", None),
    ]
}

/// What goods from a shelf have and dishes have not.
fn plain(dish: &mut Value) {
    let map = dish.as_object_mut().unwrap();
    map.retain(|key, _| key != "parent_item_id" && !key.starts_with("@ondc/org/statutory"));
    dish["category_id"] = json!("Pizza");
    dish["descriptor"].as_object_mut().unwrap().remove("code");
}
