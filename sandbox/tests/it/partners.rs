//! The brand's staff in a real browser: partners imported with bad rows and mended, taken through onboarding, a bad partner
//! put on probation.

use std::time::Duration;

use fantoccini::Locator;
use sandbox::members::Member;
use serde_json::json;

use crate::chromium::Browser;
use crate::setting::{Engine, Setting};

/// Four partners; three rows have something wrong: a phone, a postal code twice short, a fee that is no number.
const TABLE: &str = "id;name;kind;gps;locality;street;city_name;state;area_code;city;phone;email;serves;tax_number;fee_per_order;orders_per_day\n\
blr-one;Banyan One;distributor;12.935215,77.624483;Koramangala;1, Lake Road;Bengaluru;Karnataka;560034;std:080;08000000901;a@one.example;560034 560095;AAACK0901Z;12,50;40\n\
blr-two;Banyan Two;retailer;12.935215,77.624483;Koramangala;2, Lake Road;Bengaluru;Karnataka;560034;std:080;12;a@two.example;560034;AAACK0902Z;10,00;20\n\
blr-three;Banyan Three;own-store;12.935215,77.624483;Koramangala;3, Lake Road;Bengaluru;Karnataka;5600;std:080;08000000903;a@three.example;560034;AAACK0903Z;10,00;20\n\
blr-four;Banyan Four;3pl;12.935215,77.624483;Koramangala;4, Lake Road;Bengaluru;Karnataka;560034;std:080;08000000904;a@four.example;560034;AAACK0904Z;ten;20\n";

/// Wide, then as narrow as a phone.
pub(crate) async fn pictures(browser: &Browser, name: &str) {
    if std::env::var_os("HAAT_SCREENSHOTS").is_none() {
        return;
    }
    for (kind, width, height) in [("desk", 1280, 1500), ("phone", 390, 1700)] {
        browser.page.set_window_size(width, height).await.unwrap();
        browser.picture(&format!("{name}-{kind}")).await;
    }
    browser.page.set_window_size(1280, 1000).await.unwrap();
}

/// Nothing on the page is wider than a phone.
pub(crate) async fn fits_a_phone(browser: &Browser) {
    browser.page.set_window_size(390, 844).await.unwrap();
    let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    let more = browser.page.execute(wide, Vec::new()).await.unwrap();
    assert_eq!(more, json!(0), "{} is wider than a phone", browser.page.current_url().await.unwrap());
    browser.page.set_window_size(1280, 1000).await.unwrap();
}

#[actix_web::test]
async fn partners_are_imported_mended_and_taken_through_onboarding() {
    let Some(browser) = Browser::open().await else { return };
    let setting = Setting::start(Engine::Sqlite, |builder| builder).await.unwrap();
    let desk = setting.network.at.url(Member::Seller);

    browser.page.goto(&format!("{desk}/console/import?table=partners")).await.unwrap();
    browser.fill("import-text", TABLE).await;
    browser.press("import-check").await;
    browser.see("fault").await;
    assert_eq!(browser.page.find_all(Locator::Css("[data-test='fault']")).await.unwrap().len(), 3);
    fits_a_phone(&browser).await;
    pictures(&browser, "import-faults").await;
    // One is mended wrongly first: the page says so again.
    browser.fill("fix:3:phone", "08000000902").await;
    browser.fill("fix:4:area_code", "560034").await;
    browser.fill("fix:5:fee_per_order", "eleven").await;
    browser.press("import-recheck").await;
    browser.see_once("import-result", "1 fault(s)").await;
    browser.fill("fix:5:fee_per_order", "11,00").await;
    browser.press("import-recheck").await;
    browser.see_once("import-result", "No faults").await;
    browser.press("import-write").await;
    browser.see_once("import-result", "Written: 4 new").await;

    browser.page.goto(&format!("{desk}/console/partners")).await.unwrap();
    let blocked = browser.text_of("blocked").await;
    assert!(blocked.contains("Banyan Four") && blocked.contains("Fees agreed"), "{blocked}");
    fits_a_phone(&browser).await;
    pictures(&browser, "partners").await;

    browser.press("onboarding").await;
    let waiting = browser.text_of("onboarding-partner").await;
    for wanted in ["Banyan", "invited", "it offers no item yet", "Count its stock"] {
        assert!(waiting.contains(wanted), "{waiting}");
    }
    fits_a_phone(&browser).await;
    pictures(&browser, "onboarding").await;

    browser.page.goto(&format!("{desk}/console/partners/blr-one")).await.unwrap();
    browser.fill("step-reason", "papers are in").await;
    browser.press("step-verify").await;
    browser.see("step-go-live").await;
    fits_a_phone(&browser).await;
    pictures(&browser, "partner-verifying").await;
    browser.fill("step-reason", "too early").await;
    browser.press("step-go-live").await;
    let notice = browser.text_of("notice").await;
    for wanted in ["stock", "fees", "test-order"] {
        assert!(notice.contains(wanted), "{notice}");
    }
    let csv = "partner_id,sku,on_hand\nblr-one,NG-001,50\n";
    browser.page.goto(&format!("{desk}/console/import?table=stock")).await.unwrap();
    browser.fill("import-text", csv).await;
    browser.press("import-write").await;
    browser.see_once("import-result", "Written: 1 new").await;

    browser.page.goto(&format!("{desk}/console/partners/blr-one")).await.unwrap();
    browser.press("terms-agreed").await;
    browser.press("terms-save").await;
    browser.press("test-order").await;
    for step in ["pack", "pick-up", "out-for-delivery", "deliver"] {
        browser.press(&format!("advance-{step}")).await;
    }
    browser.see_text("order-state", "Completed").await;
    browser.page.goto(&format!("{desk}/console/partners/blr-one")).await.unwrap();
    browser.fill("step-reason", "everything is done").await;
    browser.press("step-go-live").await;
    browser.see_once("stage", "active").await;
    browser.see("history-go-live").await;
    browser.page.clone().close().await.unwrap();
    setting.network.stop().await;
}

#[actix_web::test]
async fn a_bad_partner_is_put_on_probation_by_a_person() {
    let Some(browser) = Browser::open().await else { return };
    let setting = Setting::start(Engine::Sqlite, |builder| builder).await.unwrap();
    let desk = setting.network.at.url(Member::Seller);
    let choice = setting.choice().await;
    let journey = &setting.journey;
    let mut partner = String::new();
    for cancelled in [true, false, true] {
        let placed = journey.order(&choice, 1).await.unwrap();
        if cancelled {
            journey.staff(&placed.order_id, "cancel", json!({ "reason": "002" })).await.unwrap();
        } else {
            journey.deliver(&placed.order_id).await.unwrap();
        }
        let orders = journey.get(&desk, "/api/orders").await.unwrap();
        partner = orders[0]["partner_id"].as_str().unwrap().to_owned();
    }

    // The brand judges from the third order on.
    browser.page.goto(&format!("{desk}/console/partner-targets")).await.unwrap();
    fits_a_phone(&browser).await;
    let orders_min = browser.page.find(Locator::Id("orders_min")).await.unwrap();
    orders_min.clear().await.unwrap();
    orders_min.send_keys("3").await.unwrap();
    browser.fill("targets-reason", "a small start").await;
    pictures(&browser, "targets").await;
    browser.press("targets-save").await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let targets = journey.get(&desk, "/api/partner-targets").await.unwrap();
    assert_eq!((&targets["version"], &targets["targets"]["orders_min"]), (&json!(1), &json!(3)));

    browser.page.goto(&format!("{desk}/console/partners")).await.unwrap();
    browser.press("compute").await;
    let proposal = browser.text_of("proposal").await;
    assert!(proposal.contains("Put on probation") && proposal.contains("33.3 % (1 of 3)"), "{proposal}");
    fits_a_phone(&browser).await;
    pictures(&browser, "partners-proposal").await;
    browser.page.goto(&format!("{desk}/console/partners/{partner}")).await.unwrap();
    fits_a_phone(&browser).await;
    pictures(&browser, "partner").await;
    browser.fill("proposal-reason", "two of three orders were cancelled").await;
    browser.press("proposal-confirm").await;
    browser.see_once("stage", "probation").await;
    let history = browser.text_of("history-probation").await;
    assert!(history.contains("two of three orders"), "{history}");

    let month = browser.page.find(Locator::Css("a[href*='statement?month=']")).await.unwrap();
    month.click().await.unwrap();
    let payout = browser.text_of("payout").await;
    assert!(payout.parse::<f64>().unwrap() > 0.0, "{payout}");
    fits_a_phone(&browser).await;
    pictures(&browser, "statement").await;
    browser.page.clone().close().await.unwrap();
    setting.network.stop().await;
}
