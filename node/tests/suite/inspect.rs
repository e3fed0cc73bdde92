//! The pages for staff.

use std::sync::atomic::Ordering;

use node::config::Secret;
use node::testing::{Engine, eventually, temp_database};
use protocol::http::HttpAnswer;
use serde_json::json;
use specs::Action;

use crate::stage::{Stage, stage};

async fn get(stage: &Stage, path: &str, headers: &[(&str, &str)]) -> HttpAnswer {
    stage.buyer.http.get(&format!("{}{path}", stage.seller.url), headers).await.unwrap()
}

fn text(answer: &HttpAnswer) -> String {
    String::from_utf8(answer.body.to_vec()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_show_messages_and_escape_what_strangers_wrote() {
    let stage = stage(temp_database(Engine::Sqlite).await.unwrap(), |_| {}).await;
    let mut context = stage.buyer.context(&stage.seller.node.identity.subscriber_id, Action::Select);
    context.transaction_id = "<script>alert(1)</script>/&".parse().unwrap();
    let bytes = protocol::envelope::render(&context, &json!({"x": "<img src=x onerror=alert(2)>"}), None);
    stage.post("select", bytes.clone()).await;
    stage.handler.refuse.store(true, Ordering::SeqCst);
    context.message_id = "second".parse().unwrap();
    stage.post("select", stage.message_in(&context)).await;
    let entries = eventually("both are in the ledger", async || {
        let entries = stage.ledger().await;
        (entries.len() == 2).then_some(entries)
    })
    .await;

    let list = text(&get(&stage, "/inspect", &[]).await);
    assert!(list.contains("NACK") && list.contains("30018") && list.contains(stage.buyer.id.as_str()));
    let line = get(&stage, "/inspect/transactions/%3Cscript%3Ealert%281%29%3C%2Fscript%3E%2F%26", &[]).await;
    assert_eq!(line.status, 200);
    let line = text(&line);
    assert!(line.matches("lane-arrow in").count() == 2 && line.contains("no such order"), "{line}");
    let page = text(&get(&stage, &format!("/inspect/messages/{}", entries[1].id), &[]).await);
    assert!(page.contains("authorization") && page.contains(&protocol::digest::digest(&bytes)));
    for page in [&list, &line, &page] {
        assert!(!page.contains("<script>") && !page.contains("<img src=x"), "{page}");
        assert!(page.contains("/assets/haat.css"));
    }
    let raw = get(&stage, &format!("/inspect/messages/{}/bytes", entries[1].id), &[]).await;
    assert_eq!(raw.body, bytes);
    let log = text(&get(&stage, "/inspect/transactions/%3Cscript%3Ealert%281%29%3C%2Fscript%3E%2F%26/log", &[]).await);
    let line: serde_json::Value = serde_json::from_str(log.lines().next().unwrap()).unwrap();
    assert_eq!(line["body"].as_str().unwrap().as_bytes(), bytes);
    assert_eq!((line["from"].as_str(), line["verdict"].as_str()), (Some(stage.buyer.id.as_str()), Some("ack")));
    assert_eq!(get(&stage, "/inspect/queues", &[]).await.status, 200);
    assert_eq!(get(&stage, "/inspect/messages/nothing", &[]).await.status, 404);
    let css = get(&stage, "/assets/haat.css", &[]).await;
    assert_eq!((css.status, css.header("content-type")), (200, Some("text/css; charset=utf-8")));
    let tag = css.header("etag").unwrap().to_owned();
    assert_eq!(get(&stage, "/assets/haat.css", &[("if-none-match", &tag)]).await.status, 304);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_are_for_staff() {
    let stage = stage(temp_database(Engine::Sqlite).await.unwrap(), |config| {
        config.danger_open_console = false;
        config.console_token = Secret::new("right token");
    })
    .await;
    for path in [
        "/inspect",
        "/inspect/queues",
        "/inspect/messages/x",
        "/inspect/messages/x/bytes",
        "/inspect/transactions/x",
        "/inspect/transactions/x/log",
    ] {
        assert_eq!(get(&stage, path, &[]).await.status, 401, "{path}");
        let page = get(&stage, path, &[("accept", "text/html")]).await;
        assert_eq!(page.status, 303, "{path}");
        assert!(page.header("location").unwrap().starts_with("/login?back=%2Finspect"));
        assert_eq!(get(&stage, path, &[("authorization", "Bearer wrong token")]).await.status, 401, "{path}");
    }
    assert_eq!(get(&stage, "/inspect", &[("authorization", "Bearer right token")]).await.status, 200);
    let post = async |path: &str, form: &'static str, cookie: &str| {
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("cookie", cookie)];
        stage.buyer.http.post(&format!("{}{path}", stage.seller.url), form.into(), &headers).await.unwrap()
    };
    assert_eq!(post("/inspect/outbox/x/resend", "", "").await.status, 401);
    assert!(text(&post("/login", "token=wrong&back=/inspect", "").await).contains("not right"));
    let login = post("/login", "token=right+token&back=https://evil.example", "").await;
    assert_eq!((login.status, login.header("location")), (303, Some("/")), "never a redirect to elsewhere");
    let cookie = login.header("set-cookie").unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && !cookie.contains("right"));
    let session = cookie.split(';').next().unwrap();
    assert_eq!(get(&stage, "/inspect", &[("cookie", session)]).await.status, 200);
    let later = session.replacen("haat_session=", "haat_session=9", 1);
    assert_eq!(get(&stage, "/inspect", &[("cookie", &later)]).await.status, 401, "a session cannot be made longer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_and_metrics_are_there_and_can_have_a_door_of_their_own() {
    let stage = stage(temp_database(Engine::Sqlite).await.unwrap(), |config| {
        config.admin_listen = Some("127.0.0.1:0".parse().unwrap());
    })
    .await;
    for path in ["/health", "/ready", "/metrics", "/version"] {
        assert_eq!(get(&stage, path, &[]).await.status, 404, "{path} is not on the public door");
        let admin = stage.buyer.http.get(&format!("{}{path}", stage.seller.admin_url), &[]).await.unwrap();
        assert_eq!(admin.status, 200, "{path}");
    }
    stage.post("select", stage.message(Action::Select)).await;
    let metrics = stage.buyer.http.get(&format!("{}/metrics", stage.seller.admin_url), &[]).await.unwrap();
    assert!(text(&metrics).contains("haat_received_total{action=\"select\",verdict=\"ack\"} 1"));
}

/// `HAAT_TEST_LOOK=60 cargo test -p node --test suite to_be_looked_at -- --ignored --nocapture`: pages with life in them, for 60 s.
#[ignore = "for people who want to look at the pages"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn to_be_looked_at() {
    use node::testing::{Behaviour, Peer};
    use protocol::ack::{ErrorType, NetworkError, Reply};
    use protocol::clock::{Clock, SystemClock};
    use protocol::participant::Role;
    let stage =
        stage(temp_database(Engine::Sqlite).await.unwrap(), |config| config.retry_schedule_s = vec![1, 600]).await;
    let own = &stage.seller.node.identity;
    let logistics = Peer::start("logistics", Role::Buyer);
    stage.registry.add(logistics.participant(crate::stage::DOMAIN));
    stage.buyer.behave_once([Behaviour::Reply(Reply::Ack), Behaviour::Status(503, None)]);
    let first = stage.buyer.context(&own.subscriber_id, Action::Select);
    for (n, action) in [Action::Select, Action::Init, Action::Confirm, Action::Status].into_iter().enumerate() {
        let mut context = first.clone();
        (context.action, context.message_id) = (action, format!("m-{n}").parse().unwrap());
        stage.handler.refuse.store(action == Action::Status, Ordering::SeqCst);
        stage.post(action.as_str(), stage.message_in(&context)).await;
        let Some(reply) = context.reply(&own.subscriber_id, &own.url, SystemClock.now()) else { continue };
        let mut out = vec![node::Outgoing::new(
            stage.buyer.id.clone(),
            Role::Buyer,
            &reply,
            &json!({"order": {"id": "o-1"}}),
            None,
        )];
        if action == Action::Confirm {
            let nack = NetworkError::new(ErrorType::Domain, "60001", "pickup is not served");
            logistics.behave(Behaviour::Reply(Reply::Nack(nack)));
            out.push(node::Outgoing { to: logistics.id.clone(), ..out[0].clone() });
        }
        let mut tx = stage.seller.node.db.begin().await.unwrap();
        stage.seller.node.outbox.enqueue_all(&mut tx, out).await.unwrap();
        tx.commit().await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(400)).await;
    }
    println!("LOOK {}/inspect/transactions/{}", stage.seller.url, first.transaction_id);
    let seconds = std::env::var("HAAT_TEST_LOOK").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
}
