//! The B2B intake: a second channel on the same stock, routing and desk.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use actix_web::{App, test, web};
use node::testing::Engine;
use seller_app::app::SellerApp;
use seller_app::intake::placing::{self, IntakeError};
use seller_app::intake::{Customer, OrderForm, OrderLine, ParcelState, Place};
use seller_app::order::channel::B2B_BUYER;
use seller_app::store::order_list::{self, Filter};
use seller_app::store::shelf::ShelfKey;
use seller_app::store::{b2b_requests, orders, stock};
use serde_json::{Value, json};

#[macro_use]
#[path = "support/buyer.rs"]
mod buyer;
use buyer::World;

/// Two partners that serve the customer's postal code.
const NEAR: [&str; 2] = ["blr-koramangala", "blr-hsr"];

fn form(reference: &str, lines: &[(&str, u32)]) -> OrderForm {
    OrderForm {
        reference: reference.to_owned(),
        customer: Customer {
            name: "Corner Provisions".to_owned(),
            phone: "08000000555".to_owned(),
            email: String::new(),
            tax_number: "29AAACP1234C1Z5".to_owned(),
        },
        place: Place {
            gps: "12.935800,77.620000".to_owned(),
            area_code: "560034".to_owned(),
            building: "14".to_owned(),
            locality: "Koramangala".to_owned(),
            city: "Bengaluru".to_owned(),
            state: "Karnataka".to_owned(),
        },
        lines: lines.iter().map(|(sku, count)| OrderLine { sku: (*sku).to_owned(), count: *count }).collect(),
        accept_partial: false,
    }
}

async fn shelf(app: &SellerApp, partner: &str, sku: &str) -> stock::StockRow {
    let key = ShelfKey::new(partner, sku);
    stock::one(&app.node.db, &key, app.now().as_millisecond()).await.unwrap().unwrap()
}

/// Units of an item that the city's partners can still promise.
async fn free(app: &SellerApp, sku: &str) -> i64 {
    let rows = stock::all(&app.node.db, app.now().as_millisecond()).await.unwrap();
    rows.iter().filter(|row| row.sku == sku && row.partner_id.starts_with("blr-")).map(stock::StockRow::available).sum()
}

/// An item that both partners have, and what the customer's postal code can get of it.
async fn shared(app: &SellerApp) -> (String, i64, i64) {
    for row in stock::of_partner(&app.node.db, NEAR[0], app.now().as_millisecond()).await.unwrap() {
        let key = ShelfKey::new(NEAR[1], &row.sku);
        let other = stock::one(&app.node.db, &key, app.now().as_millisecond()).await.unwrap();
        let other = other.map_or(0, |other| other.available());
        if row.available() > 5 && other > 5 {
            return (row.sku.clone(), row.available(), other);
        }
    }
    panic!("the seeds have no item that both partners keep");
}

async fn b2b_orders(app: &SellerApp) -> Vec<order_list::OrderSummary> {
    let filter = Filter { limit: 500, ..Filter::default() };
    let all = order_list::list(&app.node.db, &filter).await.unwrap();
    all.into_iter().filter(|order| order.bap_id == B2B_BUYER).collect()
}

journeys! {
    async fn more_than_one_partner_has_is_divided_and_delivered(world) {
        let app = &world.seller.app;
        let (sku, _, _) = shared(app).await;
        let refused = placing::place(app, &form("PO-7000", &[(&sku, 90_000)]), "brand").await.unwrap_err();
        let IntakeError::Short(short) = refused else { panic!("{refused}") };
        let wanted = short[0].given;
        let before = free(app, &sku).await;
        // Two lines of one item compete for the same shelves.
        let asked = form("PO-7001", &[(&sku, wanted - 1), (&sku, 1)]);
        let placed = placing::place(app, &asked, "brand").await.unwrap();
        assert!(placed.request.parcels.len() >= 2, "{:?}", placed.request.parcels);
        assert!(placed.request.parcels.iter().all(|parcel| parcel.state == ParcelState::Ordered));
        assert_eq!(free(app, &sku).await, before - i64::from(wanted));
        for parcel in &placed.request.parcels {
            assert_eq!(shelf(app, &parcel.partner_id, &sku).await.held, 0);
        }
        // The same request again is the same order; other contents are not.
        assert_eq!(placing::place(app, &asked, "brand").await.unwrap(), placed);
        assert_eq!(free(app, &sku).await, before - i64::from(wanted));
        let other = form("PO-7001", &[(&sku, 1)]);
        assert!(matches!(placing::place(app, &other, "brand").await, Err(IntakeError::OtherContents(_))));
        // The desk knows no difference, and no message leaves.
        let first = &placed.request.parcels[0];
        for action in ["pack", "pick-up", "out-for-delivery", "deliver"] {
            world.desk(&first.order_id, action, "").await;
        }
        let stored = orders::by_id(&app.node.db, &first.order_id).await.unwrap();
        assert_eq!(stored[0].order.state.as_str(), "Completed");
        assert_eq!(stored[0].order.channel().as_str(), "b2b");
        assert_eq!(app.node.ledger.recent(10, None).await.unwrap().len(), 0, "a message left the node");
    }

    async fn all_or_nothing_unless_the_customer_takes_less(world) {
        let app = &world.seller.app;
        let (sku, _, _) = shared(app).await;
        let before = free(app, &sku).await;
        let mut asked = form("PO-7002", &[(&sku, 10_000)]);
        let refused = placing::place(app, &asked, "brand").await.unwrap_err();
        assert!(matches!(&refused, IntakeError::Short(short) if short[0].asked == 10_000 && short[0].given > 0), "{refused}");
        assert!(refused.to_string().contains(&sku), "{refused}");
        assert_eq!(free(app, &sku).await, before);
        assert!(b2b_requests::one(&app.node.db, "PO-7002").await.unwrap().is_none());
        asked.accept_partial = true;
        let placed = placing::place(app, &asked, "brand").await.unwrap();
        let given: u32 = placed.request.parcels.iter().flat_map(|parcel| &parcel.takes).map(|(_, count)| count).sum();
        assert_eq!(placed.request.short[0].given, given);
        assert_eq!(free(app, &sku).await, before - i64::from(given));
    }

    /// Twenty customers at once want the same shelves, while others shop on the network's side of them.
    async fn nothing_is_sold_twice(world) {
        let app = &world.seller.app;
        let (sku, here, there) = shared(app).await;
        let before = free(app, &sku).await;
        let each = u32::try_from((here + there) / 6).unwrap().max(1);
        let forms: Vec<OrderForm> = (0..20).map(|n| form(&format!("RUSH-{n}"), &[(&sku, each)])).collect();
        let all = futures_util::future::join_all(forms.iter().map(|form| placing::place(app, form, "brand"))).await;
        let placed = all.iter().filter(|one| one.is_ok()).count();
        assert!((1..20).contains(&placed), "{placed} were placed: the shelves must have been contested");
        let sold = i64::from(each) * i64::try_from(placed).unwrap();
        assert_eq!(free(app, &sku).await, before - sold);
        let ordered = b2b_orders(app).await.len();
        let parcels: usize = all.iter().flatten().map(|one| one.request.parcels.len()).sum();
        assert_eq!(ordered, parcels);
    }

    /// The node is gone in the middle of placing, again and again: each request is placed whole or was never there.
    async fn a_crash_at_any_moment_loses_nothing(world) {
        let app = &world.seller.app;
        let (sku, _, _) = shared(app).await;
        let before = free(app, &sku).await;
        for n in 0..40_u64 {
            let asked = form(&format!("CUT-{n}"), &[(&sku, 1), ("NG-003", 1)]);
            let _ = tokio::time::timeout(Duration::from_millis(n * 3), placing::place(app, &asked, "brand")).await;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
        placing::finish_left_behind(app, Duration::ZERO).await.unwrap();
        assert!(b2b_requests::open(&app.node.db, i64::MAX, 100).await.unwrap().is_empty());
        let (mut placed, mut parcels) = (0, 0);
        for n in 0..40 {
            if let Some(one) = b2b_requests::one(&app.node.db, &format!("CUT-{n}")).await.unwrap() {
                assert!(one.request.parcels.iter().all(|parcel| parcel.state == ParcelState::Ordered), "{one:?}");
                (placed, parcels) = (placed + 1, parcels + one.request.parcels.len());
            }
        }
        assert!((1..40).contains(&placed), "{placed} of 40 were placed: the cuts hit no open request");
        assert_eq!(b2b_orders(app).await.len(), parcels);
        let held: i64 = stock::all(&app.node.db, app.now().as_millisecond()).await.unwrap().iter().map(|row| row.held).sum();
        assert_eq!(held, 0, "goods of a request that was never placed are still held");
        assert_eq!(free(app, &sku).await, before - i64::from(placed));
    }

    async fn the_door_says_what_is_wrong_and_where(world) {
        let app = &world.seller.app;
        let service = test::init_service(
            App::new()
                .app_data(web::Data::from(app.node.clone()))
                .app_data(web::Data::from(app.clone()))
                .configure(seller_app::api::mount),
        )
        .await;
        let call = async |method: Method, path: &str, body: Option<Value>| {
            let mut request = test::TestRequest::default().method(method).uri(path);
            if let Some(body) = body {
                request = request.set_json(body);
            }
            let answer = test::call_service(&service, request.to_request()).await;
            let status = answer.status();
            (status, serde_json::from_slice::<Value>(&test::read_body(answer).await).unwrap())
        };
        let good = serde_json::to_value(form("WEB-1", &[("NG-003", 12)])).unwrap();
        let broken = |path: &str, value: Value| {
            let mut body = good.clone();
            *body.pointer_mut(path).unwrap() = value;
            body
        };
        for (path, value, named) in [
            ("/reference", json!("a b"), "reference"),
            ("/customer/phone", json!(" "), "customer.phone"),
            ("/place/gps", json!("north"), "place.gps"),
            ("/lines/0/count", json!(0), "lines[0].count"),
            ("/lines/0/sku", json!("NG-999"), "lines[0].sku"),
        ] {
            let (status, problem) = call(Method::POST, "/api/b2b/orders", Some(broken(path, value))).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
            assert!(problem["detail"].as_str().unwrap().starts_with(named), "{problem}");
        }
        let (status, placed) = call(Method::POST, "/api/b2b/orders", Some(good)).await;
        assert_eq!((status, placed["state"].as_str()), (StatusCode::CREATED, Some("placed")), "{placed}");
        let order_id = placed["parcels"][0]["order_id"].as_str().unwrap().to_owned();
        let (_, listed) = call(Method::GET, "/api/b2b/orders", None).await;
        assert_eq!(listed[0]["reference"], "WEB-1");
        let (status, _) = call(Method::POST, "/api/b2b/orders/WEB-1/cancel", Some(json!({ "reason": "no such" }))).await;
        assert_eq!(status, StatusCode::CONFLICT);
        let (status, after) = call(Method::POST, "/api/b2b/orders/WEB-1/cancel", Some(json!({ "reason": "010" }))).await;
        assert_eq!((status, &after["parcels"][0]["state"]), (StatusCode::OK, &json!("Cancelled")), "{after}");
        let (status, order) = call(Method::GET, &format!("/api/orders/{order_id}"), None).await;
        assert_eq!((status, &order["bap_id"]), (StatusCode::OK, &json!(B2B_BUYER)));
        assert_eq!(call(Method::GET, "/api/b2b/orders/NOPE", None).await.0, StatusCode::NOT_FOUND);
    }
}
