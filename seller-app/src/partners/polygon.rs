//! An area on the map, drawn by its corners.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::catalogue::Gps;

/// Corners in order; the last is joined to the first. At least three.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Gps>", into = "Vec<Gps>")]
pub struct Polygon(Vec<Gps>);

/// Fewer than three corners, or so many that no message should carry them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a polygon has 3 to 500 corners, this one has {0}")]
pub struct CornerCount(usize);

const CORNERS_MAX: usize = 500;

impl Polygon {
    /// # Errors
    /// When it has fewer than three corners or more than 500.
    pub fn new(mut corners: Vec<Gps>) -> Result<Polygon, CornerCount> {
        // GeoJSON repeats the first corner at the end.
        if corners.len() > 1 && corners.first() == corners.last() {
            corners.pop();
        }
        if !(3..=CORNERS_MAX).contains(&corners.len()) {
            return Err(CornerCount(corners.len()));
        }
        Ok(Polygon(corners))
    }

    pub fn corners(&self) -> &[Gps] {
        &self.0
    }

    /// Even-odd rule on latitude and longitude as plane coordinates: right for areas of city or state size that do not
    /// cross the 180th meridian.
    pub fn holds(&self, point: &Gps) -> bool {
        let (y, x) = (point.latitude(), point.longitude());
        let mut inside = false;
        let mut before = self.0.len() - 1;
        for at in 0..self.0.len() {
            let (a, b) = (&self.0[at], &self.0[before]);
            let crosses = (a.latitude() > y) != (b.latitude() > y);
            if crosses {
                let share = (y - a.latitude()) / (b.latitude() - a.latitude());
                if x < a.longitude() + share * (b.longitude() - a.longitude()) {
                    inside = !inside;
                }
            }
            before = at;
        }
        inside
    }

    /// As the network wants it: a FeatureCollection, longitude first, the first corner again at the end.
    pub fn geojson(&self) -> String {
        let ring: Vec<[f64; 2]> =
            self.0.iter().chain(self.0.first()).map(|corner| [corner.longitude(), corner.latitude()]).collect();
        let geometry = json!({ "type": "Polygon", "coordinates": [ring] });
        let feature = json!({ "type": "Feature", "properties": {}, "geometry": geometry });
        json!({ "type": "FeatureCollection", "features": [feature] }).to_string()
    }
}

impl TryFrom<Vec<Gps>> for Polygon {
    type Error = CornerCount;
    fn try_from(corners: Vec<Gps>) -> Result<Polygon, CornerCount> {
        Polygon::new(corners)
    }
}

impl From<Polygon> for Vec<Gps> {
    fn from(polygon: Polygon) -> Vec<Gps> {
        polygon.0
    }
}
