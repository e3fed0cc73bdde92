//! How often one address may ask. Counted in memory: a limit protects this machine, it is no record.

use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::HttpRequest;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// Addresses that never come back are forgotten once in so many questions.
const TIDY_EVERY: u32 = 4096;

/// One limit per address; an IPv6 network of 64 bits counts as one address.
pub(crate) struct RateLimit {
    limiter: Option<DefaultKeyedRateLimiter<IpAddr>>,
    asked: AtomicU32,
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_struct("RateLimit").field("limited", &self.limiter.is_some()).finish_non_exhaustive()
    }
}

impl RateLimit {
    /// `0` is no limit.
    pub fn per_minute(times: u32) -> Self {
        let quota = NonZeroU32::new(times).map(Quota::per_minute);
        Self { limiter: quota.map(RateLimiter::keyed), asked: AtomicU32::new(0) }
    }

    /// May this address ask now?
    pub fn allows(&self, address: Option<IpAddr>) -> bool {
        let (Some(limiter), Some(address)) = (&self.limiter, address) else { return true };
        if self.asked.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            limiter.retain_recent();
        }
        limiter.check_key(&network(address)).is_ok()
    }
}

/// Whoever has one IPv6 address has 2^64 of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(four) => IpAddr::V4(four),
        IpAddr::V6(six) => IpAddr::V6((u128::from(six) & !u128::from(u64::MAX)).into()),
    }
}

/// The caller's address: of the connection, or the last one in the proxy's header.
pub(crate) fn caller(request: &HttpRequest, header: &str) -> Option<IpAddr> {
    let connection = request.peer_addr().map(|peer| peer.ip());
    if header.is_empty() {
        return connection;
    }
    let value = request.headers().get_all(header).last().and_then(|value| value.to_str().ok());
    let last = value.and_then(|value| value.rsplit(',').next()).map(str::trim);
    last.and_then(|address| address.parse().ok()).or(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_each_address_for_itself() {
        let limit = RateLimit::per_minute(2);
        let at = |text: &str| Some(text.parse().unwrap());
        assert!(limit.allows(at("192.0.2.1")) && limit.allows(at("192.0.2.1")));
        assert!(!limit.allows(at("192.0.2.1")));
        assert!(limit.allows(at("192.0.2.2")), "another address is another count");
        assert!(!limit.allows(at("::ffff:192.0.2.1")), "the same address in another spelling");
    }

    #[test]
    fn a_network_of_ipv6_is_one_caller() {
        let limit = RateLimit::per_minute(1);
        assert!(limit.allows(Some("2001:db8:1:2::1".parse().unwrap())));
        assert!(!limit.allows(Some("2001:db8:1:2:ffff::9".parse().unwrap())));
        assert!(limit.allows(Some("2001:db8:1:3::1".parse().unwrap())));
    }

    #[test]
    fn zero_is_no_limit() {
        let limit = RateLimit::per_minute(0);
        assert!((0..1000).all(|_| limit.allows(Some("192.0.2.1".parse().unwrap()))));
    }

    #[test]
    fn behind_a_proxy_the_last_entry_counts() {
        use actix_web::test::TestRequest;
        let peer = "198.51.100.7:4000".parse().unwrap();
        let request = TestRequest::default()
            .peer_addr(peer)
            .insert_header(("x-forwarded-for", "10.9.9.9, 203.0.113.5"))
            .to_http_request();
        assert_eq!(caller(&request, "x-forwarded-for"), Some("203.0.113.5".parse().unwrap()));
        assert_eq!(
            caller(&request, ""),
            Some("198.51.100.7".parse().unwrap()),
            "a header nobody vouches for counts for nothing"
        );
    }
}
