use protocol::envelope::RawMessage;
use protocol::participant::Role;
use protocol::trust::{Credentials, TrustError, TrustPolicy, Which, verify};
use serde_json::Value;
use specs::Action;

use super::signing::{at, registry};
use super::{Tally, all, bytes, load};
use crate::fixture::id;

fn lines<'a>(case: &'a Value, name: &str) -> Option<&'a str> {
    case.get(name).and_then(Value::as_str)
}

async fn judge(file: &Value, case: &Value, require: bool) -> Result<Option<String>, TrustError> {
    let gateway = &file["gateway"];
    let now = at(&gateway["now"]);
    let body = if case.get("body_b64").is_some() { bytes(case, "body_b64") } else { bytes(gateway, "body_b64") };
    let credentials = Credentials::from_lines(
        lines(case, "authorization"),
        lines(case, "x_gateway_authorization"),
        lines(case, "proxy_authorization"),
    )?;
    let mut policy = TrustPolicy::new(id("seller.example.com"), Role::Seller);
    policy.require_gateway_on_search = require;
    let keys = registry(file, now);
    let verified = verify(RawMessage { bytes: body.into() }, Action::Search, credentials, &keys, now, &policy).await?;
    Ok(verified.gateway.map(|gateway| gateway.subscriber_id.to_string()))
}

#[tokio::test]
async fn both_signatures() {
    let file = load();
    let own = id("seller.example.com");
    let mut tally = Tally::of("gateway");
    for case in all(&file, "/gateway/cases") {
        let name = super::text(case, "id");
        let result = judge(&file, case, false).await;
        match super::text(case, "expect") {
            "accept" => {
                let by_gateway = (name != "no-gateway-header").then(|| "gateway.example.org".to_owned());
                assert_eq!(result, Ok(by_gateway), "{name}");
            }
            _ => {
                let error = result.unwrap_err();
                assert_eq!(u64::from(error.http_status()), case["http_status"].as_u64().unwrap(), "{name}");
                let (header, value) = error.challenge(&own).unwrap();
                if let Some(expected) = case.get("challenge_header") {
                    assert_eq!(header, expected, "{name}: {error}");
                }
                assert_eq!(value, super::text(&file["gateway"]["response_401"], header), "{name}");
            }
        }
        tally.one();
    }
    tally.done(8, all(&file, "/gateway/cases").len());
}

#[tokio::test]
async fn a_policy_may_demand_the_gateway() {
    let file = load();
    let case = all(&file, "/gateway/cases").iter().find(|case| case["id"] == "no-gateway-header").unwrap();
    let error = judge(&file, case, true).await.unwrap_err();
    assert_eq!((error.http_status(), error.which()), (401, Some(Which::Gateway)));
    assert_eq!(error.challenge(&id("seller.example.com")).unwrap().0, "Proxy-Authenticate");
}
