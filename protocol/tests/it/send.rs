//! Each answer becomes one outcome.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::SignedDuration;
use protocol::ack::{ErrorType, NetworkError, Reply};
use protocol::auth_header::AuthHeader;
use protocol::clock::{Clock, ManualClock};
use protocol::http::{Http, HttpConfig};
use protocol::send::{Outcome, Sender};
use protocol::signature::{TimeLimits, verify};
use rstest::rstest;

use crate::fixture::{buyer, gateway, message, now, signed};
use crate::http::open;
use crate::server::{Server, response};

fn sender() -> Sender {
    Sender::new(open(), Arc::new(ManualClock::new(now())))
}

fn body() -> Bytes {
    message("search", "buyer.example.com", "")
}

async fn outcome_of(answer: String) -> Outcome {
    let server = Server::start(move |_| answer.clone()).await;
    sender().send(&buyer(), &format!("{}/search", server.url), body(), None).await.outcome
}

fn nack() -> String {
    let error = NetworkError::new(ErrorType::Context, "30016", "bad signature");
    String::from_utf8(Reply::Nack(error).body().to_vec()).unwrap()
}

const ACK: &str = r#"{"message":{"ack":{"status":"ACK"}}}"#;

#[derive(Debug, PartialEq)]
enum Kind {
    Acked(u16),
    Nacked(u16),
    Later(Option<u16>, Option<u64>),
    Impossible(Option<u16>),
}

fn kind(outcome: Outcome) -> Kind {
    match outcome {
        Outcome::Acked { http, .. } => Kind::Acked(http),
        Outcome::Nacked { http, error, .. } => {
            assert_eq!((error.kind, error.code.as_str()), (ErrorType::Context, "30016"));
            Kind::Nacked(http)
        }
        Outcome::TryLater { http, after, .. } => Kind::Later(http, after.map(|after| after.as_secs())),
        Outcome::Impossible { http, .. } => Kind::Impossible(http),
    }
}

#[rstest]
#[case("200 OK", "", ACK, Kind::Acked(200))]
#[case("202 Accepted", "", ACK, Kind::Acked(202))]
#[case("200 OK", "", &nack(), Kind::Nacked(200))]
#[case("401 Unauthorized", "", &nack(), Kind::Nacked(401))]
#[case("400 Bad Request", "", &nack(), Kind::Nacked(400))]
#[case("401 Unauthorized", "", "<html/>", Kind::Impossible(Some(401)))]
#[case("404 Not Found", "", "", Kind::Impossible(Some(404)))]
#[case("400 Bad Request", "", ACK, Kind::Impossible(Some(400)))]
#[case("200 OK", "", "thanks", Kind::Impossible(Some(200)))]
#[case("302 Found", "Location: http://127.0.0.1:1/\r\n", "", Kind::Impossible(Some(302)))]
#[case("408 Request Timeout", "", "", Kind::Later(Some(408), None))]
#[case("429 Too Many Requests", "Retry-After: 7\r\n", "", Kind::Later(Some(429), Some(7)))]
#[case("500 Oops", "", "", Kind::Later(Some(500), None))]
#[case("503 Unavailable", "Retry-After: 2\r\n", &nack(), Kind::Later(Some(503), Some(2)))]
#[tokio::test]
async fn an_answer_becomes(#[case] status: &str, #[case] headers: &str, #[case] body: &str, #[case] expected: Kind) {
    assert_eq!(kind(outcome_of(response(status, headers, body)).await), expected);
}

#[tokio::test]
async fn no_answer_is_for_later_and_a_refused_address_is_not() {
    let silent = Server::start(|_| String::new()).await;
    let hasty = Sender::new(open().with_limits(Duration::from_millis(50), 100), Arc::new(ManualClock::new(now())));
    assert_eq!(kind(hasty.send(&buyer(), &silent.url, body(), None).await.outcome), Kind::Later(None, None));

    let gone = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap();
    assert_eq!(
        kind(sender().send(&buyer(), &format!("http://{gone}/"), body(), None).await.outcome),
        Kind::Later(None, None)
    );

    let guarded = Sender::new(Http::new(HttpConfig::default()).unwrap(), Arc::new(ManualClock::new(now())));
    let outcome = guarded.send(&buyer(), "https://192.168.0.1/search", body(), None).await.outcome;
    assert!(matches!(&outcome, Outcome::Impossible { why, .. } if why.contains("192.168.0.1")), "{outcome:?}");
    assert_eq!(kind(outcome_of(response("200 OK", "", &"x".repeat(2000))).await), Kind::Impossible(None));
}

/// The bytes are not touched, and the signature is made when they leave, for five minutes.
#[tokio::test]
async fn signs_the_very_bytes_at_the_moment_of_sending() {
    let server = Server::start(|_| response("200 OK", "", ACK)).await;
    let clock = ManualClock::new(now());
    let sender = Sender::new(open(), Arc::new(clock.clone()));
    let mut told = Vec::new();
    for _ in 0..2 {
        clock.advance(SignedDuration::from_secs(400));
        told.push(sender.send(&buyer(), &format!("{}/search", server.url), body(), None).await.signature);
    }
    for (nth, asked) in server.asked().iter().enumerate() {
        assert_eq!((asked.path(), &asked.body[..]), ("/search", &body()[..]));
        assert_eq!(asked.header("authorization"), told[nth].as_deref(), "what is told is what was sent");
        let header = AuthHeader::parse(asked.header("authorization").unwrap()).unwrap();
        assert_eq!(header.created, now().as_second() + 400 * (nth as i64 + 1));
        assert_eq!(header.expires - header.created, 300);
        let then = jiff::Timestamp::from_second(header.created).unwrap();
        let key = buyer().key.verifying_key();
        assert_eq!(verify(&asked.body, &header, &key, then, &TimeLimits::default()), Ok(()));
        assert_eq!(asked.header("x-gateway-authorization"), None);
    }
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn a_gateway_keeps_the_senders_header_and_adds_its_own() {
    let server = Server::start(|_| response("200 OK", "", ACK)).await;
    let clock = ManualClock::new(now());
    let sender = Sender::new(open(), Arc::new(clock.clone()));
    let original = signed(&body(), &buyer());
    let outcome = sender.send(&gateway(), &server.url, body(), Some(&original)).await.outcome;
    assert_eq!(kind(outcome), Kind::Acked(200));
    let asked = &server.asked()[0];
    assert_eq!(asked.header("authorization"), Some(original.as_str()));
    let own = AuthHeader::parse(asked.header("x-gateway-authorization").unwrap()).unwrap();
    let key = gateway().key.verifying_key();
    assert_eq!(verify(&asked.body, &own, &key, clock.now(), &TimeLimits::default()), Ok(()));

    clock.advance(SignedDuration::from_secs(301));
    let outcome = sender.send(&gateway(), &server.url, body(), Some(&original)).await.outcome;
    assert!(matches!(&outcome, Outcome::Impossible { why, .. } if why.contains("expired")), "{outcome:?}");
    assert_eq!(server.asked().len(), 1, "what no receiver may accept is not sent");
}
