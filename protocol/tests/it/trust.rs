//! Who may say what to whom; and what those who may not are told.

use std::sync::Arc;

use bytes::Bytes;
use jiff::SignedDuration;
use protocol::clock::ManualClock;
use protocol::envelope::RawMessage;
use protocol::keys::Signer;
use protocol::participant::{Participant, Role};
use protocol::registry_cache::{CacheLimits, RegistryCache};
use protocol::trust::{Credentials, TrustError, TrustPolicy, Verified, verify, verify_bytes};
use specs::Action;

use crate::fixture::{FakeRegistry, buyer, gateway, id, message, network, now, record, seller, signed, signer};

fn ring(records: Vec<Participant>) -> RegistryCache {
    let clock = Arc::new(ManualClock::new(now()));
    RegistryCache::new(Arc::new(FakeRegistry::with(records)), clock, CacheLimits::default())
}

fn at_seller() -> TrustPolicy {
    TrustPolicy::new(id("seller.example.com"), Role::Seller)
}

fn at_buyer() -> TrustPolicy {
    TrustPolicy::new(id("buyer.example.com"), Role::Buyer)
}

fn at_gateway() -> TrustPolicy {
    TrustPolicy::new(id("gateway.example.com"), Role::Gateway)
}

async fn receive(action: &str, bytes: Bytes, by: &Signer, policy: &TrustPolicy) -> Result<Verified, TrustError> {
    receive_with(action, bytes, by, policy, network()).await
}

async fn receive_with(
    action: &str,
    bytes: Bytes,
    by: &Signer,
    policy: &TrustPolicy,
    records: Vec<Participant>,
) -> Result<Verified, TrustError> {
    let header = signed(&bytes, by);
    let credentials = Credentials { authorization: Some(&header), gateway: None };
    let action: Action = action.parse().unwrap();
    verify(RawMessage { bytes }, action, credentials, &ring(records), now(), policy).await
}

fn between(action: &str) -> Bytes {
    message(action, "buyer.example.com", "seller.example.com")
}

#[tokio::test]
async fn a_request_and_its_callback() {
    let request = receive("select", between("select"), &buyer(), &at_seller()).await.unwrap();
    assert_eq!((request.sender.role, request.context.action), (Role::Buyer, Action::Select));
    assert_eq!(request.raw.bytes, between("select"));
    let callback = receive("on_select", between("on_select"), &seller(), &at_buyer()).await.unwrap();
    assert_eq!(callback.sender.subscriber_id, id("seller.example.com"));
}

#[tokio::test]
async fn only_the_named_sender_may_sign() {
    let evil = signer("evil.example.net", 9);
    let records = vec![record(&buyer(), Role::Buyer), record(&evil, Role::Buyer)];
    let error = receive_with("select", between("select"), &evil, &at_seller(), records).await.unwrap_err();
    assert!(matches!(error, TrustError::Identity { .. }) && error.http_status() == 401, "{error}");
    assert!(receive("select", between("select"), &seller(), &at_seller()).await.is_err());
    assert!(receive("on_select", between("on_select"), &buyer(), &at_buyer()).await.is_err());
}

#[tokio::test]
async fn the_path_must_be_the_action() {
    let error = receive("confirm", between("select"), &buyer(), &at_seller()).await.unwrap_err();
    let told = error.network_error(Role::Seller);
    assert_eq!((error.http_status(), told.code.as_str(), told.path.as_deref()), (200, "30000", Some("context.action")));
}

#[tokio::test]
async fn it_must_be_for_us_and_only_an_open_search_may_be_for_all() {
    let other = message("select", "buyer.example.com", "other.example.com");
    let error = receive("select", other, &buyer(), &at_seller()).await.unwrap_err();
    assert_eq!(error.network_error(Role::Seller).path.as_deref(), Some("context.bpp_id"));
    assert_eq!(error.challenge(&id("seller.example.com")), None);
    let open = message("select", "buyer.example.com", "");
    let error = receive("select", open, &buyer(), &at_seller()).await.unwrap_err();
    assert!(matches!(error, TrustError::MissingParty { .. }), "{error}");
    let search = message("search", "buyer.example.com", "");
    assert!(receive("search", search, &buyer(), &at_seller()).await.is_ok());
    let misdirected = message("search", "buyer.example.com", "other.example.com");
    assert!(receive("search", misdirected.clone(), &buyer(), &at_seller()).await.is_err());
    assert!(receive("search", misdirected, &buyer(), &at_gateway()).await.is_ok(), "a gateway passes it on");
}

#[tokio::test]
async fn a_sender_must_be_registered_in_its_role_and_domain() {
    let as_seller = vec![record(&buyer(), Role::Seller)];
    let error = receive_with("select", between("select"), &buyer(), &at_seller(), as_seller).await.unwrap_err();
    assert!(error.to_string().contains("as BAP"), "{error}");
    let mut elsewhere = record(&buyer(), Role::Buyer);
    elsewhere.domain = "ONDC:RET11".to_owned();
    let records = vec![elsewhere];
    let error = receive_with("select", between("select"), &buyer(), &at_seller(), records.clone()).await.unwrap_err();
    assert!(error.to_string().contains("ONDC:RET10") && error.http_status() == 401, "{error}");
    let mut open = at_seller();
    open.require_domain = false;
    assert!(receive_with("select", between("select"), &buyer(), &open, records).await.is_ok());
    let both = vec![record(&buyer(), Role::Seller), record(&buyer(), Role::Buyer)];
    let verified = receive_with("select", between("select"), &buyer(), &at_seller(), both).await.unwrap();
    assert_eq!(verified.sender.role, Role::Buyer);
}

/// Either side may raise an issue; the other one answers.
#[tokio::test]
async fn an_issue_may_come_from_either_side() {
    assert!(receive("issue", between("issue"), &buyer(), &at_seller()).await.is_ok());
    let raised_by_seller = receive("issue", between("issue"), &seller(), &at_buyer()).await.unwrap();
    assert_eq!(raised_by_seller.sender.role, Role::Seller);
    assert!(receive("on_issue", between("on_issue"), &buyer(), &at_seller()).await.is_ok());
    let error = receive("issue", between("issue"), &seller(), &at_seller()).await.unwrap_err();
    assert!(matches!(error, TrustError::Addressee { .. }), "our own message comes back: {error}");
    let stranger = signer("evil.example.net", 9);
    let records = vec![record(&stranger, Role::Buyer)];
    assert!(receive_with("issue", between("issue"), &stranger, &at_seller(), records).await.is_err());
}

#[tokio::test]
async fn two_lines_of_one_header_are_refused() {
    let error = Credentials::from_lines(["a", "b"], [], []).unwrap_err();
    assert_eq!((error.http_status(), error.challenge(&id("x")).unwrap().0), (401, "WWW-Authenticate"));
    let error = Credentials::from_lines(["a"], ["b", "b"], []).unwrap_err();
    assert_eq!(error.challenge(&id("x")).unwrap().0, "Proxy-Authenticate");
    let taken = Credentials::from_lines(["a"], [], ["Basic eDp5", "Signature old"]).unwrap();
    assert_eq!(taken.gateway, Some("Signature old"), "a proxy's own credentials are not ours");
    let taken = Credentials::from_lines(["a"], ["Signature new"], ["Signature old"]).unwrap();
    assert_eq!(taken.gateway, Some("Signature new"));
}

#[tokio::test]
async fn a_gateway_does_not_look_at_another_gateways_header() {
    let bytes = message("search", "buyer.example.com", "");
    let header = signed(&bytes, &buyer());
    let credentials = Credentials { authorization: Some(&header), gateway: Some("Signature rubbish") };
    let ring = ring(network());
    let raw = RawMessage { bytes };
    let passed = verify(raw.clone(), Action::Search, credentials, &ring, now(), &at_gateway()).await.unwrap();
    assert!(passed.gateway.is_none());
    let error = verify(raw, Action::Search, credentials, &ring, now(), &at_seller()).await.unwrap_err();
    assert_eq!(error.challenge(&id("x")).unwrap().0, "Proxy-Authenticate", "everyone else verifies what is there");
}

#[tokio::test]
async fn a_lookup_body_is_verified_without_an_envelope() {
    let body = br#"{"subscriber_id":"seller.example.com","ukId":"k1"}"#;
    let header = signed(body, &buyer());
    let ring = ring(network());
    let limits = at_seller().time;
    let by = verify_bytes(body, Some(&header), &ring, now(), &limits).await.unwrap();
    assert_eq!(by.participant.subscriber_id, id("buyer.example.com"));
    assert!(verify_bytes(b"{}", Some(&header), &ring, now(), &limits).await.is_err());
    let late = now() + SignedDuration::from_secs(301);
    let error = verify_bytes(body, Some(&header), &ring, late, &limits).await.unwrap_err();
    assert!(error.to_string().contains("this server's time is"), "{error}");
    assert!(verify_bytes(body, None, &ring, now(), &limits).await.is_err());
}

/// Role by failure: HTTP status, code, challenge. Printed whole, so that a change is seen.
#[tokio::test]
async fn the_table_of_refusals() {
    let mut table = String::from("failure              stage      status  gateway buyer   seller  challenge\n");
    for (name, error) in every_failure().await {
        let code = |role| error.network_error(role).code;
        let challenge = error.challenge(&id("own.example.com")).map_or("-", |(header, _)| header);
        let (stage, status) = (format!("{:?}", error.stage()), error.http_status());
        let codes = (code(Role::Gateway), code(Role::Buyer), code(Role::Seller));
        table +=
            &format!("{name:<20} {stage:<10} {status:<7} {:<7} {:<7} {:<7} {challenge}\n", codes.0, codes.1, codes.2);
    }
    insta::assert_snapshot!(table);
}

struct Failing {
    name: &'static str,
    bytes: Bytes,
    authorization: Option<String>,
    gateway: Option<String>,
    late_s: i64,
    registry_down: bool,
    policy: TrustPolicy,
}

/// A good `select` from the buyer, received by the seller.
fn good(name: &'static str) -> Failing {
    let bytes = between("select");
    let authorization = Some(signed(&bytes, &buyer()));
    Failing { name, bytes, authorization, gateway: None, late_s: 0, registry_down: false, policy: at_seller() }
}

fn other_buyer() -> Signer {
    signer("other.example.com", 4)
}

fn failing() -> Vec<Failing> {
    let malformed = |name| Failing { authorization: Some("Signature x".to_owned()), ..good(name) };
    let short = |case: Failing| Failing { authorization: case.authorization.map(|h| h.replace("==\"", "\"")), ..case };
    let carrying = |name, bytes: &Bytes| Failing { bytes: bytes.clone(), ..good(name) };
    let signed_by = |name, bytes: &Bytes, by: &Signer| Failing {
        bytes: bytes.clone(),
        authorization: Some(signed(bytes, by)),
        ..good(name)
    };
    let through = |name, header: String| Failing { gateway: Some(header), ..good(name) };
    let select = between("select");
    let stranger = signer("x.example.com", 9);
    vec![
        Failing { authorization: None, ..good("no header") },
        malformed("malformed header"),
        short(good("malformed signature")),
        through("malformed gateway", "Signature x".to_owned()),
        Failing { late_s: 301, ..good("expired") },
        carrying("not an envelope", &Bytes::from_static(b"x")),
        carrying("bad context", &Bytes::from_static(br#"{"context":{"domain":1}}"#)),
        carrying("another action", &between("init")),
        signed_by("another signer", &select, &other_buyer()),
        signed_by("another role", &select, &gateway()),
        Failing { policy: at_buyer(), ..good("for someone else") },
        signed_by("for nobody", &message("select", "buyer.example.com", ""), &buyer()),
        signed_by("unknown key", &message("select", "x.example.com", "seller.example.com"), &stranger),
        Failing { registry_down: true, ..good("registry down") },
        Failing { authorization: Some(signed(b"other", &buyer())), ..good("wrong signature") },
        through("no gateway's key", signed(&select, &buyer())),
        through("wrong gateway sig.", signed(b"other", &gateway())),
    ]
}

async fn every_failure() -> Vec<(&'static str, TrustError)> {
    let mut failures = Vec::new();
    for case in failing() {
        let mut records = network();
        records.push(record(&other_buyer(), Role::Buyer));
        let registry = FakeRegistry::with(records);
        registry.set_down(case.registry_down);
        let clock = Arc::new(ManualClock::new(now()));
        let ring = RegistryCache::new(Arc::new(registry), clock, CacheLimits::default());
        let credentials =
            Credentials { authorization: case.authorization.as_deref(), gateway: case.gateway.as_deref() };
        let then = now() + SignedDuration::from_secs(case.late_s);
        let raw = RawMessage { bytes: case.bytes };
        let verdict = verify(raw, Action::Select, credentials, &ring, then, &case.policy).await;
        failures.push((case.name, verdict.expect_err(case.name)));
    }
    failures
}

/// Handlers on any runtime may await it.
#[test]
fn the_future_can_move_between_threads() {
    fn movable<T: Send>(_: T) {}
    let ring = ring(Vec::new());
    let raw = RawMessage { bytes: Bytes::new() };
    movable(verify(raw, Action::Search, Credentials::default(), &ring, now(), &at_seller()));
}
