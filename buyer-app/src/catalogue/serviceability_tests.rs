use super::*;
use rstest::rstest;
use serde_json::json;

fn construct(kind: &str, val: &str, unit: &str) -> Option<Serviceability> {
    let list = json!([{"code": "location", "value": "L1"}, {"code": "category", "value": "Snacks"},
        {"code": "type", "value": kind}, {"code": "val", "value": val}, {"code": "unit", "value": unit}]);
    read(&serde_json::from_value(json!({"code": "serviceability", "list": list})).unwrap())
}

fn to(code: u64, gps: &str) -> Destination {
    Destination { area_code: Some(code), point: Point::parse(gps), country: "IND".into() }
}

const SQUARE: &str = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon",
    "coordinates":[[[77.5,12.9],[77.7,12.9],[77.7,13.1],[77.5,13.1],[77.5,12.9]]]}}]}"#;

#[rstest]
#[case::inside_radius("10", "5", "km", 560001, "12.9756,77.6050", true)]
#[case::outside_radius("10", "5", "km", 560001, "13.1986,77.7066", false)]
#[case::postal_range("11", "560001-560099,561000", "pincode", 560037, "0.0,0.0", true)]
#[case::postal_single("11", "560001-560099,561000", "pincode", 561000, "0.0,0.0", true)]
#[case::postal_outside("11", "560001-560099,561000", "pincode", 560100, "12.9756,77.6050", false)]
#[case::country("12", "IND", "country", 110001, "28.6,77.2", true)]
#[case::other_country("12", "ESP", "country", 110001, "28.6,77.2", false)]
#[case::in_polygon("13", SQUARE, "geojson", 560001, "12.9756,77.6050", true)]
#[case::out_of_polygon("13", SQUARE, "geojson", 560001, "12.7,77.6", false)]
fn reaches(
    #[case] kind: &str,
    #[case] val: &str,
    #[case] unit: &str,
    #[case] code: u64,
    #[case] gps: &str,
    #[case] expected: bool,
) {
    let all = vec![construct(kind, val, unit).unwrap()];
    let from = Point::parse("12.9716,77.5946");
    assert_eq!(delivers(&all, "L1", "Snacks", from, &to(code, gps)), expected);
    assert!(!delivers(&all, "L1", "Bakery", from, &to(code, gps)), "another category is not covered");
    assert!(!delivers(&all, "L2", "Snacks", from, &to(code, gps)), "another location is not covered");
}

#[test]
fn what_is_not_understood_covers_nothing() {
    assert!(construct("14", "whatever", "x").is_none());
    assert!(construct("13", "not geojson", "geojson").is_none());
    assert!(construct("10", "near", "km").is_none());
}

#[test]
fn of_each_location_and_category_the_newest_word_counts() {
    let at = |location: &str, val: &str, told_ms: i64| Serviceability {
        location_id: location.into(),
        told_ms,
        ..construct("11", val, "pincode").unwrap()
    };
    let known = [at("L1", "560001", 10), at("L2", "560002", 30)];
    let said = |all: &[Serviceability]| -> Vec<(String, i64)> {
        all.iter().map(|one| (one.location_id.clone(), one.told_ms)).collect()
    };
    let pairs =
        |all: &[(&str, i64)]| -> Vec<(String, i64)> { all.iter().map(|(id, at)| ((*id).into(), *at)).collect() };
    // A change of L2 that comes late says nothing new; L3 is new.
    let told = [at("L2", "560009", 0), at("L3", "560003", 0)];
    let changed = merged(&known, &told, 20, false);
    assert_eq!(said(&changed), pairs(&[("L1", 10), ("L2", 30), ("L3", 20)]));
    assert!(delivers(&changed, "L2", "Snacks", None, &to(560_002, "")));
    // A whole catalogue ends what it does not name, but not what was told after it.
    assert_eq!(said(&merged(&known, &[at("L3", "560003", 0)], 20, true)), pairs(&[("L2", 30), ("L3", 20)]));
    // A newer word replaces the older one.
    let replaced = merged(&known, &[at("L1", "560007", 0)], 40, false);
    assert_eq!(said(&replaced), pairs(&[("L2", 30), ("L1", 40)]));
    assert!(!delivers(&replaced, "L1", "Snacks", None, &to(560_001, "")));
}
