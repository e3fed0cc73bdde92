//! Until when a search may be carried. Pure: same inputs, same answer.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use protocol::auth_header::AuthHeader;
use protocol::context::Context;

/// The earlier one of two ends: of the buyer's signature, which we cannot renew, and of the buyer's patience (`ttl_times` times
/// `context.ttl` after `context.timestamp`; `default_ttl` where the context has none).
pub fn give_up_at(context: &Context, authorization: &str, ttl_times: u32, default_ttl: Duration) -> Timestamp {
    let ttl = context.ttl().unwrap_or(default_ttl).saturating_mul(ttl_times);
    let ttl = SignedDuration::try_from(ttl).unwrap_or(SignedDuration::MAX);
    let patience = context.timestamp.checked_add(ttl).unwrap_or(Timestamp::MAX);
    match AuthHeader::parse(authorization).map(|header| Timestamp::from_second(header.expires)) {
        Ok(Ok(signature)) => patience.min(signature),
        Ok(Err(_)) | Err(_) => patience, // it was verified when it came; the sender looks again at each try
    }
}

#[cfg(test)]
mod tests {
    use protocol::keys::{Signer, SigningKeyPair};
    use protocol::randomness::SeededRandomness;
    use rstest::rstest;

    use super::*;

    const AT: i64 = 1_760_000_000;

    fn context(ttl: Option<&str>) -> Context {
        let text = serde_json::json!({
            "domain": "ONDC:RET10", "action": "search", "country": "IND", "city": "*", "core_version": "1.2.5",
            "bap_id": "b.example.com", "bap_uri": "https://b.example.com", "transaction_id": "t", "message_id": "m",
            "timestamp": Timestamp::from_second(AT).unwrap().to_string(), "ttl": ttl,
        });
        serde_json::from_value(text).unwrap()
    }

    fn header(lifetime_s: i64) -> String {
        let key = SigningKeyPair::generate(&SeededRandomness::new(1));
        let signer =
            Signer { subscriber_id: "b.example.com".parse().unwrap(), unique_key_id: "k".parse().unwrap(), key };
        protocol::signature::sign(b"", &signer, AT, AT + lifetime_s)
    }

    #[rstest]
    #[case::patience_ends_first(Some("PT30S"), 300, 1, 30)]
    #[case::signature_ends_first(Some("PT30S"), 20, 1, 20)]
    #[case::twice_the_patience(Some("PT30S"), 300, 2, 60)]
    #[case::no_ttl(None, 300, 1, 25)]
    #[case::ttl_that_cannot_be_read(Some("soon"), 300, 1, 25)]
    fn the_earlier_end_counts(
        #[case] ttl: Option<&str>,
        #[case] lifetime_s: i64,
        #[case] times: u32,
        #[case] after_s: i64,
    ) {
        let end = give_up_at(&context(ttl), &header(lifetime_s), times, Duration::from_secs(25));
        assert_eq!(end.as_second() - AT, after_s);
    }
}
