//! Each shape in which people keep messages.

use super::*;

fn lone(name: &str, content: impl AsRef<[u8]>) -> Recording {
    let recording = Folder::new().with(name, content).read(&[name]);
    assert_eq!(recording.unread, []);
    recording
}

#[test]
fn a_request_to_the_official_validator_is_one_flow() {
    let request = json!({
        "domain": "ONDC:RET10", "version": "1.2.0", "flow": 2, "bap_id": "b", "bpp_id": "s",
        "payload": {"search_full_catalog_refresh": message("search", "s", 1), "select": message("select", "t", 3),
                    "on_search_full_catalog_refresh": message("on_search", "s", 2)},
    });
    let recording = lone("request.json", request.to_string());
    assert_eq!(flows(&recording), [("request.json", vec!["search", "on_search", "select"])]);
    let flow = &recording.flows[0];
    let claim = (flow.claim.flow.as_deref(), flow.claim.domain.as_deref(), flow.claim.version.as_deref());
    assert_eq!(claim, (Some("2"), Some("ONDC:RET10"), Some("1.2.0")));
    assert_eq!(flow.messages[1].step.as_deref(), Some("on_search_full_catalog_refresh"));
    assert_eq!(flow.messages[1].origin.pointer, "/payload/on_search_full_catalog_refresh");
}

#[test]
fn a_saved_report_is_no_recording_beside_messages_and_is_one_alone() {
    let report = json!({"success": true, "response": {"report": {}, "domain": "ONDC:RET10", "payload": {"select": message("select", "t", 1)}},
        "signature": "x"});
    let folder = Folder::new().with("f/report.json", report.to_string());
    let recording = folder.read(&["f"]);
    assert_eq!(flows(&recording), [("f/report.json", vec!["select"])]);
    assert!(guessed(&recording.flows[0], "a saved report"));
    let recording = folder.with("f/1.json", message("on_select", "t", 2).to_string()).read(&["f"]);
    assert_eq!(flows(&recording), [("f", vec!["on_select"])]);
    assert_eq!(recording.without_message, ["f/report.json"]);
}

#[rstest]
#[case::plain(|message: Value| message)]
#[case::enveloped(|message: Value| json!({"level": 30, "time": 1_714_557_600_123_u64, "hostname": "h", "body": message}))]
#[case::quoted(|message: Value| json!({"msg": message.to_string()}))]
#[case::labelled(|message: Value| json!({"msg": format!("Incoming request: {message} done")}))]
fn lines_are_grouped_by_transaction(#[case] wrap: fn(Value) -> Value) {
    let lines = [message("search", "s", 1), message("select", "t", 2), message("on_select", "t", 3)];
    let text: String = lines.into_iter().map(|line| format!("{}\n", wrap(line))).collect();
    let recording = lone("node.ndjson", text);
    assert_eq!(flows(&recording), [("node.ndjson#s", vec!["search"]), ("node.ndjson#t", vec!["select", "on_select"])]);
    assert_eq!(recording.flows[1].messages[0].locate("/context").unwrap().line, 2);
}

#[test]
fn an_http_archive_gives_bodies_headers_and_answers() {
    let entry = |message: Value, ack: &str| {
        json!({
            "startedDateTime": "2024-05-01T10:00:09.250Z", "time": 41.7,
            "request": {"method": "POST", "url": "https://seller.example/ondc/select?x=1",
                "headers": [{"name": "Authorization", "value": "Signature keyId=\"k\""}],
                "postData": {"mimeType": "application/json", "text": message.to_string()}},
            "response": {"status": 200, "headers": [], "content": {"text": ack, "encoding": "base64"}},
        })
    };
    let ack = "eyJtZXNzYWdlIjp7ImFjayI6eyJzdGF0dXMiOiJBQ0sifX19";
    let page = json!({"request": {"method": "GET", "url": "https://seller.example/"}, "response": {"status": 200}});
    let archive = json!({"log": {"version": "1.2", "entries": [entry(message("select", "t", 1), ack), page, entry(message("on_select", "t", 2), "")]}});
    let recording = lone("browser.har", archive.to_string());
    assert_eq!(flows(&recording), [("browser.har", vec!["select", "on_select"])]);
    let sent = &recording.flows[0].messages[0];
    assert_eq!(sent.headers, [("authorization".to_owned(), "Signature keyId=\"k\"".to_owned())]);
    assert_eq!(sent.raw.as_deref(), Some(message("select", "t", 1).to_string().as_bytes()));
    let answer = sent.answer.as_ref().unwrap();
    assert_eq!((answer.status, answer.took_ms), (Some(200), Some(41)));
    assert_eq!(answer.body, json!({"message": {"ack": {"status": "ACK"}}}));
    assert_eq!(sent.at.unwrap().to_string(), "2024-05-01T10:00:09.25Z");
    assert_eq!(sent.origin.pointer, "/log/entries/0/request/postData/text");
}

#[test]
fn the_ledger_of_a_node_gives_exact_bytes() {
    let line = |message: Value, verdict: &str, code: Value| {
        json!({"at": "2024-05-01T10:00:01.000Z", "from": "buyer.example", "to": "seller.example",
            "action": message["context"]["action"], "direction": "in", "verdict": verdict, "code": code, "http_status": 200,
            "took_us": 2500, "attempt": 1, "headers": {"authorization": "Signature x"}, "body": format!(" {message}\n")})
        .to_string()
    };
    let text = [
        line(message("select", "t", 1), "ack", json!(null)),
        line(message("on_select", "t", 2), "nack", json!("30001")),
    ];
    let recording = lone("transaction.ndjson", text.join("\n"));
    assert_eq!(flows(&recording), [("transaction.ndjson", vec!["select", "on_select"])]);
    let [first, second] = &recording.flows[0].messages[..] else { panic!("two messages") };
    assert_eq!(first.headers, [("authorization".to_owned(), "Signature x".to_owned())]);
    assert_eq!(first.raw.as_deref(), Some(format!(" {}\n", message("select", "t", 1)).as_bytes()));
    assert_eq!(first.answer.as_ref().unwrap().took_ms, Some(2));
    assert_eq!(second.answer.as_ref().unwrap().body["error"]["code"], "30001");
    assert_eq!(second.answer.as_ref().unwrap().body["message"]["ack"]["status"], "NACK");
}

#[rstest]
#[case::list(json!([message("select", "t", 1), message("on_select", "t", 2)]))]
#[case::steps(json!({"select": message("select", "t", 1), "on_select": message("on_select", "t", 2)}))]
#[case::pair(json!({"request": message("select", "t", 1), "response": message("on_select", "t", 2)}))]
#[case::deep(json!({"data": {"logs": [{"_source": message("select", "t", 1)}, {"_source": message("on_select", "t", 2)}]}}))]
#[case::texts(json!([message("select", "t", 1).to_string(), message("on_select", "t", 2).to_string()]))]
fn wrappers_are_taken_off(#[case] content: Value) {
    let recording = lone("log.json", content.to_string());
    assert_eq!(flows(&recording), [("log.json", vec!["select", "on_select"])]);
    assert!(guessed(&recording.flows[0], "the message was taken from"), "{:?}", recording.flows[0].guesses);
}

#[test]
fn a_workbench_wrapper_gives_signature_and_answer() {
    let content = json!({"req": message("on_search", "t", 1), "res": {"response": {"message": {"ack": {"status": "ACK"}}}},
        "signature": "Signature keyId=\"k\""});
    let recording = lone("1.json", content.to_string());
    let message = &recording.flows[0].messages[0];
    assert_eq!(message.headers, [("authorization".to_owned(), "Signature keyId=\"k\"".to_owned())]);
    assert_eq!(message.answer.as_ref().unwrap().body["message"]["ack"]["status"], "ACK");
    assert_eq!(message.raw, None, "the bytes on the wire are not known");
}

#[test]
fn answers_are_no_messages() {
    let ack = json!({"context": message("select", "t", 1)["context"], "message": {"ack": {"status": "ACK"}}});
    let recording = Folder::new().with("f/ack.json", ack.to_string()).read(&["f"]);
    assert_eq!((recording.flows.len(), recording.without_message), (0, vec!["f/ack.json".to_owned()]));
}

#[rstest]
#[case::mark(&["\u{feff}", "@"], "byte order mark")]
#[case::label(&["[2024-05-01] POST https://seller.example/select\n", "@"], "text before the JSON")]
#[case::curl(&["curl -X POST 'https://seller.example/select' -H 'A: b' -d '", "@", "'"], "text before the JSON")]
#[case::tail(&["@", "\n-- sent --"], "text after the JSON")]
#[case::comment(&["// select\n", "@"], "text before the JSON")]
#[case::several(&["@", "\n\n{\"message\": {\"ack\": {\"status\": \"ACK\"}}}"], "several JSON documents")]
fn text_around_the_json_is_told(#[case] parts: &[&str], #[case] words: &str) {
    let text = serde_json::to_string_pretty(&message("select", "t", 1)).unwrap();
    let recording = lone("1_select.json", parts.concat().replace('@', &text));
    assert_eq!(actions(&recording.flows[0]), ["select"]);
    assert!(guessed(&recording.flows[0], words), "{:?}", recording.flows[0].guesses);
}

#[rstest]
#[case::comma(r#"{"context": {"action": "select",}, "message": {},}"#, "trailing commas")]
#[case::quotes("{'context': {'action': 'select'}, 'message': {}}", "other quotes")]
#[case::object("{context: {action: \"select\"}, message: {}}", "names without quotes")]
#[case::python("{\"context\": {\"action\": \"select\"}, \"message\": {\"x\": None}}", "words of other languages")]
#[case::comments("{\"context\": /* who */ {\"action\": \"select\"}, \"message\": {} // what\n}", "comments")]
fn nearly_json_is_read_and_that_is_told(#[case] content: &str, #[case] words: &str) {
    let recording = lone("f.json", content);
    assert_eq!(actions(&recording.flows[0]), ["select"]);
    assert!(guessed(&recording.flows[0], words), "{:?}", recording.flows[0].guesses);
}

#[test]
fn bytes_that_are_no_text_are_replaced_and_that_is_told() {
    let text = message("select", "t\u{1}", 1).to_string().replace("\\u0001", "\u{1}");
    let recording = lone(
        "f.json",
        text.into_bytes().into_iter().map(|byte| if byte == 1 { 0xff } else { byte }).collect::<Vec<_>>(),
    );
    assert_eq!(recording.flows[0].messages[0].payload["context"]["transaction_id"], "t\u{fffd}");
    assert!(guessed(&recording.flows[0], "no UTF-8"), "{:?}", recording.flows[0].guesses);
}

#[test]
fn a_broken_line_of_a_log_is_told_and_the_others_are_read() {
    let sound = |action| message(action, "t", 1).to_string();
    let text = format!("{}\n{}\n{}\n", sound("select"), &sound("on_select")[..90], sound("init"));
    let recording = Folder::new().with("node.log", text).read(&["node.log"]);
    assert_eq!(flows(&recording), [("node.log", vec!["select", "init"])]);
    assert_eq!(recording.unread.len(), 1);
    assert!(recording.unread[0].reason.starts_with("line 2"), "{}", recording.unread[0].reason);
}
