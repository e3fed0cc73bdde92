//! ACK and NACK: exact bodies out, whatever peers write in.

use protocol::ack::{ErrorType, NetworkError, Reply, ReplyError};

fn text(reply: &Reply) -> String {
    String::from_utf8(reply.body().to_vec()).unwrap()
}

#[test]
fn the_exact_bodies() {
    insta::assert_snapshot!(text(&Reply::Ack), @r#"{"message":{"ack":{"status":"ACK"}}}"#);
    let signature = NetworkError::new(ErrorType::Context, "30016", "the signature does not fit");
    insta::assert_snapshot!(
        text(&Reply::Nack(signature)),
        @r#"{"message":{"ack":{"status":"NACK"}},"error":{"type":"CONTEXT-ERROR","code":"30016","message":"the signature does not fit"}}"#
    );
    let schema = NetworkError::new(ErrorType::JsonSchema, "30000", "say \"yes\"").at("message.order.id");
    insta::assert_snapshot!(
        text(&Reply::Nack(schema)),
        @r#"{"message":{"ack":{"status":"NACK"}},"error":{"type":"JSON-SCHEMA-ERROR","code":"30000","path":"message.order.id","message":"say \"yes\""}}"#
    );
}

#[test]
fn what_is_written_is_read_back() {
    for kind in [ErrorType::Context, ErrorType::Core, ErrorType::Domain, ErrorType::JsonSchema, ErrorType::Policy] {
        let reply = Reply::Nack(NetworkError::new(kind, "40002", "too few").at("message.order.items[0]"));
        assert_eq!(Reply::parse(&reply.body()), Ok(reply));
        assert_eq!(ErrorType::read(kind.as_str()), kind);
    }
    assert_eq!(Reply::parse(&Reply::Ack.body()), Ok(Reply::Ack));
}

#[test]
fn peers_are_read_liberally() {
    let ack = |body: &str| assert_eq!(Reply::parse(body.as_bytes()), Ok(Reply::Ack), "{body}");
    ack(r#"{"message":{"ack":{"status":"ACK"}},"error":{"type":null,"code":null,"path":null,"message":null}}"#);
    ack(r#"{"context":{},"message":{"ack":{"status":"ack","tags":[]}},"error":null}"#);
    ack(r#"{"message":{"status":"ACK","messageId":"m"}}"#);

    let nack = |body: &str, kind, code: &str| match Reply::parse(body.as_bytes()) {
        Ok(Reply::Nack(error)) => assert_eq!((error.kind, error.code.as_str()), (kind, code), "{body}"),
        other => panic!("{body} gave {other:?}"),
    };
    nack(r#"{"message":{"ack":{"status":"NACK"}}}"#, ErrorType::Core, "");
    nack(
        r#"{"message":{"ack":{"status":"NACK"}},"error":{"code":"1020","message":"The auth header not found"}}"#,
        ErrorType::Core,
        "1020",
    );
    nack(
        r#"{"message":{"ack":{"status":"NACK"}},"error":{"type":"DOMAIN-ERROR","code":40002}}"#,
        ErrorType::Domain,
        "40002",
    );
    nack(
        r#"{"message":{"ack":{"status":"NACK"}},"error":[{"type":"policy_error","code":"132"}]}"#,
        ErrorType::Policy,
        "132",
    );
    nack(
        r#"{"message":{"ack":{"status":"NACK"},"error":{"type":"JSON-SCHEMA-ERROR","code":"30000"}}}"#,
        ErrorType::JsonSchema,
        "30000",
    );
}

#[test]
fn neither_is_neither() {
    assert_eq!(Reply::parse(b"<html>504</html>"), Err(ReplyError::NotJson));
    assert_eq!(Reply::parse(b"{}"), Err(ReplyError::NoStatus));
    assert_eq!(Reply::parse(br#"{"message":{"ack":{"status":1}}}"#), Err(ReplyError::NoStatus));
    assert_eq!(
        Reply::parse(br#"{"message":{"ack":{"status":"OK"}}}"#),
        Err(ReplyError::UnknownStatus("OK".to_owned()))
    );
}
