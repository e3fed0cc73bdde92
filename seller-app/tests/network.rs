//! The seller on the wire: real sockets, signed messages, a buyer app that the test plays. Every callback is checked by the book.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

use node::testing::{Behaviour, Engine, eventually};
use protocol::ack::{ErrorType, NetworkError, Reply};
use serde_json::{Value, json};
use specs::Action;

#[path = "support/buyer.rs"]
#[macro_use]
mod buyer;
use buyer::{DOMAIN, PARTNER, Session, World};

fn providers(on_search: &Value) -> &Vec<Value> {
    on_search["message"]["catalog"]["bpp/providers"].as_array().unwrap()
}

journeys! {
    async fn a_search_is_answered_with_the_stores_of_the_city(world) {
        let session = world.session();
        let on_search = session.ask(Action::Search, &Session::search()).await;
        let ids: Vec<&str> = providers(&on_search).iter().map(|one| one["id"].as_str().unwrap()).collect();
        assert_eq!(ids.len(), 5, "{ids:?}");
        assert!(ids.iter().all(|id| id.starts_with("blr-")));
        let items: Vec<&Value> = providers(&on_search).iter().flat_map(|one| one["items"].as_array().unwrap()).collect();
        assert!(items.len() >= 15 && items.iter().all(|item| item["category_id"] == "Rice and Rice Products"));
        assert!(items[0]["descriptor"]["images"][0].as_str().unwrap().starts_with("http://seller.localhost:"));
    }

    async fn an_order_from_a_zone_is_an_order_from_the_place(world) {
        let session = world.session();
        let on_search = session.ask(Action::Search, &Session::search()).await;
        let shop = providers(&on_search).iter().find(|one| one["id"] == PARTNER).unwrap();
        let home = format!("{PARTNER}-L1");
        let items = shop["items"].as_array().unwrap();
        let zone = items.iter().map(|item| item["location_id"].as_str().unwrap()).find(|id| *id != home).unwrap();
        let place = shop["locations"].as_array().unwrap().iter().find(|one| one["id"] == zone).unwrap();
        // An item of the zone, and one that stood elsewhere when the buyer app saw it: one order, one location.
        let before = (world.available("NG-001").await, world.available("NG-002").await);
        let at_home = Session::select(&[("NG-001", 1), ("NG-002", 2)]);
        let select: Value = serde_json::from_str(&at_home.to_string().replace(&home, zone)).unwrap();
        let on_select = session.ask(Action::Select, &select).await;
        assert!(on_select["error"].is_null(), "{on_select:#}");
        let init = Session::init(&select, &on_select);
        let on_init = session.ask(Action::Init, &init).await;
        assert_eq!(on_init["message"]["order"]["provider"]["locations"], json!([{ "id": zone }]));
        let context = session.context(Action::Confirm);
        let confirm = Session::confirm("zone-order", &init, &on_select, &on_init, context.timestamp);
        assert_eq!(session.send(&context, &confirm).await, Reply::Ack);
        let order = session.callback(Action::OnConfirm, &context.message_id).await["message"]["order"].clone();
        assert_eq!(order["provider"]["locations"], json!([{ "id": zone }]));
        assert!(order["items"].as_array().unwrap().iter().all(|item| item["location_id"] == zone));
        let start = &order["fulfillments"][0]["start"]["location"];
        assert_eq!((&start["id"], &start["gps"]), (&json!(zone), &place["gps"]));
        assert_eq!((world.available("NG-001").await, world.available("NG-002").await), (before.0 - 1, before.1 - 2));

        let elsewhere = select.to_string().replace(zone, "blr-hsr-L1");
        let elsewhere: Value = serde_json::from_str(&elsewhere).unwrap();
        assert_eq!(world.session().refused(Action::Select, &elsewhere).await, "30002");
    }

    async fn an_order_goes_all_the_way_and_part_of_it_comes_back(world) {
        let session = world.session();
        session.ask(Action::Search, &Session::search()).await;
        let before = world.stock("NG-001").await;
        let order_id = session.buy(&[("NG-001", 2), ("NG-005", 1)]).await;
        let accepted = session.told(Action::OnStatus, "Pending").await;
        assert_eq!(accepted["message"]["order"]["state"], "Accepted");
        assert_eq!(world.stock("NG-001").await.committed, before.committed + 2);

        for (action, state) in [
            ("pack", "Packed"),
            ("assign", "Agent-assigned"),
            ("pick-up", "Order-picked-up"),
            ("out-for-delivery", "Out-for-delivery"),
            ("deliver", "Order-delivered"),
        ] {
            world.desk(&order_id, action, "").await;
            let told = session.told(Action::OnStatus, state).await;
            assert_eq!(told["message"]["order"]["id"], json!(order_id));
        }
        let shipped = world.stock("NG-001").await;
        assert_eq!((shipped.on_hand, shipped.committed), (before.on_hand - 2, before.committed));

        let request = json!({ "update_target": "item", "order": { "id": order_id, "fulfillments": [{ "type": "Return", "tags": [{
            "code": "return_request", "list": [
                { "code": "id", "value": "R1" }, { "code": "item_id", "value": "NG-001" },
                { "code": "item_quantity", "value": "1" }, { "code": "reason_id", "value": "003" },
                { "code": "reason_desc", "value": "The bag is torn" },
                { "code": "images", "value": "https://buyer.example/torn.jpg" },
                { "code": "ttl_approval", "value": "PT24H" }, { "code": "ttl_reverseqc", "value": "P3D" },
            ],
        }]}]}});
        session.ask(Action::Update, &request).await;
        let waiting = seller_app::store::order_list::waiting(&world.seller.app.node.db, "").await.unwrap();
        assert_eq!(waiting.iter().map(|one| one.attention.as_str()).collect::<Vec<_>>(), ["decide-return"]);
        for (action, state) in [
            ("returns/R1/approve", "Return_Approved"),
            ("returns/R1/pick", "Return_Picked"),
            ("returns/R1/deliver", "Return_Delivered"),
        ] {
            world.desk(&order_id, action, "").await;
            session.told(Action::OnUpdate, state).await;
        }
        assert_eq!(world.stock("NG-001").await.on_hand, before.on_hand - 1, "one came back");

        let times: Vec<String> = [Action::OnSelect, Action::OnInit, Action::OnConfirm, Action::OnStatus, Action::OnUpdate]
            .into_iter()
            .flat_map(|action| session.got(action))
            .map(|payload| payload["context"]["timestamp"].as_str().unwrap().to_owned())
            .collect();
        let mut later = times.clone();
        later.sort();
        later.dedup();
        assert_eq!(times, later, "every message is later than the one before");
        let stuck = world.seller.app.node.outbox.pending().await.unwrap();
        assert_eq!((stuck.refused, stuck.dead), (0, 0));
    }

    async fn what_is_not_there_is_said_with_the_quote(world) {
        let session = world.session();
        let app = &world.seller.app;
        let key = seller_app::store::shelf::ShelfKey::new(PARTNER, "NG-002");
        let mut tx = app.node.db.begin().await.unwrap();
        seller_app::store::stock::count(&mut tx, &key, 1, Some(0), "test", &app.stamp()).await.unwrap();
        tx.commit().await.unwrap();
        let on_select = session.ask(Action::Select, &Session::select(&[("NG-001", 1), ("NG-002", 3)])).await;
        assert_eq!(on_select["error"]["code"], "40002");
        let short: Value = serde_json::from_str(on_select["error"]["message"].as_str().unwrap()).unwrap();
        assert_eq!(short, json!([{ "item_id": "NG-002", "error": "40002" }]));
    }

    async fn two_buyers_want_the_last_unit_and_one_gets_it(world) {
        let app = &world.seller.app;
        let key = seller_app::store::shelf::ShelfKey::new(PARTNER, "NG-001");
        let mut tx = app.node.db.begin().await.unwrap();
        seller_app::store::stock::count(&mut tx, &key, 1, Some(0), "test", &app.stamp()).await.unwrap();
        tx.commit().await.unwrap();
        let (one, other) = (world.session(), world.session());
        let select = Session::select(&[("NG-001", 1)]);
        let quotes = (one.ask(Action::Select, &select).await, other.ask(Action::Select, &select).await);
        assert!(quotes.0["error"].is_null() && quotes.1["error"].is_null(), "both were quoted");
        let (mine, theirs) = (Session::init(&select, &quotes.0), Session::init(&select, &quotes.1));
        let (a, b) = (one.context(Action::Init), other.context(Action::Init));
        let (first, second) = tokio::join!(one.send(&a, &mine), other.send(&b, &theirs));
        // Whoever is late is told: in the NACK when the hold was seen, else in the callback.
        let mut held = 0;
        for (session, context, reply) in [(&one, &a, first), (&other, &b, second)] {
            match reply {
                Reply::Nack(error) => assert_eq!(error.code, "40002"),
                Reply::Ack => {
                    let on_init = eventually("on_init", || async {
                        session.got(Action::OnInit).into_iter().find(|one| one["context"]["message_id"] == json!(context.message_id))
                    })
                    .await;
                    if on_init["error"].is_null() {
                        held += 1;
                    } else {
                        assert_eq!(on_init["error"]["code"], "40002");
                        session.assert_clean(Action::OnInit, &on_init);
                    }
                }
            }
        }
        assert_eq!(held, 1);
        assert_eq!(world.stock("NG-001").await.held, 1);
    }

    async fn a_request_that_fails_after_its_ack_still_gets_a_whole_answer(world) {
        let app = &world.seller.app;
        let session = world.session();
        let select = Session::select(&[("NG-001", 1)]);
        let on_select = session.ask(Action::Select, &select).await;
        let init = Session::init(&select, &on_select);
        let on_init = session.ask(Action::Init, &init).await;
        let context = session.context(Action::Confirm);
        let confirm = Session::confirm("turned-down", &init, &on_select, &on_init, context.timestamp);
        for (action, callback, message) in [(Action::Init, Action::OnInit, &init), (Action::Confirm, Action::OnConfirm, &confirm)] {
            let context = session.context(action);
            let meant = seller_app::network::translate::parse(&context, message).unwrap();
            let seller_app::network::translate::Incoming::Order { at, command } = meant else { panic!("an order") };
            let loaded = seller_app::processing::load(app, &at, &command, app.now()).await.unwrap();
            let answer = seller_app::processing::turned_down::body(app, &loaded, &command, &context);
            let reply = context.reply(&app.node.identity.subscriber_id, &app.node.identity.url, jiff::Timestamp::now()).unwrap();
            let error = NetworkError::new(ErrorType::Domain, "40002", "gone");
            let payload = protocol::envelope::render(&reply, &answer.message, Some(&error));
            session.assert_clean(callback, &serde_json::from_slice(&payload).unwrap());
            assert_eq!(answer.ended.is_some(), action == Action::Confirm);
        }
    }

    async fn what_cannot_be_done_is_refused_before_the_ack(world) {
        let session = world.session();
        assert_eq!(session.refused(Action::Status, &json!({ "order_id": "no-such-order" })).await, "30018");
        let mut select = Session::select(&[("NG-001", 1)]);
        select["order"]["provider"]["id"] = json!("nobody");
        assert_eq!(session.refused(Action::Select, &select).await, "30001");
        assert_eq!(session.refused(Action::Select, &Session::select(&[("NG-999", 1)])).await, "30004");
        assert_eq!(session.refused(Action::Select, &Session::select(&[("NG-001", 99)])).await, "40009");

        let order_id = session.buy(&[("NG-001", 1)]).await;
        // A request that is older than the last one that changed the order.
        let mut old = session.context(Action::Cancel);
        old.timestamp -= jiff::SignedDuration::from_secs(4);
        let cancel = json!({ "order_id": order_id, "cancellation_reason_id": "053" });
        match session.send(&old, &cancel).await {
            Reply::Nack(error) => assert_eq!((error.code.as_str(), error.kind), ("30022", ErrorType::Context)),
            Reply::Ack => panic!("a stale cancel was accepted"),
        }
        // Another buyer app knows the order's id: for it there is no such order.
        let thief = node::testing::Peer::start("thief", protocol::participant::Role::Buyer);
        world.registry.add(thief.participant(DOMAIN));
        let context = thief.context(&world.seller.app.node.identity.subscriber_id, Action::Cancel);
        let bytes = protocol::envelope::render(&context, &cancel, None);
        let answer = thief.post(&world.seller.url, "cancel", bytes).await;
        match Reply::parse(&answer.body).unwrap() {
            Reply::Nack(error) => assert_eq!(error.code, "30018"),
            Reply::Ack => panic!("a stranger cancelled the order"),
        }
    }

    async fn a_repeated_confirm_is_answered_again_and_sells_once(world) {
        let session = world.session();
        let select = Session::select(&[("NG-001", 2)]);
        let on_select = session.ask(Action::Select, &select).await;
        let init = Session::init(&select, &on_select);
        let on_init = session.ask(Action::Init, &init).await;
        let first = session.context(Action::Confirm);
        let confirm = Session::confirm("order-once", &init, &on_select, &on_init, first.timestamp);
        let before = world.stock("NG-001").await;
        // The same message three times, then a new message with the same order.
        for _ in 0..3 {
            assert_eq!(session.send(&first, &confirm).await, Reply::Ack);
        }
        session.callback(Action::OnConfirm, &first.message_id).await;
        let again = session.context(Action::Confirm);
        assert_eq!(session.send(&again, &confirm).await, Reply::Ack);
        session.callback(Action::OnConfirm, &again.message_id).await;
        let after = world.stock("NG-001").await;
        assert_eq!((after.committed, after.held), (before.committed + 2, before.held - 2));
        assert_eq!(session.got(Action::OnConfirm).len(), 2);
        // The id of an order cannot be used for another cart.
        let other = world.session();
        let on_select = other.ask(Action::Select, &select).await;
        let init = Session::init(&select, &on_select);
        let on_init = other.ask(Action::Init, &init).await;
        let at = other.context(Action::Confirm).timestamp;
        let stolen = Session::confirm("order-once", &init, &on_select, &on_init, at);
        assert_eq!(other.refused(Action::Confirm, &stolen).await, "30000");
    }

    async fn a_buyer_cancels_and_the_stock_is_free_again(world) {
        let session = world.session();
        let before = world.available("NG-001").await;
        let order_id = session.buy(&[("NG-001", 2)]).await;
        assert_eq!(world.available("NG-001").await, before - 2);
        let on_cancel =
            session.ask(Action::Cancel, &json!({ "order_id": order_id, "cancellation_reason_id": "053" })).await;
        assert_eq!(on_cancel["message"]["order"]["state"], "Cancelled");
        assert_eq!(world.available("NG-001").await, before);
    }

    async fn subscribers_are_told_what_changed(world) {
        let app = &world.seller.app;
        let session = world.session();
        let mut start = session.context(Action::Search);
        start.city = "*".to_owned();
        assert_eq!(session.send(&start, &Session::search_inc("start")).await, Reply::Ack);
        eventually("the subscription", || async {
            let all = seller_app::store::subscriptions::all(&app.node.db).await.unwrap();
            (all.len() == 1).then_some(())
        })
        .await;
        // What the seeds changed was told before anybody listened.
        eventually("quiet", || async {
            let noted = seller_app::store::changes::waiting(&app.node.db, 1).await.unwrap();
            let sending = app.node.outbox.pending().await.unwrap().pending;
            (noted.is_empty() && sending == 0).then_some(())
        })
        .await;
        let told_before = session.got(Action::OnSearch).len();
        let since = jiff::Timestamp::now();
        let key = seller_app::store::shelf::ShelfKey::new(PARTNER, "NG-005");
        let mut tx = app.node.db.begin().await.unwrap();
        seller_app::store::stock::count(&mut tx, &key, 0, Some(0), "test", &app.stamp()).await.unwrap();
        tx.commit().await.unwrap();
        let push = eventually("the push", || async { session.got(Action::OnSearch).into_iter().nth(told_before) }).await;
        let faults = app.node.specs.book(DOMAIN, "1.2.5").unwrap().check(Action::OnSearch, &push);
        assert_eq!(faults, [], "{push:#}");
        assert_eq!(push["context"]["city"], "*");
        assert_ne!(push["context"]["message_id"], json!(start.message_id));
        let shop = providers(&push).iter().find(|one| one["id"] == PARTNER).unwrap();
        assert_eq!(shop["items"][0]["id"], "NG-005");
        assert_eq!(shop["items"][0]["quantity"]["available"]["count"], "0");
        assert!(push["message"]["catalog"]["bpp/descriptor"].is_null());
        // Its neighbour sells the item in their common postal codes now, and says so in the same message.
        let neighbour = providers(&push).iter().find(|one| one["id"] == "blr-hsr").unwrap();
        assert_eq!(neighbour["items"][0]["id"], "NG-005");
        assert!(neighbour["tags"].to_string().contains("560034"), "{neighbour:#}");
        assert!(providers(&push).iter().all(|one| one["id"].as_str().unwrap().starts_with("blr-")), "far ones keep quiet");

        // A partner leaves the network: no items, only the news.
        let mut tx = app.node.db.begin().await.unwrap();
        seller_app::store::partners::set_active(&mut tx, "blr-hsr", false, &app.stamp()).await.unwrap();
        tx.commit().await.unwrap();
        let off = eventually("the news", || async {
            let pushes = session.got(Action::OnSearch);
            pushes.into_iter().flat_map(|push| providers(&push).clone()).find(|one| one["id"] == "blr-hsr" && one["time"]["label"] == "disable")
        })
        .await;
        assert!(off["items"].is_null());

        // What changed in a time can be asked for too.
        let mut pull = Session::search();
        let text = |at: jiff::Timestamp| protocol::clock::wire_timestamp(at);
        let now = jiff::Timestamp::now();
        pull["intent"]["tags"] = json!([{ "code": "catalog_inc", "list": [
            { "code": "start_time", "value": text(since) },
            { "code": "end_time", "value": text(now - jiff::SignedDuration::from_millis(1)) },
        ]}]);
        let asking = world.session();
        let mut context = asking.context(Action::Search);
        context.city = "*".to_owned();
        assert_eq!(asking.send(&context, &pull).await, Reply::Ack);
        let pulled = asking.callback(Action::OnSearch, &context.message_id).await;
        assert!(providers(&pulled).iter().any(|one| one["id"] == PARTNER));

        let mut stop = session.context(Action::Search);
        stop.city = "*".to_owned();
        assert_eq!(session.send(&stop, &Session::search_inc("stop")).await, Reply::Ack);
        eventually("the end", || async {
            seller_app::store::subscriptions::all(&app.node.db).await.unwrap().is_empty().then_some(())
        })
        .await;
    }

    async fn a_buyer_app_that_refuses_our_message_is_in_the_story(world) {
        let session = world.session();
        let order_id = session.buy(&[("NG-001", 1)]).await;
        session.told(Action::OnStatus, "Pending").await;
        let no = NetworkError::new(ErrorType::Domain, "20007", "this state is not possible");
        world.buyer.behave_once([Behaviour::Reply(Reply::Nack(no))]);
        world.desk(&order_id, "pack", "").await;
        let app = &world.seller.app;
        let key = seller_app::store::orders::OrderKey { bap_id: world.buyer.id.to_string(), id: order_id };
        let detail = eventually("the refusal", || async {
            let story = seller_app::store::events::of_order(&app.node.db, &key).await.unwrap();
            story.into_iter().find(|event| event.kind == "refused-by-buyer").map(|event| event.detail)
        })
        .await;
        assert!(detail.contains("on_status") && detail.contains("20007"), "{detail}");
        assert_eq!(app.node.outbox.pending().await.unwrap().refused, 1);
    }
}

/// The whole catalogue keeps the book, in both versions, for one city and for all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_catalogue_keeps_the_book() {
    let world = World::start(Engine::Sqlite, |_| {}).await.unwrap();
    let app = &world.seller.app;
    let snapshot = seller_app::publishing::snapshot(app).await.unwrap();
    for (version, city, stores) in [("1.2.5", "std:080", 5), ("1.2.0", "std:080", 5), ("1.2.5", "std:022", 3)] {
        let session = Session { version: version.to_owned(), ..world.session() };
        let rules = app.rules(DOMAIN, version).unwrap();
        let message = seller_app::catalogue::full(&snapshot.everything(&app.seller), city, rules, app.now()).unwrap();
        let mut context = session.context(Action::OnSearch);
        context.city = city.to_owned();
        let payload: Value = serde_json::from_slice(&protocol::envelope::render(&context, &message, None)).unwrap();
        let faults = app.node.specs.book(DOMAIN, version).unwrap().check(Action::OnSearch, &payload);
        assert_eq!(faults, []);
        assert_eq!(providers(&payload).len(), stores);
    }
    let rules = app.rules(DOMAIN, "1.2.5").unwrap();
    assert!(seller_app::catalogue::full(&snapshot.everything(&app.seller), "std:044", rules, app.now()).is_none());
    world.seller.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manual_seller_waits_for_the_desk() {
    let manual = |config: &mut seller_app::SellerConfig| config.accept = seller_app::config::Acceptance::Manual;
    let world = World::start(Engine::Sqlite, manual).await.unwrap();
    let session = world.session();
    let order_id = session.buy(&[("NG-001", 1)]).await;
    assert_eq!(session.got(Action::OnConfirm)[0]["message"]["order"]["state"], "Created");
    assert!(session.got(Action::OnStatus).is_empty());
    world.desk(&order_id, "accept", "").await;
    let told = session.told(Action::OnStatus, "Pending").await;
    assert_eq!(told["message"]["order"]["state"], "Accepted");
    world.seller.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn version_1_2_0_is_spoken_too() {
    let world = World::start(Engine::Sqlite, |_| {}).await.unwrap();
    let session = Session { version: "1.2.0".to_owned(), ..world.session() };
    session.ask(Action::Search, &Session::search()).await;
    let order_id = session.buy(&[("NG-001", 1)]).await;
    for action in ["pack", "pick-up", "out-for-delivery", "deliver"] {
        world.desk(&order_id, action, "").await;
    }
    session.told(Action::OnStatus, "Order-delivered").await;
    world.seller.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_seller_joins_the_network_by_itself_and_keeps_its_orders_over_a_restart() {
    let join = |config: &mut seller_app::SellerConfig| config.subscribe_at_start = true;
    let world = World::start(Engine::Sqlite, join).await.unwrap();
    eventually("the subscription", || async { (!world.registry.subscriptions().is_empty()).then_some(()) }).await;
    let order_id = world.session().buy(&[("NG-001", 1)]).await;
    let World { seller, config, registry: _registry, temp: _temp, .. } = world;
    seller.stop().await;
    let config = seller_app::SellerConfig { subscribe_at_start: false, ..config };
    let again = seller_app::start(config, None, node::Surroundings::system()).await.unwrap();
    let found = seller_app::store::orders::by_id(&again.app.node.db, &order_id).await.unwrap();
    assert_eq!(found.len(), 1);
    again.stop().await;
}
