//! What goes wrong, seen from the wire and from the desk, on both engines: unanswered, late and lost orders; a wrong piece.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

use actix_web::http::StatusCode;
use actix_web::{test, web};
use node::testing::{Engine, eventually};
use rstest::rstest;
use seller_app::catalogue::Period;
use seller_app::config::Acceptance;
use seller_app::fulfilment::Policy;
use seller_app::store::orders::{self, Save};
use seller_app::store::watches;
use seller_app::{SellerConfig, workers};
use serde_json::{Value, json};
use specs::Action;

#[macro_use]
#[path = "support/served.rs"]
mod served;
#[path = "support/buyer.rs"]
mod buyer;
use buyer::{Session, World};

/// The pages of a seller without its listener.
macro_rules! page {
    ($pages:expr, $path:expr) => {{
        let answer = test::call_service(&$pages, test::TestRequest::get().uri($path).to_request()).await;
        assert_eq!(answer.status(), StatusCode::OK, "{}", $path);
        String::from_utf8(test::read_body(answer).await.to_vec()).unwrap()
    }};
}

macro_rules! press {
    ($pages:expr, $path:expr, $form:expr) => {{
        let request = test::TestRequest::post().uri($path).insert_header(("sec-fetch-site", "same-origin"));
        test::call_service(&$pages, request.set_form($form).to_request()).await
    }};
}

fn at_once() -> Period {
    Period::of_minutes(0)
}

/// Nobody accepts by itself, and every deadline is over at once.
fn impatient(config: &mut SellerConfig) {
    config.accept = Acceptance::Manual;
    config.fulfilment = Policy { accept_within: at_once(), accept_grace: at_once(), ..Policy::default() };
}

/// The node revises an estimate one time.
fn once(config: &mut SellerConfig) {
    config.fulfilment = Policy { revise_max: 1, ..Policy::default() };
}

/// As if the order had been placed so many minutes earlier.
async fn place_earlier(world: &World, order_id: &str, minutes: i64) {
    let db = &world.seller.app.node.db;
    let stored = orders::by_id(db, order_id).await.unwrap().pop().unwrap();
    let earlier = |at: jiff::Timestamp| at - jiff::SignedDuration::from_mins(minutes);
    let mut order = stored.order.clone();
    order.placed_at = earlier(order.placed_at);
    for line in &mut order.promises {
        line.by = earlier(line.by);
    }
    let delivery = &mut order.fulfilments[0];
    for range in [&mut delivery.start, &mut delivery.end].into_iter().filter_map(|stop| stop.as_mut()?.range.as_mut()) {
        (range.start, range.end) = (earlier(range.start), earlier(range.end));
    }
    let now_ms = world.seller.app.now().as_millisecond();
    let version = Some(stored.version);
    let save = Save { order: &order, version, requested_at_ms: stored.requested_at_ms, now_ms, attention: "pack" };
    let mut tx = db.begin().await.unwrap();
    assert!(orders::save(&mut tx, save).await.unwrap());
    watches::save(&mut tx, &order, &world.seller.app.seller.fulfilment).await.unwrap();
    tx.commit().await.unwrap();
}

async fn callback(session: &Session<'_>, action: Action, what: impl Fn(&Value) -> bool) -> Value {
    let found = eventually(action.as_str(), || async { session.got(action).into_iter().find(&what) }).await;
    session.assert_clean(action, &found);
    found
}

#[rstest]
#[actix_web::test]
async fn an_order_that_nobody_accepts_is_cancelled_by_the_policy(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let Some(world) = World::start(engine, impatient).await else { return };
    let session = world.session();
    let before = world.available("NG-001").await;
    session.buy(&[("NG-001", 2)]).await;
    workers::watch(&world.seller.app).await.unwrap();
    let told = callback(&session, Action::OnCancel, |_| true).await;
    assert_eq!(told["message"]["order"]["cancellation"]["reason"]["id"], "021", "the store does not answer");
    assert_eq!(world.available("NG-001").await, before, "the stock is free again");
    assert_eq!(workers::watch(&world.seller.app).await.unwrap(), 0);
    world.seller.stop().await;
}

#[rstest]
#[actix_web::test]
async fn a_late_order_is_told_once_before_the_buyer_asks_and_stays_an_exception(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let Some(world) = World::start(engine, once).await else { return };
    let session = world.session();
    let order_id = session.buy(&[("NG-001", 1)]).await;
    assert_eq!(workers::watch(&world.seller.app).await.unwrap(), 0, "there is time");
    place_earlier(&world, &order_id, 110).await;
    workers::watch(&world.seller.app).await.unwrap();
    let late = |payload: &Value| {
        payload["message"]["order"]["fulfillments"][0]["tags"].to_string().contains("fulfillment_delay")
    };
    callback(&session, Action::OnStatus, late).await;
    assert_eq!(workers::watch(&world.seller.app).await.unwrap(), 0, "once is what the policy says");

    let pages = service!(world.seller.app);
    let inbox = page!(pages, "/console/exceptions");
    for wanted in
        ["data-kind=\"promise-at-risk\"", &order_id, "data-test=\"remedy-pack\"", "data-test=\"remedy-revise\""]
    {
        assert!(inbox.contains(wanted), "{wanted}: {inbox}");
    }
    let order = page!(pages, &format!("/console/orders/{order_id}"));
    assert_eq!(order.matches("data-test=\"promise\"").count(), 3, "quote, order, revision");
    assert!(order.contains("not packed in time"));
    world.seller.stop().await;
}

#[rstest]
#[actix_web::test]
async fn lost_goods_open_a_ticket_and_one_press_ends_it(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let Some(world) = World::start(engine, |_| {}).await else { return };
    let session = world.session();
    let order_id = session.buy(&[("NG-001", 1)]).await;
    for step in ["pack", "pick-up", "lost"] {
        world.desk(&order_id, step, "").await;
    }
    let pages = service!(world.seller.app);
    let inbox = page!(pages, "/console/exceptions?kind=lost");
    assert!(inbox.contains("data-kind=\"lost\"") && inbox.contains("data-test=\"remedy-found\""), "{inbox}");
    assert!(page!(pages, &format!("/console/orders/{order_id}")).contains("data-test=\"ticket\""));
    let act = format!("/console/orders/{order_id}/act?back=exceptions");
    let answer = press!(pages, &act, [("action", "cancel"), ("reason", "016")]);
    assert_eq!(answer.headers().get("location").unwrap(), "/console/exceptions");
    let told = callback(&session, Action::OnCancel, |_| true).await;
    assert_eq!(told["message"]["order"]["state"], json!("Cancelled"));
    assert!(page!(pages, "/console/exceptions").contains("data-test=\"no-exceptions\""));
    assert!(page!(pages, &format!("/console/orders/{order_id}")).contains("cancelled, reason 016"));
    world.seller.stop().await;
}

#[actix_web::test]
async fn a_wrong_piece_is_told_by_its_name_at_the_desk() {
    let world = World::start(Engine::Sqlite, |_| {}).await.unwrap();
    let session = world.session();
    let order_id = session.buy(&[("NG-001", 1)]).await;
    let pages = service!(world.seller.app);
    let all = seller_app::store::items::all(&world.seller.app.node.db).await.unwrap();
    let barcode =
        |sku: &str| all.iter().find(|item| item.sku == sku).unwrap().code.split(':').nth(1).unwrap().to_owned();
    let name = &all.iter().find(|item| item.sku == "NG-002").unwrap().name;
    let act = format!("/console/orders/{order_id}/act");
    let wrong = press!(pages, &act, [("action", "scan"), ("barcode", barcode("NG-002").as_str())]);
    assert_eq!(wrong.status(), StatusCode::CONFLICT);
    let html = String::from_utf8(test::read_body(wrong).await.to_vec()).unwrap();
    assert!(html.contains(&format!("wrong item: {name}")), "{html}");
    let right = press!(pages, &act, [("action", "scan"), ("barcode", barcode("NG-001").as_str())]);
    assert_eq!(right.status(), StatusCode::SEE_OTHER);
    assert!(page!(pages, &format!("/console/orders/{order_id}")).contains("1 of 1"));
    world.seller.stop().await;
}

#[actix_web::test]
async fn network_health_counts_each_counterparty() {
    let world = World::start(Engine::Sqlite, |_| {}).await.unwrap();
    let pages = service!(world.seller.app);
    assert!(page!(pages, "/console/network").contains("No message was exchanged yet"));
    world.session().buy(&[("NG-001", 1)]).await;
    let html = page!(pages, "/console/network");
    assert_eq!(html.matches("data-test=\"peer\"").count(), 1, "one buyer app: {html}");
    assert!(html.contains(" ACK</span>, 0 NACK, 0 failed") && html.contains(" ms"), "{html}");
    world.seller.stop().await;
}

/// `cargo test -p seller-app --test exceptions -- --ignored` makes pictures of the pages, for people to look at.
#[actix_web::test]
#[ignore = "makes pictures with Chromium for people to look at"]
async fn pictures_of_the_pages() {
    let some_late = |config: &mut SellerConfig| {
        config.accept = Acceptance::Manual;
        config.fulfilment = Policy { accept_within: at_once(), ..Policy::default() };
    };
    let world = World::start(Engine::Sqlite, some_late).await.unwrap();
    let mut ids = Vec::new();
    for (sku, count) in [("NG-001", 1), ("NG-002", 3), ("NG-001", 4), ("NG-001", 2), ("NG-001", 1)] {
        ids.push(world.session().buy(&[(sku, count)]).await);
    }
    for step in ["accept", "pack", "assign", "pick-up", "out-for-delivery", "lost"] {
        world.desk(&ids[0], step, "").await;
    }
    world.desk(&ids[1], "accept", "").await;
    for step in ["accept", "pack"] {
        world.desk(&ids[2], step, "").await;
    }
    for id in &ids[1..3] {
        place_earlier(&world, id, 110).await;
    }
    workers::watch(&world.seller.app).await.unwrap();
    let base = world.seller.url.trim_end_matches('/').trim_end_matches("/network").to_owned();
    let folder = std::env::temp_dir().join("haat-pictures");
    std::fs::create_dir_all(&folder).unwrap();
    let pages = [
        ("exceptions", "/console/exceptions".to_owned()),
        ("lost", format!("/console/orders/{}", ids[0])),
        ("picking", format!("/console/orders/{}", ids[1])),
    ];
    for (name, path) in pages {
        for (form, size) in [("desktop", "1280,1400"), ("phone", "500,1800")] {
            let (folder, url) = (folder.clone(), format!("{base}{path}"));
            let shoot = move || {
                let picture = format!("--screenshot={}", folder.join(format!("{name}-{form}.png")).display());
                let mut chromium = std::process::Command::new("chromium");
                chromium.args(["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]);
                chromium.args([picture, format!("--window-size={size}"), url]).status().unwrap()
            };
            assert!(web::block(shoot).await.unwrap().success());
        }
    }
    world.seller.stop().await;
}
