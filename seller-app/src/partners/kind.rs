//! What sort of firm a partner is.

use std::fmt;

/// The `kind` of a partner; known to the brand only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Distributor,
    /// A large retailer with its own counter.
    Retailer,
    /// The brand's own store.
    OwnStore,
    /// Keeps and sends the brand's goods for a fee (3PL).
    Logistics,
    /// Sends from its own warehouse what it never shows in a store.
    DropShipper,
}

impl Kind {
    pub const ALL: [Kind; 5] = [Kind::Distributor, Kind::Retailer, Kind::OwnStore, Kind::Logistics, Kind::DropShipper];

    /// The word in tables and in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Distributor => "distributor",
            Kind::Retailer => "retailer",
            Kind::OwnStore => "own-store",
            Kind::Logistics => "3pl",
            Kind::DropShipper => "drop-shipper",
        }
    }

    /// For people.
    pub fn title(self) -> &'static str {
        match self {
            Kind::Distributor => "Distributor",
            Kind::Retailer => "Large retailer",
            Kind::OwnStore => "Own store",
            Kind::Logistics => "Logistics firm (3PL)",
            Kind::DropShipper => "Drop-shipper",
        }
    }

    pub fn parse(text: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
