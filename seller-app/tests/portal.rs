//! A partner's day on a phone: a real browser with a small screen, from the new order to the door.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)]

use std::time::{Duration, Instant};

use fantoccini::Locator;
use node::testing::Engine;
use seller_app::SellerConfig;
use seller_app::api::access::{Who, digest};
use seller_app::api::orders::find;
use seller_app::config::Acceptance;
use seller_app::order::Order;
use seller_app::store::{items, partners};

#[path = "support/buyer.rs"]
mod buyer;
#[path = "../../sandbox/tests/it/chromium.rs"]
mod chromium;

use buyer::{PARTNER, World};
use chromium::Browser;

const PATIENCE: Duration = Duration::from_secs(20);
/// A page with everything that it loads.
const PAGE_BYTES_MAX: u64 = 150_000;
const TOKEN: &str = "pt_of_the_test";

fn by_hand(config: &mut SellerConfig) {
    config.accept = Acceptance::Manual;
    config.fulfilment.scan_to_pack = true;
    config.fulfilment.code_to_hand_over = true;
}

/// A partner that signed in with its link.
struct Partner {
    browser: Browser,
    base: String,
}

impl Partner {
    async fn sign_in(world: &World) -> Option<Partner> {
        let browser = Browser::open_phone().await?;
        let mut tx = world.seller.app.node.db.begin().await.unwrap();
        assert!(partners::set_token(&mut tx, PARTNER, Some(&digest(TOKEN))).await.unwrap());
        tx.commit().await.unwrap();
        let base = world.seller.url.trim_end_matches('/').trim_end_matches("/network").to_owned();
        let partner = Partner { browser, base };
        partner.goto("/portal").await;
        partner.shows("Open the link you were given").await;
        partner.goto(&format!("/portal/open?token={TOKEN}")).await;
        let address = partner.browser.page.current_url().await.unwrap();
        assert_eq!((address.path(), address.query()), ("/portal", None), "the token is out of sight");
        Some(partner)
    }

    async fn goto(&self, path: &str) {
        self.browser.page.goto(&format!("{}{path}", self.base)).await.unwrap();
    }

    async fn body(&self) -> String {
        match self.browser.page.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(), // nothing while the page is replaced
            Err(_) => String::new(),
        }
    }

    /// Waits until it stands anywhere on the page.
    async fn shows(&self, wanted: &str) {
        let until = Instant::now() + PATIENCE;
        while !self.body().await.contains(wanted) {
            assert!(Instant::now() < until, "{wanted:?} is not on the page:\n{}", self.body().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn see(&self, name: &str) -> fantoccini::elements::Element {
        let css = format!("[data-test='{name}']");
        let found = self.browser.page.wait().at_most(PATIENCE).for_element(Locator::Css(&css)).await;
        match found {
            Ok(element) => element,
            Err(error) => panic!("{name} is not on the page ({error}):\n{}", self.body().await),
        }
    }

    async fn press(&self, name: &str) {
        let element = self.see(name).await;
        // As a person does: what the bar at the bottom covers is moved into sight first.
        let bring = "arguments[0].scrollIntoView({ block: 'center' })";
        let argument = serde_json::to_value(&element).unwrap();
        self.browser.page.execute(bring, vec![argument]).await.unwrap();
        element.click().await.unwrap();
    }

    async fn fill(&self, name: &str, text: &str) {
        let field = self.see(name).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Waits until the element says it.
    async fn says(&self, name: &str, wanted: &str) {
        let until = Instant::now() + PATIENCE;
        loop {
            // Nothing when the page was replaced in between.
            let text = self.see(name).await.text().await.unwrap_or_default();
            if text.contains(wanted) {
                return;
            }
            assert!(Instant::now() < until, "{name} says {text:?}, not {wanted:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// What the page weighs with all that it loads, from this host alone; and it fits the screen's width.
    async fn is_light(&self, name: &str) {
        let script = "const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];\
            return [all.reduce((sum, one) => sum + one.decodedBodySize, 0), all.filter((one) => !one.name.startsWith(location.origin)).length,\
            document.documentElement.scrollWidth, [...document.querySelectorAll('button, .button, nav a, summary')].filter((one) => { const box = one.getBoundingClientRect(); return box.height > 0 && box.height < 44; }).length]";
        let found = self.browser.page.execute(script, Vec::new()).await.unwrap();
        let number = |at: usize| found[at].as_u64().unwrap();
        println!("{name}: {} bytes", number(0));
        assert!(number(0) > 1_000 && number(0) <= PAGE_BYTES_MAX, "{name} weighs {} bytes", number(0));
        assert_eq!(number(1), 0, "{name} loads from elsewhere");
        assert!(number(2) <= 360, "{name} is {} wide", number(2));
        assert_eq!(number(3), 0, "{name} has targets too small for a thumb");
        self.browser.picture(name).await;
    }
}

async fn stored(world: &World, id: &str) -> Order {
    find(&world.seller.app, &Who::Brand, id, "").await.unwrap()
}

async fn barcode(world: &World, sku: &str) -> String {
    let item = items::one(&world.seller.app.node.db, sku).await.unwrap().unwrap();
    item.code.split_once(':').map_or(item.code.clone(), |(_, digits)| digits.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_takes_an_order_to_the_door_on_a_phone() {
    let world = World::start(Engine::Sqlite, by_hand).await.unwrap();
    let Some(partner) = Partner::sign_in(&world).await else { return world.seller.stop().await };
    partner.see("nothing").await;
    partner.is_light("portal-empty").await;

    // It comes by itself: the page is not reloaded by hand.
    let id = world.session().buy(&[("NG-001", 2), ("NG-002", 1)]).await;
    partner.says("waiting", "1 order waits for you").await;
    partner.says("due", "left").await;
    partner.is_light("portal-today").await;
    for (tag, title) in [("hi", "आज"), ("es", "Hoy"), ("pl", "Dziś"), ("en", "Today")] {
        partner.press("menu").await;
        partner.press(&format!("language-{tag}")).await;
        partner.says("nav-today", title).await;
        partner.see("accept").await;
        partner.is_light(&format!("portal-today-{tag}")).await;
    }
    partner.press("accept").await;
    partner.says("state", "Accepted").await;
    partner.is_light("portal-pick").await;

    pick(&world, &partner, &id).await;
    partner.press("advance-pack").await;
    partner.says("waits", "Hand over").await;
    partner.fill("agent-name", "Asha Rider").await;
    partner.fill("agent-phone", "9800000001").await;
    partner.is_light("portal-packed").await;
    partner.press("advance-assign").await;
    hand_over(&world, &partner, &id).await;

    partner.press("back").await;
    partner.see("nothing").await;
    for page in ["stock", "numbers", "statement", "returns"] {
        partner.press(&format!("nav-{page}")).await;
        partner.is_light(&format!("portal-{page}")).await;
    }
    partner.goto("/portal/statement").await;
    let money = partner.see("payout").await.text().await.unwrap();
    assert!(money.contains('₹') && money.chars().any(|one| ('1'..='9').contains(&one)), "{money}");
    count_a_shelf(&world, &partner).await;
    partner.browser.page.clone().close().await.unwrap();
    world.seller.stop().await;
}

async fn pick(world: &World, partner: &Partner, id: &str) {
    partner.press("advance-pack").await;
    partner.says("notice", "not everything is in the parcel").await;
    partner.fill("barcode", "4006381333931").await;
    partner.press("advance-scan").await;
    partner.says("notice", "barcode").await;
    partner.is_light("portal-wrong").await;
    // A scanner types the digits and presses Enter.
    for (sku, step) in [("NG-001", 1), ("NG-001", 2), ("NG-002", 3)] {
        partner.fill("barcode", &format!("{}\n", barcode(world, sku).await)).await;
        let until = Instant::now() + PATIENCE;
        while stored(world, id).await.delivery().unwrap().picked.values().sum::<u32>() < step {
            assert!(Instant::now() < until, "piece {step} is not picked:\n{}", partner.body().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let (all, wanted) = (Locator::Css(".picks .done"), 2);
    let until = Instant::now() + PATIENCE;
    while partner.browser.page.find_all(all).await.unwrap().len() != wanted {
        assert!(Instant::now() < until, "the list does not show what is picked:\n{}", partner.body().await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    partner.is_light("portal-picked").await;
}

async fn hand_over(world: &World, partner: &Partner, id: &str) {
    let code = |order: &Order, door: bool| {
        let delivery = order.delivery().unwrap();
        let place = if door {
            delivery.end.as_ref().unwrap().instructions.clone()
        } else {
            delivery.start.as_ref().unwrap().instructions.clone()
        };
        place.unwrap().short_desc
    };
    partner.see("advance-pick-up").await;
    partner.fill("code", &code(&stored(world, id).await, false)).await;
    partner.press("advance-pick-up").await;
    partner.says("waits", "On the way").await;
    partner.press("advance-out-for-delivery").await;
    partner.see("advance-deliver").await;
    partner.fill("code", "000").await;
    partner.press("advance-deliver").await;
    partner.says("notice", "not the code").await;
    partner.is_light("portal-door").await;
    partner.fill("code", &code(&stored(world, id).await, true)).await;
    partner.press("advance-deliver").await;
    partner.says("state", "Completed").await;
    partner.is_light("portal-done").await;
    let order = stored(world, id).await;
    assert_eq!(order.state.as_str(), "Completed");
    assert!(order.delivery().unwrap().proofs.iter().filter(|proof| proof.code_checked).count() >= 2);
}

async fn count_a_shelf(world: &World, partner: &Partner) {
    let before = world.stock("NG-001").await.on_hand;
    partner.goto("/portal/stock?find=NG-001").await;
    for button in ["more", "more", "less", "more", "save"] {
        partner.press(button).await;
    }
    let until = Instant::now() + PATIENCE;
    while world.stock("NG-001").await.on_hand != before + 2 {
        assert!(Instant::now() < until, "the count is not kept");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_rejects_with_a_cause_and_sees_only_its_own() {
    let world = World::start(Engine::Sqlite, by_hand).await.unwrap();
    let Some(partner) = Partner::sign_in(&world).await else { return world.seller.stop().await };
    let id = world.session().buy(&[("NG-001", 1)]).await;
    partner.press("reject-open").await;
    partner.see("cause").await.select_by_value("too-busy").await.unwrap();
    partner.press("reject").await;
    partner.says("state", "Cancelled").await;
    let order = stored(&world, &id).await;
    assert_eq!(order.cancellation.unwrap().cancelled_by, world.seller.app.seller.subscriber_id);
    let mut tx = world.seller.app.node.db.begin().await.unwrap();
    assert!(partners::set_token(&mut tx, "blr-hsr", Some(&digest("pt_of_another"))).await.unwrap());
    tx.commit().await.unwrap();
    partner.goto("/portal/open?token=pt_of_another").await;
    partner.see("nothing").await;
    partner.goto(&format!("/portal/orders/{id}")).await;
    partner.says("problem", "there is no order").await;
    partner.goto("/portal").await;
    partner.press("menu").await;
    partner.press("leave").await;
    partner.shows("Open the link you were given").await;
    partner.browser.page.clone().close().await.unwrap();
    world.seller.stop().await;
}
