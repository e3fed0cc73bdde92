//! Returns from the wire to the books, on both engines: a partial return is approved in the inbox, counted, graded, paid for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

use actix_web::http::StatusCode;
use actix_web::test;
use node::testing::Engine;
use protocol::keys::SigningKeyPair;
use protocol::randomness::OsRandomness;
use rstest::rstest;
use seller_app::carriers::CarrierConfig;
use seller_app::partner_work::money::{Month, of_month};
use seller_app::partner_work::onboarding::{self, Agreement};
use seller_app::partners::statement::Entry;
use seller_app::store::orders::OrderKey;
use seller_app::store::{partner_claims, partner_ledger, returns};
use serde_json::{Value, json};
use specs::Action;

#[macro_use]
#[path = "support/served.rs"]
mod served;
#[path = "support/buyer.rs"]
#[macro_use]
mod buyer;
use buyer::{PARTNER, Session, World};

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
        test::call_service(&$pages, request.set_form($form).to_request()).await.status()
    }};
}

async fn delivered(world: &World, session: &Session<'_>, items: &[(&str, u32)]) -> String {
    session.ask(Action::Search, &Session::search()).await;
    let order_id = session.buy(items).await;
    session.told(Action::OnStatus, "Pending").await;
    for action in ["pack", "assign", "pick-up", "out-for-delivery", "deliver"] {
        world.desk(&order_id, action, "").await;
    }
    session.told(Action::OnStatus, "Order-delivered").await;
    order_id
}

fn ask(order_id: &str, count: u32, reason: &str) -> Value {
    json!({ "update_target": "item", "order": { "id": order_id, "fulfillments": [{ "type": "Return", "tags": [{
        "code": "return_request", "list": [
            { "code": "id", "value": "R1" }, { "code": "item_id", "value": "NG-001" },
            { "code": "item_quantity", "value": count.to_string() }, { "code": "reason_id", "value": reason },
            { "code": "reason_desc", "value": "The bag is torn" },
            { "code": "images", "value": "https://buyer.example/torn.jpg,javascript:alert(1)" },
            { "code": "ttl_approval", "value": "PT24H" }, { "code": "ttl_reverseqc", "value": "P3D" },
        ],
    }]}]}})
}

#[rstest]
#[actix_web::test]
async fn a_partial_return_is_approved_counted_graded_and_borne_by_the_carrier(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let folder = tempfile::tempdir().unwrap();
    let key = SigningKeyPair::generate(&OsRandomness).public_text();
    let config = CarrierConfig { name: "fleet".to_owned(), folder: folder.path().to_owned(), key };
    let Some(world) = World::start(engine, |settings| settings.carrier = config).await else { return };
    let world = &world;
    let session = world.session();
    let app = &world.seller.app;
    let order_id = delivered(world, &session, &[("NG-001", 3)]).await;
    let shelf = world.stock("NG-001").await.on_hand;
    session.ask(Action::Update, &ask(&order_id, 2, "003")).await;

    let pages = service!(app);
    let inbox = page!(pages, "/console/returns");
    assert!(inbox.contains("data-return=\"R1\"") && inbox.contains("return-approve"), "{inbox}");
    // People read why, beside the network's number.
    let why = "2 × NG-001: 003 · damaged or not usable";
    assert!(inbox.contains(why), "{inbox}");
    let asked = page!(pages, &format!("/console/orders/{order_id}/returns/R1"));
    assert!(asked.contains(why), "{asked}");
    let order_page = page!(pages, &format!("/console/orders/{order_id}"));
    assert!(order_page.contains(why), "{order_page}");
    let act = format!("/console/orders/{order_id}/act?buyer=&back=returns");
    let step = |verb: &str| [("action", format!("returns/R1/{verb}"))];
    assert_eq!(press!(pages, &act, step("approve")), StatusCode::SEE_OTHER);
    session.told(Action::OnUpdate, "Return_Approved").await;
    assert_eq!(press!(pages, &act, step("pick-failed")), StatusCode::SEE_OTHER);
    session.told(Action::OnUpdate, "Return_Pick_Failed").await;
    assert_eq!(press!(pages, &act, step("pick")), StatusCode::SEE_OTHER);
    let picked = session.told(Action::OnUpdate, "Return_Picked").await;

    // One of two arrived as sold; the other is damaged. The partner must exist.
    let count = |partner: &str| {
        vec![
            ("action", "returns/R1/receive".to_owned()),
            ("received", "2".to_owned()),
            ("damaged", "1".to_owned()),
            ("partner", partner.to_owned()),
            ("photo", "https://shelf.example/1.jpg".to_owned()),
        ]
    };
    assert_eq!(press!(pages, &act, count("no-such-partner")), StatusCode::BAD_REQUEST);
    // A partner counts goods onto its own shelf, never onto another's.
    let made = test::TestRequest::post().uri(&format!("/api/partners/{PARTNER}/token")).to_request();
    let made: Value = test::call_and_read_body_json(&pages, made).await;
    let received = json!({ "received": 2, "partner": "blr-indiranagar" });
    let foreign = test::TestRequest::post()
        .uri(&format!("/api/orders/{order_id}/returns/R1/receive"))
        .insert_header(("authorization", format!("Bearer {}", made["token"].as_str().unwrap())))
        .set_json(received);
    assert_eq!(test::call_service(&pages, foreign.to_request()).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(press!(pages, &act, count(PARTNER)), StatusCode::SEE_OTHER);
    session.told(Action::OnUpdate, "Return_Delivered").await;
    assert_eq!(world.stock("NG-001").await.on_hand, shelf, "not graded yet");
    let waits = returns::list(&app.node.db, PARTNER, true, 10).await.unwrap();
    assert_eq!(waits.iter().map(|row| row.waits.as_str()).collect::<Vec<_>>(), ["grade-return"]);
    let grade = [("action", "returns/R1/grade"), ("grade", "A"), ("disposition", "restock")];
    assert_eq!(press!(pages, &act, grade), StatusCode::SEE_OTHER);
    assert_eq!(world.stock("NG-001").await.on_hand, shelf + 1, "only the sound one is sold again");

    // Refund = trail; half of it is on the shelf again, the other half is claimed from the carrier with evidence.
    let order = picked["message"]["order"].clone();
    let case = order["fulfillments"].as_array().unwrap().iter().find(|one| one["type"] == "Return").unwrap();
    let trail = case["tags"].as_array().unwrap().iter().filter(|tag| tag["code"] == "quote_trail").count();
    assert!(trail >= 1);
    let key =
        OrderKey { bap_id: world.buyer.participant("ONDC:RET10").subscriber_id.to_string(), id: order_id.clone() };
    let rows = partner_ledger::of_return(&app.node.db, &key, "R1").await.unwrap();
    let kinds: Vec<(&str, &str)> = rows.iter().map(|row| (row.account.as_str(), row.entry.as_str())).collect();
    assert_eq!(kinds, [("carrier", "borne"), ("partner", "relief")]);
    assert!(!rows[0].claim_id.is_empty() && rows[1].claim_id.is_empty());
    let evidence = returns::evidence(&app.node.db, &key, "R1").await.unwrap();
    assert!(
        evidence.iter().any(|one| one.content == "https://buyer.example/torn.jpg" && one.claim_id == rows[0].claim_id)
    );
    assert!(!evidence.iter().any(|one| one.content.contains("javascript")));
    let month = Month::at(app, app.now()).unwrap();
    let statement = of_month(app, PARTNER, &month).await.unwrap();
    assert_eq!(statement.totals[&Entry::ReturnShare].wire(), rows[1].amount);
    let detail = page!(pages, &format!("/console/orders/{order_id}/returns/R1"));
    assert!(detail.contains("ledger-carrier") && detail.contains("A: as new"), "{detail}");
    let answer: Value = serde_json::from_str(&page!(pages, &format!("/api/orders/{order_id}/returns/R1"))).unwrap();
    assert_eq!(
        (answer["state"].as_str(), answer["steps"].as_array().map(Vec::len)),
        (Some("Return_Delivered"), Some(0))
    );
    let refund: f64 = answer["refund"].as_str().unwrap().parse().unwrap();
    let parts: f64 = rows[1].amount.parse::<f64>().unwrap() * 2.0;
    assert!((refund - parts).abs() < 0.011, "{refund} {parts}");
}

journeys! {
    async fn a_wrong_product_of_the_brands_own_goods_is_claimed_from_the_partner(world) {
        let session = world.session();
        let app = &world.seller.app;
        let mut terms = seller_app::store::partners::one(&app.node.db, PARTNER).await.unwrap().unwrap().terms;
        terms.stock_owner = seller_app::partners::terms::StockOwner::Brand;
        let agreement = Agreement { tier: None, terms: Some(terms), agree: true };
        onboarding::agree(app, PARTNER, agreement).await.unwrap();
        let order_id = delivered(world, &session, &[("NG-001", 2)]).await;
        session.ask(Action::Update, &ask(&order_id, 1, "005")).await;
        world.desk(&order_id, "returns/R1/liquidate", "").await;
        session.told(Action::OnUpdate, "Liquidated").await;
        let claims = partner_claims::of_partner(&app.node.db, PARTNER).await.unwrap();
        assert_eq!(claims.len(), 1);
        assert_eq!((claims[0].state.as_str(), claims[0].cause.as_str()), ("open", "return"));
        assert_eq!(claims[0].order_id, order_id);
    }
}
