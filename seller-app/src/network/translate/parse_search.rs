//! `search`: what a buyer app looks for (NETWORK-SPEC 4.1).

use jiff::Timestamp;

use super::read::Reader;
use crate::order::{FinderFee, Refusal};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    pub finder_fee: FinderFee,
    pub item_name: Option<String>,
    pub category: Option<String>,
    pub provider_id: Option<String>,
    pub fulfilment_type: Option<String>,
    /// Postal code of the buyer.
    pub area_code: Option<String>,
    pub incremental: Option<Incremental>,
}

/// Asks for changes instead of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incremental {
    /// From now on, push what changes.
    Start,
    Stop,
    /// What changed between two moments, once.
    Pull {
        start: Timestamp,
        end: Timestamp,
    },
}

pub(super) fn search(root: &Reader<'_>) -> Result<Search, Refusal> {
    let intent = root.member("intent")?;
    let payment = intent.member("payment")?;
    let end = intent.optional("fulfillment").and_then(|fulfilment| fulfilment.optional("end"));
    let location = end.and_then(|end| end.optional("location"));
    let address = location.and_then(|location| location.optional("address"));
    let item = intent.optional("item").and_then(|item| item.optional("descriptor"));
    Ok(Search {
        finder_fee: finder_fee(&payment)?,
        item_name: item.and_then(|descriptor| descriptor.optional_text("name")),
        category: intent.optional("category").and_then(|category| category.optional_text("id")),
        provider_id: intent.optional("provider").and_then(|provider| provider.optional_text("id")),
        fulfilment_type: intent.optional("fulfillment").and_then(|fulfilment| fulfilment.optional_text("type")),
        area_code: address.and_then(|address| address.optional_text("area_code")),
        incremental: incremental(&intent)?,
    })
}

/// The fee of a `payment` object; both parts are required there.
pub(super) fn finder_fee(payment: &Reader<'_>) -> Result<FinderFee, Refusal> {
    Ok(FinderFee {
        kind: payment.text("@ondc/org/buyer_app_finder_fee_type")?,
        amount: payment.text("@ondc/org/buyer_app_finder_fee_amount")?,
    })
}

fn incremental(intent: &Reader<'_>) -> Result<Option<Incremental>, Refusal> {
    let Some(tag) = intent.tags("catalog_inc").into_iter().next() else {
        return Ok(None);
    };
    match tag.entry("mode").as_deref() {
        Some("start") => return Ok(Some(Incremental::Start)),
        Some("stop" | "end") => return Ok(Some(Incremental::Stop)),
        Some(other) => return Err(tag.wrong("list", format!("mode `{other}` is neither start nor stop"))),
        None => {}
    }
    let time = |code: &str| -> Result<Timestamp, Refusal> {
        let text = tag.entry(code).ok_or_else(|| tag.wrong("list", format!("`{code}` is missing")))?;
        text.parse().map_err(|_| tag.wrong("list", format!("`{text}` is not a time")))
    };
    let (start, end) = (time("start_time")?, time("end_time")?);
    if end <= start {
        return Err(tag.wrong("list", "`end_time` must be after `start_time`"));
    }
    Ok(Some(Incremental::Pull { start, end }))
}
