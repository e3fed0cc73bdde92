//! The buyer of the benchmark: its key, its registry record, and `select` messages that our book accepts.

use bytes::Bytes;
use jiff::SignedDuration;
use protocol::clock::{Clock, SystemClock};
use protocol::context::Context;
use protocol::envelope;
use protocol::ids::{MessageId, SubscriberId, TransactionId, UniqueKeyId};
use protocol::keys::{EncryptionKeyPair, Signer, SigningKeyPair};
use protocol::participant::{Participant, Role, Status};
use protocol::randomness::{OsRandomness, Randomness};
use protocol::signature::sign;
use serde_json::{Value, json};
use specs::Action;

pub const DOMAIN: &str = "ONDC:RET10";
pub const VERSION: &str = "1.2.5";
pub const SELLER: &str = "seller.localhost:8082";
const BUYER: &str = "buyer.localhost:8083";
/// This many make a message of about 2.4 kB.
const ITEMS: usize = 13;
/// Life of a signature.
const LIFE_S: i64 = 120;

pub struct Buyer {
    pub signer: Signer,
    order: Value,
}

impl Buyer {
    pub fn new() -> anyhow::Result<Self> {
        let signer = Signer {
            subscriber_id: SubscriberId::parse(BUYER)?,
            unique_key_id: UniqueKeyId::parse(OsRandomness.uuid_v4().to_string())?,
            key: SigningKeyPair::generate(&OsRandomness),
        };
        Ok(Self { signer, order: order() })
    }

    /// What the registry says about this buyer.
    pub fn participant(&self) -> Participant {
        let (now, years) = (SystemClock.now(), SignedDuration::from_hours(24 * 365));
        Participant {
            subscriber_id: self.signer.subscriber_id.clone(),
            unique_key_id: self.signer.unique_key_id.clone(),
            role: Role::Buyer,
            domain: DOMAIN.to_owned(),
            country: "IND".to_owned(),
            city: vec!["*".to_owned()],
            subscriber_url: Some(format!("http://{BUYER}/network")),
            signing_public_key: self.signer.key.public_text(),
            encr_public_key: EncryptionKeyPair::generate(&OsRandomness).public_text(),
            valid_from: now - years,
            valid_until: now + years,
            status: Status::Subscribed,
            created: None,
            updated: None,
        }
    }

    /// A `select` with ids of its own, made now.
    pub fn select(&self) -> anyhow::Result<Bytes> {
        let context = Context {
            domain: DOMAIN.to_owned(),
            action: Action::Select,
            country: "IND".to_owned(),
            city: "std:080".to_owned(),
            core_version: VERSION.to_owned(),
            bap_id: self.signer.subscriber_id.clone(),
            bap_uri: format!("http://{BUYER}/network"),
            bpp_id: Some(SubscriberId::parse(SELLER)?),
            bpp_uri: Some(format!("http://{SELLER}/network")),
            transaction_id: TransactionId::parse(OsRandomness.uuid_v4().to_string())?,
            message_id: MessageId::parse(OsRandomness.uuid_v4().to_string())?,
            timestamp: SystemClock.now(),
            ttl: Some("PT30S".to_owned()),
            key: None,
        };
        Ok(envelope::render(&context, &self.order, None))
    }

    /// The `Authorization` header of these bytes, made now.
    pub fn header(&self, bytes: &[u8]) -> String {
        let created = SystemClock.now().as_second();
        sign(bytes, &self.signer, created, created + LIFE_S)
    }

    /// Whole HTTP requests, no two with the same ids.
    pub fn requests(&self, count: usize) -> anyhow::Result<Vec<Vec<u8>>> {
        (0..count).map(|_| self.request()).collect()
    }

    fn request(&self) -> anyhow::Result<Vec<u8>> {
        let body = self.select()?;
        let header = self.header(&body);
        let mut request = format!(
            "POST /network/select HTTP/1.1\r\nhost: {SELLER}\r\ncontent-type: application/json\r\nauthorization: {header}\r\n\
             content-length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(&body);
        Ok(request)
    }
}

fn order() -> Value {
    let item = |n: usize| {
        json!({
            "id": format!("item-{n:04}"), "location_id": "location-1", "quantity": { "count": 1 },
            "tags": [{ "code": "type", "list": [{ "code": "type", "value": "item" }] }],
        })
    };
    json!({ "order": {
        "provider": { "id": "provider-1", "locations": [{ "id": "location-1" }] },
        "items": (1..=ITEMS).map(item).collect::<Vec<_>>(),
        "fulfillments": [{ "end": { "location": { "gps": "12.927900,77.627100", "address": { "area_code": "560034" } } } }],
    } })
}
