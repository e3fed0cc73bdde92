//! A stop finishes what has begun and loses nothing.

use std::time::{Duration, Instant};

use node::testing::{Engine, TempDatabase, eventually, temp_database};
use specs::Action;

use crate::stage::{Plan, stage, start, verdict};

node::both_engines! {
    async fn a_running_handler_finishes_and_waiting_messages_come_back(db: TempDatabase) {
        let stage = stage(db, |config| config.inbox_lanes = 1).await;
        stage.handler.plans.lock().unwrap().push_back(Plan::Pause(Duration::from_millis(500)));
        for _ in 0..5 {
            assert_eq!(verdict(&stage.post("select", stage.message(Action::Select)).await), "ACK");
        }
        eventually("the first has begun", async || stage.handler.plans.lock().unwrap().is_empty().then_some(())).await;
        let url = stage.seller.url.clone();
        let (handler, registry, db) = (stage.handler.clone(), stage.registry.clone(), stage.db);
        let asked = Instant::now();
        stage.seller.stop().await;
        assert!(asked.elapsed() < Duration::from_secs(5), "idle connections do not delay a stop: {:?}", asked.elapsed());
        let done = handler.done().len();
        assert!((1..5).contains(&done), "{done}");
        assert!(stage.buyer.http.get(&format!("{url}/health"), &[]).await.is_err(), "nobody listens");

        let started = Instant::now();
        let (again, second) = start(&db, &registry, |_| {}).await;
        eventually("the rest is done", async || (second.done().len() == 5 - done).then_some(())).await;
        assert!(started.elapsed() < Duration::from_secs(3), "what was ours is taken again at once");
        again.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_panics_starts_again_and_ends_at_the_stop() {
    let stage = stage(temp_database(Engine::Sqlite).await.unwrap(), |_| {}).await;
    let runs = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    let counted = runs.clone();
    stage.seller.node.workers.spawn("test", move |stop| {
        let run = counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        async move {
            assert!(run > 0, "planned");
            stop.cancelled().await;
        }
    });
    eventually("it runs again", async || (runs.load(std::sync::atomic::Ordering::SeqCst) == 2).then_some(())).await;
    assert_eq!(stage.metric("haat_worker_panics_total{worker=\"test\"}"), 1.0);
    let started = Instant::now();
    stage.seller.stop().await;
    assert!(started.elapsed() < Duration::from_secs(5));
}
