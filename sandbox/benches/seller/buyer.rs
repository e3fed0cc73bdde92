//! The buyer of the benchmark: its key, its registry record, its `select`.

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
use serde_json::json;
use specs::Action;

pub const DOMAIN: &str = "ONDC:RET10";
/// Life of a signature.
const LIFE_S: i64 = 60;

pub struct Buyer {
    pub signer: Signer,
    url: String,
}

impl Buyer {
    /// A buyer whose receiver listens on this port.
    pub fn new(port: u16) -> anyhow::Result<Self> {
        let id = format!("buyer.localhost:{port}");
        let signer = Signer {
            subscriber_id: SubscriberId::parse(&id)?,
            unique_key_id: UniqueKeyId::parse(OsRandomness.uuid_v4().to_string())?,
            key: SigningKeyPair::generate(&OsRandomness),
        };
        Ok(Self { signer, url: format!("http://{id}/network") })
    }

    /// What the registry says about it.
    pub fn participant(&self) -> Participant {
        let (now, years) = (SystemClock.now(), SignedDuration::from_hours(24 * 365));
        Participant {
            subscriber_id: self.signer.subscriber_id.clone(),
            unique_key_id: self.signer.unique_key_id.clone(),
            role: Role::Buyer,
            domain: DOMAIN.to_owned(),
            country: "IND".to_owned(),
            city: vec!["*".to_owned()],
            subscriber_url: Some(self.url.clone()),
            signing_public_key: self.signer.key.public_text(),
            encr_public_key: EncryptionKeyPair::generate(&OsRandomness).public_text(),
            valid_from: now - years,
            valid_until: now + years,
            status: Status::Subscribed,
            created: None,
            updated: None,
        }
    }

    /// A context with ids of its own, made now.
    pub fn context(&self, seller: &SubscriberId, action: Action) -> anyhow::Result<Context> {
        Ok(Context {
            domain: DOMAIN.to_owned(),
            action,
            country: "IND".to_owned(),
            city: "std:080".to_owned(),
            core_version: "1.2.5".to_owned(),
            bap_id: self.signer.subscriber_id.clone(),
            bap_uri: self.url.clone(),
            bpp_id: Some(seller.clone()),
            bpp_uri: Some(format!("http://{seller}/network")),
            transaction_id: TransactionId::parse(OsRandomness.uuid_v4().to_string())?,
            message_id: MessageId::parse(OsRandomness.uuid_v4().to_string())?,
            timestamp: SystemClock.now(),
            ttl: Some("PT30S".to_owned()),
            key: None,
        })
    }

    /// Three items of the first thirteen, which a partner of the seeds sells, for a place that it serves.
    pub fn select(context: &Context, number: usize) -> Bytes {
        let items: Vec<_> = (0..3)
            .map(|at| format!("NG-{:03}", 1 + (number + at * 4) % 13))
            .map(|sku| json!({ "id": sku, "location_id": "blr-koramangala-L1", "quantity": { "count": 1 } }))
            .collect();
        let place = json!({ "gps": "12.935800,77.620000", "address": { "area_code": "560034" } });
        let order = json!({ "order": {
            "provider": { "id": "blr-koramangala", "locations": [{ "id": "blr-koramangala-L1" }] },
            "items": items,
            "fulfillments": [{ "end": { "location": place } }],
        }});
        envelope::render(context, &order, None)
    }

    /// One whole HTTP request, signed now.
    pub fn post(&self, host: &str, path: &str, body: &[u8]) -> Vec<u8> {
        let created = SystemClock.now().as_second();
        let header = sign(body, &self.signer, created, created + LIFE_S);
        let mut request = format!(
            "POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\nauthorization: {header}\r\n\
             content-length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(body);
        request
    }
}
