//! Whole lives of orders in both versions. Every message that travels is held against the specification.

use rstest::rstest;
use seller_app::fulfilment::Agent;
use seller_app::order::{Command, LineRef, OrderState};
use serde_json::Value;
use specs::Action;

use crate::buyer::{self, Pay};
use crate::law;
use crate::world::{Sent, World};

fn agent() -> Agent {
    Agent { name: "Ravi".to_owned(), phone: "9811111111".to_owned() }
}

/// Everything that travelled is clean by our own book.
fn lawful(world: &World) {
    for sent in &world.sent {
        let complaints = law::complaints(world.version, sent.action, &sent.payload);
        assert!(complaints.is_empty(), "{} {}: {complaints:#?}\n{:#}", world.version, sent.action, sent.payload);
    }
}

pub fn deliver(world: &mut World) {
    for command in
        [Command::Pack, Command::AssignAgent(agent()), Command::PickUp, Command::OutForDelivery, Command::Deliver]
    {
        world.later(5);
        world.desk(command).unwrap();
    }
}

fn code(sent: &Sent, fulfilment: usize) -> &str {
    sent.order()["fulfillments"][fulfilment]["state"]["descriptor"]["code"].as_str().unwrap()
}

fn total(sent: &Sent) -> &str {
    sent.order()["quote"]["price"]["value"].as_str().unwrap()
}

fn trail_sum(fulfilment: &Value) -> f64 {
    let tags = fulfilment["tags"].as_array().unwrap();
    let values = tags.iter().filter(|tag| tag["code"] == "quote_trail").map(|tag| {
        let list = tag["list"].as_array().unwrap();
        let value = list.iter().find(|entry| entry["code"] == "value").unwrap();
        value["value"].as_str().unwrap().parse::<f64>().unwrap()
    });
    values.sum()
}

#[rstest]
fn prepaid_order_is_delivered(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let mut world = World::new(version);
    let quote = buyer::select(&mut world, &[("RICE-5", 2), ("OIL-1", 1)]).unwrap();
    // 2 × 389.00 + 199.99 + 5 % of 199.99 + 30.00 + 10.00
    assert_eq!(total(&quote), "1027.99");
    assert!(quote.payload.get("error").is_none());
    buyer::init(&mut world, Pay::Prepaid).unwrap();
    assert_eq!((world.stock["RICE-5"].held, world.stock["OIL-1"].held), (2, 1));

    world.later(1);
    let confirmed = buyer::confirm(&mut world, Pay::Prepaid).unwrap();
    assert_eq!(confirmed.order()["state"], "Accepted");
    assert_eq!(confirmed.order()["payment"]["params"]["amount"], "1027.99");
    assert_eq!((world.stock["RICE-5"].held, world.stock["RICE-5"].committed), (0, 2));
    assert_eq!(code(world.last(Action::OnStatus), 0), "Pending");

    deliver(&mut world);
    let seen: Vec<&str> = world.sent.iter().filter(|s| s.action == Action::OnStatus).map(|s| code(s, 0)).collect();
    assert_eq!(seen, ["Pending", "Packed", "Agent-assigned", "Order-picked-up", "Out-for-delivery", "Order-delivered"]);
    assert_eq!((world.stock["RICE-5"].on_hand, world.stock["RICE-5"].committed), (18, 0));
    let last = world.last(Action::OnStatus);
    assert_eq!(last.order()["state"], "Completed");
    assert_eq!(last.order()["documents"][0]["label"], "Invoice");
    assert_eq!(last.order()["fulfillments"][0]["agent"]["name"], "Ravi");
    let has_routing = last.order()["fulfillments"][0]["tags"].to_string().contains("P2H2P");
    assert_eq!(has_routing, version == "1.2.5");
    lawful(&world);
}

#[rstest]
fn cash_is_paid_at_the_door(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let mut world = World::new(version);
    buyer::buy(&mut world, &[("RICE-5", 1)], Pay::Cash);
    assert_eq!(world.last(Action::OnInit).order()["payment"]["collected_by"], "BPP");
    assert_eq!(world.last(Action::OnConfirm).order()["payment"]["status"], "NOT-PAID");
    deliver(&mut world);
    assert_eq!(world.last(Action::OnStatus).order()["payment"]["status"], "PAID");
    lawful(&world);
}

#[rstest]
fn what_was_agreed_never_changes_on_the_way(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let mut world = World::new(version);
    buyer::buy(&mut world, &[("RICE-5", 1), ("OIL-1", 2)], Pay::Prepaid);
    deliver(&mut world);
    let confirmed = world.last(Action::OnConfirm).clone();
    for sent in world.sent.iter().filter(|sent| sent.action == Action::OnStatus) {
        for constant in ["id", "provider", "items", "billing", "quote", "payment", "tags", "created_at"] {
            assert_eq!(sent.order()[constant], confirmed.order()[constant], "{constant}");
        }
        let (now, then) = (&sent.order()["fulfillments"][0], &confirmed.order()["fulfillments"][0]);
        for constant in ["id", "type", "@ondc/org/TAT", "provider_id", "tracking"] {
            assert_eq!(now[constant], then[constant], "{constant}");
        }
        for stop in ["start", "end"] {
            assert_eq!(now[stop]["location"], then[stop]["location"]);
            assert_eq!(now[stop]["time"]["range"], then[stop]["time"]["range"]);
        }
    }
}

#[rstest]
fn timestamps_and_message_ids_follow_the_rules(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let mut world = World::new(version);
    buyer::buy(&mut world, &[("RICE-5", 1)], Pay::Prepaid);
    deliver(&mut world);
    let callbacks: Vec<&Sent> = world.sent.iter().filter(|sent| sent.action.is_callback()).collect();
    for pair in callbacks.windows(2) {
        let updated = |sent: &Sent| sent.order()["updated_at"].as_str().unwrap_or_default().to_owned();
        assert!(updated(pair[0]) <= updated(pair[1]));
    }
    for sent in callbacks {
        let at = sent.payload["context"]["timestamp"].as_str().unwrap();
        assert!(sent.order()["updated_at"].as_str().unwrap_or_default() <= at);
    }
}

#[rstest]
fn tracking_is_active_while_the_rider_is_out(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let mut world = World::new(version);
    buyer::buy(&mut world, &[("RICE-5", 1)], Pay::Prepaid);
    let ask = serde_json::json!({ "order_id": buyer::ORDER_ID });
    let early = world.ask(Action::Track, ask.clone()).unwrap();
    assert_eq!(early.payload["message"]["tracking"]["status"], "inactive");
    world.desk(Command::Pack).unwrap();
    world.desk(Command::AssignAgent(agent())).unwrap();
    world.desk(Command::PickUp).unwrap();
    let out = world.ask(Action::Track, ask).unwrap();
    assert_eq!(out.payload["message"]["tracking"]["status"], "active");
    assert!(out.payload["message"]["tracking"]["url"].as_str().unwrap().starts_with("https://seller.example/track/"));
    lawful(&world);
}

#[rstest]
fn buyer_cancels_before_dispatch(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let mut world = World::new(version);
    buyer::buy(&mut world, &[("RICE-5", 2), ("OIL-1", 1)], Pay::Prepaid);
    world.desk(Command::Pack).unwrap();
    let before = world.order().updated_at;
    world.later(3);
    let answer = buyer::cancel(&mut world, "010").unwrap();
    let order = answer.order();
    assert_eq!((answer.action, &order["state"]), (Action::OnCancel, &Value::from("Cancelled")));
    assert_eq!(order["cancellation"]["cancelled_by"], "buyer.example");
    assert_eq!(total(&answer), "0.00");
    assert_eq!(order["payment"]["params"]["amount"], "1027.99");
    let (forward, cancel) = (&order["fulfillments"][0], &order["fulfillments"][1]);
    assert_eq!(code(&answer, 0), "Cancelled");
    let tags = forward["tags"].to_string();
    assert!(tags.contains(r#""code":"fulfillment_state","value":"Packed""#), "{tags}");
    assert!(tags.contains(&protocol::clock::wire_timestamp(before)), "{tags}");
    assert_eq!((&cancel["type"], trail_sum(cancel)), (&Value::from("Cancel"), -1027.99));
    let counts: Vec<u64> =
        order["items"].as_array().unwrap().iter().map(|i| i["quantity"]["count"].as_u64().unwrap()).collect();
    assert_eq!(counts, [0, 0, 2, 1]);
    assert_eq!((world.stock["RICE-5"].on_hand, world.stock["RICE-5"].committed), (20, 0));
    lawful(&world);
}

#[rstest]
fn seller_cancels_some_pieces_then_the_rest_turns_back(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let mut world = World::new(version);
    buyer::buy(&mut world, &[("RICE-5", 3), ("OIL-1", 2)], Pay::Prepaid);
    let items = vec![LineRef { id: "OIL-1".to_owned(), parent_item_id: None, count: 1 }];
    let part = world.desk(Command::SellerCancelItems { reason: "002".to_owned(), items }).unwrap();
    assert_eq!((part.action, part.order()["state"].as_str().unwrap()), (Action::OnUpdate, "Accepted"));
    assert_eq!(part.order()["fulfillments"][1]["type"], "Cancel");
    buyer::refund(&mut world, "C2", "209.99").unwrap();

    for command in [Command::Pack, Command::AssignAgent(agent()), Command::PickUp, Command::OutForDelivery] {
        world.desk(command).unwrap();
    }
    let rto = world.desk(Command::ReturnToOrigin { reason: "013".to_owned() }).unwrap();
    assert_eq!((rto.action, rto.order()["state"].as_str().unwrap()), (Action::OnCancel, "Cancelled"));
    let back = &rto.order()["fulfillments"][2];
    assert_eq!((back["type"].as_str().unwrap(), code(&rto, 2)), ("RTO", "RTO-Initiated"));
    assert!(back["end"].get("time").is_none());
    // The way was made in vain: delivery and packing stay.
    assert_eq!(total(&rto), "40.00");
    world.later(60);
    let home = world.desk(Command::RtoDelivered).unwrap();
    assert_eq!((home.action, code(&home, 2)), (Action::OnStatus, "RTO-Delivered"));
    assert!(home.order()["payment"]["@ondc/org/settlement_details"].to_string().contains("refund"));
    assert_eq!((world.stock["RICE-5"].on_hand, world.stock["OIL-1"].on_hand), (20, 20));
    lawful(&world);
}

#[test]
fn a_line_stands_on_a_trail_once() {
    let mut world = World::new("1.2.5");
    buyer::buy(&mut world, &[("RICE-5", 3)], Pay::Prepaid);
    let one = LineRef { id: "RICE-5".to_owned(), parent_item_id: None, count: 1 };
    let part = Command::SellerCancelItems { reason: "002".to_owned(), items: vec![one.clone(), one] };
    let told = world.desk(part).unwrap();
    let cancel = &told.order()["fulfillments"][1];
    let trails = cancel["tags"].as_array().unwrap().iter().filter(|tag| tag["code"] == "quote_trail").count();
    assert_eq!((trails, trail_sum(cancel)), (1, -778.0));
    assert_eq!(told.order()["items"].as_array().unwrap().len(), 2);
}

#[rstest]
#[case("1.2.0", "006")]
#[case("1.2.5", "052")]
fn a_broken_promise_may_be_cancelled_on_the_way(#[case] version: &'static str, #[case] late: &str) {
    let mut world = World::new(version);
    buyer::buy(&mut world, &[("RICE-5", 1)], Pay::Prepaid);
    world.desk(Command::Pack).unwrap();
    world.desk(Command::PickUp).unwrap();
    assert_eq!(buyer::cancel(&mut world, late).unwrap_err().code, "30014");
    assert_eq!(buyer::cancel(&mut world, "010").unwrap_err().code, "50001");
    world.later(24 * 60);
    let answer = buyer::cancel(&mut world, late).unwrap();
    assert_eq!((total(&answer), code(&answer, 1)), ("0.00", "RTO-Initiated"));
    world.desk(Command::RtoDisposed).unwrap();
    assert_eq!(world.stock["RICE-5"].on_hand, 19);
    lawful(&world);
}

#[rstest]
fn shortage_is_told_and_the_rest_can_be_bought(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let mut world = World::new(version);
    world.stock.get_mut("RICE-5").unwrap().on_hand = 3; // 2 kept back: one can be sold
    let quote = buyer::select(&mut world, &[("RICE-5", 4), ("OIL-1", 1)]).unwrap();
    assert_eq!(quote.payload["error"]["code"], "40002");
    let told: Value = serde_json::from_str(quote.payload["error"]["message"].as_str().unwrap()).unwrap();
    assert_eq!(told, serde_json::json!([{ "item_id": "RICE-5", "error": "40002" }]));
    let rice = &quote.order()["quote"]["breakup"][0];
    assert_eq!(rice["@ondc/org/item_quantity"]["count"], 1);
    assert_eq!(rice["item"]["quantity"]["available"]["count"], "0");
    assert_eq!(rice["price"]["value"], "389.00");
    buyer::init(&mut world, Pay::Prepaid).unwrap();
    buyer::confirm(&mut world, Pay::Prepaid).unwrap();
    lawful(&world);
}

#[rstest]
fn a_place_that_is_not_served_is_told_with_a_quote(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let mut world = World::new(version);
    let message = buyer::select_message(&[("RICE-5", 1)], "110001");
    let quote = world.ask(Action::Select, message).unwrap();
    assert_eq!(quote.payload["error"]["code"], "30009");
    assert_eq!(code(&quote, 0), "Non-serviceable");
    let lines = quote.order()["quote"]["breakup"].as_array().unwrap();
    assert!(lines.iter().all(|line| line["@ondc/org/title_type"] != "delivery"));
    assert_eq!(total(&quote), "389.00");
    assert_eq!(buyer::init(&mut world, Pay::Prepaid).unwrap_err().code, "30009");
    lawful(&world);
}

#[rstest]
fn the_desk_accepts_when_a_person_decides(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let mut world = World::new(version);
    world.seller.accept_at_once = false;
    buyer::buy(&mut world, &[("RICE-5", 1)], Pay::Prepaid);
    assert_eq!(world.last(Action::OnConfirm).order()["state"], "Created");
    assert!(world.desk(Command::Pack).is_err());
    world.later(10);
    let accepted = world.desk(Command::Accept).unwrap();
    assert_eq!((accepted.action, accepted.order()["state"].as_str().unwrap()), (Action::OnStatus, "Accepted"));
    assert!(accepted.order()["fulfillments"][0]["start"]["time"]["range"]["start"].is_string());
    deliver(&mut world);
    assert_eq!(world.order().state, OrderState::Completed);
    lawful(&world);
}

#[rstest]
fn address_and_billing_can_change_before_dispatch(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let mut world = World::new(version);
    buyer::buy(&mut world, &[("RICE-5", 1)], Pay::Prepaid);
    let mut place = buyer::address();
    place["building"] = Value::from("Sea View");
    let end = serde_json::json!({ "location": { "gps": "12.961000,77.641000", "address": place },
        "instructions": { "long_desc": "Ring twice" } });
    let change = serde_json::json!({ "update_target": "fulfillment", "order": { "id": buyer::ORDER_ID,
        "fulfillments": [{ "id": "F1", "type": "Delivery", "end": end }] } });
    let answer = world.ask(Action::Update, change.clone()).unwrap();
    assert_eq!(answer.order()["fulfillments"][0]["end"]["location"]["address"]["building"], "Sea View");
    deliver(&mut world);
    let last = world.last(Action::OnStatus);
    assert_eq!(last.order()["fulfillments"][0]["end"]["instructions"]["long_desc"], "Ring twice");
    assert_eq!(world.ask(Action::Update, change).unwrap_err().code, "50002");
    lawful(&world);
}

#[rstest]
fn rating_and_support_are_answered(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let mut world = World::new(version);
    buyer::buy(&mut world, &[("RICE-5", 1)], Pay::Prepaid);
    let rated =
        world.ask(Action::Rating, serde_json::json!({ "rating_category": "Order", "id": buyer::ORDER_ID, "value": 4 }));
    assert_eq!(rated.unwrap().action, Action::OnRating);
    let helped = world.ask(Action::Support, serde_json::json!({ "ref_id": buyer::ORDER_ID })).unwrap();
    assert_eq!(helped.payload["message"]["phone"], "18000000100");
    lawful(&world);
}

#[rstest]
fn a_repeated_confirm_gets_the_same_order(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let mut world = World::new(version);
    buyer::select(&mut world, &[("RICE-5", 1)]).unwrap();
    buyer::init(&mut world, Pay::Prepaid).unwrap();
    let message = buyer::confirm_message(&world, Pay::Prepaid);
    let first = world.ask(Action::Confirm, message.clone()).unwrap();
    let stock = world.stock.clone();
    let again = world.ask(Action::Confirm, message).unwrap();
    assert_eq!(again.order(), first.order());
    assert_eq!(world.stock, stock);
}

/// The published rules know a smaller world than the notes: what they refuse is known and listed here.
#[test]
fn published_rules_accept_the_life_of_an_order() {
    for version in law::VERSIONS {
        let Some(specs) = law::published(version) else { continue };
        let book = specs.book(law::DOMAIN, version).unwrap();
        let mut world = World::new(version);
        buyer::buy(&mut world, &[("RICE-5", 2), ("OIL-1", 2)], Pay::Prepaid);
        deliver(&mut world);
        buyer::status(&mut world).unwrap();
        buyer::give_back(&mut world, "RET-1", "OIL-1", 1, "003").unwrap();
        world.desk(Command::ApproveReturn { return_id: "RET-1".to_owned() }).unwrap();
        world.later(1);
        world.desk(Command::PickReturn { return_id: "RET-1".to_owned() }).unwrap();
        buyer::refund(&mut world, "RET-1", "209.99").unwrap();
        world.desk(Command::DeliverReturn { return_id: "RET-1".to_owned() }).unwrap();
        let mut cancelled = World::new(version);
        buyer::buy(&mut cancelled, &[("RICE-5", 1)], Pay::Cash);
        buyer::cancel(&mut cancelled, "010").unwrap();
        let checked = world.sent.iter().chain(&cancelled.sent);
        for sent in checked {
            let complaints: Vec<String> =
                book.check(sent.action, &sent.payload).iter().map(|v| v.rule.clone()).collect();
            assert!(complaints.is_empty(), "{version} {}: {complaints:#?}\n{:#}", sent.action, sent.payload);
        }
    }
}

/// The checks above can fail: a message with one thing taken out is complained of, by our book and by the published one.
#[test]
fn the_law_is_awake() {
    for version in law::VERSIONS {
        let mut world = World::new(version);
        buyer::buy(&mut world, &[("RICE-5", 1)], Pay::Prepaid);
        let broken = |action: Action, pointer: &str| {
            let mut payload = world.last(action).payload.clone();
            *payload.pointer_mut(pointer).unwrap() = Value::Null;
            payload
        };
        for (action, pointer) in [
            (Action::OnSelect, "/message/order/quote/ttl"),
            (Action::OnInit, "/message/order/billing/phone"),
            (Action::OnConfirm, "/message/order/fulfillments/0/state/descriptor/code"),
            (Action::OnStatus, "/message/order/provider/id"),
        ] {
            let payload = broken(action, pointer);
            assert!(!law::complaints(version, action, &payload).is_empty(), "{version} {action} {pointer}");
            if let Some(specs) = law::published(version) {
                let found = specs.book(law::DOMAIN, version).unwrap().check(action, &payload);
                assert!(!found.is_empty(), "published {version} {action} {pointer}");
            }
        }
    }
}

#[rstest]
fn a_confirm_after_the_seller_refused_is_told_of_the_cancellation(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let mut world = World::new(version);
    world.seller.accept_at_once = false;
    buyer::buy(&mut world, &[("RICE-5", 1)], Pay::Prepaid);
    world.desk(Command::SellerCancel { reason: "018".to_owned() }).unwrap();
    let again = buyer::confirm(&mut world, Pay::Prepaid).unwrap();
    assert_eq!(again.order()["state"], "Cancelled");
    assert_eq!(again.order()["cancellation"]["cancelled_by"], "seller.example");
    lawful(&world);
}
