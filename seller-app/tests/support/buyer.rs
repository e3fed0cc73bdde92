//! A seller node on real sockets with a registry and a buyer app that the test plays.
#![allow(dead_code)] // each test uses its part

use bytes::Bytes;
use jiff::Timestamp;
use node::Surroundings;
use node::testing::{Engine, FakeRegistry, Peer, TempDatabase, eventually, listener, node_config, temp_database};
use protocol::ack::Reply;
use protocol::clock::wire_timestamp;
use protocol::context::Context;
use protocol::envelope;
use protocol::ids::{MessageId, TransactionId};
use protocol::participant::Role;
use protocol::randomness::{OsRandomness, Randomness};
use seller_app::api::access::Who;
use seller_app::import::{self, Options, Tables};
use seller_app::{SellerConfig, SellerRunning};
use serde_json::{Value, json};
use specs::Action;

/// Each journey on both engines.
#[allow(unused_macros)] // as above
macro_rules! journeys {
    ($($(#[$meta:meta])* async fn $name:ident($world:ident) $body:block)+) => {
        $(mod $name {
            use super::*;

            $(#[$meta])*
            async fn journey($world: &World) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                if let Some(world) = World::start(Engine::Sqlite, |_| {}).await {
                    // Doors run their acts in tasks of the thread.
                    tokio::task::LocalSet::new().run_until(journey(&world)).await;
                    world.seller.stop().await;
                }
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(world) = World::start(Engine::Postgres, |_| {}).await {
                    // Doors run their acts in tasks of the thread.
                    tokio::task::LocalSet::new().run_until(journey(&world)).await;
                    world.seller.stop().await;
                }
            }
        })+
    };
}

pub const PARTNER: &str = "blr-koramangala";
pub const DOMAIN: &str = "ONDC:RET10";

/// Seller, registry, buyer app.
pub struct World {
    pub seller: SellerRunning,
    pub buyer: Peer,
    pub registry: FakeRegistry,
    pub config: SellerConfig,
    pub temp: TempDatabase,
}

impl World {
    /// Starts everything with the seeds; `None` where the engine is not at hand.
    pub async fn start(engine: Engine, change: impl FnOnce(&mut SellerConfig)) -> Option<World> {
        let temp = temp_database(engine).await?;
        let registry = FakeRegistry::start();
        let socket = listener();
        let mut config = SellerConfig::defaults().unwrap();
        config.node = node_config("seller", &socket, &registry.url, &temp);
        config.node.core_versions = vec!["1.2.0".to_owned(), "1.2.5".to_owned()];
        config.node.registry_encryption_keys = vec![registry.encryption_public_key()];
        config.subscribe_at_start = false;
        config.push_every_ms = 20;
        // Two buyers see the same last unit; tests of scarce goods say otherwise.
        config.inventory.scarce.below = 0;
        change(&mut config);
        let seller = seller_app::start(config.clone(), Some(socket), Surroundings::system()).await.unwrap();
        let app = &seller.app;
        let tables = Tables {
            partners: Some(include_bytes!("../../seeds/partners.csv")),
            items: Some(include_bytes!("../../seeds/items.csv")),
            stock: Some(include_bytes!("../../seeds/stock.csv")),
        };
        let known = |category: &str| app.category_known(category);
        let report = import::import(&app.node.db, tables, Options::default(), &known, &app.stamp()).await.unwrap();
        assert_eq!(report.faults, []);
        // Open at any hour: a test must not fail at night.
        for record in seller_app::store::partners::all(&app.node.db).await.unwrap() {
            let mut partner = record.partner;
            partner.hours = seller_app::catalogue::Hours::default();
            partner.holidays.clear();
            let mut tx = app.node.db.begin().await.unwrap();
            seller_app::store::partners::save(&mut tx, &partner, record.kind, &app.stamp()).await.unwrap();
            tx.commit().await.unwrap();
        }
        let buyer = Peer::start("buyer", Role::Buyer);
        registry.add(buyer.participant(DOMAIN));
        registry.add_node(&app.node, Role::Seller, DOMAIN);
        Some(World { seller, buyer, registry, config, temp })
    }

    pub fn session(&self) -> Session<'_> {
        Session { world: self, transaction_id: TransactionId::new(&OsRandomness), version: "1.2.5".to_owned() }
    }

    /// Units of a seed shelf that can be sold.
    pub async fn available(&self, sku: &str) -> i64 {
        self.stock(sku).await.available()
    }

    pub async fn stock(&self, sku: &str) -> seller_app::store::stock::StockRow {
        let app = &self.seller.app;
        let key = seller_app::store::shelf::ShelfKey::new(PARTNER, sku);
        seller_app::store::stock::one(&app.node.db, &key, app.now().as_millisecond()).await.unwrap().unwrap()
    }

    /// A step of the desk.
    pub async fn desk(&self, order_id: &str, action: &str, reason: &str) {
        let app = &self.seller.app;
        let order =
            seller_app::api::orders::find(app, &seller_app::api::access::Who::Brand, order_id, "").await.unwrap();
        let input = seller_app::desk::Input {
            reason: Some(reason.to_owned()),
            agent: Some(seller_app::fulfilment::Agent {
                name: "Rider One".to_owned(),
                phone: "08000000777".to_owned(),
            }),
            ..seller_app::desk::Input::default()
        };
        seller_app::api::orders::carry_out(app, &Who::Brand, &order, action, input).await.unwrap();
    }
}

/// One shopping transaction.
pub struct Session<'a> {
    pub world: &'a World,
    pub transaction_id: TransactionId,
    pub version: String,
}

impl Session<'_> {
    pub fn context(&self, action: Action) -> Context {
        let seller = &self.world.seller.app.node.identity.subscriber_id;
        let context = self.world.buyer.context(seller, action);
        Context { transaction_id: self.transaction_id.clone(), core_version: self.version.clone(), ..context }
    }

    /// Posts and reads the answer.
    pub async fn send(&self, context: &Context, message: &Value) -> Reply {
        let bytes: Bytes = envelope::render(context, message, None);
        let answer = self.world.buyer.post(&self.world.seller.url, context.action.as_str(), bytes).await;
        Reply::parse(&answer.body).unwrap()
    }

    /// Posts a new message, wants an ACK, waits for the callback and checks it against the book.
    pub async fn ask(&self, action: Action, message: &Value) -> Value {
        let context = self.context(action);
        assert_eq!(self.send(&context, message).await, Reply::Ack, "{}", action.as_str());
        self.callback(action.callback().unwrap(), &context.message_id).await
    }

    /// Posts a message that must be refused; the code of the NACK.
    pub async fn refused(&self, action: Action, message: &Value) -> String {
        match self.send(&self.context(action), message).await {
            Reply::Nack(error) => error.code,
            Reply::Ack => panic!("{} was accepted", action.as_str()),
        }
    }

    pub async fn callback(&self, action: Action, message_id: &MessageId) -> Value {
        let found = eventually(action.as_str(), || async {
            self.got(action).into_iter().find(|payload| payload["context"]["message_id"] == json!(message_id))
        })
        .await;
        self.assert_clean(action, &found);
        found
    }

    /// Callbacks of this transaction so far.
    pub fn got(&self, action: Action) -> Vec<Value> {
        let all = self.world.buyer.received().into_iter().filter(|one| one.action == action.as_str());
        all.map(|one| one.value())
            .filter(|payload| payload["context"]["transaction_id"] == json!(self.transaction_id))
            .collect()
    }

    /// Waits for an unsolicited message in which a fulfilment is in this state.
    pub async fn told(&self, action: Action, state: &str) -> Value {
        let found = eventually(state, || async {
            self.got(action).into_iter().rev().find(|payload| {
                let fulfilments = payload.pointer("/message/order/fulfillments").and_then(Value::as_array);
                fulfilments.is_some_and(|all| {
                    all.iter().any(|one| one.pointer("/state/descriptor/code") == Some(&json!(state)))
                })
            })
        })
        .await;
        self.assert_clean(action, &found);
        found
    }

    pub fn assert_clean(&self, action: Action, payload: &Value) {
        let specs = &self.world.seller.app.node.specs;
        let faults = specs.book(DOMAIN, &self.version).unwrap().check(action, payload);
        assert_eq!(faults, [], "{} breaks the book:\n{payload:#}", action.as_str());
    }

    pub fn search() -> Value {
        json!({ "intent": {
            "category": { "id": "Rice and Rice Products" },
            "fulfillment": { "type": "Delivery" },
            "payment": { "@ondc/org/buyer_app_finder_fee_type": "percent", "@ondc/org/buyer_app_finder_fee_amount": "3" },
        }})
    }

    pub fn search_inc(mode: &str) -> Value {
        let mut search = Self::search();
        search["intent"]["tags"] = json!([{ "code": "catalog_inc", "list": [{ "code": "mode", "value": mode }] }]);
        search
    }

    pub fn select(items: &[(&str, u32)]) -> Value {
        let lines: Vec<Value> = items
            .iter()
            .map(|(sku, count)| {
                json!({ "id": sku, "location_id": format!("{PARTNER}-L1"), "quantity": { "count": count } })
            })
            .collect();
        json!({ "order": {
            "provider": { "id": PARTNER, "locations": [{ "id": format!("{PARTNER}-L1") }] },
            "items": lines,
            "fulfillments": [{ "end": { "location": { "gps": "12.935800,77.620000", "address": { "area_code": "560034" } } } }],
        }})
    }

    /// `init` for what `on_select` offered.
    pub fn init(select: &Value, on_select: &Value) -> Value {
        let offered = &on_select["message"]["order"];
        let fulfilment_id = offered["fulfillments"][0]["id"].clone();
        let mut items = select["order"]["items"].clone();
        for item in items.as_array_mut().unwrap() {
            item["fulfillment_id"] = fulfilment_id.clone();
        }
        let made = wire_timestamp(jiff::Timestamp::now());
        let address = json!({
            "name": "Flat 402", "building": "Gulmohar Residency", "locality": "Koramangala 4th Block",
            "city": "Bengaluru", "state": "Karnataka", "country": "IND", "area_code": "560034",
        });
        json!({ "order": {
            "provider": select["order"]["provider"],
            "items": items,
            "billing": {
                "name": "Test Buyer", "address": address, "phone": "08000000888", "email": "buyer@buyer.example",
                "created_at": made, "updated_at": made,
            },
            "fulfillments": [{
                "id": fulfilment_id, "type": "Delivery",
                "end": {
                    "person": { "name": "Test Buyer" },
                    "location": { "gps": "12.935800,77.620000", "address": address },
                    "contact": { "email": "buyer@buyer.example", "phone": "08000000888" },
                },
            }],
            "payment": { "type": "ON-ORDER" },
        }})
    }

    /// `confirm` for what `on_init` offered.
    pub fn confirm(order_id: &str, init: &Value, on_select: &Value, on_init: &Value, at: Timestamp) -> Value {
        let offered = &on_init["message"]["order"];
        let total = offered["quote"]["price"]["value"].clone();
        let mut fulfilment = init["order"]["fulfillments"][0].clone();
        let quoted = &on_select["message"]["order"]["fulfillments"][0];
        fulfilment["@ondc/org/TAT"] = quoted["@ondc/org/TAT"].clone();
        fulfilment["tracking"] = quoted["tracking"].clone();
        let mut payment = offered["payment"].clone();
        payment["uri"] = json!("https://pay.buyer.example");
        payment["tl_method"] = json!("http/get");
        payment["params"] = json!({ "currency": "INR", "amount": total, "transaction_id": "pay-1" });
        payment["status"] = json!("PAID");
        payment["type"] = json!("ON-ORDER");
        payment["collected_by"] = json!("BAP");
        for (name, value) in [
            ("@ondc/org/settlement_basis", "delivery"),
            ("@ondc/org/settlement_window", "P1D"),
            ("@ondc/org/withholding_amount", "0.00"),
        ] {
            payment[name] = json!(value);
        }
        let mut tags = offered["tags"].as_array().cloned().unwrap_or_default();
        tags.push(json!({ "code": "bap_terms", "list": [
            { "code": "tax_number", "value": "27AAACB1234C1Z5" }, { "code": "accept_bpp_terms", "value": "Y" },
        ]}));
        let made = wire_timestamp(at);
        json!({ "order": {
            "id": order_id, "state": "Created",
            "provider": init["order"]["provider"], "items": init["order"]["items"], "billing": init["order"]["billing"],
            "fulfillments": [fulfilment], "quote": offered["quote"], "payment": payment, "tags": tags,
            "created_at": made, "updated_at": made,
        }})
    }

    /// search is left out: select → init → confirm. The order's id.
    pub async fn buy(&self, items: &[(&str, u32)]) -> String {
        let select = Self::select(items);
        let on_select = self.ask(Action::Select, &select).await;
        assert!(on_select["error"].is_null(), "{on_select:#}");
        let init = Self::init(&select, &on_select);
        let on_init = self.ask(Action::Init, &init).await;
        let order_id = OsRandomness.uuid_v4().to_string();
        let context = self.context(Action::Confirm);
        let confirm = Self::confirm(&order_id, &init, &on_select, &on_init, context.timestamp);
        assert_eq!(self.send(&context, &confirm).await, Reply::Ack, "confirm");
        self.callback(Action::OnConfirm, &context.message_id).await;
        order_id
    }
}
