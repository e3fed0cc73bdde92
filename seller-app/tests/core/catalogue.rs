//! The published catalogue, whole and in changes.

use jiff::Timestamp;
use rstest::rstest;
use seller_app::catalogue::{Change, Hours, Listing, Publication, Shop, Zone, full, incremental};
use seller_app::network::translate::{Incoming, Incremental, parse};
use serde_json::{Value, json};
use specs::Action;

use crate::world::World;
use crate::{goods, law};

fn publish(world: &World, city: &str) -> Option<Value> {
    let whole = Zone::whole(&world.partner);
    let items = world.items.iter().map(|item| Listing { item, in_stock: item.sku != "MILK-1", zone: &whole }).collect();
    let publication = Publication { seller: &world.seller, shops: vec![Shop { partner: &world.partner, items }] };
    full(&publication, city, &world.rules, world.now)
}

fn payload(world: &mut World, city: &str, message: Value) -> Value {
    let mut context = json!(world.context(Action::OnSearch, 9));
    context["city"] = json!(city);
    json!({ "context": context, "message": message })
}

#[rstest]
fn a_full_catalogue_is_lawful(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let mut world = World::new(version);
    let message = publish(&world, "std:080").unwrap();
    let provider = &message["catalog"]["bpp/providers"][0];
    assert_eq!(provider["id"], "blr-hill");
    let counts: Vec<&str> = provider["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["quantity"]["available"]["count"].as_str().unwrap())
        .collect();
    assert_eq!(counts, ["99", "99", "0"]);
    assert_eq!(provider["items"][1]["quantity"]["maximum"]["count"], "5");
    assert_eq!(provider["locations"][0]["time"]["schedule"]["holidays"], json!(["2027-01-26"]));
    assert_eq!(provider.get("rating").is_some(), version == "1.2.5");
    let payload = payload(&mut world, "std:080", message);
    let complaints = law::complaints(version, Action::OnSearch, &payload);
    assert!(complaints.is_empty(), "{complaints:#?}\n{payload:#}");
    if let Some(specs) = law::published(version) {
        let found = specs.book(law::DOMAIN, version).unwrap().check(Action::OnSearch, &payload);
        let rules: Vec<&str> = found.iter().map(|violation| violation.rule.as_str()).collect();
        assert!(rules.is_empty(), "{rules:#?}\n{payload:#}");
    }
}

#[test]
fn a_city_without_partners_gets_no_answer() {
    let world = World::new("1.2.5");
    assert!(publish(&world, "std:011").is_none());
    assert!(publish(&world, "*").is_some());
}

#[rstest]
fn changes_are_lawful_and_only_changes(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let mut world = World::new(version);
    let (from, to): (Timestamp, Timestamp) = (world.now, world.now + jiff::SignedDuration::from_hours(3));
    world.items[0].price = goods::money("379.00");
    let whole = Zone::whole(&world.partner);
    let part = Zone::of(&world.partner, &["560001"]);
    let listing = |at: usize, in_stock, zone| Listing { item: &world.items[at], in_stock, zone };
    let items = |items, with_places| Change::Items { partner: &world.partner, items, with_places };
    let (partner_id, location_ids) = (world.partner.id.clone(), vec![world.partner.location_id()]);
    let lists: Vec<Vec<Change<'_>>> = vec![
        vec![items(vec![listing(0, true, &whole)], false)],
        vec![items(vec![listing(0, false, &whole), listing(1, true, &part)], true)],
        vec![Change::StoreClosed { partner_id: partner_id.clone(), location_ids: location_ids.clone(), from, to }],
        vec![Change::StoreOpened { partner_id: partner_id.clone(), location_ids }],
        vec![Change::PartnerDisabled { partner_id: partner_id.clone() }],
        vec![Change::PartnerEnabled { partner_id }],
    ];
    let messages: Vec<Value> =
        lists.iter().map(|changes| incremental(&world.seller, changes, &world.rules, world.now)).collect();
    assert_eq!(messages[0]["catalog"]["bpp/providers"][0]["items"][0]["price"]["value"], "379.00");
    assert_eq!(messages[1]["catalog"]["bpp/providers"][0]["items"][0]["quantity"]["available"]["count"], "0");
    assert_eq!(messages[4]["catalog"]["bpp/providers"][0]["time"]["label"], "disable");
    for message in messages {
        assert!(message["catalog"].get("bpp/descriptor").is_none());
        let payload = payload(&mut world, "*", message);
        let complaints = law::complaints(version, Action::OnSearch, &payload);
        assert!(complaints.is_empty(), "{complaints:#?}\n{payload:#}");
    }
}

#[test]
fn changes_of_one_partner_travel_together_and_a_closed_one_sells_nothing() {
    let world = World::new("1.2.5");
    let whole = Zone::whole(&world.partner);
    let items = |at: usize, in_stock| {
        let items = vec![Listing { item: &world.items[at], in_stock, zone: &whole }];
        Change::Items { partner: &world.partner, items, with_places: true }
    };
    let told = incremental(&world.seller, &[items(0, true), items(1, true), items(0, false)], &world.rules, world.now);
    let providers = told["catalog"]["bpp/providers"].as_array().unwrap();
    assert_eq!((providers.len(), providers[0]["items"].as_array().unwrap().len()), (1, 2));
    assert_eq!(providers[0]["items"][0]["quantity"]["available"]["count"], "0", "the later change counts");
    assert_eq!(providers[0]["locations"].as_array().unwrap().len(), 1);
    assert_eq!(providers[0]["tags"].as_array().unwrap().len(), 2, "one for each category, not one for each change");
    let off = Change::PartnerDisabled { partner_id: world.partner.id.clone() };
    let told = incremental(&world.seller, &[items(0, true), off], &world.rules, world.now);
    let closed = &told["catalog"]["bpp/providers"][0];
    assert!(["items", "locations", "tags"].iter().all(|member| closed.get(*member).is_none()), "{closed:#}");
}

#[test]
fn search_is_read() {
    let mut world = World::new("1.2.5");
    let mut read = |tags: Value| {
        let message = json!({ "intent": {
            "category": { "id": "Water" },
            "payment": { "@ondc/org/buyer_app_finder_fee_type": "percent", "@ondc/org/buyer_app_finder_fee_amount": "3" },
            "tags": tags } });
        let context = world.context(Action::Search, 1);
        parse(&context, &message)
    };
    let inc = |list: Value| json!([{ "code": "catalog_inc", "list": list }]);
    let Ok(Incoming::Search(plain)) = read(json!([])) else { panic!() };
    assert_eq!((plain.category.as_deref(), plain.incremental), (Some("Water"), None));
    let Ok(Incoming::Search(start)) = read(inc(json!([{ "code": "mode", "value": "start" }]))) else { panic!() };
    assert_eq!(start.incremental, Some(Incremental::Start));
    let pull = |from: &str, to: &str| {
        inc(json!([{ "code": "start_time", "value": from }, { "code": "end_time", "value": to }]))
    };
    assert!(read(pull("2026-11-23T00:00:00.000Z", "2026-11-23T01:00:00.000Z")).is_ok());
    assert!(read(pull("2026-11-23T02:00:00.000Z", "2026-11-23T01:00:00.000Z")).is_err());
    assert!(read(inc(json!([{ "code": "mode", "value": "sometimes" }]))).is_err());
}

#[test]
fn a_closed_store_promises_from_its_next_opening() {
    let mut world = World::new("1.2.5");
    // 11:00 in India on a Monday.
    world.partner.hours = Hours { opens: "1200".to_owned(), closes: "2000".to_owned(), ..Hours::default() };
    let quote = crate::buyer::select(&mut world, &[("RICE-5", 1)]).unwrap();
    // One hour until opening, half an hour to ship, one hour to deliver.
    assert_eq!(quote.order()["fulfillments"][0]["@ondc/org/TAT"], "PT150M");
    assert_eq!(quote.order()["fulfillments"][0]["@ondc/org/category"], "Same Day");
    world.partner.holidays = (23..=30).map(|day| jiff::civil::date(2026, 11, day)).collect();
    world.partner.hours.days = vec![1];
    let quote = crate::buyer::select(&mut world, &[("RICE-5", 1)]).unwrap();
    assert_eq!(quote.order()["fulfillments"][0]["state"]["descriptor"]["code"], "Serviceable");
    world.partner.hours.days = Vec::new();
    let quote = crate::buyer::select(&mut world, &[("RICE-5", 1)]).unwrap();
    assert_eq!(quote.payload["error"]["code"], "30017");
}

#[test]
fn faults_are_found_before_publishing() {
    let world = World::new("1.2.5");
    assert!(world.partner.faults().is_empty());
    assert!(world.items.iter().all(|item| item.faults().is_empty()));
    let mut item = world.items[0].clone();
    item.sku = "with space".to_owned();
    item.price = goods::money("500.00");
    item.code = "1:123".to_owned();
    let fields: Vec<&str> = item.faults().iter().map(|fault| fault.field).collect();
    assert_eq!(fields, ["sku", "price", "code"]);
    let mut partner = world.partner.clone();
    partner.serves.push("56003".to_owned());
    partner.hours.closes = "0000".to_owned();
    let fields: Vec<&str> = partner.faults().iter().map(|fault| fault.field).collect();
    assert_eq!(fields, ["serves", "hours"]);
}

/// Types of fulfilment that the catalogue shows; everywhere the same, with hours, and items name the first.
fn ways(world: &mut World) -> Vec<Value> {
    let message = publish(world, "std:080").unwrap();
    let types = |place: &Value| place.as_array().unwrap().iter().map(|way| way["type"].clone()).collect::<Vec<_>>();
    let provider = &message["catalog"]["bpp/providers"][0];
    let shown = types(&provider["fulfillments"]);
    assert_eq!(types(&message["catalog"]["bpp/fulfillments"]), shown);
    let first = &provider["fulfillments"][0]["id"];
    assert!(provider["items"].as_array().unwrap().iter().all(|item| &item["fulfillment_id"] == first));
    let timings = provider["tags"].to_string();
    assert!(shown.iter().all(|way| timings.contains(&way.to_string())), "{timings}");
    let payload = payload(world, "std:080", message);
    let complaints = law::complaints(world.version, Action::OnSearch, &payload);
    assert!(complaints.is_empty(), "{complaints:#?}");
    shown
}

#[rstest]
fn each_way_of_a_partner_is_published_with_its_hours(#[values("1.2.0", "1.2.5")] version: &'static str) {
    let mut world = World::new(version);
    assert_eq!(ways(&mut world), ["Delivery"]);
    world.partner.service.capabilities.pickup_counter = true;
    world.partner.service.capabilities.buyer_delivery = true;
    assert_eq!(ways(&mut world), ["Delivery", "Self-Pickup", "Buyer-Delivery"]);
    world.partner.service.capabilities.delivers = false;
    assert_eq!(ways(&mut world), ["Self-Pickup", "Buyer-Delivery"]);
}
