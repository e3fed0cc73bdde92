use jiff::SignedDuration;
use protocol::keys::{EncryptionKeyPair, SigningKeyPair, parse_encryption_public, parse_signing_public};
use protocol::randomness::SeededRandomness;
use rstest::rstest;

use super::*;
use crate::application::{OfferedEntry, OfferedKey, Operation};

const AUTOMATIC: Policy = Policy { approve: Approve::Automatic, require_whitelist: false };
const MANUAL: Policy = Policy { approve: Approve::Manual, require_whitelist: false };

fn now() -> Timestamp {
    "2025-10-09T08:53:20Z".parse().unwrap()
}

fn days(number: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * number)
}

/// An application whose keys are made from `seed`.
fn application(key: &str, seed: u64) -> Application {
    let randomness = SeededRandomness::new(seed);
    let signing_text = SigningKeyPair::generate(&randomness).public_text();
    let encryption_text = EncryptionKeyPair::generate(&randomness).public_text();
    Application {
        operation: Operation::Seller,
        request_id: "r1".to_owned(),
        timestamp: now(),
        subscriber_id: "seller.example.com".parse().unwrap(),
        country: "IND".to_owned(),
        callback_path: String::new(),
        key: OfferedKey {
            unique_key_id: key.parse().unwrap(),
            signing: parse_signing_public(&signing_text).unwrap(),
            encryption: parse_encryption_public(&encryption_text).unwrap(),
            signing_text,
            encryption_text,
            valid_from: now() - days(1),
            valid_until: now() + days(365),
        },
        entries: vec![OfferedEntry {
            domain: "ONDC:RET10".to_owned(),
            role: Role::Seller,
            url: "https://seller.example.com".to_owned(),
            cities: vec!["*".to_owned()],
        }],
        entity: serde_json::Value::Null,
        digest: "d1".to_owned(),
    }
}

fn stored(application: &Application) -> StoredKey {
    StoredKey {
        unique_key_id: application.key.unique_key_id.clone(),
        signing_public_key: application.key.signing_text.clone(),
        encr_public_key: application.key.encryption_text.clone(),
        valid_from: application.key.valid_from,
        valid_until: application.key.valid_until,
        retired: false,
    }
}

/// A subscriber that has proved itself with this application.
fn member(application: &Application, status: Status) -> Known {
    Known {
        country: Some("IND".to_owned()),
        entries: vec![KnownEntry { domain: "ONDC:RET10".to_owned(), role: Role::Seller, status }],
        keys: vec![stored(application)],
        holder: Some(("seller.example.com".to_owned(), application.key.unique_key_id.to_string())),
        granted: None,
    }
}

#[test]
fn a_newcomer_gets_in_at_once_or_waits() {
    let application = application("k1", 1);
    let known = Known::default();
    assert_eq!(admit(&application, &known, None, AUTOMATIC, now()), Ok(Kind::Newcomer));
    assert_eq!(statuses(&application, &known, Kind::Newcomer, AUTOMATIC).unwrap(), [Status::Subscribed]);
    assert_eq!(statuses(&application, &known, Kind::Newcomer, MANUAL).unwrap(), [Status::Initiated]);
}

#[test]
fn a_signing_key_belongs_to_one_row() {
    let application = application("k1", 1);
    let known = Known { holder: Some(("other.example.com".to_owned(), "k7".to_owned())), ..Known::default() };
    assert_eq!(admit(&application, &known, None, AUTOMATIC, now()), Err(Refusal::KeyTaken));
}

#[test]
fn the_whitelist_is_for_each_domain_and_role() {
    let policy = Policy { require_whitelist: true, ..AUTOMATIC };
    let application = application("k1", 1);
    let refused = admit(&application, &Known::default(), None, policy, now());
    assert!(matches!(refused, Err(Refusal::NotWhitelisted { .. })));
    let entry = |domain: &str, role| KnownEntry { domain: domain.to_owned(), role, status: Status::Whitelisted };
    for (domain, role, good) in
        [("ONDC:RET10", Role::Seller, true), ("ONDC:RET10", Role::Buyer, false), ("ONDC:RET11", Role::Seller, false)]
    {
        let known = Known { entries: vec![entry(domain, role)], ..Known::default() };
        assert_eq!(admit(&application, &known, None, policy, now()).is_ok(), good, "{domain} {role:?}");
    }
}

#[test]
fn a_current_key_renews_itself() {
    let application = application("k1", 1);
    let known = member(&application, Status::Subscribed);
    assert_eq!(admit(&application, &known, None, AUTOMATIC, now()), Ok(Kind::Renewal));
    assert_eq!(
        statuses(&application, &known, Kind::Renewal, MANUAL).unwrap(),
        [Status::Subscribed],
        "a member stays one"
    );
}

#[test]
fn other_keys_under_a_known_name_are_refused() {
    let known = member(&application("k1", 1), Status::Subscribed);
    let mut other = application("k1", 2);
    assert_eq!(
        admit(&other, &Known { holder: None, ..known.clone() }, None, AUTOMATIC, now()),
        Err(Refusal::KeyIdTaken("k1".to_owned()))
    );
    other = application("k1", 1);
    other.key.encryption_text = application("k1", 3).key.encryption_text;
    assert_eq!(admit(&other, &known, None, AUTOMATIC, now()), Err(Refusal::KeyIdTaken("k1".to_owned())));
}

#[rstest]
#[case::unsigned(None, false)]
#[case::by_itself(Some("seller.example.com"), true)]
#[case::by_someone_else(Some("other.example.com"), false)]
fn a_further_key_is_vouched_for_by_a_current_one(#[case] signer: Option<&str>, #[case] good: bool) {
    let known = Known { holder: None, ..member(&application("k1", 1), Status::Subscribed) };
    let signer: Option<SubscriberId> = signer.map(|id| id.parse().unwrap());
    let outcome = admit(&application("k2", 2), &known, signer.as_ref(), AUTOMATIC, now());
    if good {
        assert_eq!(outcome, Ok(Kind::FurtherKey));
    } else {
        assert!(matches!(outcome, Err(Refusal::Unsigned(_))), "{outcome:?}");
    }
}

#[test]
fn the_same_signing_key_under_a_second_name_is_refused() {
    let known = member(&application("k1", 1), Status::Subscribed);
    let own = "seller.example.com".parse().unwrap();
    assert_eq!(admit(&application("k2", 1), &known, Some(&own), AUTOMATIC, now()), Err(Refusal::KeyTaken));
}

#[test]
fn without_a_current_key_an_operator_must_look_even_where_approval_is_automatic() {
    let mut known = Known { holder: None, ..member(&application("k1", 1), Status::Subscribed) };
    known.keys[0].valid_until = now() - days(1);
    let fresh = application("k2", 2);
    assert_eq!(admit(&fresh, &known, None, AUTOMATIC, now()), Ok(Kind::Recovery));
    assert_eq!(statuses(&fresh, &known, Kind::Recovery, AUTOMATIC).unwrap(), [Status::Initiated]);
    let old = application("k1", 1);
    assert_eq!(admit(&old, &known, None, AUTOMATIC, now()), Ok(Kind::Recovery), "an expired key vouches for nothing");
}

#[test]
fn a_second_proof_does_not_replace_the_operator() {
    let application = application("k1", 1);
    let mut known = member(&application, Status::Initiated);
    assert_eq!(statuses(&application, &known, Kind::Renewal, AUTOMATIC).unwrap(), [Status::Initiated]);
    known.entries[0].domain = "ONDC:RET11".to_owned();
    assert_eq!(
        statuses(&application, &known, Kind::Renewal, AUTOMATIC).unwrap(),
        [Status::Initiated],
        "nor does another domain"
    );
    known.entries[0].status = Status::Subscribed;
    assert_eq!(
        statuses(&application, &known, Kind::Renewal, AUTOMATIC).unwrap(),
        [Status::Subscribed],
        "a member may add a domain"
    );
}

#[test]
fn a_retired_key_never_comes_back() {
    let application = application("k1", 1);
    let mut known = member(&application, Status::Subscribed);
    known.keys[0].retired = true;
    assert_eq!(admit(&application, &known, None, AUTOMATIC, now()), Err(Refusal::KeyRetired("k1".to_owned())));
}

#[test]
fn who_was_put_out_stays_out() {
    let application = application("k1", 1);
    let known = member(&application, Status::Unsubscribed);
    assert!(matches!(admit(&application, &known, None, AUTOMATIC, now()), Err(Refusal::State { .. })));
}

#[test]
fn a_request_is_granted_once_and_repeated_harmlessly() {
    let application = application("k1", 1);
    let granted = |digest: &str| Known { granted: Some(digest.to_owned()), ..member(&application, Status::Subscribed) };
    assert_eq!(admit(&application, &granted("d1"), None, AUTOMATIC, now()), Ok(Kind::Repeat));
    assert_eq!(admit(&application, &granted("other"), None, AUTOMATIC, now()), Err(Refusal::RequestReused));
}

#[test]
fn the_country_of_a_name_does_not_change() {
    let known = Known { country: Some("FRA".to_owned()), ..member(&application("k1", 1), Status::Subscribed) };
    assert_eq!(admit(&application("k1", 1), &known, None, AUTOMATIC, now()), Err(Refusal::Country("FRA".to_owned())));
}
