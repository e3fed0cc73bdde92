//! Places: postal addresses and coordinates.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A partner's address as the catalogue shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    pub street: String,
    pub locality: String,
    /// Name of the city, such as `Bengaluru` (not its code).
    pub city: String,
    pub state: String,
}

/// A point on the globe. The text is kept as it came, because `start` gps may never change by a digit.
#[derive(Clone, Debug, PartialEq)]
pub struct Gps {
    text: String,
    latitude: f64,
    longitude: f64,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a position: write latitude,longitude in degrees, such as 12.956399,77.636803")]
pub struct GpsError(String);

impl Gps {
    /// Reads `latitude,longitude`; a space after the comma is allowed.
    pub fn parse(text: &str) -> Result<Gps, GpsError> {
        let refused = || GpsError(text.to_owned());
        let (latitude, longitude) = text.split_once(',').ok_or_else(refused)?;
        let latitude: f64 = latitude.trim().parse().map_err(|_| refused())?;
        let longitude: f64 = longitude.trim().parse().map_err(|_| refused())?;
        let on_globe = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        if !on_globe {
            return Err(refused());
        }
        Ok(Gps { text: text.to_owned(), latitude, longitude })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Degrees, north is positive.
    pub fn latitude(&self) -> f64 {
        self.latitude
    }

    /// Degrees, east is positive.
    pub fn longitude(&self) -> f64 {
        self.longitude
    }

    /// Great-circle distance in metres (haversine).
    pub fn distance_m(&self, other: &Gps) -> u32 {
        const EARTH_RADIUS_M: f64 = 6_371_000.0;
        let (a, b) = (self.latitude.to_radians(), other.latitude.to_radians());
        let half_latitude = (b - a) / 2.0;
        let half_longitude = (other.longitude - self.longitude).to_radians() / 2.0;
        let chord = half_latitude.sin().powi(2) + a.cos() * b.cos() * half_longitude.sin().powi(2);
        (2.0 * EARTH_RADIUS_M * chord.sqrt().min(1.0).asin()).round() as u32
    }
}

impl fmt::Display for Gps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Gps {
    type Err = GpsError;
    fn from_str(text: &str) -> Result<Gps, GpsError> {
        Gps::parse(text)
    }
}

impl Serialize for Gps {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Gps {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Gps, D::Error> {
        let text = String::deserialize(deserializer)?;
        Gps::parse(&text).map_err(serde::de::Error::custom)
    }
}
