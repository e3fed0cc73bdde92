//! Whether a partner delivers something to a place.

use serde::{Deserialize, Serialize};

use super::{Gps, Partner};

/// Where a cart goes, as `select` says it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Destination {
    pub gps: Gps,
    pub area_code: String,
}

/// Why a place is not served. Each has its own code on the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotServed {
    /// The postal code is not in the partner's list (30009).
    AreaCode,
    /// Beyond the partner's radius or polygon (30010).
    TooFar,
}

/// Whether a partner delivers a category to a place: the same area that the catalogue promises. A list of postal codes alone
/// decides; the position that comes with a postal code is often only the middle of its area.
///
/// # Errors
/// Why not.
pub fn serves(partner: &Partner, category: &str, place: &Destination) -> Result<(), NotServed> {
    partner.area(category).holds(&partner.gps, place)
}

/// Whether all of a cart is delivered to a place. An empty cart asks for the partner's own area.
///
/// # Errors
/// The first reason why not.
pub fn serves_all<'a>(
    partner: &Partner,
    categories: impl IntoIterator<Item = &'a str>,
    place: &Destination,
) -> Result<(), NotServed> {
    let mut asked = categories.into_iter().peekable();
    if asked.peek().is_none() {
        return serves(partner, "", place);
    }
    asked.try_for_each(|category| serves(partner, category, place))
}
