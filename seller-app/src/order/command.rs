//! What can be asked of an order: by the buyer app over the network, or by people at the desk.

use jiff::Timestamp;
use serde_json::Value;

use super::LineKind;
use super::RejectCause;
use super::payment::FinderFee;
use crate::catalogue::serviceability::Destination;
use crate::catalogue::{PartnerId, Period};
use crate::fulfilment::{Agent, DeliveryEvent, DeliveryState, Handover, TroubleKind};
use crate::money::Money;
use crate::returns::receipt::Count;
use crate::returns::{Grading, ReturnRequest};

#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    // From the network.
    Select(Select),
    Init(Init),
    Confirm(Confirm),
    Status,
    Track,
    Cancel(Cancel),
    /// One or several items of one `update`.
    Return(Vec<ReturnRequest>),
    Refunded(Refund),
    UpdateAddress(AddressChange),
    UpdateBilling(Value),
    /// The buyer's courier has the goods, or delivered them.
    CourierReport(CourierReport),
    Rating(Rating),
    Support,

    // From the desk.
    Accept,
    Pack,
    AssignAgent(Agent),
    PickUp,
    OutForDelivery,
    Deliver,
    /// As `PickUp` or `Deliver`, with what shows that the goods changed hands.
    HandOver {
        event: DeliveryEvent,
        handover: Handover,
    },
    /// Any other station of the way; `place` names the carrier or hub.
    Station {
        event: DeliveryEvent,
        place: String,
    },
    /// A piece of the pick list.
    Scan {
        barcode: String,
    },
    /// The partner does not want it; `items` names what is missing, empty means all of it.
    Reject {
        cause: RejectCause,
        by: String,
        items: Vec<LineRef>,
    },
    /// A later estimate; an empty cause is found by how far the delivery is.
    Revise {
        who: String,
        cause: String,
    },
    ReportTrouble {
        kind: TroubleKind,
        by: String,
        note: String,
    },
    TroubleOver,
    /// The whole order, before it left the store.
    SellerCancel {
        reason: String,
    },
    /// Some pieces, before they left the store.
    SellerCancelItems {
        reason: String,
        items: Vec<LineRef>,
    },
    /// Undeliverable goods turn back.
    ReturnToOrigin {
        reason: String,
    },
    RtoDelivered,
    RtoDisposed,
    ApproveReturn {
        return_id: String,
    },
    RejectReturn {
        return_id: String,
        reason: String,
    },
    LiquidateReturn {
        return_id: String,
    },
    PickReturn {
        return_id: String,
    },
    /// The rider did not get the goods; `note` says why.
    FailReturnPick {
        return_id: String,
        note: String,
    },
    /// Nobody will fetch it any more.
    GiveUpReturn {
        return_id: String,
    },
    /// Everything is back, sound, and on the shelf it came from.
    DeliverReturn {
        return_id: String,
    },
    /// What arrived, where.
    ReceiveReturn {
        return_id: String,
        received: Received,
    },
    /// What becomes of the sound pieces.
    GradeReturn {
        return_id: String,
        grading: Grading,
    },
}

/// A count at the shelf, and what shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub count: Count,
    /// Any partner of the brand; `None` = the one that sold it.
    pub partner_id: Option<PartnerId>,
    pub note: String,
    pub photo: String,
    pub by: String,
}

/// Who asks, in which transaction: from the context of `select`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    pub transaction_id: String,
    pub bap_id: String,
    pub bap_uri: String,
    pub domain: String,
    pub core_version: String,
    pub city: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Select {
    pub party: Party,
    pub provider_id: String,
    pub location_id: String,
    pub items: Vec<SelectItem>,
    pub destination: Destination,
    /// Offers that the buyer wants applied.
    pub offers: Vec<String>,
    /// `ON-FULFILLMENT` asks for cash on delivery.
    pub payment_type: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectItem {
    pub id: String,
    /// Zone of the partner that the item stood in; `None` when the message does not say.
    pub location_id: Option<String>,
    pub parent_item_id: Option<String>,
    pub count: u32,
}

/// Some pieces of one item, wherever an item and a count are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineRef {
    pub id: String,
    pub parent_item_id: Option<String>,
    pub count: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Init {
    pub provider_id: String,
    pub location_id: String,
    pub items: Vec<LineRef>,
    pub billing: Value,
    pub fulfilments: Vec<InitFulfilment>,
    pub offers: Vec<String>,
    pub payment_type: Option<String>,
    pub finder_fee: Option<FinderFee>,
}

/// A fulfilment as `init` and `confirm` name it.
#[derive(Clone, Debug, PartialEq)]
pub struct InitFulfilment {
    pub id: String,
    pub kind: String,
    /// `end` with location, contact and perhaps person, as sent.
    pub end: Value,
    pub destination: Destination,
    /// `confirm` only.
    pub tat: Option<Period>,
    /// Registration of the car that comes to the kerb.
    pub vehicle: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Confirm {
    pub order_id: String,
    pub provider_id: String,
    pub location_id: String,
    pub items: Vec<LineRef>,
    pub billing: Value,
    pub fulfilments: Vec<InitFulfilment>,
    pub quote: Quoted,
    /// `payment` as sent.
    pub payment: Value,
    /// `tags` as sent: `bpp_terms`, `bap_terms`.
    pub tags: Vec<Value>,
    pub created_at: Timestamp,
}

/// The quote that the buyer confirms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quoted {
    pub total: Money,
    /// Kind, id, price of each line.
    pub lines: Vec<(LineKind, String, Money)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cancel {
    pub reason_id: String,
    /// Set when one fulfilment is meant, not the whole order.
    pub fulfilment_id: Option<String>,
    /// `force=yes`: the buyer app has waited and now insists.
    pub force: bool,
}

/// The buyer app paid the buyer back.
#[derive(Clone, Debug, PartialEq)]
pub struct Refund {
    /// Return, cancel or RTO fulfilments that it is for.
    pub fulfilment_ids: Vec<String>,
    /// `@ondc/org/settlement_details` as sent.
    pub details: Vec<Value>,
}

/// A new `end` for the delivery: only the members that are there change.
#[derive(Clone, Debug, PartialEq)]
pub struct AddressChange {
    pub fulfilment_id: String,
    pub end: Value,
    pub destination: Option<Destination>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rating {
    pub category: String,
    pub id: String,
    /// 1 to 5.
    pub value: u8,
}

/// What the buyer app says about its courier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CourierReport {
    pub fulfilment_id: String,
    /// `Order-picked-up` or `Order-delivered`.
    pub state: DeliveryState,
    pub agent: Option<Agent>,
}
