//! Registry records as registries write them.

use protocol::participant::read::records;
use protocol::participant::{Participant, Role, Status, Unusable};
use serde_json::json;

use crate::fixture::{now, record, seller};

#[test]
fn our_record_is_exactly_this_and_is_read_back() {
    let mut one = record(&seller(), Role::Seller);
    one.city = vec!["std:080".to_owned(), "std:022".to_owned()];
    one.signing_public_key = "S".to_owned();
    one.encr_public_key = "E".to_owned();
    one.created = Some(now());
    insta::assert_snapshot!(serde_json::to_string(&one).unwrap(), @r#"{"subscriber_id":"seller.example.com","ukId":"k1","type":"BPP","domain":"ONDC:RET10","country":"IND","city":"std:080,std:022","subscriber_url":"https://seller.example.com/network","signing_public_key":"S","encr_public_key":"E","valid_from":"2025-01-01T00:00:00.000Z","valid_until":"2030-01-01T00:00:00.000Z","status":"SUBSCRIBED","created":"2025-10-09T08:54:20.000Z"}"#);
    let again: Participant = serde_json::from_str(&serde_json::to_string(&one).unwrap()).unwrap();
    assert_eq!(again, one);
}

fn flat() -> serde_json::Value {
    json!({
        "subscriber_id": "seller.example.com", "ukId": "k1", "br_id": "x", "domain": "ONDC:RET10", "country": "IND",
        "city": "std:080", "type": "BPP", "subscriber_url": "https://seller.example.com/n/", "signing_public_key": "S",
        "encr_public_key": "E", "valid_from": "2025-01-01T00:00:00.000Z", "valid_until": "2030-01-01T00:00:00.000Z",
        "status": "SUBSCRIBED", "created": "", "updated": null, "callback_urls": []
    })
}

#[test]
fn spellings_are_read_alike() {
    let one = records(&json!([flat()])).participants.remove(0);
    assert_eq!(one.url().as_deref(), Some("https://seller.example.com/n"));
    let mut other = flat();
    let object = other.as_object_mut().unwrap();
    let key = object.remove("ukId").unwrap();
    object.insert("key_id".to_owned(), key);
    let encryption = object.remove("encr_public_key").unwrap();
    object.insert("encryption_public_key".to_owned(), encryption);
    object.insert("type".to_owned(), json!("sellerApp"));
    object.insert("status".to_owned(), json!("subscribed"));
    object.insert("city".to_owned(), json!(["std:080"]));
    assert_eq!(records(&other).participants, vec![one.clone()]);
    assert_eq!(records(&json!({"message": [other]})).participants, vec![one]);
}

#[test]
fn the_old_nested_form_gives_one_record_per_domain() {
    let nested = json!([{
        "subscriber_id": "seller.example.com", "unique_key_id": "k1", "country": "IND", "status": "SUBSCRIBED",
        "key_pair": {"signing_public_key": "S", "encryption_public_key": "E",
                     "valid_from": "2025-01-01T00:00:00.000Z", "valid_until": "2030-01-01T00:00:00.000Z"},
        "network_participant": [
            {"subscriber_url": "/retail", "domain": "ONDC:RET10", "type": "sellerApp", "city_code": ["std:080", "*"]},
            {"subscriber_url": "/logistics", "domain": "ONDC:LOG10", "type": "buyerApp", "city_code": ["*"]}]
    }]);
    let read = records(&nested);
    assert!(read.refused.is_empty(), "{:?}", read.refused);
    let told: Vec<_> =
        read.participants.iter().map(|one| (one.role, one.domain.as_str(), one.url().unwrap())).collect();
    assert_eq!(
        told,
        [
            (Role::Seller, "ONDC:RET10", "https://seller.example.com/retail".to_owned()),
            (Role::Buyer, "ONDC:LOG10", "https://seller.example.com/logistics".to_owned())
        ]
    );
}

#[test]
fn a_record_that_cannot_be_read_is_left_out_and_named() {
    let mut bad = flat();
    bad["type"] = json!("BREG");
    let mut worse = flat();
    worse["valid_until"] = json!("some day");
    let read = records(&json!([bad, flat(), worse, 7]));
    assert_eq!(read.participants.len(), 1);
    let members: Vec<_> = read.refused.iter().map(|error| error.member).collect();
    assert_eq!(members, ["type", "valid_until"]);
}

#[test]
fn usable_means_subscribed_and_within_validity() {
    let mut one = record(&seller(), Role::Seller);
    assert_eq!(one.usable(now()), Ok(()));
    assert_eq!(one.usable(one.valid_until), Ok(()), "both ends are included");
    for status in Status::ALL {
        one.status = status;
        let wanted = if status == Status::Subscribed { Ok(()) } else { Err(Unusable::Status(status)) };
        assert_eq!(one.usable(now()), wanted);
        assert_eq!(Status::read(status.as_str()), Some(status));
    }
    one.status = Status::Subscribed;
    one.valid_from = "2026-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(one.usable(now()), Err(Unusable::NotYetValid(one.valid_from)));
    one.valid_from = "2024-01-01T00:00:00Z".parse().unwrap();
    one.valid_until = "2025-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(one.usable(now()), Err(Unusable::Expired(one.valid_until)));
}

#[test]
fn a_star_serves_every_city_and_a_search_for_all_asks_everyone() {
    let mut one = record(&seller(), Role::Seller);
    assert!(one.serves_city("std:080") && one.serves_city("*") && !one.serves_city("std:022"));
    one.city = vec!["*".to_owned()];
    assert!(one.serves_city("std:022"));
    one.city.clear();
    assert!(!one.serves_city("std:022"));
}
