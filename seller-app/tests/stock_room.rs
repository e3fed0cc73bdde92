//! The stock room through its doors: lots, quotas, scarce goods and rejections, as buyer apps, staff and catalogues see them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

use actix_web::http::{Method, StatusCode};
use actix_web::test;
use node::testing::Engine;
use serde_json::{Value, json};
use specs::Action;

#[macro_use]
#[path = "support/served.rs"]
mod served;
#[path = "support/buyer.rs"]
mod buyer;
use buyer::{PARTNER, Session, World};

macro_rules! call {
    ($service:expr, $method:ident, $path:expr, $body:expr) => {{
        let body: Value = $body;
        let request = test::TestRequest::default().method(Method::$method).uri($path);
        let request = if body.is_null() { request } else { request.set_json(body) };
        let answer = test::call_service(&$service, request.to_request()).await;
        let status = answer.status();
        let bytes = test::read_body(answer).await;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        (status, serde_json::from_str::<Value>(&text).unwrap_or(Value::Null), text)
    }};
}

macro_rules! journeys {
    ($(async fn $name:ident($world:ident) $body:block)+) => {
        $(mod $name {
            use super::*;

            async fn walk($world: &World) $body

            async fn on(engine: Engine) {
                let Some(world) = World::start(engine, |config| config.inventory.scarce.below = 3).await else { return };
                walk(&world).await;
                assert_eq!(seller_app::store::rebuild::verify(&world.seller.app.node.db).await.unwrap(), []);
                world.seller.stop().await;
            }

            #[actix_web::test]
            async fn sqlite() {
                on(Engine::Sqlite).await;
            }

            #[actix_web::test]
            async fn postgres() {
                on(Engine::Postgres).await;
            }
        })+
    };
}

fn shelf(rest: &str) -> String {
    format!("/api/stock/{PARTNER}/NG-001{rest}")
}

fn day(days: i64) -> String {
    let day = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    day.checked_add(jiff::SignedDuration::from_hours(24 * days)).unwrap().to_string()
}

journeys! {
    async fn the_pick_list_names_the_lot_that_expires_first(world) {
        let app = &world.seller.app;
        let api = service!(app);
        let (status, ..) = call!(api, PUT, &shelf(""), json!({ "on_hand": 0, "safety": 0 }));
        assert_eq!(status, StatusCode::OK);
        for (lot, days, units) in [("AUTUMN", 200, 9), ("SUMMER", 40, 9), ("OLD", 2, 9)] {
            let body = json!({ "lot": lot, "expires_on": day(days), "units": units });
            let (status, told, text) = call!(api, POST, &shelf("/lots"), body);
            assert_eq!(status, StatusCode::OK, "{text}");
            assert_eq!(told["has_lots"], true);
        }
        let (_, told, _) = call!(api, GET, &format!("/api/stock?partner={PARTNER}"), Value::Null);
        let row = told.as_array().unwrap().iter().find(|row| row["sku"] == "NG-001").unwrap();
        assert_eq!((&row["on_hand"], &row["available"], &row["available_b2b"]), (&json!(27), &json!(18), &json!(9)), "{row}");

        let order_id = world.session().buy(&[("NG-001", 2)]).await;
        let (_, _, page) = call!(api, GET, &format!("/console/orders/{order_id}"), Value::Null);
        assert!(page.contains("Lot SUMMER × 2"), "{page}");
        for wrong in [json!({ "lot": "", "expires_on": day(9), "units": 1 }), json!({ "lot": "X", "expires_on": "soon", "units": 1 })] {
            assert_eq!(call!(api, POST, &shelf("/lots"), wrong).0, StatusCode::BAD_REQUEST);
        }
    }

    async fn what_is_kept_for_b2b_is_not_shown_to_households(world) {
        let app = &world.seller.app;
        let api = service!(app);
        call!(api, PUT, &shelf(""), json!({ "on_hand": 6, "safety": 0 }));
        let (status, told, text) = call!(api, PUT, &shelf("/quota"), json!({ "reserve_b2b": 6 }));
        assert_eq!((status, &told["available"], &told["available_b2b"]), (StatusCode::OK, &json!(0), &json!(6)), "{text}");
        let on_select = world.session().ask(Action::Select, &Session::select(&[("NG-001", 1)])).await;
        assert_eq!(on_select["error"]["code"], "40002");
        let snapshot = seller_app::publishing::snapshot(app).await.unwrap();
        let mine = |one: &seller_app::routing::Published| one.partner_id == PARTNER && one.sku == "NG-001";
        assert!(!snapshot.published().iter().any(mine), "the catalogue shows none of it here");
        let (status, ..) = call!(api, PUT, &shelf("/quota"), json!({ "reserve_b2b": -1 }));
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }

    async fn scarce_goods_are_kept_from_select_on(world) {
        let api = service!(world.seller.app);
        call!(api, PUT, &shelf(""), json!({ "on_hand": 3, "safety": 0 }));
        let (first, second) = (world.session(), world.session());
        let select = Session::select(&[("NG-001", 2)]);
        let quoted = first.ask(Action::Select, &select).await;
        assert!(quoted["error"].is_null(), "{quoted:#}");
        assert_eq!(world.stock("NG-001").await.held, 2);
        let late = second.ask(Action::Select, &select).await;
        assert_eq!(late["error"]["code"], "40002", "two of three are kept for the first");
        // Asked again the first is quoted the same; it may choose something else, and lets go.
        assert!(first.ask(Action::Select, &select).await["error"].is_null());
        first.ask(Action::Select, &Session::select(&[("NG-002", 1)])).await;
        assert_eq!(world.stock("NG-001").await.held, 0);
        second.buy(&[("NG-001", 2)]).await;
        assert_eq!((world.stock("NG-001").await.held, world.stock("NG-001").await.committed), (0, 2));
    }

    async fn a_rejection_corrects_the_number_by_its_cause(world) {
        let api = service!(world.seller.app);
        for (cause, left) in [("closed", 20), ("damaged", 18), ("out-of-stock", 0)] {
            call!(api, PUT, &shelf(""), json!({ "on_hand": 20, "safety": 0 }));
            let order_id = world.session().buy(&[("NG-001", 2)]).await;
            let path = format!("/api/orders/{order_id}/reject");
            let (status, _, text) = call!(api, POST, &path, json!({ "cause": cause }));
            assert_eq!(status, StatusCode::OK, "{text}");
            let row = world.stock("NG-001").await;
            assert_eq!((row.on_hand, row.committed), (left, 0), "{cause}");
            let (_, ledger, _) = call!(api, GET, &shelf("/movements"), Value::Null);
            let told = ledger.as_array().unwrap().iter().find(|line| line["reference"] == format!("order {order_id}"));
            assert_eq!(told.map(|line| line["kind"].as_str().unwrap()), (left < 20).then_some("reject"), "{cause}");
        }
    }

    async fn the_grid_shows_age_cover_and_lots_that_will_not_last(world) {
        let api = service!(world.seller.app);
        call!(api, PUT, &shelf(""), json!({ "on_hand": 30, "safety": 0 }));
        call!(api, POST, &shelf("/lots"), json!({ "lot": "SOON", "expires_on": day(12), "units": 5 }));
        call!(api, POST, &shelf("/lots"), json!({ "lot": "LONG", "expires_on": day(300), "units": 5 }));
        world.session().buy(&[("NG-001", 4)]).await;
        let (status, _, page) = call!(api, GET, &format!("/console/stock?partner={PARTNER}"), Value::Null);
        assert_eq!(status, StatusCode::OK);
        let row = page.split("<tr ").find(|row| row.contains("data-sku=\"NG-001\"")).unwrap();
        // 36 that nobody was promised, four sold in four weeks.
        assert!(row.contains("data-test=\"cover\">252 d<"), "{row}");
        assert!(row.contains("Lot SOON × 5") && !row.contains("LONG"), "{row}");
        assert!(row.contains("B2B 35"), "businesses do not get SOON: {row}");
    }

    async fn a_feed_writes_what_is_good_and_tells_what_is_not(world) {
        let api = service!(world.seller.app);
        let before = world.stock("NG-003").await;
        let feed = format!(
            "partner_id;sku;on_hand;safety\r\n{PARTNER};NG-001;77;1\r\n{PARTNER};NG-002;many;\r\nnobody;NG-001;1;\r\n\r\n{PARTNER};NG-003;{};\r\n",
            before.on_hand
        );
        let request = test::TestRequest::post().uri("/api/stock/feed").set_payload(feed);
        let told: Value = test::call_and_read_body_json(&api, request.to_request()).await;
        assert_eq!((&told["rows"], &told["changed"], &told["unchanged"], &told["faulty"]), (&json!(4), &json!(1), &json!(1), &json!(2)), "{told}");
        assert_eq!((&told["faults"][0]["row"], &told["faults"][1]["message"]), (&json!(3), &json!("no partner `nobody`")), "{told}");
        let row = world.stock("NG-001").await;
        assert_eq!((row.on_hand, row.safety), (77, 1));
        let same = world.stock("NG-003").await;
        assert!(same.counted_at_ms > before.counted_at_ms, "the number is as of now");
        let (_, ledger, _) = call!(api, GET, &format!("/api/stock/{PARTNER}/NG-003/movements"), Value::Null);
        assert!(!ledger.as_array().unwrap().iter().any(|line| line["reference"] == "brand: feed"), "what is the same is no movement");

        let lines = format!("{{\"partner_id\":\"{PARTNER}\",\"sku\":\"NG-001\",\"on_hand\":0}}");
        let request = test::TestRequest::post().uri("/api/stock/feed").set_payload(lines);
        let told: Value = test::call_and_read_body_json(&api, request.to_request()).await;
        assert_eq!((&told["rows"], &told["changed"]), (&json!(1), &json!(1)));
        assert_eq!(world.stock("NG-001").await.on_hand, 0);
        let request = test::TestRequest::post().uri("/api/stock/feed").set_payload("shop,what,howmany\n1,2,3\n");
        assert_eq!(test::call_service(&api, request.to_request()).await.status(), StatusCode::BAD_REQUEST);
    }

    // Prints how fast; `HAAT_FEED_ROWS` says how many shelves.
    async fn a_long_feed_is_written_in_chunks(world) {
        use std::fmt::Write;
        let app = &world.seller.app;
        let wanted: usize = std::env::var("HAAT_FEED_ROWS").map_or(4_800, |text| text.parse().unwrap());
        let partners = seller_app::store::partners::all(&app.node.db).await.unwrap();
        let sample = seller_app::store::items::all(&app.node.db).await.unwrap().remove(0);
        let mut tx = app.node.db.begin().await.unwrap();
        let skus: Vec<String> = (0..wanted / partners.len()).map(|number| format!("FEED-{number}")).collect();
        for sku in &skus {
            let item = seller_app::catalogue::Item { sku: sku.clone(), ..sample.clone() };
            seller_app::store::items::save(&mut tx, &item, &app.stamp()).await.unwrap();
        }
        tx.commit().await.unwrap();
        for (round, units) in [("new", 5), ("changed", 6), ("unchanged", 6)] {
            let mut feed = "partner_id,sku,on_hand\n".to_owned();
            for record in &partners {
                for sku in &skus {
                    writeln!(feed, "{},{sku},{units}", record.partner.id).unwrap();
                }
            }
            let started = std::time::Instant::now();
            let report = seller_app::feed::read(app, feed.as_bytes(), "test").await.unwrap();
            let rows = u64::try_from(skus.len() * partners.len()).unwrap();
            let counts = [("new", report.new), ("changed", report.changed), ("unchanged", report.unchanged)];
            assert_eq!((report.rows, report.faulty), (rows, 0));
            for (name, count) in counts {
                assert_eq!(count, if name == round { rows } else { 0 }, "{name} of a feed of what is {round}");
            }
            let speed = report.rows as f64 / started.elapsed().as_secs_f64();
            println!("feed, {}, {rows} rows that are {round}: {speed:.0} rows/s", if app.node.db.is_postgres() { "PostgreSQL" } else { "SQLite" });
        }
    }

    async fn a_number_that_grows_old_is_told_when_nothing_is_left_of_it(world) {
        let app = &world.seller.app;
        let api = service!(app);
        call!(api, PUT, &shelf(""), json!({ "on_hand": 0, "safety": 0 }));
        call!(api, POST, &shelf("/lots"), json!({ "lot": "L", "expires_on": day(10), "units": 4 }));
        let later = |days: i64| app.now().as_millisecond() - days * 86_400_000;
        assert_eq!(seller_app::workers::ageing_round(app, later(0)).await.unwrap(), 0);
        // Ten days from now it does not last seven days any more: as if it were so and nobody had looked since.
        let mut tx = app.node.db.begin().await.unwrap();
        let key = seller_app::store::shelf::ShelfKey::new(PARTNER, "NG-001");
        let soon = app.now().as_millisecond() + 6 * 86_400_000;
        seller_app::store::stock::receive(&mut tx, &key, ("L", soon, 0), "corrected", &app.stamp()).await.unwrap();
        tx.commit().await.unwrap();
        let noted = seller_app::workers::ageing_round(app, later(2)).await.unwrap();
        assert_eq!(noted, 1, "two days ago it could be sold, today not");
    }
}
