//! The request's headers, taken out of the HTTP library's types: the signature lines, and all of them for the ledger.

use std::collections::BTreeMap;

use actix_web::HttpRequest;
use protocol::trust::{Credentials, TrustError};

/// Never kept: it belongs to a browser, not to a message.
const NOT_KEPT: [&str; 1] = ["cookie"];

#[derive(Debug)]
pub(crate) struct Headers {
    lines: Vec<(String, String)>,
}

impl Headers {
    pub(super) fn of(request: &HttpRequest) -> Self {
        let text =
            |value: &actix_web::http::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let lines = request.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
        Self { lines }
    }

    pub(super) fn credentials(&self) -> Result<Credentials<'_>, TrustError> {
        Credentials::from_lines(
            self.named("authorization"),
            self.named("x-gateway-authorization"),
            self.named("proxy-authorization"),
        )
    }

    /// The sender's signature header exactly as it came: a gateway passes it on unchanged.
    pub(super) fn authorization(&self) -> &str {
        self.named("authorization").next().unwrap_or_default()
    }

    fn named<'a>(&'a self, wanted: &'a str) -> impl Iterator<Item = &'a str> {
        self.lines.iter().filter(move |(name, _)| name == wanted).map(|(_, value)| value.as_str())
    }

    /// All headers as one JSON object; lines of the same name are joined with a comma.
    pub(crate) fn to_json(&self) -> String {
        let mut all: BTreeMap<&str, String> = BTreeMap::new();
        for (name, value) in self.lines.iter().filter(|(name, _)| !NOT_KEPT.contains(&name.as_str())) {
            all.entry(name).and_modify(|known| *known = format!("{known}, {value}")).or_insert_with(|| value.clone());
        }
        serde_json::to_string(&all).unwrap_or_else(|_| "{}".to_owned())
    }
}
