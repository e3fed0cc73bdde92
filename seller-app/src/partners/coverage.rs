//! Where a partner delivers, in every form that the network has: radius (10), postal codes and ranges (11), the whole
//! country (12), a polygon (13); and where that differs by category.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::polygon::Polygon;
use crate::catalogue::Gps;
use crate::catalogue::serviceability::{Destination, NotServed};

/// A range of at most so many postal codes is counted out, so that each code can have its own winner (docs/adr/0005).
/// A wider one stays a range: its partner is published by its own shelf alone, as one with a radius is.
pub const COUNTED_MAX: u32 = 1_000;

/// What is said beside the partner's list of postal codes and its radius.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Coverage {
    /// Wide ranges of postal codes.
    pub ranges: Vec<PostalRange>,
    pub polygon: Option<Polygon>,
    pub country_wide: bool,
    /// Categories that are delivered elsewhere than the rest. What is said here replaces what is said for the rest.
    pub categories: BTreeMap<String, Area>,
}

/// One form of serviceability.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Area {
    /// Postal codes, ascending, and wide ranges of them.
    Codes {
        codes: Vec<String>,
        ranges: Vec<PostalRange>,
    },
    /// Kilometres from the partner's place.
    Radius {
        km: u32,
    },
    CountryWide,
    Polygon(Polygon),
    /// Not delivered at all.
    Nowhere,
}

/// Postal codes from `first` to `last`, both included; of one length.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PostalRange {
    pub first: String,
    pub last: String,
}

impl PostalRange {
    /// `560001-560099`.
    pub fn parse(text: &str) -> Option<PostalRange> {
        let (first, last) = text.split_once('-')?;
        let digits = |code: &str| code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()) && !code.starts_with('0');
        (digits(first) && digits(last) && first <= last)
            .then(|| PostalRange { first: first.to_owned(), last: last.to_owned() })
    }

    pub fn holds(&self, code: &str) -> bool {
        code.len() == self.first.len() && (self.first.as_str()..=self.last.as_str()).contains(&code)
    }

    /// How many codes there are.
    pub fn count(&self) -> u32 {
        match (self.first.parse::<u32>(), self.last.parse::<u32>()) {
            (Ok(first), Ok(last)) => last.saturating_sub(first).saturating_add(1),
            _ => 0,
        }
    }

    /// Each code of it.
    pub fn codes(&self) -> Vec<String> {
        let (Ok(first), Ok(last)) = (self.first.parse::<u32>(), self.last.parse::<u32>()) else { return Vec::new() };
        (first..=last).map(|code| code.to_string()).collect()
    }
}

impl fmt::Display for PostalRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.first, self.last)
    }
}

impl Area {
    /// Codes and ranges as people write them; narrow ranges are counted out.
    pub fn of_codes(mut codes: Vec<String>, ranges: Vec<PostalRange>) -> Area {
        let (narrow, wide): (Vec<PostalRange>, Vec<PostalRange>) =
            ranges.into_iter().partition(|range| range.count() <= COUNTED_MAX);
        codes.extend(narrow.iter().flat_map(PostalRange::codes));
        codes.retain(|code| !wide.iter().any(|range| range.holds(code)));
        codes.sort_unstable();
        codes.dedup();
        Area::Codes { codes, ranges: wide }
    }

    /// Whether somebody at `place` is delivered to from `from`.
    ///
    /// # Errors
    /// Why not, in the words of the network.
    pub fn holds(&self, from: &Gps, place: &Destination) -> Result<(), NotServed> {
        let (inside, otherwise) = match self {
            Area::Codes { codes, ranges } => {
                let code = &place.area_code;
                let listed = codes.iter().any(|own| own == code) || ranges.iter().any(|range| range.holds(code));
                (listed, NotServed::AreaCode)
            }
            Area::Radius { km } => (from.distance_m(&place.gps) <= km.saturating_mul(1_000), NotServed::TooFar),
            Area::CountryWide => (true, NotServed::AreaCode),
            Area::Polygon(polygon) => (polygon.holds(&place.gps), NotServed::TooFar),
            Area::Nowhere => (false, NotServed::AreaCode),
        };
        if inside { Ok(()) } else { Err(otherwise) }
    }

    /// The postal codes of it when they can be counted: then each of them has one winner.
    pub fn counted(&self) -> Option<&[String]> {
        match self {
            Area::Codes { codes, ranges } if ranges.is_empty() => Some(codes),
            Area::Codes { .. } | Area::Radius { .. } | Area::CountryWide | Area::Polygon(_) => None,
            Area::Nowhere => Some(&[]),
        }
    }

    /// A few words for people.
    pub fn text(&self) -> String {
        match self {
            Area::Codes { codes, ranges } if ranges.is_empty() => format!("{} postal codes", codes.len()),
            Area::Codes { codes, ranges } => {
                let wide: Vec<String> = ranges.iter().map(ToString::to_string).collect();
                match codes.len() {
                    0 => format!("postal codes {}", wide.join(", ")),
                    single => format!("{single} postal codes and {}", wide.join(", ")),
                }
            }
            Area::Radius { km } => format!("{km} km around"),
            Area::CountryWide => "the whole country".to_owned(),
            Area::Polygon(polygon) => format!("a polygon of {} corners", polygon.corners().len()),
            Area::Nowhere => "nowhere".to_owned(),
        }
    }
}
