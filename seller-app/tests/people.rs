//! People: who signs in, what each role may do, and when a session ends. Both engines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

use std::fmt::Write as _;

use actix_web::http::{Method, StatusCode, header};
use actix_web::test as serving;
use node::config::Secret;
use node::testing::Engine;
use seller_app::SellerConfig;
use seller_app::people::{Login, Permission, Role, doors, password};
use seller_app::people_work::{self, PeopleError, Wanted};
use seller_app::store::sessions;
use serde_json::Value;
use zeroize::Zeroizing;

#[macro_use]
#[path = "support/served.rs"]
mod served;
#[path = "support/buyer.rs"]
mod buyer;
use buyer::{PARTNER, World};

const TOKEN: &str = "brand-token-for-tests";
const PASSWORD: &str = "correct horse battery";

fn locked(config: &mut SellerConfig) {
    config.node.danger_open_console = false;
    config.node.console_token = Secret::new(TOKEN);
}

/// Status, Location, cookie, text.
struct Answer {
    status: StatusCode,
    to: String,
    cookie: String,
    text: String,
}

macro_rules! call {
    ($service:expr, $method:ident, $path:expr, $headers:expr, $form:expr) => {{
        let mut request = serving::TestRequest::default().method(Method::$method).uri($path);
        let headers: &[(&str, &str)] = $headers;
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        let form: &[(&str, &str)] = $form;
        if !form.is_empty() {
            request = request.set_form(form);
        }
        let answer = serving::call_service(&$service, request.to_request()).await;
        let text = |name: header::HeaderName| {
            answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
        };
        let (status, to) = (answer.status(), text(header::LOCATION));
        let set = answer.headers().get_all(header::SET_COOKIE).filter_map(|value| value.to_str().ok());
        let cookie = set.filter(|cookie| cookie.starts_with("haat_person=")).last().unwrap_or_default().to_owned();
        let bytes = serving::read_body(answer).await;
        Answer { status, to, cookie, text: String::from_utf8_lossy(&bytes).into_owned() }
    }};
}

/// The cookie of somebody who signs in.
macro_rules! signed_in {
    ($service:expr, $login:expr) => {{
        let answer = call!($service, POST, "/sign-in", &[], &[("login", $login), ("password", PASSWORD)]);
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        answer.cookie.split(';').next().unwrap().to_owned()
    }};
}

async fn account(world: &World, login: &str, role: &str, partner_id: &str) -> Result<(), PeopleError> {
    let password = Some(Zeroizing::new(PASSWORD.to_owned()));
    let wanted = Wanted { login, name: "", role, partner_id, password };
    people_work::add(&world.seller.app, wanted).await.map(|_| ())
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

on_both_engines! {
    async fn a_person_signs_in_and_out_and_records_name_it(world) {
        let service = service!(world.seller.app);
        let html = ("accept", "text/html");
        // Nobody has an account: the token is asked for, as ever.
        assert!(call!(service, GET, "/console/stock", &[html], &[]).to.starts_with("/login?"));
        account(world, "Asha@Brand.Example", "brand-admin", "").await.unwrap();
        let sent = call!(service, GET, "/console/stock", &[html], &[]).to;
        assert_eq!(sent, "/sign-in?back=%2Fconsole%2Fstock");

        let wrong = call!(service, POST, "/sign-in", &[], &[("login", "asha@brand.example"), ("password", "no")]);
        assert_eq!((wrong.status, wrong.cookie.as_str()), (StatusCode::UNAUTHORIZED, ""));
        let form = [("login", "ASHA@brand.example"), ("password", PASSWORD), ("back", "//evil.example")];
        let other_site = call!(service, POST, "/sign-in", &[("origin", "https://evil.example")], &form);
        assert_eq!(other_site.status, StatusCode::FORBIDDEN);
        let right = call!(service, POST, "/sign-in", &[], &form);
        assert_eq!((right.status, right.to.as_str()), (StatusCode::SEE_OTHER, "/"));
        assert!(right.cookie.contains("HttpOnly") && right.cookie.contains("SameSite=Lax"), "{}", right.cookie);

        let cookie = right.cookie.split(';').next().unwrap();
        assert_eq!(call!(service, GET, "/console/stock", &[("cookie", cookie)], &[]).status, StatusCode::OK);
        assert_eq!(call!(service, GET, "/api/orders", &[("cookie", cookie)], &[]).status, StatusCode::OK);
        let step = [("step", "suspend"), ("reason", "stocktaking")];
        let path = format!("/console/partners/{PARTNER}/step");
        let forged = [("cookie", cookie), ("sec-fetch-site", "cross-site")];
        assert_eq!(call!(service, POST, &path, &forged, &step).status, StatusCode::FORBIDDEN);
        assert_eq!(call!(service, POST, &path, &[("cookie", cookie)], &step).status, StatusCode::SEE_OTHER);
        let history = call!(service, GET, &format!("/api/partners/{PARTNER}/history"), &[("cookie", cookie)], &[]);
        let history: Value = serde_json::from_str(&history.text).unwrap();
        assert_eq!((&history[0]["step"], &history[0]["actor"]), (&"suspend".into(), &"asha@brand.example".into()));

        assert_eq!(call!(service, POST, "/sign-out", &[("cookie", cookie)], &[]).to, "/sign-in");
        let gone = call!(service, GET, "/api/orders", &[("cookie", cookie)], &[]);
        assert_eq!(gone.status, StatusCode::UNAUTHORIZED);
    }

    async fn a_partners_person_sees_its_partner_alone(world) {
        let service = service!(world.seller.app);
        account(world, "picker", "picker", PARTNER).await.unwrap();
        let cookie = signed_in!(service, "picker");
        let headers = &[("cookie", cookie.as_str())];
        let own = call!(service, GET, &format!("/api/partners/{PARTNER}/scorecard"), headers, &[]);
        assert_eq!(own.status, StatusCode::OK, "{}", own.text);
        let other = call!(service, GET, "/api/partners/blr-indiranagar/scorecard", headers, &[]);
        assert_eq!(other.status, StatusCode::NOT_FOUND);
        let all: Value = serde_json::from_str(&call!(service, GET, "/api/partners", headers, &[]).text).unwrap();
        assert_eq!(all.as_array().unwrap().len(), 1);
        // Not its work, though it is its partner's.
        let money = call!(service, GET, &format!("/api/partners/{PARTNER}/claims"), headers, &[]);
        assert_eq!(money.status, StatusCode::FORBIDDEN);
        assert!(money.text.contains("picker may not see money"), "{}", money.text);
        let page = call!(service, GET, "/console/stock", headers, &[]);
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(page.text.contains("<h1>Forbidden</h1>"), "{}", page.text);
        assert!(matches!(account(world, "x1", "picker", "nobody").await, Err(PeopleError::Partner(_))));
        assert!(matches!(account(world, "x1", "agent", PARTNER).await, Err(PeopleError::NotOfPartner)));
        assert!(matches!(account(world, "picker", "agent", "").await, Err(PeopleError::Taken(_))));
        assert!(matches!(account(world, PARTNER, "agent", "").await, Err(PeopleError::Taken(_))));
    }

    async fn a_picker_works_in_the_portal_and_leaves_the_rest(world) {
        let service = service!(world.seller.app);
        account(world, "picker", "picker", PARTNER).await.unwrap();
        account(world, "agent", "agent", "").await.unwrap();
        let closed = call!(service, GET, "/portal", &[], &[]);
        assert!(closed.text.contains("/sign-in?back=/portal"), "{}", closed.text);
        let form = [("login", "picker"), ("password", PASSWORD)];
        let entered = call!(service, POST, "/sign-in", &[], &form);
        assert_eq!(entered.to, "/portal", "a partner's person is sent to its work");
        let cookie = entered.cookie.split(';').next().unwrap();
        let headers = &[("cookie", cookie)];
        assert_eq!(call!(service, GET, "/portal", headers, &[]).status, StatusCode::OK);
        let order_id = world.session().buy(&[("NG-001", 1)]).await;
        let path = format!("/portal/orders/{order_id}");
        assert_eq!(call!(service, GET, &path, headers, &[]).status, StatusCode::OK);
        let act = format!("{path}/act");
        let reject = [("action", "reject"), ("cause", "out-of-stock")];
        assert_eq!(call!(service, POST, &act, headers, &reject).status, StatusCode::FORBIDDEN);
        assert_eq!(call!(service, POST, &act, headers, &[("action", "pack")]).status, StatusCode::SEE_OTHER);
        assert_eq!(call!(service, GET, "/portal/statement", headers, &[]).status, StatusCode::FORBIDDEN);
        // The brand's people have the console; the portal is of no partner of theirs.
        let agent = signed_in!(service, "agent");
        let stranger = call!(service, GET, "/portal", &[("cookie", agent.as_str())], &[]);
        assert!(stranger.text.contains("/sign-in?back=/portal"), "{}", stranger.text);
    }

    async fn an_auditor_reads_and_changes_nothing(world) {
        let service = service!(world.seller.app);
        account(world, "auditor", "auditor", "").await.unwrap();
        let cookie = signed_in!(service, "auditor");
        let headers = &[("cookie", cookie.as_str())];
        for path in ["/console", "/console/stock", "/console/partners", "/api/orders", "/console/policy"] {
            assert_eq!(call!(service, GET, path, headers, &[]).status, StatusCode::OK, "{path}");
        }
        let count = [("partner_id", PARTNER), ("sku", "any"), ("on_hand", "1"), ("safety", "0")];
        assert_eq!(call!(service, POST, "/console/stock", headers, &count).status, StatusCode::FORBIDDEN);
        assert_eq!(call!(service, GET, "/console/people", headers, &[]).status, StatusCode::FORBIDDEN);
        // Not by a cookie: what its role may, a token beside it may not widen.
        let both = &[("cookie", cookie.as_str()), ("authorization", "Bearer wrong")];
        assert_eq!(call!(service, GET, "/api/orders", both, &[]).status, StatusCode::UNAUTHORIZED);
    }

    async fn guessing_stops_after_five_tries_whoever_it_is(world) {
        let service = service!(world.seller.app);
        account(world, "asha", "agent", "").await.unwrap();
        for login in ["asha", "nobody"] {
            for _ in 0..people_work::TRIES_MAX {
                let form = [("login", login), ("password", "guess")];
                let answer = call!(service, POST, "/sign-in", &[], &form);
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
                assert!(answer.text.contains("login or password are not right"));
            }
            let form = [("login", login), ("password", PASSWORD)];
            assert_eq!(call!(service, POST, "/sign-in", &[], &form).status, StatusCode::TOO_MANY_REQUESTS, "{login}");
        }
        // A new password from the admin opens it again.
        people_work::set_password(&world.seller.app, "asha", Some(Zeroizing::new(PASSWORD.to_owned()))).await.unwrap();
        assert!(signed_in!(service, "asha").starts_with("haat_person="));
    }

    async fn a_session_ends_when_idle_at_its_end_and_when_switched_off(world) {
        let (app, service) = (&world.seller.app, service!(world.seller.app));
        account(world, "asha", "brand-admin", "").await.unwrap();
        account(world, "ravi", "agent", "").await.unwrap();
        let cookie = signed_in!(service, "ravi");
        let secret = cookie.split_once('=').unwrap().1;
        let hour = 3_600_000;
        let now = app.now().as_millisecond();
        let digest = protocol::digest::digest(secret.as_bytes());
        assert!(sessions::find(&app.node.db, &digest, now + hour, 2 * hour).await.unwrap().is_some());
        assert!(sessions::find(&app.node.db, &digest, now + 3 * hour, 2 * hour).await.unwrap().is_none(), "idle");
        assert!(sessions::find(&app.node.db, &digest, now + 13 * hour, 99 * hour).await.unwrap().is_none(), "its end");

        let admin = signed_in!(service, "asha");
        let headers = &[("cookie", admin.as_str())];
        let off = call!(service, POST, "/console/people/ravi", headers, &[("change", "off")]);
        assert_eq!(off.status, StatusCode::SEE_OTHER, "{}", off.text);
        let headers_ravi = &[("cookie", cookie.as_str())];
        assert_eq!(call!(service, GET, "/api/orders", headers_ravi, &[]).status, StatusCode::UNAUTHORIZED);
        let form = [("login", "meera"), ("name", "Meera"), ("role", "finance"), ("partner", "")];
        let made = call!(service, POST, "/console/people", headers, &form);
        assert!(made.text.contains("data-test=\"new-password\"") && made.text.contains("Finance"), "{}", made.text);
        assert!(matches!(people_work::set_active(app, "asha", false).await, Err(PeopleError::LastAdmin)));
    }
}

/// The table of roles, and what each call of the API asks for. A change shows here.
#[test]
fn who_may_do_what() {
    let mut text = String::new();
    for role in Role::ALL {
        let may = Permission::ALL.into_iter().filter(|one| role.may(*one)).map(|one| format!("{one:?}"));
        writeln!(text, "{:18} {}", role.as_str(), may.collect::<Vec<_>>().join(" ")).unwrap();
    }
    text.push('\n');
    let document: Value = serde_json::from_str(&seller_app::api::openapi_json()).unwrap();
    for (path, calls) in document["paths"].as_object().unwrap() {
        for method in calls.as_object().unwrap().keys() {
            let pattern = path.replace("{action}", "{action:.+}");
            let method = method.to_uppercase();
            writeln!(text, "{:6} {path}: {:?}", method, doors::needs(&method, &pattern)).unwrap();
        }
    }
    insta::assert_snapshot!(text);
}

#[test]
fn whoever_only_reads_has_no_door_that_changes() {
    assert!(Role::Auditor.may(Permission::See) && Role::Auditor.may(Permission::SeeMoney));
    assert_eq!(Permission::ALL.into_iter().filter(|one| Role::Auditor.may(*one)).count(), 3);
    assert_eq!(doors::needs("POST", "/api/something-new"), Permission::People);
    assert_eq!(doors::needs("GET", "/elsewhere"), Permission::People);
    assert_eq!(doors::order_step("returns/R1/approve"), Permission::EndOrders);
    assert_eq!(doors::order_step("returns/R1/pick"), Permission::WorkOrders);
    assert_eq!(doors::order_step("something-new"), Permission::EndOrders);
}

#[test]
fn logins_and_passwords_have_rules() {
    assert!(Login::parse("a").is_err() && Login::parse("brand").is_err() && Login::parse("a b").is_err());
    assert_eq!(Login::parse(" Asha ").unwrap().as_str(), "asha");
    assert!(password::hash("short", &[1; 16]).is_err());
    let hash = password::hash(PASSWORD, &[1; 16]).unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    assert!(password::is_right(PASSWORD, Some(&hash)));
    assert!(!password::is_right("something else", Some(&hash)) && !password::is_right(PASSWORD, None));
}
