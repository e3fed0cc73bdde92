//! What is asked of the registry, and what is believed of its answers.

use std::sync::Arc;

use bytes::Bytes;
use protocol::ack::Reply;
use protocol::auth_header::AuthHeader;
use protocol::clock::ManualClock;
use protocol::keys::Signer;
use protocol::participant::Role;
use protocol::registry_client::{Filter, KeySource, LookupError, LookupForm, RegistryClient};
use protocol::signature::{TimeLimits, verify};
use protocol::vlookup::VlookupRequest;
use serde_json::{Value, json};

use crate::fixture::{buyer, id, key_id, network, now, record, seller};
use crate::http::open;
use crate::server::{Server, response};

fn client(server: &Server, signer: Option<Signer>) -> RegistryClient {
    let roomy = open().with_limits(std::time::Duration::from_secs(5), 100_000);
    RegistryClient::new(roomy, server.url.clone() + "/", signer, Arc::new(ManualClock::new(now())))
}

async fn answering(body: Value) -> Server {
    let text = body.to_string();
    Server::start(move |_| response("200 OK", "", &text)).await
}

#[tokio::test]
async fn a_key_is_looked_up_with_a_signature() {
    let server = answering(json!([record(&seller(), Role::Seller)])).await;
    let found = client(&server, Some(buyer())).lookup_key(&id("seller.example.com"), &key_id("k1")).await.unwrap();
    assert_eq!(found, vec![record(&seller(), Role::Seller)]);
    let asked = &server.asked()[0];
    assert_eq!(asked.path(), "/v2.0/lookup");
    let body: Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!(body, json!({"subscriber_id": "seller.example.com", "ukId": "k1"}));
    let header = AuthHeader::parse(asked.header("authorization").unwrap()).unwrap();
    let key = buyer().key.verifying_key();
    assert_eq!(verify(&asked.body, &header, &key, now(), &TimeLimits::default()), Ok(()));
}

#[tokio::test]
async fn discovery_sends_what_is_given_and_nothing_else() {
    let server = answering(json!(network())).await;
    let filter = Filter { city: Some("std:080".to_owned()), ..Filter::discovery("IND", "ONDC:RET10", Role::Seller) };
    let found = client(&server, None).lookup(&filter).await.unwrap();
    assert_eq!(found, vec![record(&seller(), Role::Seller)], "others in the answer are left out");
    let asked = &server.asked()[0];
    assert_eq!((asked.path(), asked.header("authorization")), ("/lookup", None));
    let body: Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!(body, json!({"country": "IND", "domain": "ONDC:RET10", "city": "std:080", "type": "BPP"}));
    let narrow = Filter { role: Some(Role::Seller), ..Filter::default() };
    assert_eq!(client(&server, None).lookup(&narrow).await, Err(LookupError::TooFewFilters));
}

#[tokio::test]
async fn an_answer_about_someone_else_is_no_answer() {
    let server = answering(json!([record(&seller(), Role::Seller)])).await;
    let client = client(&server, None);
    assert_eq!(client.lookup_key(&id("other.example.com"), &key_id("k1")).await, Err(LookupError::WrongAnswer));
    let other_keys_only = client.lookup_key(&id("seller.example.com"), &key_id("k2")).await;
    assert_eq!(other_keys_only, Ok(Vec::new()), "this key it does not have");
}

#[tokio::test]
async fn nothing_found_is_an_empty_list_in_either_form() {
    for text in [response("200 OK", "", "[]"), response("404 Not Found", "", "no")] {
        let server = Server::start(move |_| text.clone()).await;
        let found = client(&server, None).lookup_key(&id("a.example.com"), &key_id("k1")).await;
        assert_eq!(found, Ok(Vec::new()));
    }
}

#[tokio::test]
async fn refusals_and_outages_are_told_apart() {
    let nack = r#"{"message":{"ack":{"status":"NACK"}},"error":{"code":"1020","message":"The auth header not found"}}"#;
    let error_of = |text: String| async move {
        let server = Server::start(move |_| text.clone()).await;
        client(&server, None).lookup_key(&id("a.example.com"), &key_id("k1")).await.unwrap_err()
    };
    let refused = error_of(response("401 Unauthorized", "", nack)).await;
    assert!(matches!(&refused, LookupError::Refused { http: 401, error } if error.code == "1020"), "{refused}");
    assert!(matches!(error_of(response("200 OK", "", nack)).await, LookupError::Refused { http: 200, .. }));
    let busy = error_of(response("429 Slow", "Retry-After: 3\r\n", "")).await;
    assert_eq!(busy, LookupError::Overloaded { http: 429, after: Some(std::time::Duration::from_secs(3)) });
    assert!(matches!(error_of(response("502 Bad", "", "<html>")).await, LookupError::Overloaded { http: 502, .. }));
    assert!(matches!(error_of(response("200 OK", "", "<html>")).await, LookupError::Unreadable(_)));
    let strange = error_of(response("200 OK", "", r#"[{"subscriber_id":"a.example.com"}]"#)).await;
    assert!(matches!(&strange, LookupError::Unreadable(why) if why.contains("`")), "{strange}");
}

#[tokio::test]
async fn the_plain_lookup_helps_out_where_the_new_one_is_missing() {
    let records = json!([record(&seller(), Role::Seller)]).to_string();
    let server = Server::start(move |asked| match asked.path() {
        "/lookup" => response("200 OK", "", &records),
        _ => response("404 Not Found", "", ""),
    })
    .await;
    let client = client(&server, Some(buyer())).with_form(LookupForm::SignedThenPlain);
    let found = client.lookup_key(&id("seller.example.com"), &key_id("k1")).await.unwrap();
    assert_eq!(found.len(), 1);
    let paths: Vec<_> = server.asked().iter().map(|asked| asked.path().to_owned()).collect();
    assert_eq!(paths, ["/v2.0/lookup", "/lookup"]);
}

#[tokio::test]
async fn vlookup_signs_its_five_members() {
    let server = answering(json!([record(&seller(), Role::Seller)])).await;
    let client = client(&server, Some(buyer())).with_form(LookupForm::Vlookup);
    let filter = Filter {
        subscriber_id: Some(id("seller.example.com")),
        city: Some("std:080".to_owned()),
        ..Filter::discovery("IND", "ONDC:RET10", Role::Seller)
    };
    assert_eq!(client.lookup(&filter).await.unwrap().len(), 1);
    let request: VlookupRequest = serde_json::from_slice(&server.asked()[0].body).unwrap();
    assert_eq!(request.verify(&buyer().key.verifying_key()), Ok(()));
    assert_eq!(
        request.search_parameters.signing_string().unwrap(),
        "IND|ONDC:RET10|sellerApp|std:080|seller.example.com"
    );
    let incomplete = Filter { city: None, ..filter };
    assert_eq!(client.lookup(&incomplete).await, Err(LookupError::VlookupIncomplete));
}

#[tokio::test]
async fn a_subscription_is_answered() {
    let ack = r#"{"message":{"ack":{"status":"ACK"}},"error":{"type":null,"code":null,"path":null,"message":null}}"#;
    let server = Server::start(move |_| response("200 OK", "", ack)).await;
    assert_eq!(client(&server, None).subscribe(Bytes::from_static(b"{}")).await, Ok(Reply::Ack));
    assert_eq!(server.asked()[0].path(), "/subscribe");
    let server = Server::start(|_| response("500 Oops", "", "")).await;
    let error = client(&server, None).subscribe(Bytes::from_static(b"{}")).await.unwrap_err();
    assert!(matches!(error, LookupError::Overloaded { http: 500, .. }));
}
