//! Who is on the network of the benchmark: one buyer that asks, and sellers that listen on ports of their own.

use std::path::Path;

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

use crate::process::Server;

pub const DOMAIN: &str = "ONDC:RET10";
/// The city of the first few sellers, and the one of all the others.
pub const SMALL_CITY: &str = "std:0821";
pub const LARGE_CITY: &str = "std:080";
const BUYER: &str = "buyer.localhost:8083";
/// Life of a signature, seconds.
const LIFE_S: i64 = 600;

pub struct Population {
    pub buyer: Signer,
    pub participants: Vec<Participant>,
    /// Ports of the sellers in the small city.
    pub few: Vec<u16>,
}

impl Population {
    /// One seller behind each port; the first `few` in the small city, all of them in the large one.
    pub fn new(ports: &[u16], few: usize) -> anyhow::Result<Self> {
        let buyer = Signer {
            subscriber_id: SubscriberId::parse(BUYER)?,
            unique_key_id: UniqueKeyId::parse(OsRandomness.uuid_v4().to_string())?,
            key: SigningKeyPair::generate(&OsRandomness),
        };
        let mut participants = vec![Participant {
            unique_key_id: buyer.unique_key_id.clone(),
            signing_public_key: buyer.key.public_text(),
            ..participant(BUYER, Role::Buyer, &["*"])?
        }];
        for (index, port) in ports.iter().enumerate() {
            let cities: &[&str] = if index < few { &[SMALL_CITY, LARGE_CITY] } else { &[LARGE_CITY] };
            participants.push(participant(&format!("seller-{index}.localhost:{port}"), Role::Seller, cities)?);
        }
        Ok(Self { buyer, participants, few: ports[..few].to_vec() })
    }

    pub fn write(&self, file: &Path) -> anyhow::Result<()> {
        Ok(std::fs::write(file, serde_json::to_vec(&self.participants)?)?)
    }

    /// A whole HTTP request, signed by the buyer when it says so.
    pub fn post(&self, host: &str, path: &str, body: &[u8], signed: bool) -> Vec<u8> {
        let mut request = format!("POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n");
        if signed {
            request += &format!("authorization: {}\r\n", self.header(body));
        }
        request += &format!("content-length: {}\r\n\r\n", body.len());
        let mut request = request.into_bytes();
        request.extend_from_slice(body);
        request
    }

    pub fn header(&self, body: &[u8]) -> String {
        let created = SystemClock.now().as_second();
        sign(body, &self.buyer, created, created + LIFE_S)
    }

    /// A search for a city, with ids of its own.
    pub fn search(&self, city: &str) -> anyhow::Result<(String, Bytes)> {
        let message_id = OsRandomness.uuid_v4().to_string();
        let context = Context {
            domain: DOMAIN.to_owned(),
            action: Action::Search,
            country: "IND".to_owned(),
            city: city.to_owned(),
            core_version: "1.2.5".to_owned(),
            bap_id: self.buyer.subscriber_id.clone(),
            bap_uri: format!("http://{BUYER}/network"),
            bpp_id: None,
            bpp_uri: None,
            transaction_id: TransactionId::parse(OsRandomness.uuid_v4().to_string())?,
            message_id: MessageId::parse(message_id.clone())?,
            timestamp: SystemClock.now(),
            ttl: Some("PT30S".to_owned()),
            key: None,
        };
        let intent = json!({ "intent": {
            "category": { "id": "Foodgrains" },
            "fulfillment": { "type": "Delivery" },
            "payment": { "@ondc/org/buyer_app_finder_fee_type": "percent", "@ondc/org/buyer_app_finder_fee_amount": "3" },
        } });
        Ok((message_id, envelope::render(&context, &intent, None)))
    }
}

fn participant(id: &str, role: Role, cities: &[&str]) -> anyhow::Result<Participant> {
    let (now, years) = (SystemClock.now(), SignedDuration::from_hours(24 * 365));
    Ok(Participant {
        subscriber_id: SubscriberId::parse(id)?,
        unique_key_id: UniqueKeyId::parse(OsRandomness.uuid_v4().to_string())?,
        role,
        domain: DOMAIN.to_owned(),
        country: "IND".to_owned(),
        city: cities.iter().map(|city| (*city).to_owned()).collect(),
        subscriber_url: Some(format!("http://{id}/network")),
        signing_public_key: SigningKeyPair::generate(&OsRandomness).public_text(),
        encr_public_key: EncryptionKeyPair::generate(&OsRandomness).public_text(),
        valid_from: now - SignedDuration::from_hours(1),
        valid_until: now + years,
        status: Status::Subscribed,
        created: None,
        updated: None,
    })
}

/// A registry that knows the participants in `participants.json` of the folder.
pub fn registry(folder: &Path) -> anyhow::Result<Server> {
    let text = folder.display().to_string();
    Server::start(&["registry", &text], &folder.join("registry.log"))
}
