//! Our own network under the eyes of the conformance suite: what either side recorded of the story is clean.

use std::path::PathBuf;

use conformance::excuse::Excuses;
use conformance::judge::{Ask, LawReport, Options, Verdict, judge};
use protocol::clock::{Clock, SystemClock};
use rstest::rstest;
use sandbox::members::Member;
use specs::{Severity, Side, Specs};

use crate::setting::{Engine, Setting};

#[rstest]
#[case::v1_2_5("1.2.5")]
#[case::v1_2_0("1.2.0")]
#[actix_web::test]
async fn what_both_sides_recorded_is_clean(#[case] version: &str) {
    let setting = Setting::start(Engine::Sqlite, |builder| builder.core_version(version)).await.unwrap();
    let journey = &setting.journey;
    let choice = setting.choice().await;
    let first = journey.order(&choice, 1).await.unwrap();
    journey.deliver(&first.order_id).await.unwrap();
    let second = journey.order(&choice, 2).await.unwrap();
    journey.deliver(&second.order_id).await.unwrap();
    journey.send_back(&second.order_id, &choice.item["id"]).await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    for (member, side) in [(Member::Buyer, Side::Buyer), (Member::Seller, Side::Seller)] {
        let file = folder.path().join(format!("{}.ndjson", member.name()));
        let mut log = String::new();
        for order in [&first, &second] {
            log += &setting.network.node(member).ledger.export(&order.transaction_id).await.unwrap();
        }
        std::fs::write(&file, log).unwrap();
        assert_eq!(faults_in(file, side), Vec::<String>::new(), "the log of the {}", member.name());
    }
    setting.network.stop().await;
}

/// Every error and warning in a log, whoever's fault; and that all of it was judged, with this side under test.
fn faults_in(file: PathBuf, side: Side) -> Vec<String> {
    let recording = conformance::read(&[file], &mut |_| ());
    assert_eq!((recording.flows.len(), recording.unread.len()), (2, 0), "two orders, all of it read");
    let options = Options { role: Some(side), ..Options::default() };
    let law = LawReport { origin: String::new(), digest: String::new(), books: Vec::new() };
    let ask = Ask { options, law, excuses: Excuses::default(), started: SystemClock.now() };
    let report = judge(&Specs::builtin().unwrap(), &recording, &ask);
    let findings = report.flows.iter().flat_map(|flow| &flow.findings);
    let faults: Vec<String> = findings
        .filter(|one| one.severity != Severity::Note)
        .map(|one| format!("[{}] message {:?} {}: {}", one.rule, one.message, one.pointer, one.text))
        .collect();
    for flow in report.flows.iter().filter(|_| faults.is_empty()) {
        assert_eq!(flow.verdict, Verdict::Clean, "{}", flow.reason);
    }
    assert_eq!(report.totals.evaluated, 31, "12 of one order, 19 of the other");
    faults
}
