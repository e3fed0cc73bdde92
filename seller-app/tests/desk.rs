//! The doors for people and systems: API and console, with their locks.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

use actix_web::http::{Method, StatusCode, header};
use actix_web::test;
use node::config::Secret;
use node::testing::{Engine, eventually};
use seller_app::SellerConfig;
use serde_json::{Value, json};
use specs::Action;

#[macro_use]
#[path = "support/served.rs"]
mod served;
#[path = "support/buyer.rs"]
mod buyer;
use buyer::{PARTNER, World};

const BRAND: &str = "brand-token-for-tests";

fn locked(config: &mut SellerConfig) {
    config.node.danger_open_console = false;
    config.node.console_token = Secret::new(BRAND);
}

/// One call: method, path, token, JSON body.
struct Call<'a>(Method, &'a str, &'a str, Option<Value>);

/// The doors of a seller without its listener.
macro_rules! call {
    ($service:expr, $call:expr) => {{
        let call: Call<'_> = $call;
        let Call(method, path, token, body) = call;
        let mut request = test::TestRequest::default().method(method).uri(path);
        if !token.is_empty() {
            request = request.insert_header((header::AUTHORIZATION, format!("Bearer {token}")));
        }
        if let Some(body) = body {
            request = request.set_json(body);
        }
        let answer = test::call_service(&$service, request.to_request()).await;
        let status = answer.status();
        let kind = answer
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let bytes = test::read_body(answer).await;
        let value: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        if status.is_client_error() && path.starts_with("/api") {
            assert_eq!(kind, "application/problem+json", "{path}");
            assert_eq!(value["status"], json!(status.as_u16()), "{path}");
        }
        (status, value, String::from_utf8_lossy(&bytes).into_owned())
    }};
}

#[actix_web::test]
async fn a_partner_reaches_only_what_is_its_own() {
    let world = World::start(Engine::Sqlite, locked).await.unwrap();
    let api = service!(world.seller.app);
    let get = |path, token| Call(Method::GET, path, token, None);

    for token in ["", "wrong", "pt_"] {
        assert_eq!(call!(api, get("/api/orders", token)).0, StatusCode::UNAUTHORIZED, "{token:?}");
    }
    let (status, made, _) = call!(api, Call(Method::POST, "/api/partners/blr-koramangala/token", BRAND, None));
    assert_eq!(status, StatusCode::CREATED);
    let own = made["token"].as_str().unwrap().to_owned();
    let (_, made, _) = call!(api, Call(Method::POST, "/api/partners/blr-hsr/token", BRAND, None));
    let other = made["token"].as_str().unwrap().to_owned();

    let order_id = world.session().buy(&[("NG-001", 1)]).await;
    let path = format!("/api/orders/{order_id}");
    for (token, orders, partners, status) in
        [(BRAND, 1, 12, StatusCode::OK), (&own, 1, 1, StatusCode::OK), (&other, 0, 1, StatusCode::NOT_FOUND)]
    {
        assert_eq!(call!(api, get("/api/orders", token)).1.as_array().unwrap().len(), orders);
        assert_eq!(call!(api, get("/api/partners", token)).1.as_array().unwrap().len(), partners);
        assert_eq!(call!(api, get(&path, token)).0, status);
    }
    // Filters do not widen what a partner sees.
    assert_eq!(call!(api, get("/api/orders?partner=blr-koramangala", &other)).1, json!([]));
    let stock = call!(api, get("/api/stock?partner=blr-koramangala", &other)).1;
    assert!(stock.as_array().unwrap().iter().all(|row| row["partner_id"] == "blr-hsr"));

    let act = format!("{path}/pack");
    assert_eq!(call!(api, Call(Method::POST, &act, &other, Some(json!({})))).0, StatusCode::NOT_FOUND);
    let count = Some(json!({ "on_hand": 5 }));
    let theirs = "/api/stock/blr-koramangala/NG-001";
    assert_eq!(call!(api, Call(Method::PUT, theirs, &other, count.clone())).0, StatusCode::NOT_FOUND);
    for path in ["/api/partners/blr-hsr/token", "/api/import/stock"] {
        assert_eq!(call!(api, Call(Method::POST, path, &own, Some(json!({})))).0, StatusCode::FORBIDDEN, "{path}");
    }
    let off = Some(json!({ "active": false }));
    assert_eq!(
        call!(api, Call(Method::PUT, "/api/partners/blr-koramangala/active", &own, off)).0,
        StatusCode::FORBIDDEN
    );

    assert_eq!(call!(api, Call(Method::PUT, theirs, &own, count)).1["on_hand"], 5);
    let (status, after, _) = call!(api, Call(Method::POST, &act, &own, None));
    assert_eq!((status, &after["attention"]), (StatusCode::OK, &json!("hand-over")));
    assert_eq!(after["events"].as_array().unwrap().last().unwrap()["actor"], PARTNER);

    // A withdrawn token is worthless at once.
    assert_eq!(
        call!(api, Call(Method::DELETE, "/api/partners/blr-koramangala/token", BRAND, None)).0,
        StatusCode::NO_CONTENT
    );
    assert_eq!(call!(api, get("/api/orders", &own)).0, StatusCode::UNAUTHORIZED);
    world.seller.stop().await;
}

#[actix_web::test]
async fn the_api_takes_an_order_to_the_door_and_says_no_where_it_must() {
    let world = World::start(Engine::Sqlite, locked).await.unwrap();
    let api = service!(world.seller.app);
    let session = world.session();
    let order_id = session.buy(&[("NG-001", 1)]).await;
    let act = |action: &str| format!("/api/orders/{order_id}/{action}");
    let post = async |action: &str, body: Value| {
        let path = act(action);
        let (status, value, _) = call!(api, Call(Method::POST, &path, BRAND, Some(body)));
        (status, value)
    };

    let (status, problem) = post("deliver", json!({})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(problem["code"].is_string() && !problem["detail"].as_str().unwrap().is_empty(), "{problem}");
    assert_eq!(post("fly", json!({})).await.0, StatusCode::NOT_FOUND);
    assert_eq!(post("cancel", json!({})).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(post("assign", json!({ "agent_name": "Rider One" })).await.0, StatusCode::BAD_REQUEST);

    let agent = json!({ "agent_name": "Rider One", "agent_phone": "08000000777" });
    for (action, state) in [
        ("pack", "Packed"),
        ("assign", "Agent-assigned"),
        ("pick-up", "Order-picked-up"),
        ("out-for-delivery", "Out-for-delivery"),
        ("deliver", "Order-delivered"),
    ] {
        let (status, view) = post(action, agent.clone()).await;
        assert_eq!(status, StatusCode::OK, "{action}: {view}");
        assert_eq!(view["order"]["fulfillments"][0]["state"]["descriptor"]["code"], state);
        session.told(Action::OnStatus, state).await;
    }
    let path = format!("/api/orders/{order_id}");
    let view = call!(api, Call(Method::GET, &path, BRAND, None)).1;
    assert_eq!(
        (&view["order"]["state"], &view["attention"], &view["steps"]),
        (&json!("Completed"), &json!(""), &json!([]))
    );
    assert_eq!(call!(api, Call(Method::GET, "/api/orders/none", BRAND, None)).0, StatusCode::NOT_FOUND);
    assert_eq!(call!(api, Call(Method::GET, "/api/nothing", BRAND, None)).0, StatusCode::NOT_FOUND);
    assert_eq!(call!(api, Call(Method::GET, "/api/orders?limit=x", BRAND, None)).0, StatusCode::BAD_REQUEST);
    world.seller.stop().await;
}

#[actix_web::test]
async fn stock_is_counted_corrected_and_explained() {
    let world = World::start(Engine::Sqlite, locked).await.unwrap();
    let api = service!(world.seller.app);
    let path = "/api/stock/blr-koramangala/NG-001";
    let (_, set, _) = call!(api, Call(Method::PUT, path, BRAND, Some(json!({ "on_hand": 20, "safety": 5 }))));
    assert_eq!((&set["on_hand"], &set["available"]), (&json!(20), &json!(15)));
    let adjust = "/api/stock/blr-koramangala/NG-001/adjust";
    let (_, moved, _) = call!(api, Call(Method::POST, adjust, BRAND, Some(json!({ "units": -3, "reason": "broken" }))));
    assert_eq!(moved["available"], 12);
    for (body, status) in [
        (json!({ "units": -18, "reason": "too many" }), StatusCode::CONFLICT),
        (json!({ "units": 1, "reason": " " }), StatusCode::BAD_REQUEST),
        (json!({ "units": "1", "reason": "x" }), StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(call!(api, Call(Method::POST, adjust, BRAND, Some(body.clone()))).0, status, "{body}");
    }
    assert_eq!(call!(api, Call(Method::PUT, path, BRAND, Some(json!({ "on_hand": -1 })))).0, StatusCode::BAD_REQUEST);
    assert_eq!(
        call!(api, Call(Method::PUT, "/api/stock/blr-koramangala/NG-999", BRAND, Some(json!({ "on_hand": 1 })))).0,
        StatusCode::NOT_FOUND
    );
    let (_, ledger, _) = call!(api, Call(Method::GET, "/api/stock/blr-koramangala/NG-001/movements", BRAND, None));
    assert_eq!(
        (&ledger[0]["kind"], &ledger[0]["on_hand_delta"], &ledger[0]["reference"]),
        (&json!("adjust"), &json!(-3), &json!("brand: broken"))
    );
    world.seller.stop().await;
}

#[actix_web::test]
async fn a_table_is_uploaded_or_its_faults_are_named() {
    let world = World::start(Engine::Sqlite, locked).await.unwrap();
    let api = service!(world.seller.app);
    let upload = async |path: &str, text: &str| {
        let request = test::TestRequest::post()
            .uri(path)
            .insert_header((header::AUTHORIZATION, format!("Bearer {BRAND}")))
            .insert_header((header::CONTENT_TYPE, "text/csv"))
            .set_payload(text.to_owned())
            .to_request();
        let answer = test::call_service(&api, request).await;
        let status = answer.status();
        (status, serde_json::from_slice::<Value>(&test::read_body(answer).await).unwrap())
    };
    let good = "partner_id,sku,on_hand\nblr-hsr,NG-001,41\n";
    let (status, report) = upload("/api/import/stock?dry_run=true", good).await;
    assert_eq!((status, &report["written"]), (StatusCode::OK, &json!(false)));
    let (status, report) = upload("/api/import/stock", good).await;
    assert_eq!((status, &report["written"]), (StatusCode::OK, &json!(true)));
    let (status, problem) = upload("/api/import/stock", "partner_id,sku,on_hand\nblr-hsr,NG-001,many\n").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!((&problem["faults"][0]["row"], &problem["faults"][0]["column"]), (&json!(2), &json!("on_hand")));
    assert_eq!(upload("/api/import/people", good).await.0, StatusCode::NOT_FOUND);
    world.seller.stop().await;
}

#[actix_web::test]
async fn the_console_shows_what_waits_and_its_buttons_move_orders() {
    let world = World::start(Engine::Sqlite, |_| {}).await.unwrap();
    let pages = service!(world.seller.app);
    let get = |path| Call(Method::GET, path, "", None);
    assert!(call!(pages, get("/console")).2.contains("data-test=\"no-orders\""));

    let session = world.session();
    let order_id = session.buy(&[("NG-001", 1)]).await;
    // The buyer app has our message before its answer is in our ledger.
    eventually("the answers to our messages", || async {
        (world.seller.app.node.outbox.pending().await.unwrap().pending == 0).then_some(())
    })
    .await;
    let list = call!(pages, get("/console")).2;
    assert!(list.contains("data-test=\"quick-pack\"") && list.contains(&order_id), "{list}");
    let order_path = format!("/console/orders/{order_id}");
    let page = call!(pages, get(&order_path)).2;
    for wanted in [
        "data-test=\"advance-pack\"",
        "data-test=\"advance-cancel\"",
        "Initialised",
        "on_confirm",
        "data-test=\"timeline-in\"",
    ] {
        assert_eq!(page.contains(wanted), wanted != "Initialised", "{wanted}");
    }
    let act_path = format!("{order_path}/act");
    let post = async |form: &[(&str, &str)], origin: (&'static str, &'static str)| {
        let request = test::TestRequest::post().uri(&act_path).insert_header(origin).set_form(form).to_request();
        let answer = test::call_service(&pages, request).await;
        (answer.status(), test::read_body(answer).await)
    };
    // A page of another site cannot press our buttons.
    for origin in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        assert_eq!(post(&[("action", "pack")], origin).await.0, StatusCode::FORBIDDEN);
    }
    let own = ("sec-fetch-site", "same-origin");
    let (status, body) = post(&[("action", "deliver")], own).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(String::from_utf8_lossy(&body).contains("data-test=\"notice\""));
    assert_eq!(post(&[("action", "pack")], own).await.0, StatusCode::SEE_OTHER);
    session.told(Action::OnStatus, "Packed").await;
    let packed = call!(pages, get(&order_path)).2;
    for wanted in ["data-test=\"advance-assign\"", "data-test=\"agent-name\"", "data-test=\"advance-pick-up\""] {
        assert!(packed.contains(wanted), "{wanted}");
    }
    let agent = [("action", "assign"), ("agent_name", "Rider <One>"), ("agent_phone", "08000000777")];
    assert_eq!(post(&agent, own).await.0, StatusCode::SEE_OTHER);
    let page = call!(pages, get(&order_path)).2;
    assert!(page.contains("Rider &#60;One&#62;") || page.contains("Rider &lt;One&gt;"));
    assert!(!page.contains("<One>"));

    for (path, wanted) in [
        ("/console?show=all", "data-test=\"order-row\""),
        ("/console/partners", "data-partner=\"blr-hsr\""),
        ("/console/stock?partner=blr-hsr", "data-test=\"set-stock\""),
        ("/console/routing?cell=560034&sku=NG-001", "data-test=\"routing-reason\""),
        ("/console/import", "data-test=\"import-check\""),
    ] {
        let (status, _, html) = call!(pages, get(path));
        assert!(status == StatusCode::OK && html.contains(wanted), "{path} lacks {wanted}");
    }
    let (status, _, html) = call!(pages, get("/console/orders/none"));
    assert!(status == StatusCode::NOT_FOUND && html.contains("<main"), "errors are pages");
    world.seller.stop().await;
}

#[actix_web::test]
async fn the_console_is_closed_to_strangers_and_public_pages_tell_little() {
    let world = World::start(Engine::Sqlite, locked).await.unwrap();
    let pages = service!(world.seller.app);
    let get = |path| Call(Method::GET, path, "", None);
    for path in [
        "/console",
        "/console/exceptions",
        "/console/orders/x",
        "/console/partners",
        "/console/stock",
        "/console/routing",
        "/console/import",
    ] {
        assert_eq!(call!(pages, get(path)).0, StatusCode::UNAUTHORIZED, "{path}");
    }
    let session = world.session();
    let order_id = session.buy(&[("NG-001", 1)]).await;
    let fulfilment =
        session.got(Action::OnConfirm)[0]["message"]["order"]["fulfillments"][0]["id"].as_str().unwrap().to_owned();
    let (track, guessed) = (format!("/track/{order_id}/{fulfilment}"), format!("/track/{order_id}/guessed"));
    let invoice = format!("/invoice/{order_id}/{fulfilment}.pdf");
    let (status, _, html) = call!(pages, get(&track));
    assert!(status == StatusCode::OK && html.contains("data-test=\"track-state\""));
    assert!(!html.contains("Test Buyer") && !html.contains("Gulmohar"), "no name, no address");
    assert_eq!(call!(pages, get(&guessed)).0, StatusCode::NOT_FOUND);
    assert_eq!(call!(pages, get(&invoice)).0, StatusCode::NOT_FOUND, "nothing was shipped yet");
    for action in ["pack", "pick-up"] {
        world.desk(&order_id, action, "").await;
    }
    let (status, _, pdf) = call!(pages, get(&invoice));
    assert!(status == StatusCode::OK && pdf.starts_with("%PDF-"));
    let guessed = format!("/invoice/{order_id}/guessed.pdf");
    assert_eq!(call!(pages, get(&guessed)).0, StatusCode::NOT_FOUND, "the order id alone opens nothing");
    let (status, _, svg) = call!(pages, get("/images/items/NG-001.svg"));
    assert!(status == StatusCode::OK && svg.starts_with("<svg"));
    assert_eq!(call!(pages, get("/images/items/none.svg")).0, StatusCode::NOT_FOUND);
    eventually("nothing to send", || async {
        (world.seller.app.node.outbox.pending().await.unwrap().pending == 0).then_some(())
    })
    .await;
    world.seller.stop().await;
}

#[actix_web::test]
async fn a_partner_sees_its_own_exceptions_and_prints_its_own_papers() {
    let impatient = |config: &mut SellerConfig| {
        locked(config);
        config.accept = seller_app::config::Acceptance::Manual;
        config.fulfilment.accept_within = seller_app::catalogue::Period::of_minutes(0);
    };
    let world = World::start(Engine::Sqlite, impatient).await.unwrap();
    let api = service!(world.seller.app);
    let get = |path, token| Call(Method::GET, path, token, None);
    let token = async |partner: &str| {
        let path = format!("/api/partners/{partner}/token");
        call!(api, Call(Method::POST, &path, BRAND, None)).1["token"].as_str().unwrap().to_owned()
    };
    let (own, other) = (token("blr-koramangala").await, token("blr-hsr").await);
    let order_id = world.session().buy(&[("NG-001", 1)]).await;
    let found = call!(api, get("/api/exceptions", &own)).1;
    assert_eq!(
        (found[0]["order_id"].as_str(), found[0]["kind"].as_str()),
        (Some(order_id.as_str()), Some("not-accepted"))
    );
    assert_eq!(found[0]["remedies"][0]["action"], "accept");
    assert_eq!(call!(api, get("/api/exceptions?partner=blr-koramangala", &other)).1, json!([]));
    // What is offered can be done as it is offered.
    let act = format!("/api/orders/{order_id}/accept");
    assert_eq!(call!(api, Call(Method::POST, &act, &own, None)).0, StatusCode::OK);
    assert_eq!(call!(api, get("/api/exceptions", &own)).1, json!([]));

    let label = format!("/api/orders/{order_id}/papers/label.pdf");
    let (status, _, pdf) = call!(api, get(&label, &own));
    assert!(status == StatusCode::OK && pdf.starts_with("%PDF-"));
    assert_eq!(call!(api, get(&label, &other)).0, StatusCode::NOT_FOUND);
    for missing in ["invoice.pdf", "book.pdf"] {
        let path = format!("/api/orders/{order_id}/papers/{missing}");
        assert_eq!(call!(api, Call(Method::GET, &path, &own, None)).0, StatusCode::NOT_FOUND, "{missing}");
    }
    let reject = format!("/api/orders/{order_id}/reject");
    assert_eq!(call!(api, Call(Method::POST, &reject, &own, Some(json!({})))).0, StatusCode::BAD_REQUEST);
    let why = Some(json!({ "cause": "out-of-stock" }));
    let (status, after, _) = call!(api, Call(Method::POST, &reject, &own, why));
    assert_eq!((status, &after["order"]["cancellation"]["reason"]["id"]), (StatusCode::OK, &json!("002")));
    world.seller.stop().await;
}
