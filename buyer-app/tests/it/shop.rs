//! A shopper with nothing but a browser without JavaScript: search, cart, checkout, pay, follow, return, refund.

use std::collections::BTreeMap;
use std::sync::Mutex;

use bytes::Bytes;
use node::testing::{Engine, TempDatabase, eventually, temp_database};
use protocol::http::HttpAnswer;
use serde_json::{Value, json};
use specs::Action;

use crate::life::{DELIVERED, Placed, walk};
use crate::seller;
use crate::world::{World, acked};

/// Keeps cookies and follows redirects, as a browser does.
struct Browser<'a> {
    world: &'a World,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// A page: its path, its status and its HTML.
#[derive(Debug)]
struct Seen {
    path: String,
    status: u16,
    html: String,
}

impl Seen {
    fn has(&self, test: &str) -> bool {
        self.html.contains(&format!("data-test=\"{test}\""))
    }

    /// Text of the first element with this mark.
    fn text(&self, test: &str) -> String {
        let mark = format!("data-test=\"{test}\"");
        let at = self
            .html
            .find(&mark)
            .unwrap_or_else(|| panic!("no {test} in {} ({})\n{}", self.path, self.status, self.html));
        let rest = &self.html[at..];
        let rest = &rest[rest.find('>').unwrap() + 1..];
        rest[..rest.find('<').unwrap()].trim().to_owned()
    }

    /// Action and hidden fields of the form around the first element with this mark.
    fn form(&self, test: &str) -> (String, Vec<(String, String)>) {
        let at = self
            .html
            .find(&format!("data-test=\"{test}\""))
            .unwrap_or_else(|| panic!("no {test} in {}\n{}", self.path, self.html));
        let start = self.html[..at].rfind("<form").expect("a form around it");
        let form = &self.html[start..at];
        let attribute = |tag: &str, name: &str| {
            let from = tag.find(&format!("{name}=\""))? + name.len() + 2;
            Some(unescaped(&tag[from..from + tag[from..].find('"')?]))
        };
        let hidden = form.split("<input").skip(1).filter(|tag| tag.contains("type=\"hidden\""));
        let fields = hidden.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value")?))).collect();
        (attribute(form, "action").unwrap(), fields)
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&#38;", "&").replace("&amp;", "&").replace("&#34;", "\"").replace("&#39;", "'")
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

impl<'a> Browser<'a> {
    fn new(world: &'a World) -> Browser<'a> {
        Browser { world, cookies: Mutex::default() }
    }

    fn cookie(&self) -> String {
        self.cookies
            .lock()
            .unwrap()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join("; ")
    }

    fn keep(&self, answer: &HttpAnswer) {
        for (_, value) in answer.headers().filter(|(name, _)| *name == "set-cookie") {
            let (name, rest) = value.split_once('=').unwrap();
            assert!(rest.contains("HttpOnly") && rest.contains("SameSite=Lax"), "{value}");
            self.cookies.lock().unwrap().insert(name.to_owned(), rest.split(';').next().unwrap().to_owned());
        }
    }

    async fn open(&self, path: &str) -> Seen {
        let mut path = path.to_owned();
        for _ in 0..5 {
            let url = format!("{}{path}", self.world.running.url);
            let answer =
                self.world.http.get(&url, &[("cookie", &self.cookie()), ("accept", "text/html")]).await.unwrap();
            self.keep(&answer);
            match answer.header("location") {
                Some(to) if answer.status == 303 => path = to.to_owned(),
                _ => {
                    return Seen {
                        path,
                        status: answer.status,
                        html: String::from_utf8_lossy(&answer.body).into_owned(),
                    };
                }
            }
        }
        panic!("redirects without end at {path}");
    }

    async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let body = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect::<Vec<_>>()
            .join("&");
        let url = format!("{}{path}", self.world.running.url);
        let headers = [("cookie", &*self.cookie()), ("content-type", "application/x-www-form-urlencoded")];
        let answer = self.world.http.post(&url, Bytes::from(body), &headers).await.unwrap();
        self.keep(&answer);
        match answer.header("location") {
            Some(to) if answer.status == 303 => self.open(to).await,
            _ => Seen {
                path: path.to_owned(),
                status: answer.status,
                html: String::from_utf8_lossy(&answer.body).into_owned(),
            },
        }
    }

    /// Presses the button with this mark: the form's hidden fields and the given ones.
    async fn press(&self, page: &Seen, test: &str, fields: &[(&str, &str)]) -> Seen {
        let (action, hidden) = page.form(test);
        let mut all: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        all.extend_from_slice(fields);
        self.send(&action, &all).await
    }
}

/// Answers the next message with this action while the browser waits for its page.
async fn answered(
    world: &World,
    action: &str,
    asking: impl Future<Output = Seen>,
    message: impl Fn(&Value) -> Value,
) -> (Seen, Value) {
    let before = world.seller.received().iter().filter(|r| r.action == action).count();
    let answering = async {
        let request = eventually(&format!("{action} goes out"), || async {
            world.seller.received().iter().filter(|r| r.action == action).nth(before).map(|r| r.value())
        })
        .await;
        acked(world.reply(&request, message(&request)).await);
        request
    };
    tokio::join!(asking, answering)
}

const ADDRESS: [(&str, &str); 8] = [
    ("name", "Asha Rao"),
    ("phone", "98765 43210"),
    ("email", "asha@shopper.localhost"),
    ("house", "Flat 12"),
    ("building", "Lake View"),
    ("locality", "Old Airport Road"),
    ("city", "Bengaluru"),
    ("state", "Karnataka"),
];

async fn stocked(world: &World) {
    let (_, search) = world.asked("/api/search", json!({"city": "std:080"})).await;
    let at = search["context"]["timestamp"].as_str().unwrap().to_owned();
    acked(world.reply(&search, seller::catalogue(&seller::both_items(&at), &at)).await);
    world.request(search["context"]["message_id"].as_str().unwrap(), "answered").await;
}

/// Cart with two bags of rice, up to the page that shows price and address form.
async fn at_the_address(world: &World, browser: &Browser<'_>, pay: &str) -> Seen {
    let home = browser.open("/?q=rice").await;
    assert_eq!(home.text("price"), "₹120.00");
    let cart = browser.press(&home, "add-to-cart", &[]).await;
    let cart = browser.press(&cart, "set-count", &[("count", "2")]).await;
    assert_eq!(
        (cart.path.as_str(), cart.text("subtotal").as_str(), cart.text("cart-size").as_str()),
        ("/cart", "₹240.00", "1")
    );
    let (page, _) =
        answered(world, "select", browser.press(&cart, "checkout", &[("pay", pay)]), seller::on_select).await;
    assert_eq!(page.text("total"), "₹290.00", "{}", page.html);
    page
}

/// Up to the pay button.
async fn at_the_till(world: &World, browser: &Browser<'_>, pay: &str) -> Seen {
    let page = at_the_address(world, browser, pay).await;
    let (page, _) = answered(world, "init", browser.press(&page, "continue", &ADDRESS), seller::on_init).await;
    assert!(page.has("pay"), "{}", page.html);
    page
}

fn accepted(confirm: &Value) -> Value {
    json!({"order": seller::order(confirm, "Accepted", "Pending")})
}

node::both_engines! {
    async fn a_shopper_buys_and_returns(db: TempDatabase) {
        let world = World::start(db).await;
        stocked(&world).await;
        let browser = Browser::new(&world);
        let till = at_the_till(&world, &browser, "now").await;
        assert_eq!(till.text("pay"), "Pay ₹290.00");
        let pay = browser.press(&till, "pay", &[]).await;
        assert_eq!(pay.text("amount"), "₹290.00");
        // Declined once; no order is placed.
        let declined = browser.press(&pay, "pay-decline", &[("outcome", "fail")]).await;
        assert!(declined.has("pay-failed"), "{}", declined.html);
        assert!(!world.seller.received().iter().any(|r| r.action == "confirm"));
        let (order, confirm) = answered(&world, "confirm", browser.press(&declined, "pay-accept", &[("outcome", "pay")]), accepted).await;
        let id = order.text("order-id");
        assert_eq!((order.path.as_str(), order.text("order-state").as_str()), (format!("/orders/{id}").as_str(), "Accepted"));
        assert_eq!(browser.open("/cart").await.text("cart-empty"), "", "the cart of this shop is empty now");
        // A second click on the old page shows the same order and places no other.
        let again = browser.press(&declined, "pay-accept", &[("outcome", "pay")]).await;
        assert_eq!(again.path, order.path);
        assert_eq!(world.seller.received().iter().filter(|r| r.action == "confirm").count(), 1);

        let placed = Placed { id: id.clone(), confirm };
        let delivered = walk(&world, &placed, &DELIVERED).await;
        let page = browser.open(&format!("/orders/{id}")).await;
        assert_eq!(page.text("order-state"), "Delivered");
        assert!(page.html.contains("The rider has the goods") && !page.has("cancel"), "the timeline tells, and it is too late to cancel");
        returned(&world, &browser, &page, &placed, &delivered).await;
        // Nobody else sees it.
        let stranger = Browser::new(&world);
        for path in [format!("/orders/{id}"), format!("/orders/{id}/part"), format!("/orders/{id}/events"), format!("/orders/{id}/return"), till.path] {
            assert_eq!(stranger.open(&path).await.status, 404, "{path}");
        }
        assert_eq!(stranger.send(&format!("/orders/{id}/cancel"), &[("reason", "051")]).await.status, 404);
        world.stop().await;
    }

    async fn a_shopper_pays_cash_and_cancels(db: TempDatabase) {
        let world = World::start(db).await;
        stocked(&world).await;
        let browser = Browser::new(&world);
        let till = at_the_till(&world, &browser, "cash").await;
        assert_eq!(till.text("pay"), "Order and pay ₹290.00 at the door");
        let (order, confirm) = answered(&world, "confirm", browser.press(&till, "pay", &[]), accepted).await;
        assert_eq!(order.text("payment"), "To be paid at the door");
        let (order, _) = answered(&world, "cancel", browser.press(&order, "cancel", &[("reason", "053")]), |_| {
            let mut cancelled = seller::moved(&seller::order(&confirm, "Cancelled", "Cancelled"), "Cancel", "C1", "Cancelled", "I1", 2, Vec::new());
            cancelled["cancellation"] = json!({"cancelled_by": "buyer", "reason": {"id": "053"}});
            json!({"order": cancelled})
        }).await;
        assert_eq!(order.text("order-state"), "Cancelled");
        assert!(!order.has("refund"), "nothing was paid");
        world.stop().await;
    }
}

/// One bag comes back; our own checkout pays it back and tells the seller.
async fn returned(world: &World, browser: &Browser<'_>, page: &Seen, placed: &Placed, delivered: &Value) {
    let href = page
        .html
        .split("href=\"")
        .map(|part| &part[..part.find('"').unwrap_or(0)])
        .find(|href| href.contains("/return?"))
        .unwrap();
    let form = browser.open(&unescaped(href)).await;
    let fields = [("item", "I1"), ("count", "1"), ("reason", "003"), ("words", "torn"), ("image", "")];
    let initiated = |update: &Value| {
        let fulfilment = &update["message"]["order"]["fulfillments"][0];
        let id = fulfilment["id"].as_str().unwrap();
        json!({"order": seller::with_fulfilment(delivered, "Return", id, "Return_Initiated", fulfilment["tags"].clone())})
    };
    let (page, update) = answered(world, "update", browser.press(&form, "return-send", &fields), initiated).await;
    assert!(page.html.contains("Return: the shop looks at it"), "{}", page.html);
    let fulfilment = &update["message"]["order"]["fulfillments"][0];
    let tags = fulfilment["tags"].as_array().unwrap().clone();
    let picked = seller::moved(delivered, "Return", fulfilment["id"].as_str().unwrap(), "Return_Picked", "I1", 1, tags);
    acked(world.announce(&placed.confirm, Action::OnUpdate, json!({"order": picked})).await);
    world.order(&placed.id, |o| o["refunds"][0]["state"] == "paid").await;
    let page = browser.open(&format!("/orders/{}", placed.id)).await;
    assert_eq!((page.text("refund").as_str(), page.text("total").as_str()), ("₹120.00 was paid back", "₹170.00"));
    let trail = eventually("the settlement trail", || async {
        world.seller.received().iter().map(|r| r.value()).find(|v| v["message"]["update_target"] == "payment")
    })
    .await;
    assert_eq!(trail["message"]["order"]["payment"]["@ondc/org/settlement_details"][0]["settlement_amount"], "120.00");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trouble_is_told_in_words() {
    let world = World::start(temp_database(Engine::Sqlite).await.unwrap()).await;
    stocked(&world).await;
    let browser = Browser::new(&world);
    // Less stock than asked for: the page says so, and the smaller basket goes on.
    let home = browser.open("/").await;
    let cart = browser.press(&browser.open("/?q=rice").await, "add-to-cart", &[("count", "3")]).await;
    let asking = browser.press(&cart, "checkout", &[]);
    let answering = async {
        let select = eventually("select", || async {
            world.seller.received().iter().find(|r| r.action == "select").map(|r| r.value())
        })
        .await;
        let mut short = seller::on_select(&select);
        short["order"]["quote"] = seller::quote(&[("I1".into(), 1)], true);
        let error =
            json!({"type": "DOMAIN-ERROR", "code": "40002", "message": r#"[{"item_id":"I1","error":"40002"}]"#});
        acked(world.reply_with(&select, short, Some(error)).await);
    };
    let (page, ()) = tokio::join!(asking, answering);
    assert_eq!(page.text("trouble"), "The shop has less than you asked for.");
    let (page, again) = answered(&world, "select", browser.press(&page, "again", &[]), seller::on_select).await;
    assert_eq!(again["message"]["order"]["items"][0]["quantity"]["count"], 1);
    // An address that the network refuses is refused here, before it is sent.
    let mut short = ADDRESS;
    short[1].1 = "123456";
    let refused = browser.press(&page, "continue", &short).await;
    assert_eq!(refused.status, 422, "{}", refused.html);
    assert!(refused.text("trouble").contains("digits"), "{}", refused.text("trouble"));
    // A place that nobody knows, and one where nobody delivers.
    assert_eq!(browser.press(&home, "set-place", &[("area_code", "999999")]).await.status, 422);
    let delhi = browser.press(&home, "set-place", &[("area_code", "110001")]).await;
    assert!(delhi.has("nothing") && delhi.text("delivered-to").contains("New Delhi"), "{}", delhi.html);
    assert_eq!(browser.open("/item?bpp=none&provider=none&id=none").await.status, 404);
    world.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_are_small_and_speak_four_languages() {
    let world = World::start(temp_database(Engine::Sqlite).await.unwrap()).await;
    let (_, search) = world.asked("/api/search", json!({"city": "std:080"})).await;
    let at = search["context"]["timestamp"].as_str().unwrap().to_owned();
    let many: Vec<Value> = (0..60)
        .map(|n| {
            seller::catalogue_item(
                &format!("I{n}"),
                &format!("Long grain rice number {n} <b>&\"'"),
                12_345_600,
                "Rice and Rice Products",
                n % 5 != 0,
                &at,
            )
        })
        .collect();
    acked(world.reply(&search, seller::catalogue(&many, &at)).await);
    world.request(search["context"]["message_id"].as_str().unwrap(), "answered").await;
    let browser = Browser::new(&world);
    let home = browser.open("/").await;
    assert_eq!(home.html.matches("data-test=\"item\"").count(), 24);
    assert!(!home.html.contains("<b>&\""), "names of sellers are escaped");
    let mut bytes = home.html.len();
    for asset in ["/shop.css", "/shop.js", "/assets/haat.css", "/assets/haat.svg"] {
        bytes += world.http.get(&format!("{}{asset}", world.running.url), &[]).await.unwrap().body.len();
    }
    for art in
        home.html.split("src=\"").filter(|p| p.starts_with("/art.svg")).map(|p| unescaped(&p[..p.find('"').unwrap()]))
    {
        bytes += world.http.get(&format!("{}{art}", world.running.url), &[]).await.unwrap().body.len();
    }
    eprintln!("first page with everything it loads: {bytes} bytes, {} of them HTML", home.html.len());
    assert!(bytes <= 100_000, "{bytes} bytes");
    let more =
        home.html.split("href=\"").map(|p| &p[..p.find('"').unwrap_or(0)]).find(|h| h.contains("offset=")).unwrap();
    let second = browser.open(&unescaped(more)).await;
    assert_eq!(second.html.matches("data-test=\"item\"").count(), 24);
    for (code, word, price) in [
        ("hi", "कार्ट में डालें", "₹1,23,456.00"),
        ("es", "Añadir al carrito", "123.456,00 ₹"),
        ("pl", "Do koszyka", "123\u{a0}456,00 ₹"),
        ("en", "Add to cart", "₹123,456.00"),
    ] {
        let page = browser.open(&format!("/?lang={code}")).await;
        assert!(page.html.contains(&format!("<html lang=\"{code}\">")) && page.html.contains(word), "{code}");
        assert_eq!(page.text("price"), price);
        assert!(
            browser.open("/cart").await.html.contains(&format!("<html lang=\"{code}\">")),
            "the choice is remembered"
        );
    }
    world.stop().await;
}
