//! Who has the goods, since when, and what shows that they changed hands.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::DeliveryState;

/// One leg of the chain: it ends where the next begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leg {
    pub holder: Holder,
    /// The store's, rider's, or hub's name, as far as it is known.
    pub name: String,
    pub since: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holder {
    Store,
    Rider,
    Carrier,
    Hub,
    BuyersCourier,
    Buyer,
    /// They are lost.
    Nobody,
}

impl Holder {
    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Holder::Store => "Store",
            Holder::Rider => "Rider",
            Holder::Carrier => "Carrier",
            Holder::Hub => "Hub",
            Holder::BuyersCourier => "Buyer's courier",
            Holder::Buyer => "Buyer",
            Holder::Nobody => "Nobody knows",
        }
    }
}

/// What somebody brings when goods change hands; all of it may be missing unless the policy wants it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handover {
    /// The code that the other side said.
    pub code: String,
    pub note: String,
    /// Where the photo is kept: a name or URL of the caller's.
    pub photo: String,
}

/// Kept with the order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    pub state: DeliveryState,
    pub at: Timestamp,
    /// The right code was said.
    pub code_checked: bool,
    pub note: String,
    pub photo: String,
}

impl Proof {
    /// In one line, for people.
    pub fn text(&self) -> String {
        let code = if self.code_checked { "code checked" } else { "no code" };
        let parts = [code, self.note.as_str(), self.photo.as_str()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }
}
