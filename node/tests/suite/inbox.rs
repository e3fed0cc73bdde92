//! The lanes: order, tries, panics, replicas.

use std::collections::HashMap;
use std::time::Duration;

use node::testing::{TempDatabase, eventually};
use specs::Action;

use crate::stage::{Plan, stage, start, verdict};

node::both_engines! {
    async fn a_burst_is_handled_once_each_and_shares_commits(db: TempDatabase) {
        let stage = stage(db, |_| {}).await;
        let messages: Vec<_> = (0..150).map(|_| stage.message(Action::Select)).collect();
        let posts = messages.iter().map(async |bytes| verdict(&stage.post("select", bytes.clone()).await));
        let answers = futures_util::future::join_all(posts).await;
        assert!(answers.iter().all(|answer| answer == "ACK"));
        eventually("all are handled", async || (stage.handler.done().len() == 150).then_some(())).await;
        let ids: std::collections::HashSet<_> = stage.handler.done().into_iter().map(|seen| seen.id).collect();
        assert_eq!(ids.len(), 150);
        assert_eq!(stage.metric("haat_commit_group_size_sum"), 150.0);
        assert!(stage.metric("haat_commit_group_size_count") < 150.0);
        stage.seller.stop().await;
    }

    async fn one_transaction_keeps_its_order_and_holds_up_no_other(db: TempDatabase) {
        let stage = stage(db, |_| {}).await;
        let own = stage.seller.node.identity.subscriber_id.clone();
        // The very first message fails twice; those behind it in its transaction wait, all others go on.
        stage.handler.plans.lock().unwrap().extend([Plan::Fail, Plan::Fail]);
        let first = stage.buyer.context(&own, Action::Select);
        let mut expected = Vec::new();
        for n in 0..4 {
            let mut context = first.clone();
            context.message_id = format!("m-{n}").parse().unwrap();
            assert_eq!(verdict(&stage.post("select", stage.message_in(&context)).await), "ACK");
            expected.push(format!("m-{n}"));
            if n == 0 {
                let seen = || (stage.handler.seen.lock().unwrap().len() == 2).then_some(());
                eventually("the first failed twice", async || seen()).await;
            }
        }
        assert_eq!(verdict(&stage.post("select", stage.message(Action::Select)).await), "ACK");
        eventually("all are handled", async || (stage.handler.done().len() == 5).then_some(())).await;
        let done = stage.handler.done();
        let of_first: Vec<_> = done.iter().filter(|seen| seen.transaction_id == first.transaction_id.as_str()).collect();
        let order: Vec<_> = of_first.iter().map(|seen| seen.message_id.clone()).collect();
        assert_eq!(order, expected);
        assert_eq!(of_first[0].attempt, 3);
        assert_ne!(done[0].transaction_id, first.transaction_id.as_str(), "the other transaction did not wait");
        stage.seller.stop().await;
    }

    async fn a_panic_is_a_failed_try_and_forgetting_to_finish_is_not(db: TempDatabase) {
        let stage = stage(db, |_| {}).await;
        stage.handler.plans.lock().unwrap().extend([Plan::Panic, Plan::Forget]);
        assert_eq!(verdict(&stage.post("select", stage.message(Action::Select)).await), "ACK");
        eventually("it is done", async || (stage.seller.node.inbox.counts().await.unwrap().waiting == 0).then_some(())).await;
        let attempts: Vec<_> = stage.handler.seen.lock().unwrap().iter().map(|seen| seen.attempt).collect();
        assert_eq!(attempts, [1, 2]);
        stage.seller.stop().await;
    }

    async fn after_too_many_tries_it_is_laid_aside_until_an_operator_starts_it_again(db: TempDatabase) {
        let stage = stage(db, |config| config.inbox_attempt_max = 2).await;
        stage.handler.plans.lock().unwrap().extend([Plan::Fail, Plan::Fail]);
        assert_eq!(verdict(&stage.post("select", stage.message(Action::Select)).await), "ACK");
        let inbox = stage.seller.node.inbox.clone();
        let dead = eventually("it is laid aside", async || inbox.dead(10).await.unwrap().pop()).await;
        assert_eq!((dead.attempts, dead.last_error.as_deref()), (2, Some("not ready: planned")));
        assert!(inbox.retry(&dead.id).await.unwrap());
        eventually("it is done", async || (stage.handler.done().len() == 1).then_some(())).await;
        assert!(!inbox.retry(&dead.id).await.unwrap(), "there is nothing to start again");
        stage.seller.stop().await;
    }
}

/// Two replicas on one PostgreSQL: each message once, one transaction in order. More transactions wait than one replica claims
/// ahead for its lanes, so the other one finds work when it looks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_share_the_work() {
    let Some(db) = node::testing::temp_database(node::testing::Engine::Postgres).await else { return };
    let stage = stage(db, |config| config.inbox_lanes = 2).await;
    let (second, other) = start(&stage.db, &stage.registry, |config| config.inbox_lanes = 2).await;
    for handler in [&stage.handler, &other] {
        let pauses = (0..120).map(|_| Plan::Pause(Duration::from_millis(20)));
        handler.plans.lock().unwrap().extend(pauses);
    }
    let own = stage.seller.node.identity.subscriber_id.clone();
    let mut transactions = HashMap::new();
    let contexts: Vec<_> = (0..30).map(|_| stage.buyer.context(&own, Action::Select)).collect();
    for n in 0..4 {
        let posts = contexts.iter().map(async |context| {
            let mut context = context.clone();
            context.message_id = format!("{}-{n}", context.transaction_id).parse().unwrap();
            assert_eq!(verdict(&stage.post("select", stage.message_in(&context)).await), "ACK");
        });
        futures_util::future::join_all(posts).await;
    }
    let both = || [stage.handler.done(), other.done()].concat();
    eventually("all are handled", async || (both().len() == 120).then_some(())).await;
    assert!(!other.done().is_empty() && !stage.handler.done().is_empty(), "both replicas worked");
    for seen in both() {
        let count: &mut u32 = transactions.entry(seen.message_id).or_default();
        *count += 1;
        assert_eq!(*count, 1, "handled twice");
    }
    for handler in [&stage.handler, &other] {
        let mut last: HashMap<String, u32> = HashMap::new();
        for seen in handler.done() {
            let n: u32 = seen.message_id.rsplit('-').next().unwrap().parse().unwrap();
            let before = last.insert(seen.transaction_id, n);
            assert!(before.is_none_or(|before| before < n), "out of order");
        }
    }
    second.stop().await;
    stage.seller.stop().await;
}

/// Another replica took a message over while we worked on it: our finish is refused, and so is everything it came with.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finish_after_the_lease_was_lost_is_refused() {
    let Some(db) = node::testing::temp_database(node::testing::Engine::Postgres).await else { return };
    let stage = stage(db, |_| {}).await;
    stage.handler.plans.lock().unwrap().push_back(Plan::Pause(Duration::from_millis(500)));
    assert_eq!(verdict(&stage.post("select", stage.message(Action::Select)).await), "ACK");
    let node::Database::Postgres(pool) = &stage.seller.node.db else { panic!("PostgreSQL") };
    let change = async |sql: &'static str| sqlx::query(sql).execute(pool).await.unwrap().rows_affected();
    eventually("it is claimed", async || {
        let sql = "update node_inbox set claimed_by = 'other', lease_ms = 9000000000000 where state = 'ready' and claimed_by is not null";
        (change(sql).await == 1).then_some(())
    })
    .await;
    tokio::time::sleep(Duration::from_millis(1000)).await;
    assert!(stage.handler.done().is_empty(), "the finish came too late");
    assert_eq!(stage.seller.node.inbox.counts().await.unwrap().waiting, 1);
    assert_eq!(change("update node_inbox set lease_ms = 0 where claimed_by = 'other'").await, 1);
    eventually("it is taken over", async || (stage.handler.done().len() == 1).then_some(())).await;
    stage.seller.stop().await;
}
