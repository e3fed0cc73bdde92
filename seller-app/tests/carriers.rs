//! What every carrier must keep, run on both adapters; and a parcel that a carrier takes from booking to the door.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

use actix_web::http::StatusCode;
use actix_web::{App, test, web};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use node::testing::Engine;
use protocol::keys::SigningKeyPair;
use protocol::randomness::OsRandomness;
use rstest::rstest;
use seller_app::carriers::{self, Booking, Carrier, CarrierConfig, CarrierEvent, OWN_RIDERS};
use seller_app::store::bookings;
use seller_app::store::orders::OrderKey;
use seller_app::workers::tell_carriers;
use serde_json::{Value, json};
use specs::Action;

#[path = "support/buyer.rs"]
mod buyer;
use buyer::World;

const NAME: &str = "fleet";

fn booking() -> Booking {
    Booking {
        awb: "HTABC123".to_owned(),
        order_id: "O-1".to_owned(),
        from: json!({}),
        to: json!({}),
        pickup_code: "1234".to_owned(),
        deliver_by: String::new(),
        cash: String::new(),
    }
}

/// How a carrier signs what it tells.
type Sign<'a> = &'a dyn Fn(&[u8]) -> String;

/// The suite: what holds for every carrier.
async fn keeps_the_contract(carrier: &dyn Carrier, sign: Option<Sign<'_>>) {
    assert!(!carrier.name().is_empty() && !carrier.name().contains('/'), "a name is part of a path");
    carrier.cancel("HTNOBODY").await.expect("a parcel that it does not know can be cancelled");
    carrier.book(&booking()).await.unwrap();
    carrier.book(&booking()).await.expect("asking twice changes nothing");
    carrier.cancel(&booking().awb).await.unwrap();
    carrier.cancel(&booking().awb).await.unwrap();
    let event = |kind: &str| json!({ "event_id": "e1", "awb": "HTABC123", "kind": kind }).to_string();
    for signature in ["", "nonsense", &STANDARD.encode([7; 64])] {
        assert!(carrier.read(event("deliver").as_bytes(), signature).is_err(), "strangers are not believed");
    }
    let Some(sign) = sign else { return };
    for kind in ["assign", "pick-up", "in-transit", "at-hub", "out-for-delivery", "deliver", "lost", "damaged"] {
        let body = event(kind);
        let read = carrier.read(body.as_bytes(), &sign(body.as_bytes())).unwrap();
        assert_eq!((read.kind.as_str(), read.awb.as_str()), (kind, "HTABC123"));
    }
    for kind in ["pack", "cancel", "accept", "returns/R1/approve", ""] {
        let body = event(kind);
        assert!(carrier.read(body.as_bytes(), &sign(body.as_bytes())).is_err(), "{kind:?} is not a carrier's business");
    }
    let body = event("deliver");
    let signature = sign(body.as_bytes());
    assert!(carrier.read(event("lost").as_bytes(), &signature).is_err(), "a signature is of one body");
}

#[tokio::test]
async fn own_riders_keep_the_contract() {
    let config = CarrierConfig { name: OWN_RIDERS.to_owned(), ..CarrierConfig::default() };
    keeps_the_contract(&*carriers::of(&config).unwrap(), None).await;
}

#[tokio::test]
async fn a_carrier_with_a_folder_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let key = SigningKeyPair::generate(&OsRandomness);
    let config = CarrierConfig { name: NAME.to_owned(), folder: folder.path().to_owned(), key: key.public_text() };
    let sign = |body: &[u8]| STANDARD.encode(key.sign(body));
    keeps_the_contract(&*carriers::of(&config).unwrap(), Some(&sign)).await;
    let text = std::fs::read_to_string(folder.path().join("bookings/HTABC123.json")).unwrap();
    assert_eq!(serde_json::from_str::<Booking>(&text).unwrap(), booking());
    assert!(folder.path().join("cancelled/HTABC123.json").is_file());
    let wrong = CarrierConfig { key: "AAAA".to_owned(), ..config };
    assert!(carriers::of(&wrong).is_err());
}

#[rstest]
#[actix_web::test]
async fn a_carrier_takes_a_parcel_to_the_door(#[values(Engine::Sqlite, Engine::Postgres)] engine: Engine) {
    let folder = tempfile::tempdir().unwrap();
    let key = SigningKeyPair::generate(&OsRandomness);
    let config = CarrierConfig { name: NAME.to_owned(), folder: folder.path().to_owned(), key: key.public_text() };
    let Some(world) = World::start(engine, |settings| settings.carrier = config).await else { return };
    let app = &world.seller.app;
    let session = world.session();
    let order_id = session.buy(&[("NG-001", 1)]).await;
    world.desk(&order_id, "pack", "").await;
    let order_key =
        OrderKey { bap_id: session.context(Action::Select).bap_id.as_str().to_owned(), id: order_id.clone() };
    let row = async || bookings::of_order(&app.node.db, &order_key).await.unwrap().pop().unwrap();
    tell_carriers(app).await.unwrap();
    let booked = row().await;
    assert_eq!(booked.state, "booked");
    assert!(folder.path().join(format!("bookings/{}.json", booked.awb)).is_file());

    let (data, node) = (app.clone(), app.node.clone());
    let service = App::new().app_data(web::Data::from(node)).app_data(web::Data::from(data));
    let service = test::init_service(service.configure(carriers::events::mount)).await;
    let say = async |event: &CarrierEvent, signed: bool| {
        let body = serde_json::to_vec(event).unwrap();
        let signature = STANDARD.encode(if signed { key.sign(&body) } else { [1; 64] });
        let request = test::TestRequest::post().uri("/carriers/fleet/events").insert_header(("x-signature", signature));
        let answer = test::call_service(&service, request.set_payload(body).to_request()).await;
        let status = answer.status();
        (status, serde_json::from_slice::<Value>(&test::read_body(answer).await).unwrap_or_default())
    };
    let event = |id: &str, kind: &str| CarrierEvent {
        event_id: id.to_owned(),
        awb: booked.awb.clone(),
        kind: kind.to_owned(),
        rider_name: "Ravi".to_owned(),
        rider_phone: "9811111111".to_owned(),
        note: "left with the guard".to_owned(),
        photo: "door.jpg".to_owned(),
        ..CarrierEvent::default()
    };
    assert_eq!(say(&event("e1", "assign"), false).await.0, StatusCode::UNAUTHORIZED);
    for (id, kind) in [("e1", "assign"), ("e2", "pick-up"), ("e3", "out-for-delivery"), ("e4", "deliver")] {
        assert_eq!(say(&event(id, kind), true).await, (StatusCode::OK, json!({ "taken": true })), "{kind}");
    }
    assert_eq!(say(&event("e4", "deliver"), true).await.1, json!({ "taken": false }), "an event counts once");
    assert_eq!(say(&event("e5", "deliver"), true).await.0, StatusCode::CONFLICT);
    let other = CarrierEvent { awb: "HTOTHER".to_owned(), ..event("e6", "deliver") };
    assert_eq!(say(&other, true).await.0, StatusCode::NOT_FOUND);
    let told = session.told(Action::OnStatus, "Order-delivered").await;
    assert_eq!(told["message"]["order"]["fulfillments"][0]["agent"]["name"], "Ravi");
    let order = seller_app::store::orders::one(&app.node.db, &order_key).await.unwrap().unwrap().order;
    assert_eq!(order.delivery().unwrap().proofs.last().unwrap().photo, "door.jpg");
    world.seller.stop().await;
}

#[actix_web::test]
async fn a_cancelled_order_is_taken_back_from_the_carrier_and_a_failure_is_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join("blocked");
    std::fs::write(&blocked, "a file where a folder should be").unwrap();
    let key = SigningKeyPair::generate(&OsRandomness).public_text();
    let config = CarrierConfig { name: NAME.to_owned(), folder: blocked.clone(), key };
    let world = World::start(Engine::Sqlite, |settings| settings.carrier = config).await.unwrap();
    let app = &world.seller.app;
    let session = world.session();
    let order_id = session.buy(&[("NG-001", 1)]).await;
    world.desk(&order_id, "pack", "").await;
    let order_key =
        OrderKey { bap_id: session.context(Action::Select).bap_id.as_str().to_owned(), id: order_id.clone() };
    let row = async || bookings::of_order(&app.node.db, &order_key).await.unwrap().pop().unwrap();
    tell_carriers(app).await.unwrap();
    let failed = row().await;
    assert_eq!((failed.state.as_str(), failed.attempts), ("waiting", 1));
    assert!(failed.last_error.contains("blocked"), "{}", failed.last_error);
    std::fs::remove_file(&blocked).unwrap();
    world.desk(&order_id, "cancel", "022").await;
    tell_carriers(app).await.unwrap();
    assert_eq!(row().await.state, "cancelled");
    assert!(blocked.join(format!("cancelled/{}.json", failed.awb)).is_file());
    world.seller.stop().await;
}
