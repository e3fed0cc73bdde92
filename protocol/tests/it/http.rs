//! The client's limits.

use std::time::Duration;

use bytes::Bytes;
use protocol::address_guard::{AddressGuard, AddressRefused};
use protocol::http::{Http, HttpConfig, HttpFailure};

use crate::server::{Server, response};

pub fn open() -> Http {
    let config = HttpConfig {
        connect_timeout: Duration::from_secs(2),
        timeout: Duration::from_secs(5),
        response_bytes_max: 1000,
        address_guard: AddressGuard { allow_private: true },
    };
    Http::new(config).unwrap()
}

#[tokio::test]
async fn posts_bytes_as_json_and_reads_the_answer() {
    let server = Server::start(|_| response("200 OK", "X-One: 1\r\n", "hello")).await;
    let answer = open().post(&server.url, Bytes::from_static(b"{\"a\":1.10}"), &[("x-two", "2")]).await.unwrap();
    assert_eq!((answer.status, &answer.body[..], answer.header("x-one")), (200, &b"hello"[..], Some("1")));
    let asked = &server.asked()[0];
    assert_eq!(asked.body, b"{\"a\":1.10}");
    assert_eq!((asked.header("content-type"), asked.header("x-two")), (Some("application/json"), Some("2")));
    assert_eq!(asked.header("accept-encoding"), None, "signed bytes travel as they are");
}

#[tokio::test]
async fn every_name_under_localhost_is_this_machine() {
    let server = Server::start(|_| response("200 OK", "", "")).await;
    let url = format!("http://seller.localhost:{}/network", server.port);
    assert_eq!(open().get(&url, &[]).await.unwrap().status, 200);
    assert_eq!(server.asked()[0].header("host"), Some(format!("seller.localhost:{}", server.port).as_str()));
}

#[tokio::test]
async fn does_not_follow_redirects() {
    let server = Server::start(|_| response("302 Found", "Location: http://127.0.0.1:1/\r\n", "")).await;
    assert_eq!(open().get(&server.url, &[]).await.unwrap().status, 302);
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn a_long_answer_is_cut_off_whether_it_says_so_or_not() {
    let long = "x".repeat(1001);
    let told = response("200 OK", "", &long);
    let untold = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{long}");
    for text in [told, untold] {
        let server = Server::start(move |_| text.clone()).await;
        assert_eq!(open().get(&server.url, &[]).await.unwrap_err(), HttpFailure::TooLarge(1000));
    }
    let exact = "x".repeat(1000);
    let server = Server::start(move |_| response("200 OK", "", &exact)).await;
    assert_eq!(open().get(&server.url, &[]).await.unwrap().body.len(), 1000);
}

#[tokio::test]
async fn silence_and_absence() {
    let server = Server::start(|_| String::new()).await;
    let hasty = open().with_limits(Duration::from_millis(50), 10);
    assert_eq!(hasty.get(&server.url, &[]).await.unwrap_err(), HttpFailure::Timeout);

    let gone = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap().local_addr().unwrap();
    let failure = open().get(&format!("http://{gone}/"), &[]).await.unwrap_err();
    assert!(matches!(failure, HttpFailure::Connect(_)) && failure.passing(), "{failure}");

    let server = Server::start(|_| "nonsense\r\n\r\n".to_owned()).await;
    let failure = open().get(&server.url, &[]).await.unwrap_err();
    assert!(matches!(failure, HttpFailure::Broken(_)), "{failure}");
    let failure = open().get("not a url", &[]).await.unwrap_err();
    assert!(matches!(failure, HttpFailure::BadRequest(_)) && !failure.passing(), "{failure}");
    let failure = open().get(&server.url, &[("bad name", "x")]).await.unwrap_err();
    assert!(matches!(failure, HttpFailure::BadRequest(_)), "{failure}");
}

/// TLS is ours to speak: a server without it is no server for `https`.
#[tokio::test]
async fn https_is_not_plain_http() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut hello = [0; 6];
        tokio::io::AsyncReadExt::read_exact(&mut stream, &mut hello).await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            .await
            .unwrap();
        hello
    });
    let failure = open().get(&format!("https://127.0.0.1:{port}/"), &[]).await.unwrap_err();
    assert!(matches!(failure, HttpFailure::Connect(_)), "{failure}");
    let hello = server.await.unwrap();
    assert_eq!((hello[0], hello[5]), (0x16, 0x01), "it said a TLS ClientHello first");
}

#[tokio::test]
async fn a_guarded_client_does_not_call_this_machine() {
    let server = Server::start(|_| response("200 OK", "", "")).await;
    let guarded = Http::new(HttpConfig::default()).unwrap();
    for url in [format!("https://127.0.0.1:{}/", server.port), format!("https://a.localhost:{}/", server.port)] {
        let failure = guarded.get(&url, &[]).await.unwrap_err();
        assert!(matches!(failure, HttpFailure::Refused(AddressRefused::Private { .. })), "{failure}");
    }
    let failure = guarded.get(&server.url, &[]).await.unwrap_err();
    assert_eq!(failure, HttpFailure::Refused(AddressRefused::PlainHttp));
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn retry_after_is_read_in_both_forms() {
    let now = "2015-10-21T07:27:00Z".parse().unwrap();
    let cases = [
        ("120", Some(120)),
        ("Wed, 21 Oct 2015 07:28:00 GMT", Some(60)),
        ("Wed, 21 Oct 2015 07:00:00 GMT", Some(0)),
        ("999999", Some(3600)),
        ("soon", None),
    ];
    for (text, seconds) in cases {
        let server = Server::start(move |_| response("429 Too Many", &format!("Retry-After: {text}\r\n"), "")).await;
        let answer = open().get(&server.url, &[]).await.unwrap();
        assert_eq!(answer.retry_after(now), seconds.map(Duration::from_secs), "{text}");
    }
}
