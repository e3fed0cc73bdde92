//! A whole life: search to refund, in both core versions; cash; cancel; part cancel. Every message that leaves must pass
//! the book, and every amount must be exact.

use node::testing::{Engine, TempDatabase, eventually, temp_database};
use serde_json::{Value, json};
use specs::{Action, Specs};

use crate::seller;
use crate::world::{DOMAIN, World, acked};

/// The order and its confirm.
pub struct Placed {
    pub id: String,
    pub confirm: Value,
}

pub fn select_body(world: &World, lines: &[(&str, u32)], cash: bool) -> Value {
    let items: Vec<Value> = lines.iter().map(|(id, count)| json!({"id": id, "count": count})).collect();
    json!({"bpp_id": world.seller.id.as_str(), "provider_id": "P1", "location_id": "L1", "items": items, "area_code": "560037", "cash": cash,
        "core_version": world.version})
}

pub fn init_body(transaction: &str) -> Value {
    json!({"transaction_id": transaction, "name": "Asha Rao", "phone": "9876543210", "email": "asha@shopper.localhost",
        "address": {"name": "Flat 12", "building": "Lake View", "locality": "Old Airport Road", "city": "Bengaluru", "state": "Karnataka"}})
}

/// select, init, confirm, on_confirm Accepted.
pub async fn placed(world: &World, lines: &[(&str, u32)], cash: bool) -> Placed {
    let (transaction, init) = initialised(world, lines, cash).await;
    acked(world.reply(&init, seller::on_init(&init)).await);
    world.request(init["context"]["message_id"].as_str().unwrap(), "answered").await;
    let reference = if cash { Value::Null } else { json!("pg-20260318-1") };
    let (_, confirm) =
        world.asked("/api/confirm", json!({"transaction_id": transaction, "payment_reference": reference})).await;
    acked(world.reply(&confirm, json!({"order": seller::order(&confirm, "Accepted", "Pending")})).await);
    let id = confirm["message"]["order"]["id"].as_str().unwrap().to_owned();
    world.order(&id, |o| o["state"] == "Accepted").await;
    Placed { id, confirm }
}

pub async fn initialised(world: &World, lines: &[(&str, u32)], cash: bool) -> (String, Value) {
    let (answer, select) = world.asked("/api/select", select_body(world, lines, cash)).await;
    acked(world.reply(&select, seller::on_select(&select)).await);
    let transaction = answer.body["transaction_id"].as_str().unwrap().to_owned();
    world.request(answer.body["message_id"].as_str().unwrap(), "answered").await;
    let (_, init) = world.asked("/api/init", init_body(&transaction)).await;
    (transaction, init)
}

/// Unsolicited on_status for each state.
pub async fn walk(world: &World, placed: &Placed, states: &[(&str, &str)]) -> Value {
    let mut order = Value::Null;
    for (state, fulfilment) in states {
        order = seller::order(&placed.confirm, state, fulfilment);
        acked(world.announce(&placed.confirm, Action::OnStatus, json!({"order": order})).await);
        world.order(&placed.id, |o| o["fulfilments"][0]["state"] == *fulfilment && o["state"] == *state).await;
    }
    order
}

pub const DELIVERED: [(&str, &str); 5] = [
    ("In-progress", "Packed"),
    ("In-progress", "Agent-assigned"),
    ("In-progress", "Order-picked-up"),
    ("In-progress", "Out-for-delivery"),
    ("Completed", "Order-delivered"),
];

/// Everything the buyer sent so far, judged by the book.
fn judge_all_sent(world: &World) {
    let specs = Specs::builtin().unwrap();
    let book = specs.book(DOMAIN, &world.version).unwrap();
    let sent: Vec<_> = world.seller.received().into_iter().chain(world.gateway.received()).collect();
    assert!(sent.len() >= 4, "only {} messages were sent", sent.len());
    for message in sent {
        let action: Action = message.action.parse().unwrap();
        let violations = book.check(action, &message.value());
        assert!(violations.is_empty(), "{action}: {violations:#?}");
        let value = message.value();
        assert_eq!(value["context"]["core_version"], world.version.as_str());
        assert_eq!(value["context"]["ttl"], "PT30S");
    }
}

/// Timestamps of one transaction only rise, message ids never repeat.
fn judge_order_of(world: &World, transaction: &Value) {
    let of: Vec<Value> = world
        .seller
        .received()
        .iter()
        .map(|r| r.value())
        .filter(|v| v["context"]["transaction_id"] == *transaction)
        .collect();
    let times: Vec<String> = of.iter().map(|v| v["context"]["timestamp"].as_str().unwrap().to_owned()).collect();
    assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "{times:?}");
    let ids: std::collections::BTreeSet<_> = of.iter().map(|v| v["context"]["message_id"].to_string()).collect();
    assert_eq!(ids.len(), of.len());
}

async fn whole_life(db: TempDatabase, version: &str) {
    let world = World::start_with(db, version, |_| {}).await;
    let (_, search) = world.asked("/api/search", json!({"city": "std:080", "core_version": version})).await;
    let at = search["context"]["timestamp"].as_str().unwrap().to_owned();
    acked(world.reply(&search, seller::catalogue(&seller::both_items(&at), &at)).await);
    world.request(search["context"]["message_id"].as_str().unwrap(), "answered").await;
    let found = world.get("/api/catalogue?q=rice&city=std:080&area_code=560037").await;
    assert_eq!(found.body["items"][0]["id"], "I1", "{}", found.body);

    let placed = placed(&world, &[("I1", 2), ("I2", 1)], false).await;
    let order = walk(&world, &placed, &DELIVERED).await;
    let (_, track) = world.asked("/api/track", json!({"order_id": placed.id})).await;
    acked(
        world
            .reply(
                &track,
                json!({"tracking": {"id": "F1", "url": "https://seller.localhost/track", "status": "active"}}),
            )
            .await,
    );
    let (_, status) = world.asked("/api/status", json!({"order_id": placed.id})).await;
    acked(world.reply(&status, json!({"order": order})).await);
    returned(&world, &placed, &order).await;
    for (path, body) in
        [("/api/support", json!({"order_id": placed.id})), ("/api/rating", json!({"order_id": placed.id, "value": 5}))]
    {
        world.asked(path, body).await;
    }
    judge_all_sent(&world);
    judge_order_of(&world, &placed.confirm["context"]["transaction_id"]);
    world.stop().await;
}

/// One of two bags of rice comes back and is paid back, told to the seller by the settlement trail.
async fn returned(world: &World, placed: &Placed, order: &Value) {
    let body = json!({"order_id": placed.id, "item_id": "I1", "count": 1, "reason_id": "003", "reason_desc": "the bag is torn",
        "images": ["https://shopper.localhost/torn.jpg"]});
    let (_, update) = world.asked("/api/return", body.clone()).await;
    let fulfilment = &update["message"]["order"]["fulfillments"][0];
    let id = fulfilment["id"].as_str().unwrap().to_owned();
    assert_eq!(fulfilment["tags"][0]["code"], "return_request");
    let tags = fulfilment["tags"].clone();
    acked(
        world
            .reply(
                &update,
                json!({"order": seller::with_fulfilment(order, "Return", &id, "Return_Initiated", tags.clone())}),
            )
            .await,
    );
    let approved = seller::with_fulfilment(order, "Return", &id, "Return_Approved", tags.clone());
    acked(world.announce(&placed.confirm, Action::OnUpdate, json!({"order": approved})).await);
    world.order(&placed.id, |o| o["fulfilments"][1]["state"] == "Return_Approved").await;
    // While a return is open its pieces cannot be returned again; the other bag can.
    let again = world
        .post("/api/return", json!({"order_id": placed.id, "item_id": "I1", "count": 2, "reason_id": "003"}))
        .await;
    assert_eq!((again.status, &again.body["code"]), (409, &json!("30005")), "{}", again.body);

    let picked = seller::moved(order, "Return", &id, "Return_Picked", "I1", 1, tags.as_array().unwrap().clone());
    acked(world.announce(&placed.confirm, Action::OnUpdate, json!({"order": picked})).await);
    let view = world.order(&placed.id, |o| o["refunds"][0]["amount"] == "120.00").await;
    assert_eq!(view["total"], "265.50");
    // The marketplace collected the money elsewhere, so it pays back and tells us.
    let (_, trail) = world.asked("/api/refund", json!({"order_id": placed.id, "reference": "pg-refund-1"})).await;
    let details = &trail["message"]["order"]["payment"]["@ondc/org/settlement_details"][0];
    assert_eq!(
        (&details["settlement_amount"], &details["settlement_counterparty"]),
        (&json!("120.00"), &json!("buyer"))
    );
    assert_eq!(trail["message"]["order"]["fulfillments"][0], json!({"id": id, "type": "Return"}));
    acked(
        world.announce(&placed.confirm, Action::OnUpdate, json!({"order": seller::back_at_the_store(&picked)})).await,
    );
    let view = world.order(&placed.id, |o| o["fulfilments"][1]["state"] == "Return_Delivered").await;
    assert_eq!(
        (&view["refunded"], &view["state"], view["refunds"].as_array().unwrap().len()),
        (&json!("120.00"), &json!("Completed"), 1),
        "{view:#}"
    );
    assert_eq!(view["items"][0]["count_now"], 1);
    for fulfilment in view["fulfilments"].as_array().unwrap() {
        let (picked, delivered) =
            (fulfilment["picked_at"].as_str().unwrap(), fulfilment["delivered_at"].as_str().unwrap());
        assert!(picked < delivered, "{fulfilment:#}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whole_life_1_2_5_sqlite() {
    whole_life(temp_database(Engine::Sqlite).await.unwrap(), "1.2.5").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whole_life_1_2_0_sqlite() {
    whole_life(temp_database(Engine::Sqlite).await.unwrap(), "1.2.0").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whole_life_1_2_5_postgres() {
    if let Some(db) = temp_database(Engine::Postgres).await {
        whole_life(db, "1.2.5").await;
    }
}

node::both_engines! {
    /// Cash: nothing is paid before the door, so a cancel owes nothing; a delivered order is paid.
    async fn cash_on_delivery(db: TempDatabase) {
        let world = World::start(db).await;
        let order = placed(&world, &[("I2", 1)], true).await;
        let payment = &order.confirm["message"]["order"]["payment"];
        assert_eq!((&payment["type"], &payment["collected_by"], &payment["status"]), (&json!("ON-FULFILLMENT"), &json!("BPP"), &json!("NOT-PAID")));
        assert_eq!(payment["params"].get("transaction_id"), None);
        assert_eq!(payment["@ondc/org/settlement_details"][0]["settlement_counterparty"], "buyer-app");
        walk(&world, &order, &DELIVERED[..4]).await;
        let mut delivered = seller::order(&order.confirm, "Completed", "Order-delivered");
        delivered["payment"]["status"] = json!("PAID");
        acked(world.announce(&order.confirm, Action::OnStatus, json!({"order": delivered})).await);
        world.order(&order.id, |o| o["paid"] == true && o["state"] == "Completed").await;

        let other = placed(&world, &[("I1", 1)], true).await;
        cancel(&world, &other, "I1", 1).await;
        let view = world.order(&other.id, |o| o["state"] == "Cancelled").await;
        assert_eq!(view["refunds"], json!([]), "nothing was paid, nothing goes back");
        world.stop().await;
    }

    /// Prepaid cancel: the price of the goods goes back, the delivery charge that the seller keeps does not.
    async fn cancelled_order_pays_back(db: TempDatabase) {
        let world = World::start(db).await;
        let order = placed(&world, &[("I1", 2)], false).await;
        let wrong = world.post("/api/cancel", json!({"order_id": order.id, "reason_id": "011"})).await;
        assert_eq!((wrong.status, &wrong.body["code"]), (409, &json!("22502")), "{}", wrong.body);
        cancel(&world, &order, "I1", 2).await;
        let view = world.order(&order.id, |o| o["state"] == "Cancelled").await;
        assert_eq!((&view["total"], &view["refunds"][0]["amount"], &view["cancel_reason_id"]), (&json!("50.00"), &json!("240.00"), &json!("051")));
        assert_eq!(view["refunds"][0]["state"], "due", "the marketplace collected it, so it pays back");
        let late = world.post("/api/cancel", json!({"order_id": order.id, "reason_id": "051"})).await;
        assert_eq!(late.status, 409);
        world.stop().await;
    }

    /// The seller cannot deliver one of three and says so in an unsolicited on_update.
    async fn part_cancel_by_the_seller(db: TempDatabase) {
        let world = World::start(db).await;
        let order = placed(&world, &[("I1", 3)], false).await;
        let whole = seller::order(&order.confirm, "Accepted", "Pending");
        let tags = vec![json!({"code": "cancel_request", "list": [{"code": "reason_id", "value": "002"}, {"code": "initiated_by", "value": world.seller.id.as_str()}]})];
        let part = seller::moved(&whole, "Cancel", "C1", "Cancelled", "I1", 1, tags);
        // One paisa off is refused: trail and total must agree.
        let mut wrong = part.clone();
        wrong["quote"]["price"]["value"] = json!("290.01");
        wrong["quote"]["breakup"][1]["price"]["value"] = json!("50.01");
        let code = crate::world::nack_code(world.announce(&order.confirm, Action::OnUpdate, json!({"order": wrong})).await);
        assert_eq!(code, "22507");
        acked(world.announce(&order.confirm, Action::OnUpdate, json!({"order": part})).await);
        let view = world.order(&order.id, |o| o["refunds"][0]["amount"] == "120.00").await;
        assert_eq!((&view["state"], &view["items"][0]["count_now"], &view["total"]), (&json!("Accepted"), &json!(2), &json!("290.00")));
        // Told again, it is not owed again.
        acked(world.announce(&order.confirm, Action::OnStatus, json!({"order": part})).await);
        eventually("the second report is folded in", || async {
            let events = buyer_app::store::events::of_transaction(&world.buyer().node.db, order.confirm["context"]["transaction_id"].as_str().unwrap(), 0).await.unwrap();
            (events.iter().filter(|e| e.kind == "unsolicited").count() == 2).then_some(())
        }).await;
        assert_eq!(world.order(&order.id, |_| true).await["refunds"].as_array().unwrap().len(), 1);
        world.stop().await;
    }
}

async fn cancel(world: &World, order: &Placed, item: &str, count: i64) {
    let (_, cancel) = world.asked("/api/cancel", json!({"order_id": order.id, "reason_id": "051"})).await;
    let whole = seller::order(&order.confirm, "Cancelled", "Cancelled");
    let mut cancelled = seller::moved(&whole, "Cancel", "C1", "Cancelled", item, count, Vec::new());
    cancelled["cancellation"] =
        json!({"cancelled_by": world.buyer().node.identity.subscriber_id.as_str(), "reason": {"id": "051"}});
    cancelled["fulfillments"][0]["tags"] = json!([{"code": "cancel_request", "list": [{"code": "reason_id", "value": "051"},
        {"code": "initiated_by", "value": world.buyer().node.identity.subscriber_id.as_str()}]},
        {"code": "precancel_state", "list": [{"code": "fulfillment_state", "value": "Pending"}, {"code": "updated_at", "value": order.confirm["context"]["timestamp"]}]}]);
    acked(world.reply(&cancel, json!({"order": cancelled})).await);
}
