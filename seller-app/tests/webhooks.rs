//! Webhooks: a system of the brand is told what happened, signed, in order, until it has it. Both engines, a real receiver.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use actix_web::http::{Method, StatusCode, header};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, test as serving, web};
use jiff::Timestamp;
use node::config::Secret;
use node::testing::{Engine, eventually, listener, temp_database};
use protocol::randomness::OsRandomness;
use rstest::rstest;
use seller_app::SellerConfig;
use seller_app::store::stamp::Stamp;
use seller_app::store::webhook_events::{Happening, Listeners};
use seller_app::store::webhooks::Chosen;
use seller_app::store::{webhook_deliveries, webhooks};
use seller_app::webhooks::signature;
use serde_json::{Value, json};

#[macro_use]
#[path = "support/served.rs"]
mod served;
#[macro_use]
#[path = "support/buyer.rs"]
mod buyer;
use buyer::{PARTNER, World};

/// One request as it came.
#[derive(Clone, Debug)]
struct Got {
    id: String,
    timestamp: i64,
    signature: String,
    bytes: web::Bytes,
}

impl Got {
    fn body(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    fn kind(&self) -> String {
        self.body()["type"].as_str().unwrap().to_owned()
    }

    /// As a receiver does it: over the bytes that came.
    fn is_signed_with(&self, secret: &str) -> bool {
        let expected = signature::header([secret], &self.id, self.timestamp, &self.bytes);
        self.signature.split(' ').any(|one| one == expected)
    }
}

#[derive(Debug, Default)]
struct State {
    got: Vec<Got>,
    /// Answers of the next requests; 200 when there is none.
    answers: VecDeque<u16>,
}

/// The brand's system.
#[derive(Clone, Debug)]
struct Receiver {
    url: String,
    state: Arc<Mutex<State>>,
}

impl Receiver {
    fn start() -> Receiver {
        let socket = listener();
        let url = format!("http://{}/hook", socket.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let data = web::Data::from(state.clone());
        let server = HttpServer::new(move || App::new().app_data(data.clone()).route("/hook", web::post().to(take)));
        tokio::spawn(server.workers(1).disable_signals().listen(socket).unwrap().run());
        Receiver { url, state }
    }

    fn answers(&self, with: &[u16]) {
        self.state.lock().unwrap().answers.extend(with);
    }

    fn got(&self) -> Vec<Got> {
        self.state.lock().unwrap().got.clone()
    }

    fn kinds(&self) -> Vec<String> {
        self.got().iter().map(Got::kind).collect()
    }

    /// Waits for the first request of a kind.
    async fn told(&self, kind: &str) -> Got {
        eventually(kind, || async { self.got().into_iter().find(|one| one.kind() == kind) }).await
    }
}

async fn take(state: web::Data<Mutex<State>>, request: HttpRequest, bytes: web::Bytes) -> HttpResponse {
    let header = |name: &str| request.headers().get(name).unwrap().to_str().unwrap().to_owned();
    let got = Got {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp").parse().unwrap(),
        signature: header("webhook-signature"),
        bytes,
    };
    let mut state = state.lock().unwrap();
    state.got.push(got);
    let status = state.answers.pop_front().unwrap_or(200);
    HttpResponse::build(StatusCode::from_u16(status).unwrap()).body("noted")
}

/// A call of the API: status and JSON.
macro_rules! api {
    ($world:expr, $method:ident, $path:expr) => {
        api!($world, $method, $path, Value::Null)
    };
    ($world:expr, $method:ident, $path:expr, $body:expr) => {{
        let service = service!($world.seller.app);
        let mut request = serving::TestRequest::default().method(Method::$method).uri($path);
        let body: Value = $body;
        if !body.is_null() {
            request = request.set_json(body);
        }
        let answer = serving::call_service(&service, request.to_request()).await;
        let status = answer.status().as_u16();
        let bytes = serving::read_body(answer).await;
        (status, serde_json::from_slice::<Value>(&bytes).unwrap_or(Value::Null))
    }};
}

/// Id and secret of a webhook to this receiver.
macro_rules! hooked {
    ($world:expr, $receiver:expr, $kinds:expr) => {{
        let (status, made) =
            api!($world, POST, "/api/webhooks", json!({ "url": $receiver.url, "kinds": $kinds, "description": "ERP" }));
        assert_eq!(status, 201, "{made}");
        (made["id"].as_str().unwrap().to_owned(), made["secret"].as_str().unwrap().to_owned())
    }};
}

journeys! {
    async fn an_order_is_told_step_by_step_signed_and_in_order(world) {
        let receiver = Receiver::start();
        let (id, secret) = hooked!(world, receiver, ["order.*"]);
        let order_id = world.session().buy(&[("NG-001", 1)]).await;
        world.desk(&order_id, "accept", "").await;
        world.desk(&order_id, "pack", "").await;
        receiver.told("order.pack").await;
        let steps: Vec<String> =
            receiver.got().iter().filter(|one| one.body()["data"]["order_id"] == order_id.as_str()).map(Got::kind).collect();
        assert_eq!(steps, ["order.confirm", "order.accept", "order.pack"]);
        let pack = receiver.told("order.pack").await;
        assert!(pack.is_signed_with(&secret) && !pack.is_signed_with("whsec_bm90IGl0"));
        let body = pack.body();
        assert_eq!((&body["id"], &body["data"]["partner_id"]), (&json!(pack.id), &json!(PARTNER)));
        assert_eq!(body["data"]["state"], "In-progress");
        let (_, deliveries) = api!(world, GET, &format!("/api/webhooks/{id}/deliveries?state=done&limit=2"));
        assert_eq!(deliveries["items"].as_array().unwrap().len(), 2);
        assert!(!deliveries["next"].is_null());
        assert_eq!((&deliveries["items"][0]["status"], &deliveries["items"][0]["attempts"]), (&json!(200), &json!(1)));
    }

    async fn what_was_not_taken_is_sent_again_before_what_came_after_it(world) {
        let receiver = Receiver::start();
        receiver.answers(&[500]);
        let (id, _) = hooked!(world, receiver, ["order.confirm", "order.accept"]);
        let order_id = world.session().buy(&[("NG-001", 1)]).await;
        world.desk(&order_id, "accept", "").await;
        receiver.told("order.accept").await;
        assert_eq!(receiver.kinds(), ["order.confirm", "order.confirm", "order.accept"]);
        let got = receiver.got();
        assert_eq!(got[0].id, got[1].id, "a receiver knows what it has had");
        assert!(got[1].timestamp - got[0].timestamp >= 4, "it waited");
        let done = eventually("done", || async {
            let (_, page) = api!(world, GET, &format!("/api/webhooks/{id}/deliveries"));
            (page["items"][1]["state"] == "done").then(|| page["items"][1].clone())
        })
        .await;
        assert_eq!((&done["kind"], &done["attempts"]), (&json!("order.confirm"), &json!(2)));
    }

    async fn a_test_goes_to_one_place_and_a_replay_has_the_same_id(world) {
        let (one, other) = (Receiver::start(), Receiver::start());
        let (id, _) = hooked!(world, one, ["ticket.*"]);
        hooked!(world, other, ["*"]);
        assert_eq!(api!(world, POST, &format!("/api/webhooks/{id}/test")).0, 202);
        let test = one.told("test").await;
        assert!(other.got().is_empty());
        let delivery = eventually("the delivery", || async {
            let (_, page) = api!(world, GET, &format!("/api/webhooks/{id}/deliveries?state=done"));
            page["items"][0]["id"].as_str().map(str::to_owned)
        })
        .await;
        assert_eq!(api!(world, POST, &format!("/api/webhooks/{id}/deliveries/{delivery}/replay")).0, 202);
        eventually("the replay", || async { (one.got().len() == 2).then_some(()) }).await;
        assert_eq!(one.got()[1].id, test.id);
        let now = world.seller.app.now().as_millisecond();
        let (status, replayed) =
            api!(world, POST, &format!("/api/webhooks/{id}/replay"), json!({ "from_ms": 0, "to_ms": now }));
        assert_eq!((status, &replayed["events"]), (202, &json!(1)), "an event counts once, however often it was sent");
        eventually("the span", || async { (one.got().len() == 3).then_some(()) }).await;
    }

    async fn a_paused_place_gets_everything_once_it_is_started_again(world) {
        let receiver = Receiver::start();
        let (id, secret) = hooked!(world, receiver, ["order.confirm", "stock.change"]);
        let active = format!("/api/webhooks/{id}/active");
        assert_eq!(api!(world, PUT, &active, json!({ "active": false })).0, 204);
        let order_id = world.session().buy(&[("NG-001", 1)]).await;
        let waiting = api!(world, GET, &format!("/api/webhooks/{id}")).1;
        assert!(waiting["waiting"].as_i64().unwrap() >= 1 && receiver.got().is_empty(), "{waiting}");
        let (_, fresh) = api!(world, POST, &format!("/api/webhooks/{id}/secret"));
        assert_eq!(api!(world, PUT, &active, json!({ "active": true })).0, 204);
        let confirm = receiver.told("order.confirm").await;
        assert_eq!(confirm.body()["data"]["order_id"], order_id.as_str());
        let fresh = fresh["secret"].as_str().unwrap();
        assert!(confirm.is_signed_with(fresh) && confirm.is_signed_with(&secret), "both sign for a day");
    }

    async fn a_place_that_is_gone_is_paused_and_says_so(world) {
        let receiver = Receiver::start();
        receiver.answers(&[410]);
        let (id, _) = hooked!(world, receiver, ["stock.change"]);
        assert_eq!(api!(world, POST, &format!("/api/webhooks/{id}/test")).0, 202);
        let paused = eventually("paused", || async {
            let (_, place) = api!(world, GET, &format!("/api/webhooks/{id}"));
            (place["active"] == false).then_some(place)
        })
        .await;
        assert!(paused["paused_because"].as_str().unwrap().contains("410") && paused["failed"] == 1, "{paused}");
        let service = service!(world.seller.app);
        let page = serving::TestRequest::get().uri(&format!("/console/webhooks/{id}")).to_request();
        let text = serving::call_and_read_body(&service, page).await;
        let text = String::from_utf8_lossy(&text);
        assert!(text.contains("it answered 410 Gone") && text.contains("Send 1 given up again"), "{text}");
        assert_eq!(api!(world, DELETE, &format!("/api/webhooks/{id}")).0, 204);
        assert_eq!(api!(world, GET, &format!("/api/webhooks/{id}")).0, 404);
    }
}

/// Without a worker: what it does between two lines is done here.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn who_stops_half_way_leaves_the_delivery_due_again(#[case] engine: Engine) {
    let Some(temp) = temp_database(engine).await else { return };
    let db = temp.open("seller", seller_app::store::MIGRATIONS).await;
    let now = "2026-01-01T00:00:00Z".parse::<Timestamp>().unwrap();
    let (stamp, now_ms) = (Stamp::new(now, &OsRandomness), now.as_millisecond());
    let chosen = Chosen { url: "https://erp.example.com/", kinds: "stock.*", description: "" };
    let mut tx = db.begin().await.unwrap();
    let id = webhooks::add(&mut tx, chosen, "whsec_AAAA", "brand", &stamp).await.unwrap();
    for place in 0..2 {
        let (kind, data) = ("stock.change".to_owned(), json!({ "place": place }));
        let happening = Happening { kind, subject: "shelf A B".to_owned(), data };
        Listeners::read(&mut tx).await.unwrap().tell(&mut tx, &happening, &stamp).await.unwrap();
    }
    tx.commit().await.unwrap();
    let due = webhook_deliveries::due(&db, &id, now_ms, 8).await.unwrap();
    assert_eq!(due.len(), 1, "the second one of a shelf waits for the first");
    assert!(due[0].body.contains("\"place\":0"));
    let mut tx = db.begin().await.unwrap();
    assert!(webhook_deliveries::claim(&mut tx, &due[0], now_ms + 60_000).await.unwrap());
    assert!(!webhook_deliveries::claim(&mut tx, &due[0], now_ms + 60_000).await.unwrap(), "one sender at a time");
    tx.commit().await.unwrap();
    assert!(webhook_deliveries::due(&db, &id, now_ms, 8).await.unwrap().is_empty());
    let later = webhook_deliveries::due(&db, &id, now_ms + 60_000, 8).await.unwrap();
    assert_eq!(
        (later.len(), later[0].attempts, &later[0].id),
        (1, 1, &due[0].id),
        "it is due again, and the try counts"
    );
    db.close().await;
}

fn locked(config: &mut SellerConfig) {
    config.node.danger_open_console = false;
    config.node.danger_allow_private_addresses = false;
    config.node.console_token = Secret::new("brand-token-for-tests");
}

#[actix_web::test]
async fn bad_places_are_refused_with_the_reason() {
    let Some(world) = World::start(Engine::Sqlite, locked).await else { return };
    let service = service!(world.seller.app);
    for (url, kinds, why) in [
        ("http://erp.example.com/", vec!["*"], "plain http is refused"),
        ("https://127.0.0.1/", vec!["*"], "not a public address"),
        ("https://erp.example.com/", vec![], "name at least one"),
        ("https://erp.example.com/", vec!["orders.*"], "`orders.*` is no kind"),
        ("erp.example.com", vec!["*"], "it is no URL"),
    ] {
        let request = serving::TestRequest::post()
            .uri("/api/webhooks")
            .insert_header((header::AUTHORIZATION, "Bearer brand-token-for-tests"))
            .set_json(json!({ "url": url, "kinds": kinds }))
            .to_request();
        let answer = serving::call_service(&service, request).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{url}");
        let problem: Value = serving::read_body_json(answer).await;
        assert!(problem["detail"].as_str().unwrap().contains(why), "{problem}");
    }
    let stranger = serving::TestRequest::get().uri("/api/webhooks").to_request();
    assert_eq!(serving::call_service(&service, stranger).await.status(), StatusCode::UNAUTHORIZED);
    world.seller.stop().await;
}
