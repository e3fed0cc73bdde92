//! What a shopper and the brand's staff do, through the buyer's and the seller's HTTP APIs only.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use bytes::Bytes;
use protocol::http::Http;
use serde_json::{Value, json};

/// Longest wait for the other side of the network to catch up.
const PATIENCE: Duration = Duration::from_secs(20);
/// Longest wait for a first catalogue: a buyer that asked before there was a gateway remembers that for half a minute.
const DISCOVERY: Duration = Duration::from_secs(60);
/// Longest wait for one callback, in the words of `Prefer`.
const WAIT: (&str, &str) = ("prefer", "wait=15");

/// A shopper at the buyer's API and staff at the seller's.
#[derive(Clone, Debug)]
pub struct Journey {
    pub http: Http,
    pub buyer: String,
    pub seller: String,
}

/// What a shopper found and wants.
#[derive(Clone, Debug)]
pub struct Choice {
    pub item: Value,
    pub area_code: String,
    /// `lat,lng` of the door.
    pub gps: String,
}

/// A confirmed order.
#[derive(Clone, Debug)]
pub struct Placed {
    pub order_id: String,
    pub transaction_id: String,
    /// As text with two decimals.
    pub total: String,
}

impl Journey {
    /// Asks the network for the catalogue of a city and waits until something is for sale at the address.
    /// Repeats the search while the sellers are still joining.
    pub async fn discover(&self, city: &str, area_code: &str, gps: &str) -> anyhow::Result<Choice> {
        let until = Instant::now() + DISCOVERY;
        loop {
            let ask = json!({ "city": city });
            let asked =
                self.http.post(&format!("{}/api/search", self.buyer), bytes(&ask), &[("prefer", "wait=2")]).await;
            let found = match asked {
                Ok(answer) if answer.status < 300 => self.for_sale(city, area_code).await?,
                Ok(_) | Err(_) => None,
            };
            if let Some(item) = found {
                return Ok(Choice { item, area_code: area_code.to_owned(), gps: gps.to_owned() });
            }
            if Instant::now() > until {
                bail!("nothing is for sale in {city} at {area_code}");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// The first returnable item that can be bought at the address.
    pub async fn for_sale(&self, city: &str, area_code: &str) -> anyhow::Result<Option<Value>> {
        let path = format!("/api/catalogue?city={city}&area_code={area_code}&available=true&limit=50");
        let page = self.get(&self.buyer, &path).await?;
        let items = page["items"].as_array().cloned().unwrap_or_default();
        Ok(items.into_iter().find(|item| item["returnable"] == true && item["count_max"].as_u64().unwrap_or(99) >= 2))
    }

    /// Quote, terms, order: `select`, `init`, `confirm`, each answered before the next.
    pub async fn order(&self, choice: &Choice, count: u32) -> anyhow::Result<Placed> {
        let selected = self.select(choice, count).await?;
        let transaction_id = text(&selected, "transaction_id")?;
        self.agree(&transaction_id, &choice.area_code).await?;
        self.confirm(&transaction_id).await
    }

    /// Asks for a quote.
    pub async fn select(&self, choice: &Choice, count: u32) -> anyhow::Result<Value> {
        let item = &choice.item;
        let ask = json!({
            "bpp_id": item["bpp_id"], "provider_id": item["provider_id"], "city": item["city"], "domain": item["domain"],
            "core_version": item["core_version"], "area_code": choice.area_code, "gps": choice.gps,
            "items": [{ "id": item["id"], "count": count }],
        });
        self.answered("select", &ask).await
    }

    /// Says who buys and where it goes.
    pub async fn agree(&self, transaction_id: &str, area_code: &str) -> anyhow::Result<Value> {
        let ask = json!({
            "transaction_id": transaction_id, "name": "Sandbox Shopper", "phone": "9800000000", "email": "shopper@example.org",
            "address": { "name": "Flat 42", "building": "Banyan House", "locality": "Lake Road", "city": "Anytown",
                "state": "Karnataka", "area_code": area_code },
        });
        self.answered("init", &ask).await
    }

    /// Places the order with a payment that was made elsewhere.
    pub async fn confirm(&self, transaction_id: &str) -> anyhow::Result<Placed> {
        let reference: String = transaction_id.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
        let ask = json!({ "transaction_id": transaction_id, "payment_reference": format!("pay-{reference}") });
        let answer = self.answered("confirm", &ask).await?;
        let order_id = text(&answer, "order_id")?;
        let order = self.get(&self.buyer, &format!("/api/orders/{order_id}")).await?;
        Ok(Placed { order_id, transaction_id: transaction_id.to_owned(), total: text(&order, "total")? })
    }

    /// One ask at the buyer's API that the seller must answer without an error.
    pub async fn answered(&self, ask: &str, body: &Value) -> anyhow::Result<Value> {
        let url = format!("{}/api/{ask}", self.buyer);
        let answer = self.http.post(&url, bytes(body), &[WAIT]).await.with_context(|| format!("{ask}: no answer"))?;
        let view: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if answer.status != 200 || view["status"] != "answered" {
            bail!("{ask}: HTTP {}: {view}", answer.status);
        }
        if !view["answer"]["error"].is_null() {
            bail!("{ask}: the seller says {}", view["answer"]["error"]);
        }
        Ok(view)
    }

    /// Staff take an order one step further; returns the order as the seller sees it.
    pub async fn staff(&self, order_id: &str, step: &str, input: Value) -> anyhow::Result<Value> {
        self.post(&self.seller, &format!("/api/orders/{order_id}/{step}"), &input).await
    }

    /// From the store to the door, one state at a time; after each the shopper sees it.
    pub async fn deliver(&self, order_id: &str) -> anyhow::Result<()> {
        let rider = json!({ "agent_name": "Sandbox Rider", "agent_phone": "9800000001" });
        let steps = [
            ("pack", json!({}), "Packed"),
            ("assign", rider, "Agent-assigned"),
            ("pick-up", json!({}), "Order-picked-up"),
            ("out-for-delivery", json!({}), "Out-for-delivery"),
            ("deliver", json!({}), "Order-delivered"),
        ];
        for (step, input, state) in steps {
            self.staff(order_id, step, input).await?;
            self.shopper_sees(order_id, "Delivery", state).await?;
        }
        Ok(())
    }

    /// The shopper sends one piece of an item back; staff approve, collect and receive it; the shopper gets the money.
    pub async fn send_back(&self, order_id: &str, item_id: &Value) -> anyhow::Result<Value> {
        let ask = json!({ "order_id": order_id, "item_id": item_id, "count": 1, "reason_id": "003",
            "reason_desc": "the packet is torn", "images": ["https://example.org/torn.jpg"] });
        self.answered("return", &ask).await?;
        let order = self.shopper_sees(order_id, "Return", "Return_Initiated").await?;
        let return_id = fulfilment(&order, "Return").map(|f| f["id"].clone()).unwrap_or_default();
        let return_id = return_id.as_str().context("the return has no id")?.to_owned();
        let staff = async |step: &str, state: &str| {
            self.staff(order_id, &format!("returns/{return_id}/{step}"), json!({})).await?;
            self.shopper_sees(order_id, "Return", state).await
        };
        staff("approve", "Return_Approved").await?;
        staff("pick", "Return_Picked").await?;
        // The shop collected the money, so the shop gives it back and tells the seller.
        self.answered("refund", &json!({ "order_id": order_id, "reference": "refund-sandbox" })).await?;
        staff("deliver", "Return_Delivered").await?;
        self.until(&format!("the refund of {order_id}"), order_id, |order| {
            order["refunds"]
                .as_array()
                .is_some_and(|all| !all.is_empty() && all.iter().all(|one| one["state"] == "paid"))
        })
        .await
    }

    /// Waits until the buyer's copy of the order has a fulfilment of this kind in this state.
    pub async fn shopper_sees(&self, order_id: &str, kind: &str, state: &str) -> anyhow::Result<Value> {
        let what = format!("{kind} {state} of {order_id}");
        self.until(&what, order_id, |order| fulfilment(order, kind).is_some_and(|f| f["state"] == state)).await
    }

    async fn until(&self, what: &str, order_id: &str, done: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
        let until = Instant::now() + PATIENCE;
        loop {
            let order = self.get(&self.buyer, &format!("/api/orders/{order_id}")).await?;
            if done(&order) {
                return Ok(order);
            }
            if Instant::now() > until {
                bail!("the buyer never saw {what}; it sees {} {}", order["state"], order["fulfilments"]);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Posts JSON to one of the APIs, which must say 200.
    pub async fn post(&self, base: &str, path: &str, body: &Value) -> anyhow::Result<Value> {
        let answer = self.http.post(&format!("{base}{path}"), bytes(body), &[]).await?;
        let view: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if answer.status != 200 {
            bail!("POST {path}: HTTP {}: {view}", answer.status);
        }
        Ok(view)
    }

    /// Reads JSON from one of the APIs.
    pub async fn get(&self, base: &str, path: &str) -> anyhow::Result<Value> {
        let answer = self.http.get(&format!("{base}{path}"), &[]).await?;
        if answer.status != 200 {
            bail!("GET {path}: HTTP {}: {}", answer.status, String::from_utf8_lossy(&answer.body));
        }
        Ok(serde_json::from_slice(&answer.body)?)
    }
}

/// A client that may talk to this machine.
pub fn local_http() -> anyhow::Result<Http> {
    let guard = protocol::address_guard::AddressGuard { allow_private: true };
    let config = protocol::http::HttpConfig {
        timeout: Duration::from_secs(30),
        response_bytes_max: 16 * 1024 * 1024,
        address_guard: guard,
        ..Default::default()
    };
    Ok(Http::new(config)?)
}

fn fulfilment<'a>(order: &'a Value, kind: &str) -> Option<&'a Value> {
    order["fulfilments"].as_array()?.iter().find(|f| f["type"] == kind)
}

fn text(view: &Value, field: &str) -> anyhow::Result<String> {
    view[field].as_str().map(str::to_owned).with_context(|| format!("the answer has no {field}: {view}"))
}

fn bytes(body: &Value) -> Bytes {
    Bytes::from(body.to_string())
}
