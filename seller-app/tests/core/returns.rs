//! Returns: requested, approved or refused, collected, refunded, back on the shelf.

use jiff::SignedDuration;
use rstest::rstest;
use seller_app::order::{Command, OrderState};
use serde_json::Value;
use specs::Action;

use crate::buyer::{self, Pay};
use crate::law;
use crate::world::{Sent, World};

fn delivered(version: &'static str, basket: &[(&str, u32)]) -> World {
    let mut world = World::new(version);
    buyer::buy(&mut world, basket, Pay::Prepaid);
    for command in [Command::Pack, Command::PickUp, Command::OutForDelivery, Command::Deliver] {
        world.later(5);
        world.desk(command).unwrap();
    }
    world
}

fn id() -> String {
    "RET-1".to_owned()
}

fn state(sent: &Sent) -> &str {
    let fulfilments = sent.order()["fulfillments"].as_array().unwrap();
    let case = fulfilments.iter().find(|f| f["type"] == "Return").unwrap();
    case["state"]["descriptor"]["code"].as_str().unwrap()
}

fn total(sent: &Sent) -> &str {
    sent.order()["quote"]["price"]["value"].as_str().unwrap()
}

fn lawful(world: &World) {
    for sent in &world.sent {
        let complaints = law::complaints(world.version, sent.action, &sent.payload);
        assert!(complaints.is_empty(), "{} {}: {complaints:#?}\n{:#}", world.version, sent.action, sent.payload);
    }
}

#[rstest]
fn a_return_is_approved_picked_refunded_and_back(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let mut world = delivered(version, &[("RICE-5", 2), ("OIL-1", 2)]);
    let before = total(world.last(Action::OnStatus)).to_owned();
    assert_eq!(before, "1237.98");
    let interim = buyer::give_back(&mut world, "RET-1", "OIL-1", 1, "003").unwrap();
    assert_eq!((interim.action, state(&interim), total(&interim)), (Action::OnUpdate, "Return_Initiated", "1237.98"));
    assert_eq!(interim.order()["state"], "Completed");

    let approved = world.desk(Command::ApproveReturn { return_id: id() }).unwrap();
    assert_eq!((approved.action, state(&approved)), (Action::OnUpdate, "Return_Approved"));
    let case = &approved.order()["fulfillments"][1];
    assert_eq!(case["start"]["location"]["address"]["area_code"], "560038");
    assert_eq!(case["end"]["location"]["id"], "blr-hill-L1");
    let slot = case["start"]["time"]["range"]["start"].as_str().unwrap();
    assert!(slot > approved.payload["context"]["timestamp"].as_str().unwrap());

    world.later(120);
    let picked = world.desk(Command::PickReturn { return_id: id() }).unwrap();
    // One of two oils: 199.99, and half of the tax of 20.00.
    assert_eq!((state(&picked), total(&picked)), ("Return_Picked", "1027.99"));
    let trail: Vec<String> = trail(&picked.order()["fulfillments"][1]);
    assert_eq!(trail, ["item OIL-1 -199.99", "tax OIL-1 -10.00"]);
    let counts: Vec<u64> =
        picked.order()["items"].as_array().unwrap().iter().map(|i| i["quantity"]["count"].as_u64().unwrap()).collect();
    assert_eq!(counts, [2, 1, 1]);

    let refunded = buyer::refund(&mut world, "RET-1", "209.99").unwrap();
    assert_eq!(refunded.order()["payment"]["@ondc/org/settlement_details"][1]["settlement_phase"], "refund");
    assert_eq!(refunded.order()["payment"]["params"]["amount"], "1237.98");
    let back = world.desk(Command::DeliverReturn { return_id: id() }).unwrap();
    assert_eq!(state(&back), "Return_Delivered");
    assert_eq!(world.stock["OIL-1"].on_hand, 19);
    assert_eq!(world.order().state, OrderState::Completed);
    // Whatever is asked later still tells everything.
    let later = buyer::status(&mut world).unwrap();
    assert_eq!(later.order()["fulfillments"], back.order()["fulfillments"]);
    assert_eq!(later.order()["payment"], back.order()["payment"]);
    lawful(&world);
}

fn trail(fulfilment: &Value) -> Vec<String> {
    let tags = fulfilment["tags"].as_array().unwrap().iter().filter(|tag| tag["code"] == "quote_trail");
    let text = |tag: &Value, code: &str| {
        let list = tag["list"].as_array().unwrap();
        list.iter().find(|entry| entry["code"] == code).unwrap()["value"].as_str().unwrap().to_owned()
    };
    tags.map(|tag| format!("{} {} {}", text(tag, "type"), text(tag, "id"), text(tag, "value"))).collect()
}

#[rstest]
fn a_liquidated_return_is_refunded_and_stays_with_the_buyer(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let mut world = delivered(version, &[("RICE-5", 2)]);
    buyer::give_back(&mut world, "RET-1", "RICE-5", 2, "003").unwrap();
    let kept = world.desk(Command::LiquidateReturn { return_id: id() }).unwrap();
    assert_eq!((state(&kept), total(&kept)), ("Liquidated", "40.00"));
    assert_eq!(world.stock["RICE-5"].on_hand, 18);
    assert!(world.desk(Command::PickReturn { return_id: id() }).is_err());
    lawful(&world);
}

#[rstest]
fn a_refused_return_changes_no_money(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let mut world = delivered(version, &[("RICE-5", 2)]);
    buyer::give_back(&mut world, "RET-1", "RICE-5", 1, "001").unwrap();
    let unknown = Command::RejectReturn { return_id: id(), reason: "999".to_owned() };
    assert!(world.desk(unknown).is_err());
    let refused = world.desk(Command::RejectReturn { return_id: id(), reason: "004".to_owned() }).unwrap();
    assert_eq!((state(&refused), total(&refused)), ("Return_Rejected", "818.00"));
    assert_eq!(refused.order()["fulfillments"][1]["state"]["descriptor"]["short_desc"], "004");
    // The piece is free to be asked for again.
    buyer::give_back(&mut world, "RET-2", "RICE-5", 2, "003").unwrap();
    lawful(&world);
}

#[test]
fn what_cannot_be_returned_is_refused() {
    let mut world = delivered("1.2.5", &[("RICE-5", 2), ("MILK-1", 1)]);
    let code = |result: Result<Sent, seller_app::order::Refusal>| result.unwrap_err().code;
    assert_eq!(code(buyer::give_back(&mut world, "RET-1", "MILK-1", 1, "003")), "30005");
    assert_eq!(code(buyer::give_back(&mut world, "RET-1", "OIL-1", 1, "003")), "30005");
    assert_eq!(code(buyer::give_back(&mut world, "RET-1", "RICE-5", 3, "003")), "30005");
    assert_eq!(code(buyer::give_back(&mut world, "RET-1", "RICE-5", 0, "003")), "30005");
    assert_eq!(code(buyer::give_back(&mut world, "RET-1", "RICE-5", 1, "777")), "30005");
    assert_eq!(code(buyer::give_back(&mut world, "F1", "RICE-5", 1, "003")), "30005");
    buyer::give_back(&mut world, "RET-1", "RICE-5", 1, "003").unwrap();
    assert_eq!(code(buyer::give_back(&mut world, "RET-1", "RICE-5", 1, "003")), "30005");
    // One of two waits for pickup: only one is left to ask for.
    assert_eq!(code(buyer::give_back(&mut world, "RET-2", "RICE-5", 2, "003")), "30005");
    world.now += SignedDuration::from_hours(73);
    assert_eq!(code(buyer::give_back(&mut world, "RET-3", "RICE-5", 1, "003")), "30005");
}

#[test]
fn two_items_of_one_update_cannot_ask_for_the_same_piece() {
    let mut world = delivered("1.2.5", &[("RICE-5", 1)]);
    let request = |id: &str| {
        serde_json::json!({ "type": "Return", "tags": [{ "code": "return_request", "list": [
            { "code": "id", "value": id }, { "code": "item_id", "value": "RICE-5" },
            { "code": "item_quantity", "value": "1" }, { "code": "reason_id", "value": "003" } ] }] })
    };
    let twice = serde_json::json!({ "update_target": "item", "order": { "id": buyer::ORDER_ID,
        "fulfillments": [request("RET-1"), request("RET-2")] } });
    let before = world.order().clone();
    assert_eq!(world.ask(Action::Update, twice).unwrap_err().code, "30005");
    assert_eq!(*world.order(), before);
}
