//! The compiled program, as an operator starts it, and as a power cut ends it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use jiff::Timestamp;
use node::testing::{Behaviour, FakeRegistry, Peer, eventually};
use protocol::ack::Reply;
use protocol::clock::{Clock, SystemClock};
use protocol::participant::Role;
use serde_json::json;
use specs::Action;

fn gateway(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_gateway")).args(arguments).output().unwrap()
}

#[test]
fn help_names_the_flags() {
    let output = gateway(&["--help"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    for flag in ["--config", "--set", "--check-config", "--log"] {
        assert!(text.contains(flag), "{flag} is missing in:\n{text}");
    }
}

#[test]
fn good_settings_are_printed_with_secrets_as_stars() {
    let output = gateway(&["--check-config", "--set", "ttl_times=2", "--set", "console_token=very-secret"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("ttl_times = 2") && text.contains("validation = \"warn\""), "{text}");
    assert!(!text.contains("very-secret"), "{text}");
}

#[test]
fn bad_settings_end_with_2_and_name_the_key() {
    let cases: [(&[&str], &str); 4] = [
        (&["--set", "audience_mx=1"], "did you mean `audience_max`"),
        (&["--set", "audience_max=0"], "audience_max"),
        (&["--set", "domains="], "domains"),
        (
            &["--set", "environment=production", "--set", "danger_allow_private_addresses=true"],
            "danger_allow_private_addresses",
        ),
    ];
    for (arguments, expected) in cases {
        let output = gateway(&[&["--check-config"], arguments].concat());
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
        assert!(text.contains(expected), "{arguments:?}: {text}");
    }
}

/// Ends with the test, also when the test fails.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn run(settings: &[String]) -> Program {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gateway"));
    for setting in settings {
        command.args(["--set", setting]);
    }
    Program(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_cut_after_the_ack_loses_no_search() {
    let folder = tempfile::tempdir().unwrap();
    let registry = FakeRegistry::start();
    let (buyer, seller) = (Peer::start("buyer", Role::Buyer), Peer::start("seller", Role::Seller));
    registry.add(buyer.participant("ONDC:RET10"));
    registry.add(seller.participant("ONDC:RET10"));
    let port = { node::testing::listener().local_addr().unwrap().port() };
    let settings = [
        format!("listen=127.0.0.1:{port}"),
        format!("data_dir={}", folder.path().display()),
        format!("subscriber_id=gateway.localhost:{port}"),
        format!("subscriber_url=http://gateway.localhost:{port}/network"),
        format!("registry_url={}", registry.url),
        format!("registry_encryption_keys={}", registry.encryption_public_key()),
        "danger_allow_private_addresses=true".to_owned(),
        "workers=1".to_owned(),
    ];
    let url = format!("http://127.0.0.1:{port}");
    seller.behave(Behaviour::Status(503, None));
    let mut program = run(&settings);
    ready(&buyer, &url).await;

    let mut context = buyer.context(&seller.id, Action::Search);
    (context.bpp_id, context.bpp_uri) = (None, None);
    let bytes = protocol::envelope::render(&context, &json!({ "intent": {} }), None);
    let answer = buyer.post(&url, "search", bytes.clone()).await;
    assert_eq!(Reply::parse(&answer.body), Ok(Reply::Ack));
    program.0.kill().unwrap();
    program.0.wait().unwrap();
    let before: Timestamp = SystemClock.now();
    let tries = seller.received().len(); // all of them answered 503
    seller.behave(Behaviour::Reply(Reply::Ack));

    let _again = run(&settings);
    ready(&buyer, &url).await;
    let carried = eventually("the search after the power cut", async || seller.received().get(tries).cloned()).await;
    assert_eq!(carried.bytes, bytes);
    assert!(SystemClock.now().duration_since(before).as_secs() < 30, "within the time of the search");
}

async fn ready(peer: &Peer, url: &str) {
    eventually("the program is ready", async || {
        let answer = peer.http.with_limits(Duration::from_secs(1), 1000).get(&format!("{url}/ready"), &[]).await;
        answer.ok().filter(|answer| answer.status == 200).map(|_| ())
    })
    .await;
}
