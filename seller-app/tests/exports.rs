//! Tables for finance: what they say adds up, and they come whole however long they are. Both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

use actix_web::http::header;
use actix_web::test as serving;
use node::config::Secret;
use node::testing::Engine;
use seller_app::SellerConfig;
use seller_app::exports::Kind;
use seller_app::store::stamp::Stamp;
use serde_json::Value;

#[macro_use]
#[path = "support/served.rs"]
mod served;
#[macro_use]
#[path = "support/buyer.rs"]
mod buyer;
use buyer::{PARTNER, World};

/// Status and text of a GET.
macro_rules! get {
    ($world:expr, $path:expr) => {{
        let service = service!($world.seller.app);
        let answer = serving::call_service(&service, serving::TestRequest::get().uri($path).to_request()).await;
        let status = answer.status().as_u16();
        (status, String::from_utf8(serving::read_body(answer).await.to_vec()).unwrap())
    }};
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn minor(value: &Value) -> i64 {
    value.as_str().unwrap().replace('.', "").parse().unwrap()
}

journeys! {
    async fn an_order_adds_up_in_both_tables(world) {
        let order_id = world.session().buy(&[("NG-001", 2)]).await;
        let (status, orders) = get!(world, "/api/exports/orders?from=2020-01-01&format=ndjson");
        assert_eq!(status, 200, "{orders}");
        let order = lines(&orders).into_iter().find(|one| one["order_id"] == order_id.as_str()).unwrap();
        let parts: i64 = ["goods", "tax", "discount", "delivery", "other"].iter().map(|part| minor(&order[*part])).sum();
        assert_eq!(parts, minor(&order["total"]));
        assert!(minor(&order["goods"]) > 0 && order["partner_id"] == PARTNER, "{order}");
        let (_, text) = get!(world, "/api/exports/order-lines?from=2020-01-01&format=ndjson");
        let of_it: Vec<Value> = lines(&text).into_iter().filter(|line| line["order_id"] == order_id.as_str()).collect();
        assert_eq!(of_it.iter().map(|line| minor(&line["price"])).sum::<i64>(), minor(&order["total"]));
        let item = of_it.iter().find(|line| line["kind"] == "item").unwrap();
        assert_eq!((&item["id"], &item["count"]), (&"NG-001".into(), &2.into()));
        let (_, csv) = get!(world, "/api/exports/orders?from=2020-01-01");
        assert_eq!(csv.lines().next().unwrap(), Kind::Orders.columns().join(","));
        assert!(csv.contains(&format!("{order_id},")), "{csv}");
        let (_, before) = get!(world, "/api/exports/orders?from=2020-01-01&to=2020-12-31");
        assert_eq!(before.lines().count(), 1, "only the names of the columns: {before}");
    }

    async fn a_long_table_comes_whole_and_in_order(world) {
        let app = &world.seller.app;
        let mut tx = app.node.db.begin().await.unwrap();
        let begin = "2019-06-01T00:00:00Z".parse::<jiff::Timestamp>().unwrap();
        for second in 0..1203_i64 {
            let stamp = Stamp::new(begin + jiff::SignedDuration::from_secs(second), &*app.node.randomness);
            node::run!(tx, |c| sqlx::query(
                "insert into stock_movements (id, partner_id, sku, kind, on_hand_delta, held_delta, committed_delta, safety_delta, \
                 reference, at_ms) values ($1, 'P', 'S', 'adjust', $2, 0, 0, 0, '', $3)"
            )
            .bind(stamp.id())
            .bind(second)
            .bind(stamp.ms())
            .execute(c)
            .await
            .map(|_| ()))
            .unwrap();
        }
        tx.commit().await.unwrap();
        let path = "/api/exports/stock-movements?from=2019-06-01T00:00:00Z&to=2019-06-01T00:20:01Z&format=ndjson";
        let (_, text) = get!(world, path);
        let numbers: Vec<i64> = lines(&text).iter().map(|one| one["on_hand"].as_i64().unwrap()).collect();
        assert_eq!(numbers, (0..=1201).collect::<Vec<_>>(), "each once, the last second is beyond the end");
    }
}

fn locked(config: &mut SellerConfig) {
    config.node.danger_open_console = false;
    config.node.console_token = Secret::new("brand-token-for-tests");
}

#[actix_web::test]
async fn bad_questions_and_strangers_are_refused() {
    let Some(world) = World::start(Engine::Sqlite, locked).await else { return };
    let service = service!(world.seller.app);
    for (path, status, why) in [
        ("/api/exports/secrets?from=2026-01-01", 404, "there are orders, order-lines"),
        ("/api/exports/orders?from=yesterday", 400, "from: `yesterday` is no time"),
        ("/api/exports/orders?from=2026-01-01&format=pdf", 400, "write csv or ndjson"),
        ("/api/exports/orders", 400, "from"),
    ] {
        let request = serving::TestRequest::get()
            .uri(path)
            .insert_header((header::AUTHORIZATION, "Bearer brand-token-for-tests"))
            .to_request();
        let answer = serving::call_service(&service, request).await;
        assert_eq!(answer.status().as_u16(), status, "{path}");
        let text = String::from_utf8(serving::read_body(answer).await.to_vec()).unwrap();
        assert!(text.contains(why), "{text}");
    }
    let stranger = serving::TestRequest::get().uri("/api/exports/orders?from=2026-01-01").to_request();
    assert_eq!(serving::call_service(&service, stranger).await.status().as_u16(), 401);
    world.seller.stop().await;
}
