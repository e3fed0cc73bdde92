//! Ask to return delivered goods.

use serde::{Deserialize, Serialize};
use specs::Action;
use utoipa::ToSchema;

use super::error::AskError;
use super::follow::{about, found};
use super::{Caller, Sent};
use crate::buyer::Buyer;
use crate::network::messages::{self, ReturnRequest};
use crate::network::outgoing::{Save, refuse_repeat, retried, send};
use crate::order::decide::{Event, decide};
use crate::order::record::ReturnAsked;

#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReturnAsk {
    pub order_id: String,
    pub item_id: String,
    pub count: u32,
    /// Reason id of the network's list.
    pub reason_id: String,
    /// What is wrong, in words.
    pub reason_desc: Option<String>,
    /// Addresses (https) of pictures.
    #[serde(default)]
    pub images: Vec<String>,
    /// A new piece instead of the money.
    #[serde(default)]
    pub replace: bool,
    /// Id of the return; a UUID when absent.
    pub return_id: Option<String>,
}

pub async fn ask_return(buyer: &Buyer, caller: &Caller, ask: &ReturnAsk) -> Result<Sent, AskError> {
    refuse_repeat(buyer, caller).await?;
    if let Some(bad) =
        ask.images.iter().find(|url| !(url.starts_with("https://") || url.starts_with("http://")) || url.contains(','))
    {
        return Err(AskError::invalid("images", format!("`{bad}` is not a web address")));
    }
    let return_id = ask.return_id.clone().unwrap_or_else(|| buyer.new_id());
    retried(|| return_once(buyer, caller, ask, &return_id)).await
}

async fn return_once(buyer: &Buyer, caller: &Caller, ask: &ReturnAsk, return_id: &str) -> Result<Sent, AskError> {
    let (order, version) = found(buyer, &ask.order_id).await?;
    let asked = ReturnAsked {
        return_id: return_id.to_owned(),
        item_id: ask.item_id.clone(),
        count: ask.count,
        reason_id: ask.reason_id.clone(),
    };
    let rules = buyer.rules(&order.domain, &order.core_version);
    let mut next = decide(&order, Event::ReturnAsked(asked), &rules, buyer.now_ms())?.next;
    let request = ReturnRequest {
        return_id,
        item_id: &ask.item_id,
        count: ask.count,
        reason_id: &ask.reason_id,
        reason_desc: ask.reason_desc.as_deref().filter(|text| !text.trim().is_empty()).unwrap_or("not given"),
        images: &ask.images,
        ttl_approval: &buyer.config.return_ttl_approval,
        ttl_reverseqc: &buyer.config.return_ttl_pickup,
        replace: ask.replace,
    };
    let prepared = about(buyer, Action::Update, &order, messages::return_request(&order.id, &request))?;
    next.last_message_ms = prepared.sent_ms();
    send(buyer, caller, prepared, Save::Order(Box::new(next), version)).await
}
