//! A small day of a brand: nothing is sold twice, lost or left held, and the same seed gives the same report.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use sandbox::day::report::Facts;
use sandbox::day::{self, Settings, Size};

async fn tiny(seed: u64) -> Facts {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { size: Size::TINY, seed, push_every_min: 30, progress: false };
    day::run(settings, folder.path()).await.unwrap().facts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_day_with_faults_ends_with_three_zeros_and_can_be_repeated() {
    let facts = tiny(7).await;
    println!("{facts}");
    assert_eq!((facts.oversold, facts.lost, facts.holds), (0, 0, 0));
    assert!(facts.good());
    assert_eq!(facts.open, 0, "every order ends");
    // The faults really came.
    let tally = &facts.tally;
    assert!(facts.wrong_shelves > 0 && tally.rejected > 0 && tally.corrected > 0, "{facts}");
    assert!(tally.asleep > 0 && tally.unanswered_orders == tally.asleep, "{facts}");
    assert!(tally.late_carriers > 0 && tally.on_time < tally.delivered, "{facts}");
    assert!(tally.duplicates > 0 && tally.duplicates_acked == tally.duplicates, "{facts}");
    assert!(tally.out_of_order > 0 && tally.out_of_order_refused == tally.out_of_order, "{facts}");
    // And most customers were served all the same.
    assert!(facts.d2c.delivered > 0 && facts.b2b.delivered > 0, "{facts}");
    assert!(facts.costs.compared > 0 && facts.costs.bound <= facts.costs.plan, "{facts}");
    assert_eq!(tiny(7).await, facts, "the same seed, another report");
    assert_ne!(tiny(8).await, facts, "another seed, the same report");
}
