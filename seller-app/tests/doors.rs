//! What every changing door has in common: tokens open it, its acts are recorded, and a call that is sent twice is done once.
//! Both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

use actix_web::http::{Method, StatusCode};
use actix_web::test as serving;
use node::config::Secret;
use node::testing::Engine;
use protocol::address_guard::AddressGuard;
use protocol::http::{Http, HttpConfig};
use seller_app::SellerConfig;
use seller_app::people::doors;
use seller_app::store::{api_tokens, idempotency};
use serde_json::{Value, json};

#[macro_use]
#[path = "support/served.rs"]
mod served;
#[path = "support/buyer.rs"]
mod buyer;
use buyer::{PARTNER, World};

const BRAND: &str = "brand-token-for-tests";
const SKU: &str = "NG-001";

fn locked(config: &mut SellerConfig) {
    config.node.danger_open_console = false;
    config.node.console_token = Secret::new(BRAND);
}

/// Status, JSON (or null), text, the `Link` header.
struct Answer {
    status: StatusCode,
    json: Value,
    text: String,
    link: String,
    replayed: bool,
}

macro_rules! call {
    ($service:expr, $method:ident, $path:expr, $token:expr, $body:expr) => {
        call!($service, $method, $path, $token, $body, "")
    };
    ($service:expr, $method:ident, $path:expr, $token:expr, $body:expr, $key:expr) => {{
        let mut request = serving::TestRequest::default().method(Method::$method).uri($path);
        let (token, key, body): (&str, &str, Value) = ($token, $key, $body);
        if !token.is_empty() {
            request = request.insert_header(("authorization", format!("Bearer {token}")));
        }
        if !key.is_empty() {
            request = request.insert_header(("idempotency-key", key));
        }
        if !body.is_null() {
            request = request.set_json(body);
        }
        let answer = serving::call_service(&$service, request.to_request()).await;
        let text =
            |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or("").to_owned();
        let (status, link, replayed) = (answer.status(), text("link"), text("idempotency-replayed") == "true");
        let bytes = serving::read_body(answer).await;
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status, json, text: String::from_utf8_lossy(&bytes).into_owned(), link, replayed }
    }};
}

/// The rows of the record of acts, the newest first.
macro_rules! acts {
    ($service:expr, $query:expr) => {{
        let answer = call!($service, GET, &format!("/api/audit?{}", $query), BRAND, Value::Null);
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.json["items"].as_array().unwrap().clone()
    }};
}

macro_rules! on_both_engines {
    ($(async fn $name:ident($world:ident) $body:block)+) => {
        $(mod $name {
            use super::*;

            async fn journey($world: &World) $body

            #[actix_web::test]
            async fn sqlite() {
                if let Some(world) = World::start(Engine::Sqlite, locked).await {
                    journey(&world).await;
                    world.seller.stop().await;
                }
            }

            #[actix_web::test]
            async fn postgres() {
                if let Some(world) = World::start(Engine::Postgres, locked).await {
                    journey(&world).await;
                    world.seller.stop().await;
                }
            }
        })+
    };
}

/// Method and pattern of every changing door, read where they are mounted.
fn changing_doors() -> Vec<(String, String)> {
    let rooms = [
        ("/api", include_str!("../src/api.rs")),
        ("/console", include_str!("../src/console.rs")),
        ("/portal", include_str!("../src/portal.rs")),
    ];
    let mut found = vec![("POST".to_owned(), "/sign-in".to_owned()), ("POST".to_owned(), "/sign-out".to_owned())];
    for (room, source) in rooms {
        for rest in source.split(".route(\"").skip(1) {
            let (path, rest) = rest.split_once('"').unwrap();
            let method = rest.split_once("web::").unwrap().1.split_once('(').unwrap().0.to_uppercase();
            if method != "GET" {
                found.push((method, format!("{room}{path}")));
            }
        }
    }
    found
}

on_both_engines! {
    async fn a_token_has_a_role_an_end_and_is_shown_once(world) {
        let (app, service) = (&world.seller.app, service!(world.seller.app));
        let made = call!(service, POST, "/api/tokens", BRAND, json!({ "name": "erp", "role": "fulfilment-manager",
            "permissions": ["see", "set-stock"], "expires_in_days": 30 }));
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
        let (erp, id) = (made.json["token"].as_str().unwrap(), made.json["id"].as_str().unwrap());
        let shelf = format!("/api/stock/{PARTNER}/{SKU}");
        assert_eq!(call!(service, PUT, &shelf, erp, json!({ "on_hand": 44 })).status, StatusCode::OK);
        // Its role may; it may not.
        let life = format!("/api/partners/{PARTNER}/active");
        let refused = call!(service, PUT, &life, erp, json!({ "active": false }));
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(refused.text.contains("make one with `partners`"), "{}", refused.text);
        assert_eq!(call!(service, GET, "/api/tokens", erp, Value::Null).status, StatusCode::FORBIDDEN);
        // The ledger and the record of acts name it.
        let moved = call!(service, GET, &format!("{shelf}/movements"), BRAND, Value::Null);
        assert!(moved.text.contains("token:erp"), "{}", moved.text);
        let rows = acts!(service, "actor=token:erp");
        assert_eq!((&rows[0]["status"], &rows[1]["status"]), (&json!(403), &json!(200)));
        assert_eq!((&rows[1]["kind"], &rows[1]["target"]), (&json!("token"), &json!(format!("{PARTNER}/{SKU}"))));

        let list = call!(service, GET, "/api/tokens", BRAND, Value::Null);
        assert!(!list.text.contains(erp) && list.json["items"][0]["last_used_ms"].is_i64(), "{}", list.text);
        let page = call!(service, GET, "/console/people", BRAND, Value::Null);
        assert!(page.text.contains("data-test=\"token-erp\"") && !page.text.contains(erp));
        // Only its digest is kept, and it ends by itself.
        let digest = protocol::digest::digest(erp.as_bytes());
        let ends = made.json["expires_at_ms"].as_i64().unwrap();
        assert!(api_tokens::by_digest(&app.node.db, &digest, ends - 1).await.unwrap().is_some());
        assert!(api_tokens::by_digest(&app.node.db, &digest, ends).await.unwrap().is_none());
        for _ in 0..2 {
            let gone = call!(service, DELETE, &format!("/api/tokens/{id}"), BRAND, Value::Null);
            assert_eq!(gone.status, StatusCode::NO_CONTENT);
        }
        assert_eq!(call!(service, GET, "/api/stock", erp, Value::Null).status, StatusCode::UNAUTHORIZED);
        assert_eq!(call!(service, DELETE, "/api/tokens/none", BRAND, Value::Null).status, StatusCode::NOT_FOUND);
        for (bad, words) in [
            (json!({ "name": "", "role": "agent" }), "1 to 64 characters"),
            (json!({ "name": "a", "role": "boss" }), "there is no role `boss`"),
            (json!({ "name": "a", "role": "agent", "permissions": ["policy"] }), "agent may not change the routing policy"),
            (json!({ "name": "a", "role": "agent", "permissions": ["fly"] }), "there is no permission `fly`"),
            (json!({ "name": "a", "role": "agent", "expires_in_days": 999 }), "1 to 366 days"),
            (json!({ "name": "a", "role": "picker" }), "a partner's role needs one"),
        ] {
            let answer = call!(service, POST, "/api/tokens", BRAND, bad);
            assert_eq!(answer.status, StatusCode::BAD_REQUEST);
            assert!(answer.text.contains(words), "{}", answer.text);
        }
    }

    async fn a_token_of_a_partner_or_an_account_has_its_rights_and_no_more(world) {
        let service = service!(world.seller.app);
        let body = json!({ "name": "till", "role": "partner-owner", "partner_id": PARTNER });
        let till = call!(service, POST, "/api/tokens", BRAND, body).json["token"].as_str().unwrap().to_owned();
        let own = call!(service, GET, "/api/partners", &till, Value::Null);
        assert_eq!(own.json.as_array().unwrap().len(), 1);
        let other = call!(service, PUT, &format!("/api/stock/blr-hsr/{SKU}"), &till, json!({ "on_hand": 1 }));
        assert_eq!(other.status, StatusCode::NOT_FOUND);

        let ravi = json!({ "login": "Ravi", "role": "field" });
        let made = call!(service, POST, "/api/people", BRAND, ravi.clone());
        assert_eq!((made.status, &made.json["login"]), (StatusCode::CREATED, &json!("ravi")), "{}", made.text);
        assert!(made.json["password"].as_str().unwrap().len() >= 12);
        assert_eq!(call!(service, POST, "/api/people", BRAND, ravi).status, StatusCode::CONFLICT);
        let both = json!({ "name": "script", "account": "ravi", "role": "brand-admin" });
        assert_eq!(call!(service, POST, "/api/tokens", BRAND, both).status, StatusCode::BAD_REQUEST);
        let body = json!({ "name": "script", "account": "ravi" });
        let script = call!(service, POST, "/api/tokens", BRAND, body).json["token"].as_str().unwrap().to_owned();
        let shelf = format!("/api/stock/{PARTNER}/{SKU}");
        assert_eq!(call!(service, PUT, &shelf, &script, json!({ "on_hand": 9 })).status, StatusCode::OK);
        // The account's role of this moment counts.
        let role = call!(service, PUT, "/api/people/ravi/role", BRAND, json!({ "role": "auditor" }));
        assert_eq!((role.status, &role.json["role"]), (StatusCode::OK, &json!("auditor")));
        assert_eq!(call!(service, PUT, &shelf, &script, json!({ "on_hand": 8 })).status, StatusCode::FORBIDDEN);
        assert_eq!(call!(service, GET, "/api/audit", &script, Value::Null).status, StatusCode::OK);
        let off = call!(service, PUT, "/api/people/ravi/active", BRAND, json!({ "active": false }));
        assert_eq!((off.status, &off.json["active"]), (StatusCode::OK, &json!(false)));
        assert_eq!(call!(service, GET, "/api/audit", &script, Value::Null).status, StatusCode::UNAUTHORIZED);
        let again = call!(service, POST, "/api/people/ravi/password", BRAND, Value::Null);
        assert_ne!(again.json["password"], made.json["password"]);
        let rows = acts!(service, "target=ravi");
        let said: Vec<&str> = rows.iter().map(|row| row["summary"].as_str().unwrap()).collect();
        let wanted =
            ["set a new password", "switched off", "role: field → auditor", "not done", "made an account as field"];
        assert_eq!(said.iter().filter(|one| **one != "not done").count(), 4, "{said:?} {wanted:?}");
        assert!(said.contains(&"role: field → auditor"), "{said:?}");
        assert_eq!(call!(service, GET, "/api/people/nobody", BRAND, Value::Null).status, StatusCode::NOT_FOUND);
    }

    async fn every_changing_door_leaves_a_trace(world) {
        let service = service!(world.seller.app);
        let all = changing_doors();
        assert!(all.len() > 50, "{} doors were found", all.len());
        for (method, pattern) in &all {
            assert!(doors::words(method, pattern).is_some(), "people::doors::words does not know {method} {pattern}");
            let path = pattern.replace("{action:.+}", "pack");
            let path: String = path.split('/').map(|part| if part.starts_with('{') { "x" } else { part })
                .collect::<Vec<_>>().join("/");
            for token in ["", BRAND] {
                let mut request = serving::TestRequest::default().method(method.parse().unwrap()).uri(&path);
                if !token.is_empty() {
                    request = request.insert_header(("authorization", format!("Bearer {token}")));
                }
                let status = serving::call_service(&service, request.to_request()).await.status();
                let last = &acts!(service, "limit=1")[0];
                assert_eq!((&last["method"], &last["door"]), (&json!(method), &json!(pattern)), "no trace");
                assert_eq!(last["status"], json!(status.as_u16()), "{method} {pattern}");
                let kind = if token.is_empty() { "unknown" } else { "brand" };
                assert_eq!(last["kind"], json!(kind), "{method} {pattern}");
            }
        }
    }

    async fn the_record_is_read_by_person_target_and_day_and_holds_no_secret(world) {
        let service = service!(world.seller.app);
        let made = call!(service, POST, "/api/people", BRAND, json!({ "login": "asha", "role": "auditor" }));
        let password = made.json["password"].as_str().unwrap();
        let form = [("login", "asha"), ("password", "a-wrong-guess-of-mine")];
        let request = serving::TestRequest::post().uri("/sign-in").set_form(form).to_request();
        assert_eq!(serving::call_service(&service, request).await.status(), StatusCode::UNAUTHORIZED);
        let row = &acts!(service, "target=asha&limit=1")[0];
        assert_eq!((&row["door"], &row["status"], &row["kind"]), (&json!("/sign-in"), &json!(401), &json!("unknown")));
        for units in 0..5 {
            let body = json!({ "on_hand": 10 + units });
            call!(service, PUT, &format!("/api/stock/{PARTNER}/{SKU}"), BRAND, body);
        }
        let query = format!("/api/audit?target={PARTNER}/{SKU}&limit=2");
        let first = call!(service, GET, &query, BRAND, Value::Null);
        // What is added meanwhile neither repeats nor hides a row.
        call!(service, PUT, &format!("/api/stock/{PARTNER}/{SKU}"), BRAND, json!({ "on_hand": 1 }));
        let mut seen: Vec<Value> = first.json["items"].as_array().unwrap().clone();
        let mut link = first.link;
        let mut next = first.json["next"].clone();
        while let Some(cursor) = next.as_str() {
            assert!(link.ends_with("; rel=\"next\"") && link.contains(cursor), "{link}");
            let to = link.trim_start_matches('<').split('>').next().unwrap().to_owned();
            let page = call!(service, GET, &to, BRAND, Value::Null);
            seen.extend(page.json["items"].as_array().unwrap().clone());
            (next, link) = (page.json["next"].clone(), page.link);
        }
        let mut ids: Vec<&str> = seen.iter().map(|row| row["id"].as_str().unwrap()).collect();
        assert_eq!((ids.len(), link.as_str()), (5, ""));
        ids.dedup();
        assert_eq!(ids.len(), 5);
        assert!(seen.iter().all(|row| row["summary"] == "counted a shelf"));

        assert!(acts!(service, "to=2001-01-01").is_empty());
        assert!(!acts!(service, "from=2001-01-01").is_empty());
        assert!(acts!(service, "refused=true").iter().all(|row| row["status"].as_i64().unwrap() >= 400));
        for bad in ["from=soon", "limit=0", "limit=201"] {
            let answer = call!(service, GET, &format!("/api/audit?{bad}"), BRAND, Value::Null);
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{bad}");
        }
        let file = call!(service, GET, "/api/audit/csv", BRAND, Value::Null).text;
        assert!(file.starts_with("when,kind,actor,") && file.lines().count() > 7, "{file}");
        let page = call!(service, GET, &format!("/console/audit?target={PARTNER}/{SKU}"), BRAND, Value::Null).text;
        assert_eq!(page.matches("data-test=\"act\"").count(), 6);
        let all = call!(service, GET, "/api/audit?limit=200", BRAND, Value::Null).text;
        for secret in [BRAND, password, "a-wrong-guess-of-mine"] {
            assert!(!all.contains(secret) && !file.contains(secret), "a secret was recorded");
        }
    }

    async fn lists_come_in_pages_that_new_rows_do_not_move(world) {
        let service = service!(world.seller.app);
        for _ in 0..3 {
            world.session().buy(&[(SKU, 1)]).await;
        }
        for (path, key) in
            [("/api/orders?limit=2", "id"), ("/api/partners?limit=5", "id"), ("/api/items?limit=7", "sku"),
             (&format!("/api/stock?partner={PARTNER}&limit=9"), "sku")]
        {
            let whole = path.replace("limit=2", "limit=200");
            let whole = whole.split("limit=").next().unwrap().trim_end_matches(['?', '&']);
            let all = call!(service, GET, whole, BRAND, Value::Null).json.as_array().unwrap().len();
            let (mut seen, mut to, mut calls) = (Vec::new(), path.to_owned(), 0);
            while !to.is_empty() {
                let page = call!(service, GET, &to, BRAND, Value::Null);
                assert_eq!(page.status, StatusCode::OK, "{to}: {}", page.text);
                seen.extend(page.json.as_array().unwrap().iter().map(|row| row[key].as_str().unwrap().to_owned()));
                to = page.link.trim_start_matches('<').split('>').next().unwrap_or_default().to_owned();
                calls += 1;
                if calls == 1 && path.starts_with("/api/orders") {
                    world.session().buy(&[(SKU, 1)]).await;
                }
            }
            assert!(calls > 1, "{path} came in one page");
            assert_eq!(seen.len(), all, "{path}");
            seen.sort_unstable();
            seen.dedup();
            assert_eq!(seen.len(), all, "{path} repeats a row");
        }
        for bad in ["/api/orders?cursor=soon", "/api/items?limit=0"] {
            assert_eq!(call!(service, GET, bad, BRAND, Value::Null).status, StatusCode::BAD_REQUEST, "{bad}");
        }
    }

    async fn a_key_gets_the_first_answer_again(world) {
        let (app, service) = (&world.seller.app, service!(world.seller.app));
        let adjust = format!("/api/stock/{PARTNER}/{SKU}/adjust");
        let body = json!({ "units": 3, "reason": "goods in" });
        let before = world.stock(SKU).await.on_hand;
        let first = call!(service, POST, &adjust, BRAND, body.clone(), "\"k-1\"");
        assert_eq!((first.status, first.replayed), (StatusCode::OK, false), "{}", first.text);
        call!(service, POST, &adjust, BRAND, json!({ "units": 10, "reason": "between" }));
        let again = call!(service, POST, &adjust, BRAND, body.clone(), "k-1");
        assert_eq!((again.status, again.replayed, &again.text), (StatusCode::OK, true, &first.text));
        assert_eq!(world.stock(SKU).await.on_hand, before + 13);
        let other = call!(service, POST, &adjust, BRAND, json!({ "units": 4, "reason": "goods in" }), "k-1");
        assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", other.text);
        for bad in ["\"\"", "two words", &"k".repeat(256)] {
            let answer = call!(service, POST, &adjust, BRAND, body.clone(), bad);
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{bad}");
        }
        // Somebody else's key is another key, and whoever may not do it does not see its answer.
        let agent = call!(service, POST, "/api/tokens", BRAND, json!({ "name": "n", "role": "agent" }));
        let agent = agent.json["token"].as_str().unwrap().to_owned();
        let field = call!(service, POST, "/api/tokens", BRAND, json!({ "name": "f", "role": "field" }));
        let field = field.json["token"].as_str().unwrap().to_owned();
        assert_eq!(call!(service, POST, &adjust, &agent, body.clone(), "k-1").status, StatusCode::FORBIDDEN);
        assert!(!call!(service, POST, &adjust, &field, body.clone(), "k-1").replayed);
        assert_eq!(world.stock(SKU).await.on_hand, before + 16);
        // What was refused for now gives its key back; what will never do is answered again.
        let much = json!({ "units": -900_000, "reason": "sold" });
        for _ in 0..2 {
            let short = call!(service, POST, &adjust, BRAND, much.clone(), "k-2");
            assert_eq!((short.status, short.replayed), (StatusCode::CONFLICT, false));
        }
        let wrong = json!({ "units": 1, "reason": "" });
        assert!(!call!(service, POST, &adjust, BRAND, wrong.clone(), "k-3").replayed);
        assert!(call!(service, POST, &adjust, BRAND, wrong, "k-3").replayed);
        // A secret is not kept for another showing.
        let token = json!({ "name": "once", "role": "agent" });
        let secret = call!(service, POST, "/api/tokens", BRAND, token.clone(), "k-4").json["token"].clone();
        let again = call!(service, POST, "/api/tokens", BRAND, token, "k-4");
        assert_eq!(again.status, StatusCode::CONFLICT);
        assert!(again.text.contains("shown once") && !again.text.contains(secret.as_str().unwrap()));
        // A running one is told so; an old one is forgotten.
        let of = idempotency::KeyOf { caller: "brand".to_owned(), key: "k-5".to_owned() };
        let mut tx = app.node.db.begin().await.unwrap();
        assert!(idempotency::claim(&mut tx, &of, "another", 5, 0).await.unwrap());
        tx.commit().await.unwrap();
        let fresh = call!(service, POST, &adjust, BRAND, body.clone(), "k-5");
        assert_eq!((fresh.status, fresh.replayed), (StatusCode::OK, false), "a key of long ago is free");
        let mut tx = app.node.db.begin().await.unwrap();
        idempotency::forget(&mut tx, i64::MAX).await.unwrap();
        tx.commit().await.unwrap();
        assert!(idempotency::find(&app.node.db, &of).await.unwrap().is_none());
    }

    async fn twenty_equal_requests_are_one_act(world) {
        let config = HttpConfig { address_guard: AddressGuard { allow_private: true }, ..HttpConfig::default() };
        let (http, url) = (Http::new(config).unwrap(), format!("{}/api/stock/{PARTNER}/{SKU}/adjust", world.seller.url));
        let before = world.stock(SKU).await.on_hand;
        let authorization = format!("Bearer {BRAND}");
        let body = serde_json::to_vec(&json!({ "units": 5, "reason": "goods in" })).unwrap();
        let calls: Vec<_> = (0..20)
            .map(|_| {
                let (http, url, authorization, body) = (http.clone(), url.clone(), authorization.clone(), body.clone());
                tokio::spawn(async move {
                    let headers = [("authorization", authorization.as_str()), ("idempotency-key", "one-act")];
                    http.post(&url, body.into(), &headers).await.unwrap()
                })
            })
            .collect();
        let (mut done, mut told) = (0, 0);
        for call in calls {
            let answer = call.await.unwrap();
            match (answer.status, answer.header("idempotency-replayed")) {
                (200, None) => done += 1,
                (200, Some(_)) | (409, None) => told += 1,
                (status, _) => panic!("{status}: {}", String::from_utf8_lossy(&answer.body)),
            }
        }
        assert_eq!((done, told), (1, 19));
        assert_eq!(world.stock(SKU).await.on_hand, before + 5);
        let headers = [("authorization", authorization.as_str()), ("idempotency-key", "one-act")];
        let after = http.post(&url, body.into(), &headers).await.unwrap();
        assert_eq!((after.status, after.header("idempotency-replayed")), (200, Some("true")));
        let service = service!(world.seller.app);
        let row = &acts!(service, "limit=1")[0];
        assert_eq!((&row["address"], &row["actor"]), (&json!("127.0.0.1"), &json!("brand")));
        assert_eq!(row["summary"], "the answer of the first call was given again");
    }
}
