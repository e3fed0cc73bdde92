//! The story that the sandbox tells, and what must be true after it.

use rstest::rstest;
use sandbox::members::Member;
use sandbox::verdict::{Findings, judge};
use serde_json::{Value, json};

use crate::setting::{AREA_CODE, CITY, Engine, Setting};

#[rstest]
#[case::sqlite_1_2_5(Engine::Sqlite, "1.2.5")]
#[case::sqlite_1_2_0(Engine::Sqlite, "1.2.0")]
#[case::postgres_1_2_5(Engine::Postgres, "1.2.5")]
#[actix_web::test]
async fn an_order_is_delivered_and_another_returned_and_refunded(#[case] engine: Engine, #[case] version: &str) {
    let Some(setting) = Setting::start(engine, |builder| builder.core_version(version)).await else { return };
    let journey = &setting.journey;
    let choice = setting.choice().await;
    let before = shelf(&setting, &choice.item).await;

    let first = journey.order(&choice, 1).await.unwrap();
    journey.deliver(&first.order_id).await.unwrap();
    let delivered = journey.get(&journey.buyer, &format!("/api/orders/{}", first.order_id)).await.unwrap();
    assert_eq!(delivered["state"], "Completed");
    assert_eq!(delivered["core_version"], version);
    assert_eq!(delivered["total"], first.total.as_str());

    let second = journey.order(&choice, 2).await.unwrap();
    journey.deliver(&second.order_id).await.unwrap();
    let returned = journey.send_back(&second.order_id, &choice.item["id"]).await.unwrap();
    assert_eq!(returned["items"][0]["count"], 2);
    assert_eq!(returned["items"][0]["count_now"], 1, "one piece stayed");
    let paise = |amount: &Value| amount.as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
    assert!(paise(&returned["refunded"]) > 0);
    assert_eq!(
        paise(&returned["confirmed_total"]) - paise(&returned["total"]),
        paise(&returned["refunded"]),
        "the money that came back is exactly what the order lost"
    );

    let after = shelf(&setting, &choice.item).await;
    assert_eq!(
        before["on_hand"].as_i64().unwrap() - 3 + 1,
        after["on_hand"].as_i64().unwrap(),
        "three left, one came back"
    );
    assert_eq!(after["held"], 0, "nothing is held any more");

    let mut findings = Findings::default();
    for member in Member::ALL {
        for order in [&first, &second] {
            judge(&mut findings, member, &setting.network.node(member), &order.transaction_id).await.unwrap();
        }
        let waiting = setting.network.node(member).outbox.pending().await.unwrap();
        assert_eq!(
            (waiting.pending, waiting.refused, waiting.dead),
            (0, 0, 0),
            "nothing is stuck in the outbox of the {}",
            member.name()
        );
    }
    assert_eq!(findings.faults, Vec::<String>::new());
    assert!(findings.messages >= 30, "{} messages", findings.messages);
    setting.network.stop().await;
}

#[actix_web::test]
async fn a_cancelled_order_gives_the_stock_back() {
    let setting = Setting::start(Engine::Sqlite, |builder| builder).await.unwrap();
    let journey = &setting.journey;
    let choice = setting.choice().await;
    let before = shelf(&setting, &choice.item).await;
    let placed = journey.order(&choice, 2).await.unwrap();
    let between = shelf(&setting, &choice.item).await;
    assert_ne!(before["available"], between["available"], "an order takes stock");
    journey.answered("cancel", &json!({ "order_id": placed.order_id, "reason_id": "053" })).await.unwrap();
    let order = journey.get(&journey.buyer, &format!("/api/orders/{}", placed.order_id)).await.unwrap();
    assert_eq!(order["state"], "Cancelled");
    let after = shelf(&setting, &choice.item).await;
    assert_eq!(before["available"], after["available"], "the stock is free again");
    setting.network.stop().await;
}

#[actix_web::test]
async fn more_than_there_is_is_answered_with_what_there_is() {
    let setting = Setting::start(Engine::Sqlite, |builder| builder).await.unwrap();
    let journey = &setting.journey;
    let choice = setting.choice().await;
    let sku = choice.item["id"].as_str().unwrap();
    let stock = shelf(&setting, &choice.item).await["available"].as_i64().unwrap();
    let path = format!("/api/stock/{}/{sku}/adjust", choice.item["provider_id"].as_str().unwrap());
    journey.post(&journey.seller, &path, &json!({ "units": 3 - stock, "reason": "count" })).await.unwrap();
    let refused = journey.select(&choice, 5).await.unwrap_err().to_string();
    assert!(refused.contains("40002"), "{refused}");
    assert!(refused.contains(sku), "the item is named: {refused}");
    let listed = journey.for_sale(CITY, AREA_CODE).await.unwrap();
    assert!(listed.is_some());
    setting.network.stop().await;
}

/// The seller's stock line of an item.
async fn shelf(setting: &Setting, item: &Value) -> Value {
    let (partner, sku) = (item["provider_id"].as_str().unwrap(), item["id"].as_str().unwrap());
    let path = format!("/api/stock?partner={partner}&sku={sku}");
    let lines = setting.journey.get(&setting.journey.seller, &path).await.unwrap();
    let lines = lines.as_array().cloned().unwrap_or_default();
    lines.into_iter().find(|line| line["partner_id"] == partner && line["sku"] == sku).expect("a stock line")
}
