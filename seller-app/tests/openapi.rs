//! The committed description of the API is the API's.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[test]
fn openapi_is_committed() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let current = seller_app::api::openapi_json();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(path, &current).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == current, "the API changed: run this test with UPDATE_OPENAPI=1 and commit openapi.json");
}

/// A call that is mounted but not described, or the other way round, would mislead every client.
#[test]
fn every_call_is_described() {
    let document: serde_json::Value = serde_json::from_str(&seller_app::api::openapi_json()).unwrap();
    let described: std::collections::BTreeSet<String> =
        document["paths"].as_object().unwrap().keys().map(|path| path.replace("{action}", "{action:.+}")).collect();
    let source = include_str!("../src/api.rs");
    let mounted: std::collections::BTreeSet<String> = source
        .split(".route(\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|path| *path != "/openapi.json")
        .map(|path| format!("/api{path}"))
        .collect();
    assert!(mounted.len() >= 10);
    assert_eq!(mounted, described);
}
