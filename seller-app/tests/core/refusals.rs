//! What is refused, with which code and at which field; and that a refusal leaves everything as it was.

use rstest::rstest;
use seller_app::order::{Command, LineRef, Refusal};
use serde_json::{Value, json};
use specs::Action;

use crate::buyer::{self, Pay};
use crate::world::{Sent, World};

fn refusal(result: Result<Sent, Refusal>) -> Refusal {
    result.expect_err("it must be refused")
}

/// Sets one member of a message by JSON pointer, making what is missing.
fn with(mut message: Value, pointer: &str, value: Value) -> Value {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let parent = message.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer} is not in the message"));
    match last.parse::<usize>() {
        Ok(at) => parent[at] = value,
        Err(_) => parent[last] = value,
    }
    message
}

#[rstest]
#[case::provider("/order/provider/id", json!("nobody"), "30001")]
#[case::location("/order/provider/locations/0/id", json!("elsewhere"), "30002")]
#[case::item("/order/items/0/id", json!("NO-SUCH"), "30004")]
#[case::too_many("/order/items/0", json!({ "id": "OIL-1", "quantity": { "count": 6 } }), "40009")]
#[case::nothing("/order/items/0/quantity/count", json!(0), "30000")]
#[case::not_a_number("/order/items/0/quantity/count", json!("two"), "30000")]
#[case::no_items("/order/items", json!([]), "30000")]
#[case::gps("/order/fulfillments/0/end/location/gps", json!("north"), "30000")]
#[case::offer("/order/offers", json!([{ "id": "X", "tags": [{ "code": "selection", "list": [{ "code": "apply", "value": "yes" }] }] }]), "30006")]
#[case::later("/order/payment", json!({ "type": "POST-FULFILLMENT" }), "40004")]
fn a_wrong_select(#[case] pointer: &str, #[case] value: Value, #[case] code: &str) {
    let mut world = World::new("1.2.5");
    let message = with(buyer::select_message(&[("RICE-5", 1)], "560038"), pointer, value);
    let refused = refusal(world.ask(Action::Select, message));
    assert_eq!(refused.code, code, "{refused}");
    assert!(refused.path.unwrap().starts_with("$.message.order"));
    assert!(world.order.is_none());
}

#[test]
fn a_partner_off_the_network_takes_no_orders() {
    let mut world = World::new("1.2.5");
    world.partner.active = false;
    assert_eq!(refusal(buyer::select(&mut world, &[("RICE-5", 1)])).code, "30021");
}

#[test]
fn cash_needs_every_item_to_allow_it() {
    let mut world = World::new("1.2.5");
    buyer::select(&mut world, &[("RICE-5", 1), ("MILK-1", 1)]).unwrap();
    assert_eq!(refusal(buyer::init(&mut world, Pay::Cash)).code, "40004");
    buyer::init(&mut world, Pay::Prepaid).unwrap();
}

#[test]
fn a_small_basket_is_quoted_but_not_sold() {
    let mut world = World::new("1.2.5");
    let quote = buyer::select(&mut world, &[("MILK-1", 1)]).unwrap();
    assert_eq!(quote.payload["error"]["code"], "30023");
    assert_eq!(refusal(buyer::init(&mut world, Pay::Prepaid)).code, "30023");
}

#[rstest]
#[case::more("/order/items/0/quantity/count", json!(3), "40007")]
#[case::fulfilment("/order/fulfillments/0/id", json!("F9"), "50007")]
#[case::pickup("/order/fulfillments/0/type", json!("Self-Pickup"), "40001")]
#[case::elsewhere("/order/fulfillments/0/end/location/address/area_code", json!("110001"), "30009")]
#[case::fee("/order/payment", json!({ "@ondc/org/buyer_app_finder_fee_type": "percent", "@ondc/org/buyer_app_finder_fee_amount": "9.00" }), "41001")]
fn a_wrong_init(#[case] pointer: &str, #[case] value: Value, #[case] code: &str) {
    let mut world = World::new("1.2.5");
    buyer::select(&mut world, &[("RICE-5", 2)]).unwrap();
    let before = (world.order.clone(), world.stock.clone());
    let message = with(buyer::init_message(&world, Pay::Prepaid), pointer, value);
    assert_eq!(refusal(world.ask(Action::Init, message)).code, code);
    assert_eq!((world.order.clone(), world.stock.clone()), before);
}

#[test]
fn without_a_list_the_radius_decides() {
    let mut world = World::new("1.2.5");
    world.partner.serves.clear();
    let near = buyer::select_message(&[("RICE-5", 1)], "560099");
    let far = with(near.clone(), "/order/fulfillments/0/end/location/gps", json!("13.500000,77.640000"));
    assert_eq!(world.ask(Action::Select, far).unwrap().payload["error"]["code"], "30010");
    assert!(world.ask(Action::Select, near).unwrap().payload.get("error").is_none());
    let moved = with(
        buyer::init_message(&world, Pay::Prepaid),
        "/order/fulfillments/0/end/location/gps",
        json!("13.500000,77.640000"),
    );
    assert_eq!(refusal(world.ask(Action::Init, moved)).code, "30009");
}

#[test]
fn a_quote_that_expired_or_never_was_cannot_be_ordered() {
    let mut world = World::new("1.2.5");
    buyer::select(&mut world, &[("RICE-5", 1)]).unwrap();
    let message = buyer::init_message(&world, Pay::Prepaid);
    world.later(16);
    assert_eq!(refusal(world.ask(Action::Init, message.clone())).code, "40003");
    let mut other = World::new("1.2.5");
    assert_eq!(refusal(other.ask(Action::Init, message)).code, "40003");
}

#[test]
fn stock_that_went_to_somebody_else_is_missing_at_init_and_at_confirm() {
    let mut world = World::new("1.2.5");
    buyer::select(&mut world, &[("RICE-5", 5)]).unwrap();
    world.stock.get_mut("RICE-5").unwrap().on_hand = 6;
    let refused = refusal(buyer::init(&mut world, Pay::Prepaid));
    assert_eq!(
        (refused.code.as_str(), refused.message.as_str()),
        ("40002", r#"[{"error":"40002","item_id":"RICE-5"}]"#)
    );
    world.stock.get_mut("RICE-5").unwrap().on_hand = 7;
    buyer::init(&mut world, Pay::Prepaid).unwrap();
    // The hold ran out and another cart took the rice.
    world.held.clear();
    assert_eq!(refusal(buyer::confirm(&mut world, Pay::Prepaid)).code, "40002");
}

#[rstest]
#[case::total("/order/quote/price/value", json!("1.00"), "40008")]
#[case::line("/order/quote/breakup/0/price/value", json!("1.00"), "40008")]
#[case::promise("/order/fulfillments/0/@ondc~1org~1TAT", json!("PT5M"), "30013")]
#[case::terms("/order/tags/0/list/1/value", json!("27ABCDE1234F1Z5"), "50006")]
#[case::their_terms("/order/tags/1/list/2/value", json!("N"), "50006")]
#[case::our_number("/order/tags/1/list/1/value", json!("29ABCDE1234F1Z5"), "50005")]
#[case::amount("/order/payment/params/amount", json!("1.00"), "40008")]
#[case::unpaid("/order/payment/status", json!("NOT-PAID"), "31002")]
#[case::way("/order/payment/type", json!("ON-FULFILLMENT"), "40004")]
#[case::collector("/order/payment/collected_by", json!("BPP"), "40004")]
#[case::fee("/order/payment/@ondc~1org~1buyer_app_finder_fee_amount", json!("4"), "41001")]
#[case::pieces("/order/items/0/quantity/count", json!(1), "40007")]
#[case::future("/order/created_at", json!("2026-11-23T06:30:00.000Z"), "31002")]
#[case::id("/order/id", json!("no spaces, please"), "30000")]
fn a_wrong_confirm(#[case] pointer: &str, #[case] value: Value, #[case] code: &str) {
    let mut world = World::new("1.2.5");
    buyer::select(&mut world, &[("RICE-5", 2), ("OIL-1", 1)]).unwrap();
    buyer::init(&mut world, Pay::Prepaid).unwrap();
    let before = (world.order.clone(), world.stock.clone());
    let pointer = pointer.replace("@ondc~1org~1", "@ondc/org/");
    let message = buyer::confirm_message(&world, Pay::Prepaid);
    let message = match pointer.split_once("@ondc/org/") {
        Some((parent, name)) => {
            let mut message = message;
            message.pointer_mut(parent.trim_end_matches('/')).unwrap()[format!("@ondc/org/{name}")] = value;
            message
        }
        None => with(message, &pointer, value),
    };
    let refused = refusal(world.ask(Action::Confirm, message));
    assert_eq!(refused.code, code, "{refused}");
    assert_eq!((world.order.clone(), world.stock.clone()), before);
}

#[test]
fn digits_of_the_fee_do_not_matter() {
    let mut world = World::new("1.2.5");
    buyer::select(&mut world, &[("RICE-5", 1)]).unwrap();
    buyer::init(&mut world, Pay::Prepaid).unwrap();
    let mut message = buyer::confirm_message(&world, Pay::Prepaid);
    message["order"]["payment"]["@ondc/org/buyer_app_finder_fee_amount"] = json!("3");
    world.ask(Action::Confirm, message).unwrap();
}

#[test]
fn a_buyer_whose_clock_is_a_little_ahead_is_served() {
    let mut world = World::new("1.2.5");
    buyer::select(&mut world, &[("RICE-5", 1)]).unwrap();
    buyer::init(&mut world, Pay::Prepaid).unwrap();
    let mut message = buyer::confirm_message(&world, Pay::Prepaid);
    message["order"]["created_at"] = json!("2026-11-23T05:30:03.000Z");
    let order = world.ask(Action::Confirm, message).unwrap().order().clone();
    assert_eq!(order["created_at"], "2026-11-23T05:30:03.000Z");
    assert!(order["updated_at"].as_str() >= order["created_at"].as_str());
    // A promise counts by our clock: setting the buyer's back would not break it.
    assert!(world.order().promised_by().unwrap() > world.now);
}

#[test]
fn confirm_needs_init() {
    let mut world = World::new("1.2.5");
    buyer::select(&mut world, &[("RICE-5", 1)]).unwrap();
    buyer::init(&mut world, Pay::Prepaid).unwrap();
    let message = buyer::confirm_message(&world, Pay::Prepaid);
    buyer::select(&mut world, &[("RICE-5", 1)]).unwrap();
    assert_eq!(world.stock["RICE-5"].held, 0, "selecting again lets the hold go");
    assert_eq!(refusal(world.ask(Action::Confirm, message)).code, "30000");
}

#[test]
fn a_confirmed_transaction_starts_nothing_new() {
    let mut world = World::new("1.2.5");
    buyer::buy(&mut world, &[("RICE-5", 1)], Pay::Prepaid);
    let init = buyer::init_message(&world, Pay::Prepaid);
    assert_eq!(refusal(buyer::select(&mut world, &[("RICE-5", 1)])).code, "30000");
    assert_eq!(refusal(world.ask(Action::Init, init)).code, "30000");
    let mut other = buyer::confirm_message(&world, Pay::Prepaid);
    other["order"]["id"] = json!("O-other");
    assert_eq!(refusal(world.ask(Action::Confirm, other)).code, "30000");
}

#[test]
fn orders_that_are_not_there_are_not_found() {
    let mut world = World::new("1.2.5");
    assert_eq!(refusal(buyer::status(&mut world)).code, "30018");
    buyer::select(&mut world, &[("RICE-5", 1)]).unwrap();
    assert_eq!(refusal(buyer::status(&mut world)).code, "30018");
    assert_eq!(refusal(buyer::cancel(&mut world, "010")).code, "30018");
    assert_eq!(refusal(world.desk(Command::Pack)).code, "30018");
}

#[test]
fn cancelling_has_its_own_rules() {
    let mut world = World::new("1.2.5");
    buyer::buy(&mut world, &[("RICE-5", 1), ("MILK-1", 2)], Pay::Prepaid);
    assert_eq!(refusal(buyer::cancel(&mut world, "013")).code, "30012", "that is the seller's reason");
    assert_eq!(refusal(buyer::cancel(&mut world, "abc")).code, "30012");
    assert_eq!(refusal(buyer::cancel(&mut world, "010")).code, "50001", "milk cannot be cancelled");
    let by_seller = |reason: &str| Command::SellerCancel { reason: reason.to_owned() };
    assert_eq!(refusal(world.desk(by_seller("010"))).code, "30012");
    let everything = [("RICE-5", 1), ("MILK-1", 2)]
        .map(|(id, count)| LineRef { id: id.to_owned(), parent_item_id: None, count })
        .to_vec();
    let part = Command::SellerCancelItems { reason: "002".to_owned(), items: everything };
    assert_eq!(refusal(world.desk(part)).code, "50001", "everything is not a part");
    buyer::cancel(&mut world, "999").unwrap();
    assert_eq!(refusal(buyer::cancel(&mut world, "999")).code, "50001");
}

#[test]
fn a_seller_without_tracking_says_so() {
    let mut world = World::new("1.2.5");
    world.seller.tracking_url = None;
    buyer::buy(&mut world, &[("RICE-5", 1)], Pay::Prepaid);
    let refused = refusal(world.ask(Action::Track, json!({ "order_id": buyer::ORDER_ID })));
    assert_eq!(refused.code, "40005");
    assert_eq!(world.last(Action::OnConfirm).order()["fulfillments"][0]["tracking"], false);
}

#[test]
fn the_law_has_the_last_word_over_our_table() {
    let mut world = World::new("1.2.5");
    world.rules.transitions.insert("Packed".to_owned(), vec!["Agent-assigned".to_owned()]);
    buyer::buy(&mut world, &[("RICE-5", 1)], Pay::Prepaid);
    world.desk(Command::Pack).unwrap();
    let refused = refusal(world.desk(Command::PickUp));
    assert!(refused.message.contains("Order-picked-up"), "{refused}");
}

#[test]
fn every_code_is_in_the_specification() {
    let specs = specs::Specs::builtin().unwrap();
    let source = include_str!("../../src/order/refusal.rs");
    let codes: Vec<&str> =
        source.lines().filter_map(|line| line.split('"').nth(1)).filter(|text| text.len() == 5).collect();
    assert!(codes.len() > 30);
    for code in codes {
        assert!(specs.error(code).is_some(), "{code} is not in errors.yaml");
    }
}
