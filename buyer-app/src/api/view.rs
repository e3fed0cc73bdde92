//! Records as the API shows them: money and times as text, no internals.

use jiff::Timestamp;
use protocol::clock::wire_timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::order::record::{Fulfilment, Order, RefundState};
use crate::store::shelf::ShelfItem;

/// RFC 3339 with milliseconds.
pub fn wire_time(ms: i64) -> String {
    wire_timestamp(Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH))
}

/// An order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderView {
    pub id: String,
    pub transaction_id: String,
    /// Requested (confirm not answered yet), Created, Accepted, In-progress, Completed, Cancelled or Failed.
    pub state: String,
    pub domain: String,
    pub core_version: String,
    pub city: String,
    pub bpp_id: String,
    pub provider_id: String,
    pub provider_name: String,
    pub items: Vec<OrderedItemView>,
    pub fulfilments: Vec<FulfilmentView>,
    pub currency: String,
    /// Total now, after cancels and returns.
    pub total: String,
    /// Total that was confirmed.
    pub confirmed_total: String,
    pub quote: Vec<QuoteLineView>,
    /// ON-ORDER or ON-FULFILLMENT.
    pub payment_type: String,
    pub paid: bool,
    pub payment_reference: String,
    pub refunds: Vec<RefundView>,
    /// Sum of the refunds that are paid.
    pub refunded: String,
    pub timeline: Vec<TimelineView>,
    pub documents: Vec<DocumentView>,
    /// Last answer to `track`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub tracking: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancelled_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cancel_reason_id: Option<String>,
    pub created_at: String,
    pub updated_at: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OrderedItemView {
    pub id: String,
    pub title: String,
    /// As ordered.
    pub count: u32,
    /// Still with the shopper, or on the way there.
    pub count_now: u32,
    pub unit_price: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returnable: Option<bool>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FulfilmentView {
    pub id: String,
    /// Delivery, Self-Pickup, Buyer-Delivery, Return, Cancel or RTO.
    #[serde(rename = "type")]
    pub kind: String,
    pub state: String,
    /// Promised time to deliver, ISO 8601.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tat: Option<String>,
    pub tracking: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_phone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picked_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<String>,
    /// Why a return was rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QuoteLineView {
    pub id: String,
    pub title: String,
    /// item, delivery, packing, tax, misc, discount or offer.
    pub title_type: String,
    pub count: u32,
    pub price: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RefundView {
    pub id: String,
    pub fulfilment_id: String,
    pub amount: String,
    /// due or paid.
    pub state: String,
    pub reference: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TimelineView {
    pub at: String,
    pub fulfilment_id: String,
    pub code: String,
    pub note: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DocumentView {
    pub label: String,
    pub url: String,
}

pub fn order_view(order: &Order) -> OrderView {
    let item = |line: &crate::order::record::OrderedLine| OrderedItemView {
        id: line.item_id.clone(),
        title: line.title.clone(),
        count: line.count,
        count_now: order.forward_count(&line.item_id),
        unit_price: line.unit_price.wire(),
        returnable: line.returnable,
    };
    OrderView {
        id: order.id.clone(),
        transaction_id: order.transaction_id.clone(),
        state: order.state.name().to_owned(),
        domain: order.domain.clone(),
        core_version: order.core_version.clone(),
        city: order.city.clone(),
        bpp_id: order.bpp_id.clone(),
        provider_id: order.provider_id.clone(),
        provider_name: order.provider_name.clone(),
        items: order.ordered.iter().map(item).collect(),
        fulfilments: order.fulfilments.iter().map(fulfilment_view).collect(),
        currency: order.payment.currency.clone(),
        total: order.quote.price.value.wire(),
        confirmed_total: order.confirmed_total.wire(),
        quote: order.quote.breakup.iter().map(quote_line).collect(),
        payment_type: order.payment.kind.clone(),
        paid: order.payment.paid,
        payment_reference: order.payment.reference.clone(),
        refunds: order.refunds.iter().map(refund_view).collect(),
        refunded: order.refunded().wire(),
        timeline: order.timeline.iter().map(timeline_view).collect(),
        documents: order
            .documents
            .iter()
            .map(|d| DocumentView { label: d.label.clone(), url: d.url.clone() })
            .collect(),
        tracking: order.tracking.clone(),
        cancelled_by: order.cancellation.as_ref().map(|c| c.by.clone()),
        cancel_reason_id: order.cancellation.as_ref().map(|c| c.reason_id.clone()),
        created_at: wire_time(order.created_ms),
        updated_at: wire_time(order.updated_ms),
    }
}

fn fulfilment_view(f: &Fulfilment) -> FulfilmentView {
    FulfilmentView {
        id: f.id.clone(),
        kind: f.kind.wire().to_owned(),
        state: f.state.clone(),
        tat: f.tat.clone(),
        tracking: f.tracking,
        agent_name: f.agent.as_ref().map(|a| a.name.clone()),
        agent_phone: f.agent.as_ref().map(|a| a.phone.clone()),
        picked_at: f.picked_at.clone(),
        delivered_at: f.delivered_at.clone(),
        note: f.note.clone(),
    }
}

fn quote_line(line: &crate::order::quote::QuoteLine) -> QuoteLineView {
    QuoteLineView {
        id: line.item_id.clone(),
        title: line.title.clone(),
        title_type: line.title_type.clone(),
        count: line.count(),
        price: line.price.value.wire(),
    }
}

fn refund_view(refund: &crate::order::record::Refund) -> RefundView {
    RefundView {
        id: refund.id.clone(),
        fulfilment_id: refund.fulfilment_id.clone(),
        amount: refund.amount.wire(),
        state: match refund.state {
            RefundState::Due => "due".to_owned(),
            RefundState::Paid => "paid".to_owned(),
        },
        reference: refund.reference.clone(),
    }
}

fn timeline_view(entry: &crate::order::record::TimelineEntry) -> TimelineView {
    TimelineView {
        at: wire_time(entry.at_ms),
        fulfilment_id: entry.fulfilment_id.clone(),
        code: entry.code.clone(),
        note: entry.note.clone(),
    }
}

/// An item of the catalogue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ItemView {
    pub domain: String,
    pub city: String,
    pub core_version: String,
    pub bpp_id: String,
    pub provider_id: String,
    pub provider_name: String,
    pub location_id: String,
    pub id: String,
    pub name: String,
    pub short_desc: String,
    pub category: String,
    pub measure: String,
    pub price: String,
    /// Price before the seller's discount.
    pub price_max: String,
    pub currency: String,
    /// Can be bought now: in stock, store and provider open.
    pub available: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count_max: Option<u32>,
    pub returnable: bool,
    pub cancellable: bool,
    pub cash: bool,
    pub images: Vec<String>,
}

pub fn item_view(shelf: ShelfItem) -> ItemView {
    let ShelfItem { key, core_version, provider, item, buyable, .. } = shelf;
    ItemView {
        domain: key.domain,
        city: key.city,
        core_version,
        bpp_id: key.bpp_id,
        provider_id: key.provider_id,
        provider_name: provider.name,
        location_id: item.location_id,
        id: item.id,
        name: item.name,
        short_desc: item.short_desc,
        category: item.category,
        measure: item.measure,
        price: item.price.wire(),
        price_max: item.price_max.wire(),
        currency: item.currency,
        available: buyable,
        count_max: item.count_max,
        returnable: item.returnable,
        cancellable: item.cancellable,
        cash: item.cash,
        images: item.images,
    }
}
