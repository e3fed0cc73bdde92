//! Ways in which goods reach the buyer: what is offered, chosen, and told on the way. Every message is held against the book.

use rstest::rstest;
use seller_app::fulfilment::{Agent, DeliveryEvent, Handover, Holder};
use seller_app::order::{Command, OrderState};
use serde_json::{Value, json};
use specs::Action;

use crate::buyer::{self, Pay};
use crate::goods::{money, period};
use crate::law;
use crate::world::{Sent, World};

fn lawful(world: &World) {
    for sent in &world.sent {
        let complaints = law::complaints(world.version, sent.action, &sent.payload);
        assert!(complaints.is_empty(), "{} {}: {complaints:#?}\n{:#}", world.version, sent.action, sent.payload);
    }
}

/// Everything a partner can have.
fn equipped(version: &'static str) -> World {
    let mut world = World::new(version);
    world.partner.service.capabilities.pickup_counter = true;
    world.partner.service.capabilities.buyer_delivery = true;
    world.seller.fulfilment.kerbside = true;
    world
}

/// The offered fulfilment of this category.
fn offered<'a>(quote: &'a Sent, category: &str) -> &'a Value {
    let all = quote.order()["fulfillments"].as_array().unwrap();
    all.iter().find(|one| one["@ondc/org/category"] == category).unwrap_or_else(|| panic!("{category}: {all:#?}"))
}

/// init, naming another way than the default.
fn choose(world: &mut World, chosen: &Value, pay: Pay) -> Sent {
    let mut message = buyer::init_message(world, pay);
    let order = &mut message["order"];
    for name in ["id", "type"] {
        order["fulfillments"][0][name] = chosen[name].clone();
    }
    for item in order["items"].as_array_mut().unwrap() {
        item["fulfillment_id"] = chosen["id"].clone();
    }
    world.ask(Action::Init, message).unwrap()
}

fn state(sent: &Sent) -> (&str, &str) {
    let order = sent.order();
    (order["state"].as_str().unwrap(), order["fulfillments"][0]["state"]["descriptor"]["code"].as_str().unwrap())
}

#[rstest]
fn a_counter_is_offered_free_of_delivery_and_ends_at_the_hand_over(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let mut world = equipped(version);
    let quote = buyer::select(&mut world, &[("RICE-5", 1)]).unwrap();
    let kinds: Vec<&Value> =
        quote.order()["fulfillments"].as_array().unwrap().iter().map(|one| &one["@ondc/org/category"]).collect();
    assert_eq!(kinds, ["Immediate Delivery", "Takeaway", "Kerbside", ""]);
    // The total is that of the default: 389 + 30 + 10.
    assert_eq!(quote.order()["quote"]["price"]["value"], "429.00");
    let counter = offered(&quote, "Takeaway").clone();
    assert_eq!((counter["type"].as_str(), counter["@ondc/org/TAT"].as_str()), (Some("Self-Pickup"), Some("PT31M")));

    let terms = choose(&mut world, &counter, Pay::Cash);
    assert_eq!(terms.order()["quote"]["price"]["value"], "399.00", "no delivery charge");
    assert_eq!(terms.order()["fulfillments"][0]["type"], "Self-Pickup");
    buyer::confirm(&mut world, Pay::Cash).unwrap();
    assert_eq!(world.last(Action::OnConfirm).order()["fulfillments"].as_array().unwrap().len(), 1);

    world.later(10);
    let ready = world.desk(Command::Pack).unwrap();
    assert_eq!(state(&ready), ("In-progress", "Packed"));
    let code = ready.order()["fulfillments"][0]["start"]["instructions"]["short_desc"].as_str().unwrap().to_owned();
    assert!(world.desk(Command::OutForDelivery).unwrap_err().message.contains("no such station"));
    let wrong = Handover { code: "0000".to_owned(), ..Handover::default() };
    let refused = world.desk(Command::HandOver { event: DeliveryEvent::PickUp, handover: wrong }).unwrap_err();
    assert_eq!(refused.code, "40011");

    let handover = Handover { code, note: "showed the app".to_owned(), photo: "p1.jpg".to_owned() };
    let over = world.desk(Command::HandOver { event: DeliveryEvent::PickUp, handover }).unwrap();
    assert_eq!(state(&over), ("Completed", "Order-picked-up"));
    assert_eq!(over.order()["payment"]["status"], "PAID");
    let delivery = world.order().delivery().unwrap();
    assert!(delivery.proofs[0].code_checked && delivery.proofs[0].photo == "p1.jpg");
    assert_eq!(delivery.custody.iter().map(|leg| leg.holder).collect::<Vec<_>>(), [Holder::Store, Holder::Buyer]);
    assert!(world.desk(Command::Deliver).is_err() && world.desk(Command::PickUp).is_err());
    lawful(&world);
}

#[test]
fn the_kerb_needs_the_car() {
    let mut world = equipped("1.2.5");
    let quote = buyer::select(&mut world, &[("RICE-5", 1)]).unwrap();
    let kerb = offered(&quote, "Kerbside").clone();
    choose(&mut world, &kerb, Pay::Prepaid);
    let mut message = buyer::confirm_message(&world, Pay::Prepaid);
    let refused = world.ask(Action::Confirm, message.clone()).unwrap_err();
    assert!(refused.path.unwrap().ends_with("vehicle.registration"));
    message["order"]["fulfillments"][0]["vehicle"] = json!({ "registration": "KA01AB1234" });
    let order = world.ask(Action::Confirm, message).unwrap();
    assert_eq!(order.order()["fulfillments"][0]["vehicle"]["registration"], "KA01AB1234");
    lawful(&world);
}

#[test]
fn the_buyers_courier_is_reported_by_the_buyer_app() {
    let mut world = equipped("1.2.5");
    let quote = buyer::select(&mut world, &[("RICE-5", 1)]).unwrap();
    let courier = offered(&quote, "").clone();
    assert_eq!(courier["type"], "Buyer-Delivery");
    choose(&mut world, &courier, Pay::Prepaid);
    buyer::confirm(&mut world, Pay::Prepaid).unwrap();
    let ready = world.desk(Command::Pack).unwrap();
    assert!(ready.order()["fulfillments"][0]["tags"].to_string().contains("ready_to_ship"));
    let id = world.order().delivery().unwrap().id.clone();
    let mut report = |state: &str| {
        let message = json!({ "update_target": "fulfillment", "order": { "id": buyer::ORDER_ID, "fulfillments": [{ "id": id,
            "tags": [
                { "code": "update_state", "list": [{ "code": "state", "value": state }] },
                { "code": "update_agent_details", "list": [{ "code": "name", "value": "Asha" }, { "code": "phone", "value": "9886098860" }] },
            ] }] } });
        world.ask(Action::Update, message)
    };
    let picked = report("Order-picked-up").unwrap();
    assert_eq!(state(&picked), ("In-progress", "Order-picked-up"));
    let over = report("Order-delivered").unwrap();
    assert_eq!(state(&over), ("Completed", "Order-delivered"));
    assert_eq!(over.order()["fulfillments"][0]["agent"]["name"], "Asha");
    assert_eq!(world.stock["RICE-5"].on_hand, 19);
    lawful(&world);
}

#[test]
fn a_place_that_is_not_served_can_still_fetch() {
    let mut world = World::new("1.2.5");
    let far = buyer::select_message(&[("RICE-5", 1)], "560099");
    let refused = world.ask(Action::Select, far.clone()).unwrap();
    assert_eq!(refused.payload["error"]["code"], "30009");
    world.partner.service.capabilities.pickup_counter = true;
    let quote = world.ask(Action::Select, far).unwrap();
    assert!(quote.payload.get("error").is_none());
    let ways = quote.order()["fulfillments"].as_array().unwrap();
    assert_eq!(
        (ways.len(), &ways[0]["type"], &ways[0]["state"]["descriptor"]["code"]),
        (1, &json!("Self-Pickup"), &json!("Serviceable"))
    );
    lawful(&world);
}

#[test]
fn express_is_dearer_and_sooner_and_a_repeated_select_keeps_the_ids() {
    let mut world = World::new("1.2.5");
    world.seller.fulfilment.express_time = period("PT40M");
    world.seller.fulfilment.express_fee = money("49.00");
    let first = buyer::select(&mut world, &[("RICE-5", 1)]).unwrap();
    let again = buyer::select(&mut world, &[("RICE-5", 1)]).unwrap();
    assert_eq!(first.order()["fulfillments"], again.order()["fulfillments"]);
    let express = offered(&again, "Express Delivery").clone();
    assert_eq!(express["@ondc/org/TAT"], "PT40M");
    // Another way is chosen, then the first again: nothing is lost.
    let standard = offered(&again, "Immediate Delivery").clone();
    choose(&mut world, &express, Pay::Prepaid);
    choose(&mut world, &standard, Pay::Prepaid);
    let terms = choose(&mut world, &express, Pay::Prepaid);
    assert_eq!(terms.order()["quote"]["price"]["value"], "448.00");
    buyer::confirm(&mut world, Pay::Prepaid).unwrap();
    assert!(world.order().options.is_empty());
    lawful(&world);
}

#[test]
fn what_goes_from_door_to_door_never_sees_a_hub() {
    let mut world = World::new("1.2.5");
    world.seller.fulfilment.direct_categories = vec!["Immediate Delivery".to_owned()];
    buyer::buy(&mut world, &[("RICE-5", 1)], Pay::Prepaid);
    assert!(world.last(Action::OnConfirm).order()["fulfillments"][0]["tags"].to_string().contains("P2P"));
    world.desk(Command::Pack).unwrap();
    let agent = Agent { name: "Ravi".to_owned(), phone: "9811111111".to_owned() };
    world.desk(Command::AssignAgent(agent)).unwrap();
    let station = |event| Command::Station { event, place: String::new() };
    world.desk(station(DeliveryEvent::ReachStore)).unwrap();
    let picked = world.desk(Command::PickUp).unwrap();
    let code = picked.order()["fulfillments"][0]["end"]["instructions"]["short_desc"].as_str().unwrap().to_owned();
    assert!(world.desk(Command::OutForDelivery).unwrap_err().message.contains("no such station"));
    assert!(world.desk(station(DeliveryEvent::Transit)).is_err());
    world.desk(station(DeliveryEvent::ReachDoor)).unwrap();
    let handover = Handover { code, ..Handover::default() };
    let over = world.desk(Command::HandOver { event: DeliveryEvent::Deliver, handover }).unwrap();
    assert_eq!(state(&over), ("Completed", "Order-delivered"));
    lawful(&world);
}

#[test]
fn through_hubs_every_station_is_told_and_a_second_try_keeps_the_code() {
    let mut world = World::new("1.2.5");
    buyer::buy(&mut world, &[("RICE-5", 1)], Pay::Prepaid);
    let station = |event| Command::Station { event, place: "Peenya".to_owned() };
    world.desk(Command::Pack).unwrap();
    for event in [DeliveryEvent::GoToPickup, DeliveryEvent::FailPickup, DeliveryEvent::GoToPickup] {
        world.desk(station(event)).unwrap();
    }
    world.desk(Command::PickUp).unwrap();
    assert!(world.desk(Command::Deliver).is_err(), "it must go out first");
    world.desk(station(DeliveryEvent::Transit)).unwrap();
    assert!(world.desk(Command::OutForDelivery).is_err());
    world.desk(station(DeliveryEvent::ReachHub)).unwrap();
    let code = |sent: &Sent| sent.order()["fulfillments"][0]["end"]["instructions"]["short_desc"].clone();
    let first = code(&world.desk(Command::OutForDelivery).unwrap());
    world.desk(station(DeliveryEvent::FailDelivery)).unwrap();
    assert_eq!(code(&world.desk(Command::OutForDelivery).unwrap()), first);
    world.desk(Command::Deliver).unwrap();
    let holders: Vec<Holder> = world.order().delivery().unwrap().custody.iter().map(|leg| leg.holder).collect();
    assert_eq!(holders, [Holder::Store, Holder::Rider, Holder::Carrier, Holder::Hub, Holder::Rider, Holder::Buyer],);
    assert_eq!(world.order().state, OrderState::Completed);
    lawful(&world);
}
