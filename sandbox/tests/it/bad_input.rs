//! What a node answers to what it must not take, on a real socket; and that nothing changes.

use protocol::http::HttpAnswer;
use sandbox::members::Member;
use serde_json::{Value, json};

use crate::setting::{Engine, Setting};
use crate::stranger::Stranger;

/// HTTP status, ACK or NACK, and the error's code and path.
fn told(answer: &HttpAnswer) -> (u16, String, String, String) {
    let body: Value = serde_json::from_slice(&answer.body).expect("a JSON body");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (answer.status, text(&body["message"]["ack"]["status"]), text(&body["error"]["code"]), text(&body["error"]["path"]))
}

fn refused(answer: &HttpAnswer, status: u16, code: &str) -> String {
    let (http, ack, found, path) = told(answer);
    let body = String::from_utf8_lossy(&answer.body);
    assert_eq!((http, ack.as_str(), found.as_str()), (status, "NACK", code), "{body}");
    path
}

#[actix_web::test]
async fn bad_input_is_named_and_changes_nothing() {
    let setting = Setting::start(Engine::Sqlite, |builder| builder).await.unwrap();
    let item = setting.choice().await.item;
    let stranger = Stranger::with_the_buyers_key(&setting);
    let seller = setting.network.node(Member::Seller);

    let good = stranger.select(&item, "M-good");
    let answer = stranger.send("select", &good).await;
    assert_eq!(told(&answer), (200, "ACK".into(), String::new(), String::new()), "the pattern of all others is good");
    until_idle(&setting).await;
    let before =
        seller.ledger.recent(1000, None).await.unwrap().iter().filter(|entry| entry.verdict.as_str() == "ack").count();

    signatures(&stranger, &item).await;
    shapes(&stranger, &item).await;
    times(&stranger, &item).await;
    replays(&stranger, &good).await;

    until_idle(&setting).await;
    let after = seller.ledger.recent(1000, None).await.unwrap();
    let acked: Vec<_> = after.iter().filter(|entry| entry.verdict.as_str() == "ack").collect();
    assert_eq!(acked.len(), before, "no refused message was worked on: {acked:#?}");
    setting.network.stop().await;
}

async fn signatures(stranger: &Stranger, item: &Value) {
    let payload = stranger.select(item, "M-signature");
    let bytes = payload.to_string().into_bytes();

    let answer = stranger.post("select", bytes.clone(), None).await;
    refused(&answer, 401, "30016");
    let realm = answer.header("www-authenticate").expect("says how to sign").to_owned();
    assert!(realm.starts_with("Signature realm=\"seller.localhost"), "{realm}");

    let header = stranger.header(&bytes, 0, 60).replace("signature=\"", "signature=\"AA");
    refused(&stranger.post("select", bytes.clone(), Some(&header)).await, 401, "30016");

    let other = stranger.header(b"something else", 0, 60);
    refused(&stranger.post("select", bytes.clone(), Some(&other)).await, 401, "30016");

    let header = stranger.header(&bytes, 0, 60);
    let pretty = serde_json::to_vec_pretty(&payload).unwrap();
    refused(&stranger.post("select", pretty, Some(&header)).await, 401, "30016");

    let expired = stranger.header(&bytes, 120, 60);
    refused(&stranger.post("select", bytes.clone(), Some(&expired)).await, 401, "30016");
    let future = stranger.header(&bytes, -60, 120);
    refused(&stranger.post("select", bytes.clone(), Some(&future)).await, 401, "30016");

    let unknown = stranger.header_as("nobody.localhost:1", &bytes);
    refused(&stranger.post("select", bytes, Some(&unknown)).await, 401, "30016");
}

async fn shapes(stranger: &Stranger, item: &Value) {
    let not_json = b"{\"context\": {".to_vec();
    let header = stranger.header(&not_json, 0, 60);
    refused(&stranger.post("select", not_json, Some(&header)).await, 200, "30000");

    let path = refused(&stranger.send("init", &stranger.select(item, "M-path")).await, 200, "30000");
    assert!(path.contains("action"), "the path names the action: {path}");

    let answer = stranger.send("teleport", &stranger.select(item, "M-unknown")).await;
    assert_ne!(told(&answer).1, "ACK");

    let mut missing = stranger.select(item, "M-missing");
    missing["message"]["order"].as_object_mut().unwrap().remove("items");
    let path = refused(&stranger.send("select", &missing).await, 200, "30000");
    assert!(path.contains("items"), "the path names what is missing: {path}");

    let mut wrong = stranger.select(item, "M-wrong");
    wrong["message"]["order"]["items"][0]["quantity"]["count"] = json!("many");
    let path = refused(&stranger.send("select", &wrong).await, 200, "30000");
    assert!(path.contains("count"), "the path names what is wrong: {path}");

    let huge = format!("{{\"context\":\"{}\"}}", "x".repeat(20 * 1024 * 1024)).into_bytes();
    let header = stranger.header(b"", 0, 60);
    refused(&stranger.post("select", huge, Some(&header)).await, 413, "30000");
}

async fn times(stranger: &Stranger, item: &Value) {
    let mut stale = stranger.select(item, "M-stale");
    stale["context"]["timestamp"] = json!("2024-01-01T00:00:00.000Z");
    refused(&stranger.send("select", &stale).await, 200, "30022");
    let mut future = stranger.select(item, "M-future");
    future["context"]["timestamp"] = json!("2124-01-01T00:00:00.000Z");
    refused(&stranger.send("select", &future).await, 200, "30022");
}

/// The same message again is answered as before and not worked on again; the same id with another content is refused.
async fn replays(stranger: &Stranger, good: &Value) {
    let answer = stranger.send("select", good).await;
    assert_eq!(told(&answer).1, "ACK", "the same answer again");
    let mut other = good.clone();
    other["message"]["order"]["items"][0]["quantity"]["count"] = json!(2);
    let (status, ack, ..) = told(&stranger.send("select", &other).await);
    assert_eq!((status, ack.as_str()), (200, "NACK"), "an id is used once");
}

/// Unknown fields are tolerated: a newer peer may send more than we know.
#[actix_web::test]
async fn unknown_fields_are_tolerated() {
    let setting = Setting::start(Engine::Sqlite, |builder| builder).await.unwrap();
    let item = setting.choice().await.item;
    let stranger = Stranger::with_the_buyers_key(&setting);
    let mut payload = stranger.select(&item, "M-more");
    payload["message"]["order"]["x-colour"] = json!("blue");
    assert_eq!(told(&stranger.send("select", &payload).await).1, "ACK");
    setting.network.stop().await;
}

async fn until_idle(setting: &Setting) {
    for _ in 0..200 {
        let mut open = 0;
        for member in Member::ALL {
            let node = setting.network.node(member);
            open += node.outbox.pending().await.unwrap().pending + node.inbox.counts().await.unwrap().waiting;
        }
        if open == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("the network does not come to rest");
}
