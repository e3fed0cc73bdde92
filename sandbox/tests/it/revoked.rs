//! A key that the operator takes out of use opens no door any more, within seconds and without a restart.

use std::time::{Duration, Instant};

use rstest::rstest;
use sandbox::members::Member;
use serde_json::json;

use crate::setting::{Engine, Setting};
use crate::stranger::Stranger;

/// TRUST: "revoked key within seconds".
const SECONDS: Duration = Duration::from_secs(5);

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_ends_within_seconds(#[case] engine: Engine) {
    let Some(setting) = Setting::start(engine, |builder| builder).await else { return };
    let choice = setting.choice().await;
    let stranger = Stranger::with_the_buyers_key(&setting);
    let good = stranger.send("select", &stranger.select(&choice.item, "before")).await;
    assert!(good.status == 200 && text(&good).contains("\"ACK\""), "{}", text(&good));

    let at = &setting.network.at;
    let key = setting.network.node(Member::Buyer).keys.unique_key_id();
    let body = json!({ "subscriber_id": at.id(Member::Buyer), "ukId": key, "note": "the laptop was stolen" });
    setting.journey.post(&at.url(Member::Registry), "/api/keys/retire", &body).await.unwrap();

    let started = Instant::now();
    for count in 1.. {
        let answer = stranger.send("select", &stranger.select(&choice.item, &format!("after-{count}"))).await;
        if answer.status == 401 {
            break;
        }
        assert!(started.elapsed() < SECONDS, "still {}: {}", answer.status, text(&answer));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    println!("refused after {:?}", started.elapsed());
    setting.network.stop().await;
}

fn text(answer: &protocol::http::HttpAnswer) -> String {
    String::from_utf8_lossy(&answer.body).into_owned()
}
