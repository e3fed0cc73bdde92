//! A shopper and the brand's staff in a real browser: bought and returned on the storefront, shipped on the console.

use std::time::{Duration, Instant};

use fantoccini::Locator;
use sandbox::members::Member;

use crate::chromium::Browser;
use crate::setting::{AREA_CODE, Engine, Setting};

const PATIENCE: Duration = Duration::from_secs(20);
/// How often a page may renew itself under the test's hand.
const RENEWALS: usize = 20;

/// The words of a test: every control is found by its `data-test`.
impl Browser {
    pub(crate) async fn see(&self, name: &str) -> fantoccini::elements::Element {
        let found =
            self.page.wait().at_most(PATIENCE).for_element(Locator::Css(&format!("[data-test='{name}']"))).await;
        match found {
            Ok(element) => element,
            Err(error) => {
                let url = self.page.current_url().await.unwrap();
                let text = self.page.find(Locator::Css("body")).await.unwrap().text().await.unwrap();
                panic!("{name} is not on {url} ({error}):\n{text}");
            }
        }
    }

    /// Presses it; again when the page was replaced in between (pages that wait renew themselves).
    pub(crate) async fn press(&self, name: &str) {
        for _ in 0..RENEWALS {
            if self.see(name).await.click().await.is_ok() {
                return;
            }
        }
        panic!("{name} cannot be pressed");
    }

    pub(crate) async fn text_of(&self, name: &str) -> String {
        for _ in 0..RENEWALS {
            if let Ok(text) = self.see(name).await.text().await {
                return text;
            }
        }
        panic!("{name} cannot be read");
    }

    pub(crate) async fn fill(&self, name: &str, text: &str) {
        let field = self.see(name).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Waits until it is no longer there: the page that follows has come.
    pub(crate) async fn gone(&self, name: &str) {
        let until = Instant::now() + PATIENCE;
        let css = format!("[data-test='{name}']");
        while self.page.find_all(Locator::Css(&css)).await.map_or(true, |found| !found.is_empty()) {
            assert!(Instant::now() < until, "{name} stays");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the element says what is expected, on the page as it comes; a page that was posted is not posted again.
    pub(crate) async fn see_once(&self, name: &str, wanted: &str) {
        let until = Instant::now() + PATIENCE;
        loop {
            let text = self.text_of(name).await;
            if text.contains(wanted) {
                return;
            }
            assert!(Instant::now() < until, "{name} says {text:?}, not {wanted:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Reloads until the element says what is expected.
    pub(crate) async fn see_text(&self, name: &str, wanted: &str) {
        let until = Instant::now() + PATIENCE;
        loop {
            let text = self.text_of(name).await;
            if text.contains(wanted) {
                return;
            }
            assert!(Instant::now() < until, "{name} says {text:?}, not {wanted:?}");
            tokio::time::sleep(Duration::from_millis(200)).await;
            self.page.refresh().await.unwrap();
        }
    }
}

/// The key, as WebDriver names it.
const ARROW_UP: &str = "\u{e013}";

#[actix_web::test]
async fn a_shopper_buys_and_returns_and_staff_ship() {
    let Some(browser) = Browser::open().await else { return };
    let setting = Setting::start(Engine::Sqlite, |builder| builder).await.unwrap();
    setting.choice().await;
    let shop = setting.network.at.url(Member::Buyer);
    let desk = setting.network.at.url(Member::Seller);

    browser.page.goto(&format!("{shop}/")).await.unwrap();
    browser.fill("area-code", AREA_CODE).await;
    browser.press("set-place").await;
    browser.fill("search-box", "almonds").await;
    browser.press("search").await;
    browser.picture("shop-search").await;
    browser.press("add-to-cart").await;
    browser.press("cart").await;
    // The page changes by itself with the number.
    browser.see("count").await.send_keys(ARROW_UP).await.unwrap();
    browser.see_text("line-price", "518").await;
    browser.picture("shop-cart").await;
    browser.press("checkout").await;
    address(&browser).await;
    browser.picture("shop-address").await;
    browser.press("continue").await;
    browser.press("pay").await;
    browser.press("pay-accept").await;
    let order_id = browser.text_of("order-id").await;
    let order_page = browser.page.current_url().await.unwrap();
    browser.picture("shop-ordered").await;

    browser.page.goto(&format!("{desk}/console")).await.unwrap();
    browser.picture("desk-waiting").await;
    browser.press("open-order").await;
    for step in ["pack", "assign", "pick-up", "out-for-delivery", "deliver"] {
        if step == "assign" {
            browser.fill("agent-name", "Sandbox Rider").await;
            browser.fill("agent-phone", "9800000001").await;
        }
        browser.press(&format!("advance-{step}")).await;
    }
    browser.see_text("order-state", "Completed").await;
    browser.picture("desk-shipped").await;
    let console_page = browser.page.current_url().await.unwrap();
    assert!(console_page.path().contains(order_id.trim()), "the desk shows the shopper's order");

    browser.page.goto(order_page.as_str()).await.unwrap();
    browser.see_text("order-state", "Delivered").await;
    browser.press("return").await;
    // One of the two packets.
    browser.fill("return-words", "the packet is torn").await;
    browser.fill("return-image", "https://example.org/torn.jpg").await;
    browser.press("return-send").await;
    browser.see("order-id").await;

    // The inbox shows what waits: approved and collected there, counted and graded on the return's own page.
    browser.page.goto(&format!("{desk}/console/returns")).await.unwrap();
    browser.see_text("return", "the packet is torn").await;
    browser.picture("desk-returns").await;
    browser.press("return-approve").await;
    browser.press("return-pick").await;
    browser.gone("return-pick").await;
    browser.press("open-return").await;
    browser.see("received").await;
    browser.fill("damaged", "1").await;
    browser.picture("desk-return-count").await;
    browser.press("return-receive").await;
    browser.press("return-grade").await;
    browser.see_text("return-state", "Return_Delivered").await;
    browser.see_text("refund", "259").await;
    browser.picture("desk-return-graded").await;
    browser.page.goto(order_page.as_str()).await.unwrap();
    browser.see_text("refund", "259").await;
    browser.picture("shop-returned").await;
    browser.page.clone().close().await.unwrap();
    setting.network.stop().await;
}

async fn address(browser: &Browser) {
    for (field, text) in [
        ("name", "Sandbox Shopper"),
        ("phone", "9800000000"),
        ("email", "shopper@example.org"),
        ("house", "Flat 42"),
        ("building", "Banyan House"),
        ("locality", "Lake Road"),
        ("city", "Bengaluru"),
        ("state", "Karnataka"),
    ] {
        browser.fill(field, text).await;
    }
}
