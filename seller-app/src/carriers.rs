//! Who carries parcels: the partner's own riders, or a carrier that takes bookings as files and answers with signed events.
//!
//! ```text
//!  packed ──▶ booking (store, same transaction) ──▶ worker ──▶ Carrier::book
//!  POST /carriers/{name}/events ──▶ Carrier::read (signature) ──▶ action of the desk ──▶ order ──▶ buyer app
//! ```
//!
//! A new carrier implements [`Carrier`] and passes the suite in `tests/carriers.rs`.

use std::fmt::Debug;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

pub mod events;
mod folder;
mod own_riders;

pub use folder::FolderCarrier;
pub use own_riders::OwnRiders;

use crate::documents::awb;
use crate::fulfilment::{DeliveryEvent, Fulfilment, TroubleKind};
use crate::order::{Order, PaymentMethod};

/// Takes parcels to doors.
#[async_trait]
pub trait Carrier: Debug + Send + Sync {
    /// Its name in settings, in paths and in the order's story.
    fn name(&self) -> &str;

    /// Asks it to fetch a parcel. Asking again with the same number changes nothing.
    ///
    /// # Errors
    /// When it cannot be told now; it is tried again.
    async fn book(&self, booking: &Booking) -> Result<(), CarrierError>;

    /// Tells it not to come. A number that it does not know is no error.
    ///
    /// # Errors
    /// When it cannot be told now; it is tried again.
    async fn cancel(&self, awb: &str) -> Result<(), CarrierError>;

    /// Reads what it says, when it is proved to be from it.
    ///
    /// # Errors
    /// When it is not, or cannot be read.
    fn read(&self, body: &[u8], signature: &str) -> Result<CarrierEvent, CarrierError>;
}

/// Why a carrier was not told, or its word not taken.
#[derive(Debug, thiserror::Error)]
pub enum CarrierError {
    #[error("{path}: {source}")]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("the booking cannot be written: {0}")]
    Booking(serde_json::Error),
    #[error("the event is not signed with the key of carrier `{0}`")]
    Signature(String),
    #[error("the event cannot be read: {0}")]
    Event(serde_json::Error),
    #[error("`{0}` is nothing that a carrier can tell")]
    Kind(String),
    #[error("carrier_key of carrier `{0}` is no Ed25519 public key in base64")]
    Key(String),
    #[error("own riders send no events: they press the buttons of the desk")]
    NoEvents,
}

/// What a carrier is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// On the label; names the parcel from now on.
    pub awb: String,
    pub order_id: String,
    pub from: serde_json::Value,
    pub to: serde_json::Value,
    /// Said at the store.
    pub pickup_code: String,
    /// RFC 3339; empty when nothing is promised.
    pub deliver_by: String,
    /// To be taken at the door, in the network's currency; empty when it is paid.
    pub cash: String,
}

impl Booking {
    pub fn of(order: &Order, delivery: &Fulfilment) -> Booking {
        let place =
            |stop: &Option<crate::fulfilment::Stop>| stop.as_ref().map(|stop| stop.place.clone()).unwrap_or_default();
        let code = delivery.start.as_ref().and_then(|start| start.instructions.as_ref());
        Booking {
            awb: awb(delivery),
            order_id: order.id.clone(),
            from: place(&delivery.start),
            to: place(&delivery.end),
            pickup_code: code.map(|code| code.short_desc.clone()).unwrap_or_default(),
            deliver_by: delivery.due().map(|due| due.to_string()).unwrap_or_default(),
            cash: match order.payment.method {
                PaymentMethod::Prepaid => String::new(),
                PaymentMethod::CashOnDelivery => order.quote.total().wire(),
            },
        }
    }
}

/// What a carrier tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CarrierEvent {
    /// The carrier's own; an event that comes twice counts once.
    pub event_id: String,
    pub awb: String,
    /// `assign`, `out-for-pickup`, `at-pickup`, `pickup-failed`, `pick-up`, `in-transit`, `at-hub`, `out-for-delivery`,
    /// `at-delivery`, `delivery-failed`, `deliver`, `lost`, `damaged`.
    pub kind: String,
    /// Place, cause, or what else is to be said.
    pub note: String,
    /// What the other side said.
    pub code: String,
    /// Name or link of the photo.
    pub photo: String,
    pub rider_name: String,
    pub rider_phone: String,
}

impl CarrierEvent {
    /// # Errors
    /// When it is no JSON, or of no kind that a carrier may tell: packing and cancelling are not its business.
    fn parse(body: &[u8]) -> Result<CarrierEvent, CarrierError> {
        let event: CarrierEvent = serde_json::from_slice(body).map_err(CarrierError::Event)?;
        let moves = DeliveryEvent::parse(&event.kind)
            .is_some_and(|kind| !matches!(kind, DeliveryEvent::Pack | DeliveryEvent::Cancel));
        if moves || TroubleKind::parse(&event.kind).is_some() {
            return Ok(event);
        }
        Err(CarrierError::Kind(event.kind))
    }
}

/// Settings of the carrier, under `[carrier]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarrierConfig {
    /// "own-riders", or any other name: a carrier that takes bookings as files.
    pub name: String,
    /// Where bookings are written.
    pub folder: PathBuf,
    /// Ed25519 public key of the events, 32 bytes in base64.
    pub key: String,
}

/// Name of the partner's own riders.
pub const OWN_RIDERS: &str = "own-riders";

/// The carrier of the settings.
///
/// # Errors
/// When its key cannot be read.
pub fn of(config: &CarrierConfig) -> Result<Arc<dyn Carrier>, CarrierError> {
    if config.name == OWN_RIDERS {
        return Ok(Arc::new(OwnRiders));
    }
    Ok(Arc::new(FolderCarrier::new(config)?))
}
