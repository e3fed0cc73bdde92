//! Distance and area on the globe, exact enough for delivery areas.

/// Latitude and longitude in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub lat: f64,
    pub lng: f64,
}

const EARTH_RADIUS_KM: f64 = 6371.0088;

impl Point {
    /// Reads the wire's `lat,lng`; a space after the comma is common.
    pub fn parse(gps: &str) -> Option<Point> {
        let (lat, lng) = gps.split_once(',')?;
        let point = Point { lat: lat.trim().parse().ok()?, lng: lng.trim().parse().ok()? };
        (point.lat.abs() <= 90.0 && point.lng.abs() <= 180.0).then_some(point)
    }

    /// Great-circle distance.
    pub fn distance_km(self, other: Point) -> f64 {
        let (lat1, lat2) = (self.lat.to_radians(), other.lat.to_radians());
        let (dlat, dlng) = (lat2 - lat1, (other.lng - self.lng).to_radians());
        let a = (dlat / 2.0).sin().powi(2) + lat1.cos() * lat2.cos() * (dlng / 2.0).sin().powi(2);
        2.0 * EARTH_RADIUS_KM * a.sqrt().min(1.0).asin()
    }

    /// Is the point inside the ring? Even-odd rule; the ring is a list of corners, closed or not.
    pub fn inside(self, ring: &[Point]) -> bool {
        let mut inside = false;
        for (at, a) in ring.iter().enumerate() {
            let b = ring[(at + 1) % ring.len()];
            let crosses = (a.lat > self.lat) != (b.lat > self.lat);
            if crosses && self.lng < (b.lng - a.lng) * (self.lat - a.lat) / (b.lat - a.lat) + a.lng {
                inside = !inside;
            }
        }
        inside
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_of_two_cities() {
        let (bengaluru, delhi) = (Point::parse("12.9716, 77.5946").unwrap(), Point::parse("28.6139,77.2090").unwrap());
        assert!((bengaluru.distance_km(delhi) - 1740.0).abs() < 10.0);
        assert!(bengaluru.distance_km(bengaluru) < 1e-9);
        assert!(Point::parse("91.0,10.0").is_none());
        assert!(Point::parse("here").is_none());
    }

    #[test]
    fn a_square_contains_its_middle_only() {
        let corner = |lat, lng| Point { lat, lng };
        let square = [corner(0.0, 0.0), corner(0.0, 2.0), corner(2.0, 2.0), corner(2.0, 0.0)];
        assert!(corner(1.0, 1.0).inside(&square));
        assert!(!corner(3.0, 1.0).inside(&square));
        assert!(!corner(1.0, -1.0).inside(&square));
        assert!(!corner(1.0, 1.0).inside(&[]));
    }
}
