//! The console and its API: who may see them, and what they do.

use node::testing::{Engine, temp_database};
use serde_json::{Value, json};

use crate::applicant::Applicant;
use crate::world::World;

async fn closed() -> World {
    let db = temp_database(Engine::Sqlite).await.unwrap();
    World::start(db, |config| {
        config.node.danger_open_console = false;
        config.node.console_token = node::config::Secret::new("letmein");
    })
    .await
}

#[tokio::test]
async fn strangers_see_nothing_and_change_nothing() {
    let world = closed().await;
    let url = &world.running.url;
    for page in [
        "/console",
        "/console/history",
        "/console/participant?id=x",
        "/api/participants",
        "/api/participant?id=x",
        "/api/history",
    ] {
        let answer = world.http.get(&format!("{url}{page}"), &[]).await.unwrap();
        assert_eq!(answer.status, 401, "{page}");
        let browser = world.http.get(&format!("{url}{page}"), &[("accept", "text/html")]).await.unwrap();
        assert_eq!((browser.status, browser.header("location").unwrap().starts_with("/login")), (303, true), "{page}");
    }
    let decision =
        json!({ "subscriber_id": "a.example.com", "domain": "ONDC:RET10", "type": "BPP", "decision": "whitelist" })
            .to_string();
    assert_eq!(world.post("/api/decisions", decision.clone(), &[]).await.status, 401);
    let retire = json!({ "subscriber_id": "a.example.com", "ukId": "k1" }).to_string();
    assert_eq!(world.post("/api/keys/retire", retire, &[]).await.status, 401);
    let form = "subscriber_id=a.example.com&domain=ONDC%3ARET10&type=BPP&decision=whitelist";
    let form_type = ("content-type", "application/x-www-form-urlencoded");
    assert_eq!(world.post("/console/decide", form, &[form_type]).await.status, 401);
    let retire_form = "subscriber_id=a.example.com&ukId=k1";
    assert_eq!(world.post("/console/retire-key", retire_form, &[form_type]).await.status, 401);
    let wrong = [("authorization", "Bearer wrong")];
    assert_eq!(world.post("/api/decisions", decision.clone(), &wrong).await.status, 401);
    let bearer = [("authorization", "Bearer letmein")];
    let listed = world.http.get(&format!("{url}/api/participants"), &bearer).await.unwrap();
    assert_eq!(listed.body, "[]", "nothing was changed");
    assert_eq!(world.post("/api/decisions", decision, &bearer).await.status, 200);
}

#[tokio::test]
async fn pages_show_participants_keys_and_history() {
    let world = World::start(temp_database(Engine::Sqlite).await.unwrap(), |_| ()).await;
    let seller = Applicant::start("seller", &world);
    world.granted(&seller.application(world.now())).await;
    let get = async |path: String| {
        let answer = world.http.get(&format!("{}{path}", world.running.url), &[]).await.unwrap();
        assert_eq!(answer.status, 200, "{path}");
        String::from_utf8(answer.body.to_vec()).unwrap()
    };
    let id = seller.id.as_str();
    let list = get("/console".to_owned()).await;
    assert!(list.contains(id) && list.contains("SUBSCRIBED") && list.contains("Suspend"), "{list}");
    assert!(get("/console?search=ret10&status=SUBSCRIBED".to_owned()).await.contains(id), "found in any case");
    assert!(!get("/console?search=100%25".to_owned()).await.contains(id), "% is a character, not a pattern");
    assert!(!get("/console?status=INITIATED".to_owned()).await.contains(id));
    let page = get(format!("/console/participant?id={}", node::pages::url_encode(id))).await;
    for part in ["k1", "valid", &seller.keys.signing.public_text(), "Newcomer"] {
        let escaped = part.replace('+', "&#43;").replace('/', "&#x2F;");
        assert!(page.contains(part) || page.contains(&escaped), "{part} in {page}");
    }
    assert!(get("/console/history".to_owned()).await.contains("subscribe"));
    let front = world.http.get(&world.running.url, &[]).await.unwrap();
    assert_eq!(front.header("location"), Some("/console"));
}

#[tokio::test]
async fn a_form_decides_and_says_what_did_not_work() {
    let world = World::start(temp_database(Engine::Sqlite).await.unwrap(), |_| ()).await;
    let form_type = ("content-type", "application/x-www-form-urlencoded");
    let decide = async |decision: &str| {
        let form = format!("subscriber_id=a.example.com&domain=ONDC%3ARET10&type=BPP&decision={decision}");
        world.post("/console/decide", form, &[form_type]).await
    };
    let done = decide("whitelist").await;
    assert_eq!((done.status, done.header("location")), (303, Some("/console/participant?id=a.example.com")));
    let early = decide("approve").await;
    assert!(early.header("location").unwrap().contains("problem="), "{:?}", early.header("location"));
    assert_eq!(world.status("a.example.com").await.as_deref(), Some("WHITELISTED"));
}

#[tokio::test]
async fn decisions_follow_the_table() {
    let world = World::start(temp_database(Engine::Sqlite).await.unwrap(), |_| ()).await;
    for (decision, status) in [
        ("approve", 409),
        ("suspend", 409),
        ("prove", 409),
        ("expire", 409),
        ("dance", 400),
        ("whitelist", 200),
        ("suspend", 200),
    ] {
        assert_eq!(world.decide("a.example.com", decision).await.status, status, "{decision}");
    }
    let answer = world.decide("a.example.com", "approve").await;
    let why: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!((answer.status, &why["error"]), (409, &json!("it has no key in use: it must subscribe first")));
}

#[tokio::test]
async fn refusals_are_kept_within_a_limit() {
    let db = temp_database(Engine::Sqlite).await.unwrap();
    let world = World::start(db, |config| config.refusals_kept = 3).await;
    let seller = Applicant::start("seller", &world);
    seller.misbehave(crate::applicant::Page::Missing, crate::applicant::Answer::Right);
    for _ in 0..5 {
        world.refused(&seller.application(world.now())).await;
    }
    let answer = world.http.get(&format!("{}/api/history", world.running.url), &[]).await.unwrap();
    let lines: Vec<Value> = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(lines.iter().filter(|line| line["event"] == "refused").count(), 3);
    assert!(lines[0]["detail"].as_str().unwrap().contains("file is not found"));
}

#[tokio::test]
async fn metrics_count_what_happened() {
    let world = World::start(temp_database(Engine::Sqlite).await.unwrap(), |_| ()).await;
    let seller = Applicant::start("seller", &world);
    world.granted(&seller.application(world.now())).await;
    world.refused(&json!({})).await;
    world.records_of(seller.id.as_str()).await;
    let text =
        String::from_utf8(world.http.get(&format!("{}/metrics", world.running.url), &[]).await.unwrap().body.to_vec())
            .unwrap();
    for line in [
        r#"haat_registry_subscriptions_total{outcome="granted"} 1"#,
        r#"haat_registry_subscriptions_total{outcome="malformed"} 1"#,
        r#"haat_registry_lookups_total{form="open",outcome="found"} 1"#,
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
}
