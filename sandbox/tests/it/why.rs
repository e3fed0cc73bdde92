//! The brand's staff explain a routing decision in a real browser: who was chosen, what it costs, who was kept out, what if.

use std::time::{Duration, Instant};

use fantoccini::Locator;
use sandbox::journey::Choice;
use sandbox::members::Member;

use crate::chromium::Browser;
use crate::partners::{fits_a_phone, pictures};
use crate::setting::{AREA_CODE, GPS};
use crate::territories::{is_shown_by, items, listening, shown, switches};

const SKU: &str = "NG-001";
/// Nearer to the door, and the one that is left when it is off the network.
const NEAR: &str = "blr-koramangala";
const NEXT: &str = "blr-hsr";

async fn all_texts(browser: &Browser, name: &str) -> Vec<String> {
    let mut texts = Vec::new();
    for one in browser.page.find_all(Locator::Css(&format!("[data-test='{name}']"))).await.unwrap() {
        texts.push(one.text().await.unwrap());
    }
    texts
}

#[actix_web::test]
async fn staff_explain_why_a_partner_was_chosen_and_see_another_win() {
    let Some(browser) = Browser::open().await else { return };
    let setting = listening().await;
    let desk = setting.network.at.url(Member::Seller);
    is_shown_by(&setting, AREA_CODE, SKU, NEAR, true).await;
    switches(&setting, NEAR, false).await;
    // The one that left may stay on the list as one that has none.
    let until = Instant::now() + Duration::from_secs(20);
    while !shown(&setting, AREA_CODE).await[SKU].contains(&(NEXT.to_owned(), true)) {
        assert!(Instant::now() < until, "{SKU} never came to {NEXT}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let item = items(&setting, AREA_CODE)
        .await
        .into_iter()
        .find(|item| item["id"] == SKU && item["provider_id"] == NEXT)
        .unwrap();
    let choice = Choice { item, area_code: AREA_CODE.to_owned(), gps: GPS.to_owned() };
    let placed = setting.journey.order(&choice, 1).await.unwrap();

    // From the list to the order to its reason; a decision is written beside the order, a moment later.
    browser.page.goto(&format!("{desk}/console")).await.unwrap();
    browser.press("open-order").await;
    let order_page = browser.page.current_url().await.unwrap();
    assert!(order_page.path().contains(&placed.order_id));
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        browser.press("why-partner").await;
        browser.gone("why-partner").await;
        if !all_texts(&browser, "why-best").await.is_empty() {
            break;
        }
        assert!(Instant::now() < until, "no decision was kept for the order");
        browser.page.goto(order_page.as_str()).await.unwrap();
    }
    let best = browser.text_of("why-best").await;
    assert!(best.contains(NEXT) && best.contains("Proved"), "{best}");
    let parcel = browser.text_of("why-parcel").await;
    assert!(parcel.contains(NEXT) && parcel.contains(&format!("1 × {SKU}")), "{parcel}");
    assert!(parcel.chars().filter(char::is_ascii_digit).count() > 2, "costs are numbers: {parcel}");
    let looked_at = all_texts(&browser, "why-candidate").await;
    let near = looked_at.iter().find(|row| row.contains(NEAR)).expect("who was kept out is listed");
    assert!(near.contains("off the network"), "{near}");
    fits_a_phone(&browser).await;
    pictures(&browser, "why").await;

    // Without the rule that kept it out, the nearer one would have won.
    let toggles = browser.page.find_all(Locator::Css("[data-test='what-if']")).await.unwrap();
    let mut pressed = false;
    for toggle in toggles {
        if toggle.text().await.unwrap().contains("off the network") {
            toggle.click().await.unwrap();
            pressed = true;
            break;
        }
    }
    assert!(pressed, "the rule can be dropped");
    browser.see_once("what-if-result", &format!("It would be {NEAR}")).await;
    pictures(&browser, "why-what-if").await;
    browser.page.clone().close().await.unwrap();
    setting.network.stop().await;
}
