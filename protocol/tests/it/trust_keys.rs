//! Keys that change while they are in memory.

use std::sync::Arc;

use jiff::SignedDuration;
use protocol::clock::{Clock, ManualClock};
use protocol::envelope::RawMessage;
use protocol::keys::Signer;
use protocol::participant::{Role, Status};
use protocol::registry_cache::{CacheLimits, RegistryCache};
use protocol::signature::sign;
use protocol::trust::{Credentials, TrustError, TrustPolicy, verify};
use specs::Action;

use crate::fixture::{FakeRegistry, buyer, id, message, now, record, signer};

struct Node {
    registry: Arc<FakeRegistry>,
    clock: ManualClock,
    cache: RegistryCache,
}

impl Node {
    fn new() -> Node {
        let registry = Arc::new(FakeRegistry::with(vec![record(&buyer(), Role::Buyer)]));
        let clock = ManualClock::new(now());
        let cache = RegistryCache::new(Arc::clone(&registry) as _, Arc::new(clock.clone()), CacheLimits::default());
        Node { registry, clock, cache }
    }

    async fn receive_from(&self, by: &Signer) -> Result<(), TrustError> {
        let bytes = message("search", "buyer.example.com", "");
        let created = self.clock.now().as_second();
        let header = sign(&bytes, by, created, created + 60);
        let credentials = Credentials { authorization: Some(&header), gateway: None };
        let policy = TrustPolicy::new(id("seller.example.com"), Role::Seller);
        let raw = RawMessage { bytes };
        verify(raw, Action::Search, credentials, &self.cache, self.clock.now(), &policy).await.map(|_| ())
    }

    fn pass(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }
}

/// The same subscriber and key name with another key behind it.
fn rotated() -> Signer {
    signer("buyer.example.com", 77)
}

#[tokio::test]
async fn a_key_that_changed_under_its_name_is_found_by_the_failing_signature() {
    let node = Node::new();
    node.receive_from(&buyer()).await.unwrap();
    node.registry.replace(vec![record(&rotated(), Role::Buyer)]);
    assert!(node.receive_from(&rotated()).await.is_err(), "asked less than a minute ago");
    node.pass(60);
    node.receive_from(&rotated()).await.unwrap();
    assert_eq!(node.registry.asked(), 2);
    assert!(node.receive_from(&buyer()).await.is_err(), "the old key is gone");
}

#[tokio::test]
async fn forgeries_cause_one_question_a_minute() {
    let node = Node::new();
    node.receive_from(&buyer()).await.unwrap();
    for _ in 0..3 {
        node.pass(60);
        for _ in 0..50 {
            assert!(matches!(node.receive_from(&rotated()).await, Err(TrustError::Signature { .. })));
        }
    }
    assert_eq!(node.registry.asked(), 4);
}

#[tokio::test]
async fn malformed_and_late_headers_cause_no_question_at_all() {
    let node = Node::new();
    let bytes = message("search", "buyer.example.com", "");
    let created = now().as_second();
    let policy = TrustPolicy::new(id("seller.example.com"), Role::Seller);
    let late = sign(&bytes, &buyer(), created - 400, created - 100);
    for header in ["", "Signature x", &late] {
        let credentials = Credentials { authorization: Some(header), gateway: None };
        let raw = RawMessage { bytes: bytes.clone() };
        assert!(verify(raw, Action::Search, credentials, &node.cache, now(), &policy).await.is_err());
    }
    assert_eq!(node.registry.asked(), 0);
}

#[tokio::test]
async fn a_forgery_reveals_a_revocation_but_is_still_a_forgery() {
    let node = Node::new();
    node.receive_from(&buyer()).await.unwrap();
    let mut revoked = record(&buyer(), Role::Buyer);
    revoked.status = Status::Unsubscribed;
    node.registry.replace(vec![revoked]);
    node.pass(60);
    assert!(matches!(node.receive_from(&rotated()).await, Err(TrustError::Signature { .. })));
    assert!(matches!(node.receive_from(&buyer()).await, Err(TrustError::Key { .. })), "seen revoked, refused at once");
}
