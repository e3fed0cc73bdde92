//! Where territories overlap, a shopper sees each item at one partner: the nearest that has it, and the next one when it is
//! gone. A cart of one partner is one order, whatever zones its items stand in.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use sandbox::members::Member;
use serde_json::{Value, json};

use crate::setting::{CITY, Engine, Setting};

/// Codes of the brand's that two of its partners deliver to.
const SHARED: [&str; 9] = ["560034", "560095", "560029", "560068", "560102", "560001", "560017", "560093", "560076"];

/// Everything that can be delivered to a postal code, in stock or not: item → who shows it, and whether it can be bought.
pub(crate) async fn shown(setting: &Setting, code: &str) -> BTreeMap<String, Vec<(String, bool)>> {
    let mut shown: BTreeMap<String, Vec<(String, bool)>> = BTreeMap::new();
    for item in items(setting, code).await {
        let (id, provider) = (item["id"].as_str().unwrap(), item["provider_id"].as_str().unwrap());
        let can_be_bought = item["available"].as_bool().unwrap();
        shown.entry(id.to_owned()).or_default().push((provider.to_owned(), can_be_bought));
    }
    shown
}

pub(crate) async fn items(setting: &Setting, code: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut offset = 0;
    loop {
        let path = format!("/api/catalogue?city={CITY}&area_code={code}&limit=50&offset={offset}");
        let page = setting.journey.get(&setting.journey.buyer, &path).await.unwrap();
        all.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next"].as_u64() {
            Some(next) => offset = next,
            None => return all,
        }
    }
}

async fn sets(setting: &Setting, partner: &str, sku: &str, units: i64) {
    let journey = &setting.journey;
    let lines = journey.get(&journey.seller, &format!("/api/stock?partner={partner}&sku={sku}")).await.unwrap();
    let line = lines.as_array().unwrap().iter().find(|line| line["sku"] == sku).unwrap().clone();
    let missing = units - line["available"].as_i64().unwrap();
    let path = format!("/api/stock/{partner}/{sku}/adjust");
    journey.post(&journey.seller, &path, &json!({ "units": missing, "reason": "count" })).await.unwrap();
}

pub(crate) async fn switches(setting: &Setting, partner: &str, active: bool) {
    let app = &setting.network.seller.app;
    let mut tx = app.node.db.begin().await.unwrap();
    seller_app::store::partners::set_active(&mut tx, partner, active, &app.stamp()).await.unwrap().unwrap();
    tx.commit().await.unwrap();
}

/// A network whose buyer has the catalogue and is told about every change from now on.
pub(crate) async fn listening() -> Setting {
    let setting = Setting::start(Engine::Sqlite, |builder| builder.set(Member::Buyer, "catalogue_first_s", "0")).await;
    let setting = setting.unwrap();
    setting.choice().await;
    let db = &setting.network.seller.app.node.db;
    let until = Instant::now() + Duration::from_secs(60);
    while seller_app::store::subscriptions::all(db).await.unwrap().is_empty() {
        assert!(Instant::now() < until, "the buyer never subscribed");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    setting
}

/// Waits until the item is shown in the postal code by exactly this partner, and can be bought there or not.
pub(crate) async fn is_shown_by(setting: &Setting, code: &str, sku: &str, partner: &str, can_be_bought: bool) {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let now = shown(setting, code).await.remove(sku).unwrap_or_default();
        if now == [(partner.to_owned(), can_be_bought)] {
            return;
        }
        assert!(Instant::now() < until, "{sku} in {code} is at {now:?}, not at {partner}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[actix_web::test]
async fn an_item_is_at_one_partner_and_at_the_next_one_when_it_is_gone() {
    let setting = listening().await;
    for code in SHARED {
        let shown = shown(&setting, code).await;
        assert!(shown.len() >= 40, "{} items in {code}", shown.len());
        let twice: Vec<_> = shown.iter().filter(|(_, partners)| partners.len() != 1).collect();
        assert!(twice.is_empty(), "in {code}: {twice:?}");
    }
    // Both of 560001 have rice; Indiranagar is nearer.
    let (near, next, code, sku) = ("blr-indiranagar", "blr-jayanagar", "560001", "NG-001");
    is_shown_by(&setting, code, sku, near, true).await;
    sets(&setting, near, sku, 0).await;
    is_shown_by(&setting, code, sku, next, true).await;
    // Where only the empty one delivers, it says that it has none; the other goes on selling in its own codes.
    is_shown_by(&setting, "560008", sku, near, false).await;
    is_shown_by(&setting, "560041", sku, next, true).await;
    sets(&setting, next, sku, 0).await;
    is_shown_by(&setting, code, sku, near, false).await;
    sets(&setting, near, sku, 10).await;
    is_shown_by(&setting, code, sku, near, true).await;
    // The nearer one leaves the network, and comes back.
    sets(&setting, next, sku, 10).await;
    switches(&setting, near, false).await;
    let untouched = "NG-002";
    for sku in [sku, untouched] {
        let until = Instant::now() + Duration::from_secs(20);
        while !shown(&setting, code).await[sku].contains(&(next.to_owned(), true)) {
            assert!(Instant::now() < until, "{sku} never came to {next}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    switches(&setting, near, true).await;
    for sku in [sku, untouched] {
        is_shown_by(&setting, code, sku, near, true).await;
    }
    setting.network.stop().await;
}

#[actix_web::test]
async fn items_of_two_zones_are_one_order() {
    let setting = listening().await;
    // 560041 is Jayanagar's alone, 560001 is Indiranagar's too: what that one lacks, Jayanagar sells in both.
    sets(&setting, "blr-indiranagar", "NG-001", 0).await;
    let (code, partner) = ("560001", "blr-jayanagar");
    is_shown_by(&setting, code, "NG-001", partner, true).await;
    let own = items(&setting, "560041").await;
    let zones: BTreeMap<&str, &Value> =
        own.iter().filter(|item| item["available"] == true).map(|i| (i["location_id"].as_str().unwrap(), i)).collect();
    assert!(zones.len() >= 2, "{:?}", zones.keys());
    let basket: Vec<Value> = zones.values().map(|item| json!({ "id": item["id"], "count": 1 })).collect();
    let ask = json!({ "bpp_id": own[0]["bpp_id"], "provider_id": partner, "city": CITY, "domain": own[0]["domain"],
        "core_version": own[0]["core_version"], "area_code": "560041", "gps": "12.9250,77.5938", "items": basket });
    let journey = &setting.journey;
    let selected = journey.answered("select", &ask).await.unwrap();
    let transaction_id = selected["transaction_id"].as_str().unwrap();
    journey.agree(transaction_id, "560041").await.unwrap();
    let placed = journey.confirm(transaction_id).await.unwrap();
    let order = journey.get(&journey.buyer, &format!("/api/orders/{}", placed.order_id)).await.unwrap();
    assert_eq!(order["items"].as_array().unwrap().len(), zones.len());
    journey.deliver(&placed.order_id).await.unwrap();
    setting.network.stop().await;
}
