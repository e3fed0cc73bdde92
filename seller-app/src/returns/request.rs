//! What a buyer asks for when it returns something: the tag `return_request`.

use serde::{Deserialize, Serialize};

use crate::catalogue::Period;

/// One item, one reason. Its id is also the id of the return fulfilment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnRequest {
    pub id: String,
    pub item_id: String,
    pub parent_item_id: Option<String>,
    pub quantity: u32,
    pub reason_id: String,
    pub reason_desc: Option<String>,
    /// URLs, comma separated as on the wire.
    pub images: Option<String>,
    /// The buyer app expects an answer within this.
    pub ttl_approval: Option<Period>,
    /// The buyer app expects the pickup within this.
    pub ttl_reverseqc: Option<Period>,
    /// The buyer wants a replacement, not money.
    pub replace: bool,
    /// Subscriber id of the buyer app.
    pub initiated_by: String,
}

impl ReturnRequest {
    /// Addresses of the photos; what is no web address is left out.
    pub fn photos(&self) -> impl Iterator<Item = &str> {
        let all = self.images.as_deref().unwrap_or_default().split(',').map(str::trim);
        all.filter(|url| url.starts_with("https://") || url.starts_with("http://"))
    }
}
