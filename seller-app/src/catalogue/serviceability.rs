//! Whether a partner delivers to a place.

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
    /// Beyond the partner's radius (30010).
    TooFar,
}

/// A list of postal codes is what the catalogue promises, so the list alone decides; without one the radius does. The position
/// that comes with a postal code is often only the middle of its area.
pub fn serves(partner: &Partner, place: &Destination) -> Result<(), NotServed> {
    if !partner.serves.is_empty() {
        let listed = partner.serves.iter().any(|code| code == &place.area_code);
        return if listed { Ok(()) } else { Err(NotServed::AreaCode) };
    }
    let Some(radius_km) = partner.radius_km else {
        // Neither list nor radius: nothing was promised, so only its own postal code is near enough.
        return if partner.area_code == place.area_code { Ok(()) } else { Err(NotServed::AreaCode) };
    };
    if partner.gps.distance_m(&place.gps) > radius_km.saturating_mul(1_000) {
        return Err(NotServed::TooFar);
    }
    Ok(())
}
