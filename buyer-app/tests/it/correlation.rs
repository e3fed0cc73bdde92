//! Which callback answers which request; what is refused, with which code; who is told, and how fast.

use std::time::{Duration, Instant};

use node::testing::{Behaviour, Peer, TempDatabase, eventually};
use protocol::ack::{ErrorType, NetworkError, Reply};
use protocol::participant::Role;
use serde_json::{Value, json};
use specs::Action;

use crate::life::{init_body, initialised, placed, select_body, walk};
use crate::seller;
use crate::world::{DOMAIN, World, acked, nack_code};

fn nack(code: &str) -> Behaviour {
    Behaviour::Reply(Reply::Nack(NetworkError::new(ErrorType::Domain, code, "no")))
}

/// Runs SQL on the node's own database.
async fn sql(world: &World, text: &'static str) {
    let mut tx = world.buyer().node.db.begin().await.unwrap();
    node::run!(tx, |c| sqlx::query(text).execute(c).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
}

node::both_engines! {
    /// A waiting caller gets the callback as soon as it is stored, not at the next poll.
    async fn a_waiter_is_woken_by_the_callback(db: TempDatabase) {
        let world = World::start(db).await;
        let ask = world.post_with("/api/select", select_body(&world, &[("I1", 1)], false), &[("prefer", "wait=10")]);
        let answering = async {
            let select = eventually("select arrives", || async { world.seller.received().first().map(|r| r.value()) }).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
            acked(world.reply(&select, seller::on_select(&select)).await);
            Instant::now()
        };
        let (answer, answered_at) = tokio::join!(ask, answering);
        assert!(answered_at.elapsed() < Duration::from_millis(400), "{:?} after the ACK", answered_at.elapsed());
        assert_eq!((answer.status, &answer.body["status"]), (200, &json!("answered")), "{}", answer.body);
        assert_eq!(answer.body["answer"]["message"]["order"]["quote"]["price"]["value"], "170.00");
        assert!(world.buyer().waiters.is_empty(), "no registration is left behind");
        world.stop().await;
    }

    /// A search waits until answers stop coming: one, then quiet.
    async fn a_search_waits_for_quiet(db: TempDatabase) {
        let world = World::start(db).await;
        let ask = world.post_with("/api/search", json!({"city": "std:080"}), &[("prefer", "wait=20")]);
        let answering = async {
            let search = eventually("search arrives", || async { world.gateway.received().first().map(|r| r.value()) }).await;
            let at = search["context"]["timestamp"].as_str().unwrap().to_owned();
            acked(world.reply(&search, seller::catalogue(&seller::both_items(&at), &at)).await);
            Instant::now()
        };
        let (answer, answered_at) = tokio::join!(ask, answering);
        assert!(answered_at.elapsed() < Duration::from_secs(3), "{:?}", answered_at.elapsed());
        assert_eq!((answer.status, &answer.body["answers"]), (200, &json!(1)));
        assert_eq!(answer.body["answer"]["kept"]["items"], 2);
        world.stop().await;
    }

    /// The shop says no in on_confirm: everything goes back, whatever its quote says.
    async fn cancelled_in_the_confirmation(db: TempDatabase) {
        let world = World::start(db).await;
        let (transaction, init) = initialised(&world, &[("I1", 1)], false).await;
        acked(world.reply(&init, seller::on_init(&init)).await);
        world.request(init["context"]["message_id"].as_str().unwrap(), "answered").await;
        let payment = collected(&world, &transaction).await;
        let (answer, confirm) = world.asked("/api/confirm", json!({"transaction_id": transaction, "payment_reference": payment})).await;
        let mut order = seller::order(&confirm, "Cancelled", "Cancelled");
        order["cancellation"] = json!({"cancelled_by": world.seller.id.as_str(), "reason": {"id": "022"}});
        acked(world.reply(&confirm, json!({"order": order})).await);
        let view = world.order(answer.body["order_id"].as_str().unwrap(), |o| o["refunds"][0]["state"] == "paid").await;
        assert_eq!((&view["state"], &view["refunded"]), (&json!("Cancelled"), &json!("170.00")));
        world.stop().await;
    }

    /// A NACK ends the wait at once, with the seller's error.
    async fn a_nack_answers_the_waiter(db: TempDatabase) {
        let world = World::start(db).await;
        world.seller.behave_once([nack("30004")]);
        let begun = Instant::now();
        let answer = world.post_with("/api/select", select_body(&world, &[("I1", 1)], false), &[("prefer", "wait=20")]).await;
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
        assert_eq!((answer.status, &answer.body["status"], &answer.body["error"]["code"]), (200, &json!("refused"), &json!("30004")));
        world.stop().await;
    }

    /// Callbacks that answer nothing, the wrong thing, or come from the wrong peer.
    async fn callbacks_out_of_sequence(db: TempDatabase) {
        let world = World::start(db).await;
        let (_, select) = world.asked("/api/select", select_body(&world, &[("I1", 1)], false)).await;
        let answer = seller::on_select(&select);
        let context = |change: &dyn Fn(&mut Value)| {
            let mut value = serde_json::to_value(world.context_of(&select)).unwrap();
            value["action"] = json!("on_select");
            change(&mut value);
            serde_json::from_value(value).unwrap()
        };
        for (what, change) in [
            ("transaction", &(|c: &mut Value| c["transaction_id"] = json!("another")) as &dyn Fn(&mut Value)),
            ("message", &|c: &mut Value| c["message_id"] = json!("never-sent")),
        ] {
            assert_eq!(nack_code(world.send(context(change), answer.clone(), None).await), "20008", "unknown {what}");
        }
        let wrong_action = world.send(context(&|c| c["action"] = json!("on_status")), json!({"order": seller_order(&world).await}), None).await;
        assert_eq!(nack_code(wrong_action), "20008");
        // Another seller of the network answers in the first one's place.
        let stranger = Peer::start("stranger", Role::Seller);
        world.registry.add(stranger.participant(DOMAIN));
        let mut stolen = context(&|_| {});
        stolen.bpp_id = Some(stranger.id.clone());
        stolen.bpp_uri = Some(stranger.url.clone());
        let payload = json!({"context": stolen, "message": answer}).to_string();
        let reply = stranger.post(&world.running.url, "on_select", payload.into()).await;
        assert_eq!(nack_code(Reply::parse(&reply.body).unwrap()), "20008", "another seller");
        // The right answer is still welcome, once: repeated it gets the same ACK and changes nothing.
        acked(world.reply(&select, answer.clone()).await);
        world.request(select["context"]["message_id"].as_str().unwrap(), "answered").await;
        world.stop().await;
    }

    async fn a_late_callback_is_refused(db: TempDatabase) {
        let world = World::start(db).await;
        let (answer, select) = world.asked("/api/select", select_body(&world, &[("I1", 1)], false)).await;
        sql(&world, "update buyer_request set deadline_ms = sent_ms - 1").await;
        assert_eq!(nack_code(world.reply(&select, seller::on_select(&select)).await), "20009");
        world.request(answer.body["message_id"].as_str().unwrap(), "expired").await;
        world.stop().await;
    }

    /// The offer must add up and be what was asked for.
    async fn wrong_offers(db: TempDatabase) {
        let world = World::start(db).await;
        let (_, select) = world.asked("/api/select", select_body(&world, &[("I1", 2)], false)).await;
        let good = seller::on_select(&select);
        for (code, pointer, value) in [
            ("22507", "/order/quote/price/value", json!("290.01")),
            ("20003", "/order/provider/id", json!("P2")),
        ] {
            let mut wrong = good.clone();
            *wrong.pointer_mut(pointer).unwrap() = value;
            assert_eq!(nack_code(world.reply(&select, wrong).await), code, "{pointer}");
        }
        let mut more = seller::on_select(&select);
        more["order"]["quote"] = seller::quote(&[("I1".into(), 3)], true);
        assert_eq!(nack_code(world.reply(&select, more).await), "21002");
        let mut other = seller::on_select(&select);
        other["order"]["quote"] = seller::quote(&[("I1".into(), 2), ("I2".into(), 1)], true);
        assert_eq!(nack_code(world.reply(&select, other).await), "20005");
        acked(world.reply(&select, good).await);
        world.stop().await;
    }

    /// on_init must repeat the price and the finder fee; on_confirm the promise and the price.
    async fn wrong_terms_and_confirmations(db: TempDatabase) {
        let world = World::start(db).await;
        let (transaction, init) = initialised(&world, &[("I1", 2)], false).await;
        let good = seller::on_init(&init);
        let mut dearer = good.clone();
        dearer["order"]["quote"] = seller::quote(&[("I1".into(), 2), ("I2".into(), 1)], false);
        assert_eq!(nack_code(world.reply(&init, dearer).await), "21003");
        let mut fee = good.clone();
        fee["order"]["payment"]["@ondc/org/buyer_app_finder_fee_amount"] = json!("4");
        assert_eq!(nack_code(world.reply(&init, fee).await), "27501");
        let mut same = good.clone();
        same["order"]["payment"]["@ondc/org/buyer_app_finder_fee_amount"] = json!("3.0");
        acked(world.reply(&init, same).await);
        world.request(init["context"]["message_id"].as_str().unwrap(), "answered").await;
        let (_, confirm) = world.asked("/api/confirm", json!({"transaction_id": transaction, "payment_reference": "pg-1"})).await;
        let good = seller::order(&confirm, "Accepted", "Pending");
        let mut slower = good.clone();
        slower["fulfillments"][0]["@ondc/org/TAT"] = json!("PT90M");
        assert_eq!(nack_code(world.reply(&confirm, json!({"order": slower})).await), "22504");
        let mut dearer = good.clone();
        dearer["quote"] = seller::quote(&[("I1".into(), 2), ("I2".into(), 1)], false);
        assert_eq!(nack_code(world.reply(&confirm, json!({"order": dearer})).await), "22507");
        acked(world.reply(&confirm, json!({"order": good})).await);
        world.stop().await;
    }

    /// Reports that are old, or that would turn an order back.
    async fn reports_out_of_order(db: TempDatabase) {
        let world = World::start(db).await;
        let order = placed(&world, &[("I1", 1)], false).await;
        walk(&world, &order, &[("In-progress", "Packed"), ("In-progress", "Order-picked-up")]).await;
        let back = seller::order(&order.confirm, "In-progress", "Packed");
        assert_eq!(nack_code(world.announce(&order.confirm, Action::OnStatus, json!({"order": back})).await), "20007");
        let mut earlier = world.context_of(&order.confirm);
        earlier.action = Action::OnStatus;
        earlier.message_id = protocol::ids::MessageId::parse("late-news").unwrap();
        earlier.timestamp = order.confirm["context"]["timestamp"].as_str().unwrap().parse().unwrap();
        let news = json!({"order": seller::order(&order.confirm, "In-progress", "Order-picked-up")});
        assert_eq!(nack_code(world.send(earlier, news, None).await), "20002");
        let dearer = {
            let mut order = seller::order(&order.confirm, "In-progress", "Order-picked-up");
            order["quote"] = seller::quote(&[("I1".into(), 2)], false);
            order
        };
        assert_eq!(nack_code(world.announce(&order.confirm, Action::OnStatus, json!({"order": dearer})).await), "21003");
        world.stop().await;
    }

    /// Not enough stock: the checkout says which item; a smaller basket in the same transaction goes through.
    async fn out_of_stock_then_less(db: TempDatabase) {
        let world = World::start(db).await;
        let (first, select) = world.asked("/api/select", select_body(&world, &[("I1", 5), ("I2", 1)], false)).await;
        let transaction = first.body["transaction_id"].as_str().unwrap().to_owned();
        let mut short = seller::on_select(&select);
        short["order"]["quote"] = seller::quote(&[("I1".into(), 3), ("I2".into(), 1)], true);
        let error = json!({"type": "DOMAIN-ERROR", "code": "40002", "message": r#"[{"item_id":"I1","error":"40002"}]"#});
        acked(world.reply_with(&select, short, Some(error)).await);
        world.request(first.body["message_id"].as_str().unwrap(), "answered").await;
        let checkout = world.get(&format!("/api/checkouts/{transaction}")).await.body;
        assert_eq!((&checkout["stage"], &checkout["error_code"], &checkout["short_items"]), (&json!("unavailable"), &json!("40002"), &json!(["I1"])));
        let refused = world.post("/api/init", init_body(&transaction)).await;
        assert_eq!((refused.status, refused.content_type.as_str()), (409, "application/problem+json"));
        let mut less = select_body(&world, &[("I1", 3), ("I2", 1)], false);
        less["transaction_id"] = json!(transaction);
        let (_, again) = world.asked("/api/select", less).await;
        assert_eq!(again["context"]["transaction_id"], transaction.as_str());
        assert_ne!(again["context"]["message_id"], select["context"]["message_id"]);
        acked(world.reply(&again, seller::on_select(&again)).await);
        world.request(again["context"]["message_id"].as_str().unwrap(), "answered").await;
        assert_eq!(world.get(&format!("/api/checkouts/{transaction}")).await.body["stage"], "quoted");
        world.stop().await;
    }

    /// The same key and body make one message; the same key with another body is a mistake.
    async fn idempotency_keys(db: TempDatabase) {
        let world = World::start(db).await;
        let body = select_body(&world, &[("I1", 1)], false);
        let key = [("idempotency-key", "cart-7")];
        let first = world.post_with("/api/select", body.clone(), &key).await;
        let (second, third) = tokio::join!(world.post_with("/api/select", body.clone(), &key), world.post_with("/api/select", body.clone(), &key));
        assert_eq!((first.status, second.status, third.status), (202, 202, 202), "{} {}", second.body, third.body);
        assert_eq!(first.body["message_id"], second.body["message_id"]);
        assert_eq!(first.body["message_id"], third.body["message_id"]);
        assert_eq!(first.location, second.location);
        let other = world.post_with("/api/select", select_body(&world, &[("I1", 2)], false), &key).await;
        assert_eq!((other.status, other.body["type"].as_str().unwrap()), (422, "idempotency-key-reused"));
        eventually("the message arrives", || async { (!world.seller.received().is_empty()).then_some(()) }).await;
        assert_eq!(world.seller.received().len(), 1);
        world.stop().await;
    }

    /// The seller refuses the confirmation: there is no order, and our own checkout pays everything back.
    async fn a_refused_confirmation_pays_back(db: TempDatabase) {
        let world = World::start(db).await;
        let (transaction, init) = initialised(&world, &[("I1", 1)], false).await;
        acked(world.reply(&init, seller::on_init(&init)).await);
        world.request(init["context"]["message_id"].as_str().unwrap(), "answered").await;
        let payment = collected(&world, &transaction).await;
        world.seller.behave_once([nack("40008")]);
        world.running.fake_collector.refuse_next(1);
        let answer = world.post_with("/api/confirm", json!({"transaction_id": transaction, "payment_reference": payment}), &[("prefer", "wait=10")]).await;
        assert_eq!((&answer.body["status"], &answer.body["error"]["code"]), (&json!("refused"), &json!("40008")), "{}", answer.body);
        let id = answer.body["order_id"].as_str().unwrap();
        let view = world.order(id, |o| o["refunds"][0]["state"] == "paid").await;
        assert_eq!((&view["state"], &view["refunded"]), (&json!("Failed"), &json!("170.00")));
        let refund = view["refunds"][0]["id"].as_str().unwrap();
        assert_eq!(world.running.fake_collector.refunded(refund).unwrap().wire(), "170.00");
        let told = world.seller.received().iter().any(|r| r.action == "update");
        assert!(!told, "a seller that has no order is not told of a refund");
        world.stop().await;
    }

    /// Nobody answers `confirm`: we ask, then cancel with 999 and pay back.
    async fn an_unanswered_confirmation(db: TempDatabase) {
        let world = World::start(db).await;
        let (transaction, init) = initialised(&world, &[("I1", 1)], false).await;
        acked(world.reply(&init, seller::on_init(&init)).await);
        world.request(init["context"]["message_id"].as_str().unwrap(), "answered").await;
        let payment = collected(&world, &transaction).await;
        let (answer, confirm) = world.asked("/api/confirm", json!({"transaction_id": transaction, "payment_reference": payment})).await;
        sql(&world, "update buyer_order set created_ms = created_ms - 31000").await;
        let sent = |action: &'static str| {
            let seller = &world.seller;
            move || async move { seller.received().into_iter().find(|r| r.action == action).map(|r| r.value()) }
        };
        let status = eventually("status is asked", sent("status")).await;
        assert_eq!(status["message"]["order_id"], confirm["message"]["order"]["id"]);
        let id = answer.body["order_id"].as_str().unwrap();
        let (mut order, version) = buyer_app::store::orders::find(&world.buyer().node.db, id).await.unwrap().unwrap();
        order.created_ms -= 120_000;
        let mut tx = world.buyer().node.db.begin().await.unwrap();
        buyer_app::store::orders::update(&mut tx, &order, version, order.updated_ms).await.unwrap();
        tx.commit().await.unwrap();
        let cancel = eventually("cancel goes out", sent("cancel")).await;
        assert_eq!(cancel["message"]["cancellation_reason_id"], "999");
        let view = world.order(id, |o| o["refunds"][0]["state"] == "paid").await;
        assert_eq!((&view["state"], &view["refunded"]), (&json!("Failed"), &json!("170.00")));
        world.stop().await;
    }

    /// What was sent and what came back outlives a restart.
    async fn records_outlive_a_restart(db: TempDatabase) {
        let world = World::start(db).await;
        let order = placed(&world, &[("I1", 1)], false).await;
        let config = world.buyer().config.clone();
        let World { db, running, http, registry, gateway, seller, .. } = world;
        running.stop().await;
        let again = buyer_app::start(config, Some(node::testing::listener()), node::node::Surroundings::system()).await.unwrap();
        let answer = http.get(&format!("{}/api/orders/{}", again.url, order.id), &[]).await.unwrap();
        let view: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!((&view["state"], &view["total"]), (&json!("Accepted"), &json!("170.00")));
        let message = order.confirm["context"]["message_id"].as_str().unwrap();
        let answer = http.get(&format!("{}/api/requests/{message}", again.url), &[]).await.unwrap();
        let request: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!((&request["status"], &request["answer_action"]), (&json!("answered"), &Value::Null));
        again.stop().await;
        drop((db, registry, gateway, seller));
    }
}

/// A payment that our own checkout collected.
async fn collected(world: &World, transaction: &str) -> String {
    use buyer_app::store::payments::{PaymentRow, insert, settle};
    let id = protocol::randomness::Randomness::uuid_v4(&protocol::randomness::OsRandomness).to_string();
    let row = PaymentRow {
        payment_id: id.clone(),
        transaction_id: transaction.to_owned(),
        owner: "api".into(),
        amount: "170.00".into(),
        currency: "INR".into(),
        status: "open".into(),
        reference: String::new(),
        refunded: "0.00".into(),
        created_ms: 1,
        updated_ms: 1,
    };
    let mut tx = world.buyer().node.db.begin().await.unwrap();
    insert(&mut tx, &row).await.unwrap();
    settle(&mut tx, &id, true, "fake", 2).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// Any whole order, for messages that are refused before it is looked at.
async fn seller_order(world: &World) -> Value {
    seller::order(&placed(world, &[("I1", 1)], false).await.confirm, "Accepted", "Pending")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_wait_is_bounded_and_calls_are_checked() {
    let db = node::testing::temp_database(node::testing::Engine::Sqlite).await.unwrap();
    let world = World::start(db).await;
    let begun = Instant::now();
    let answer =
        world.post_with("/api/select", select_body(&world, &[("I1", 1)], false), &[("prefer", "wait=1")]).await;
    assert_eq!(answer.status, 202);
    assert!(
        begun.elapsed() >= Duration::from_secs(1) && begun.elapsed() < Duration::from_secs(4),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(answer.location.unwrap(), format!("/api/requests/{}", answer.body["message_id"].as_str().unwrap()));
    for (path, body, status, field) in [
        ("/api/select", json!({"bpp_id": "x", "provider_id": "P1"}), 422, "."),
        (
            "/api/select",
            json!({"bpp_id": "x", "provider_id": "P1", "items": [{"id": "I1", "count": "two"}], "area_code": "560001"}),
            422,
            "items[0].count",
        ),
        (
            "/api/select",
            json!({"bpp_id": world.seller.id.as_str(), "provider_id": "P1", "location_id": "L1", "items": [], "area_code": "560001"}),
            422,
            "items",
        ),
        (
            "/api/select",
            json!({"bpp_id": world.seller.id.as_str(), "provider_id": "P1", "location_id": "L1", "items": [{"id": "I1", "count": 1}],
            "area_code": "560001", "gps": "12.9,77.6"}),
            422,
            "/message/order/fulfillments/0/end/location/gps",
        ),
        ("/api/search", json!({"category": "Snacks", "product": "rice"}), 422, "product"),
        ("/api/cancel", json!({"order_id": "none", "reason_id": "051"}), 404, ""),
        ("/api/init", init_body("none"), 404, ""),
    ] {
        let answer = world.post(path, body).await;
        assert_eq!(
            (answer.status, answer.content_type.as_str()),
            (status, "application/problem+json"),
            "{path}: {}",
            answer.body
        );
        assert_eq!(answer.body["field"].as_str().unwrap_or_default(), field, "{path}: {}", answer.body);
    }
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_api_wants_the_token() {
    let db = node::testing::temp_database(node::testing::Engine::Sqlite).await.unwrap();
    let world = World::start_with(db, "1.2.5", |config| {
        config.node.danger_open_console = false;
        config.node.console_token = node::config::Secret::new("open-sesame");
    })
    .await;
    for path in ["/api/orders", "/api/catalogue", "/api/requests/x", "/api/transactions/x/events"] {
        let answer = world.get(path).await;
        assert_eq!((answer.status, answer.content_type.as_str()), (401, "application/problem+json"), "{path}");
    }
    assert_eq!(world.post("/api/search", json!({})).await.status, 401);
    let answer = world.post_with("/api/search", json!({}), &[("authorization", "Bearer open-sesame")]).await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    world.stop().await;
}

/// The stream tells what happens, in order, and goes on after the last event that a reader saw.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_streamed() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let db = node::testing::temp_database(node::testing::Engine::Sqlite).await.unwrap();
    let world = World::start(db).await;
    let (answer, select) = world.asked("/api/select", select_body(&world, &[("I1", 1)], false)).await;
    let transaction = answer.body["transaction_id"].as_str().unwrap();
    let address = world.running.url.strip_prefix("http://").unwrap().to_owned();
    let open = async |last: &str| {
        let mut socket = tokio::net::TcpStream::connect(&address).await.unwrap();
        let head = format!("GET /api/transactions/{transaction}/events HTTP/1.1\r\nhost: x\r\n{last}\r\n");
        socket.write_all(head.as_bytes()).await.unwrap();
        socket
    };
    let mut socket = open("").await;
    acked(world.reply(&select, seller::on_select(&select)).await);
    let mut text = String::new();
    let mut part = [0; 4096];
    let reading = async {
        while !text.contains("event: callback") || !text.ends_with("\n\n\r\n") {
            let read = socket.read(&mut part).await.unwrap();
            assert!(read > 0, "the stream ended: {text}");
            text.push_str(&String::from_utf8_lossy(&part[..read]));
        }
    };
    tokio::time::timeout(Duration::from_secs(10), reading).await.expect("the events come");
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what} is missing in {text}"));
    assert!(at("event: sent") < at("event: ack") && at("event: ack") < at("event: callback"));
    assert!(text.contains("text/event-stream"));
    let mut resumed = open("last-event-id: 2\r\n").await;
    let read = resumed.read(&mut part).await.unwrap();
    let mut text = String::from_utf8_lossy(&part[..read]).into_owned();
    if !text.contains("event:") {
        let read = resumed.read(&mut part).await.unwrap();
        text.push_str(&String::from_utf8_lossy(&part[..read]));
    }
    assert!(text.contains("event: callback") && !text.contains("event: sent"), "{text}");
    // Open streams do not hold up the stop.
    let begun = Instant::now();
    world.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}
