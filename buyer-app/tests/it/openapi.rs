//! The committed description of the API is the one in the code.

#[test]
fn committed_description_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let current = buyer_app::api::description();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(path, &current).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == current, "buyer-app/openapi.json is old: run the tests once with UPDATE_OPENAPI=1");
}

#[test]
fn every_ask_is_described() {
    let described: serde_json::Value = serde_json::from_str(&buyer_app::api::description()).unwrap();
    let paths = described["paths"].as_object().unwrap();
    for ask in
        ["search", "select", "init", "confirm", "status", "track", "cancel", "return", "refund", "support", "rating"]
    {
        assert!(paths[&format!("/api/{ask}")]["post"]["responses"]["202"].is_object(), "{ask}");
    }
    for read in [
        "/api/requests/{id}",
        "/api/transactions/{id}/events",
        "/api/catalogue",
        "/api/orders",
        "/api/orders/{id}",
        "/api/checkouts/{id}",
    ] {
        assert!(paths[read]["get"].is_object(), "{read}");
    }
}
