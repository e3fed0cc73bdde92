//! Somebody who knows a participant's key and can send any bytes with any header: for messages that no node of ours makes.

use bytes::Bytes;
use protocol::clock::{Clock, SystemClock, wire_timestamp};
use protocol::http::{Http, HttpAnswer};
use protocol::keys::Signer;
use protocol::signature::sign;
use sandbox::members::Member;
use serde_json::{Value, json};

use crate::setting::Setting;

/// Speaks as the buyer node, from outside of it.
pub struct Stranger {
    http: Http,
    signer: Signer,
    target: String,
    bap_id: String,
    bpp_id: String,
}

impl Stranger {
    pub fn with_the_buyers_key(setting: &Setting) -> Stranger {
        let at = &setting.network.at;
        Stranger {
            http: setting.journey.http.clone(),
            signer: setting.network.node(Member::Buyer).keys.signer(),
            target: format!("{}/network", at.url(Member::Seller)),
            bap_id: at.id(Member::Buyer),
            bpp_id: at.id(Member::Seller),
        }
    }

    /// A good `select` for what was found.
    pub fn select(&self, item: &Value, message_id: &str) -> Value {
        json!({
            "context": {
                "domain": "ONDC:RET10", "action": "select", "country": "IND", "city": "std:080", "core_version": "1.2.5",
                "bap_id": self.bap_id, "bap_uri": format!("http://{}/network", self.bap_id),
                "bpp_id": self.bpp_id, "bpp_uri": format!("http://{}/network", self.bpp_id),
                "transaction_id": format!("T-{message_id}"), "message_id": message_id,
                "timestamp": wire_timestamp(SystemClock.now()), "ttl": "PT30S",
            },
            "message": { "order": {
                "provider": { "id": item["provider_id"], "locations": [{ "id": item["location_id"] }] },
                "items": [{ "id": item["id"], "quantity": { "count": 1 }, "location_id": item["location_id"] }],
                "fulfillments": [{ "end": { "location": { "gps": "12.927900,77.627100", "address": { "area_code": "560034" } } } }],
            } },
        })
    }

    /// The header for these bytes, made `age_s` ago and good for `life_s`.
    pub fn header(&self, bytes: &[u8], age_s: i64, life_s: i64) -> String {
        let created = SystemClock.now().as_second() - age_s;
        sign(bytes, &self.signer, created, created + life_s)
    }

    /// The header as another participant would make it, with this key.
    pub fn header_as(&self, id: &str, bytes: &[u8]) -> String {
        let mut signer = self.signer.clone();
        signer.subscriber_id = id.parse().unwrap();
        let created = SystemClock.now().as_second();
        sign(bytes, &signer, created, created + 60)
    }

    pub async fn post(&self, action: &str, bytes: Vec<u8>, header: Option<&str>) -> HttpAnswer {
        let headers: Vec<_> = header.into_iter().map(|value| ("authorization", value)).collect();
        self.http.post(&format!("{}/{action}", self.target), Bytes::from(bytes), &headers).await.expect("an answer")
    }

    /// Signs and posts.
    pub async fn send(&self, action: &str, payload: &Value) -> HttpAnswer {
        let bytes = payload.to_string().into_bytes();
        let header = self.header(&bytes, 0, 60);
        self.post(action, bytes, Some(&header)).await
    }
}
