//! Help for tests of this crate and of the apps (feature `testing`): databases that vanish, waiting without sleeping, a fake
//! registry, a programmable counterparty.
//!
//! A test that cannot run where it is says so loudly and passes; with `HAAT_REQUIRE_ALL=1` it fails instead.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::future::Future;
use std::time::{Duration, Instant};

use protocol::randomness::{OsRandomness, Randomness};

use crate::config::NodeConfig;
use crate::database::Database;
use crate::migration::{Migrations, migrate};

mod fake_registry;
mod peer;

pub use fake_registry::FakeRegistry;
pub use peer::{Behaviour, Peer, Received};

/// How long [`eventually`] waits.
const PATIENCE: Duration = Duration::from_secs(20);

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A database of one test: a file in a temp folder, or a schema of its own. It is deleted with this value.
#[derive(Debug)]
pub struct TempDatabase {
    pub url: String,
    pub engine: Engine,
    pub folder: tempfile::TempDir,
    schema: Option<(String, String)>,
}

impl TempDatabase {
    /// Opens it with the node's tables and those of an app.
    pub async fn open(&self, area: &'static str, migrations: Migrations) -> Database {
        let db = Database::open(&self.url, 8).await.unwrap();
        let now = jiff::Timestamp::from_second(1_700_000_000).unwrap();
        migrate(&db, "node", crate::node::OWN_MIGRATIONS, now).await.unwrap();
        migrate(&db, area, migrations, now).await.unwrap();
        db
    }
}

impl Drop for TempDatabase {
    fn drop(&mut self) {
        let Some((url, schema)) = self.schema.take() else { return };
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                if let Ok(pool) = sqlx::PgPool::connect(&url).await {
                    let sql = format!("drop schema if exists {schema} cascade");
                    let _ = sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&pool).await;
                }
            });
        });
        let _ = dropped.join();
    }
}

/// A fresh database; `None` (after a loud line) where the engine is not at hand. PostgreSQL is found by `TEST_POSTGRES_URL`.
pub async fn temp_database(engine: Engine) -> Option<TempDatabase> {
    let folder = tempfile::tempdir().unwrap();
    match engine {
        Engine::Sqlite => {
            let url = format!("sqlite:{}", folder.path().join("test.db").display());
            Some(TempDatabase { url, engine, folder, schema: None })
        }
        Engine::Postgres => {
            let Ok(base) = std::env::var("TEST_POSTGRES_URL") else {
                skip("TEST_POSTGRES_URL is not set: this test did not run on PostgreSQL");
                return None;
            };
            let schema = format!("t_{}", OsRandomness.uuid_v4().simple());
            let pool = sqlx::PgPool::connect(&base).await.expect("TEST_POSTGRES_URL answers");
            let sql = format!("create schema {schema}");
            sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&pool).await.unwrap();
            pool.close().await;
            let join = if base.contains('?') { '&' } else { '?' };
            let url = format!("{base}{join}options=-c%20search_path%3D{schema}");
            Some(TempDatabase { url, engine, folder, schema: Some((base, schema)) })
        }
    }
}

/// Says that a test did not run; fails it with `HAAT_REQUIRE_ALL=1`.
pub fn skip(why: &str) {
    assert!(std::env::var_os("HAAT_REQUIRE_ALL").is_none_or(|set| set != "1"), "HAAT_REQUIRE_ALL=1, but: {why}");
    eprintln!("SKIPPED: {why}");
}

/// Asks again and again until the answer is `Some`; fails the test after 20 s.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut ask: impl FnMut() -> F) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Runs a test on both engines: `both_engines! { async fn keeps_order(db: TempDatabase) { … } }` makes the tests
/// `keeps_order::sqlite` and `keeps_order::postgres`.
#[macro_export]
macro_rules! both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: $kind:ty) $body:block)+) => {
        $(mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[$meta])*
            async fn run($db: $kind) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                if let Some(db) = $crate::testing::temp_database($crate::testing::Engine::Sqlite).await {
                    run(db).await;
                }
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(db) = $crate::testing::temp_database($crate::testing::Engine::Postgres).await {
                    run(db).await;
                }
            }
        })+
    };
}

/// Settings for a node in a test: `listener` is where it will listen, `name` becomes `name.localhost:PORT`.
pub fn node_config(name: &str, listener: &std::net::TcpListener, registry_url: &str, db: &TempDatabase) -> NodeConfig {
    let port = listener.local_addr().unwrap().port();
    let subscriber_id = format!("{name}.localhost:{port}");
    NodeConfig {
        listen: listener.local_addr().unwrap(),
        workers: 2,
        data_dir: db.folder.path().join(name),
        database_url: db.url.clone(),
        subscriber_url: format!("http://{subscriber_id}/network"),
        subscriber_id,
        registry_url: registry_url.to_owned(),
        danger_allow_private_addresses: true,
        danger_open_console: true,
        ..NodeConfig::defaults().unwrap()
    }
}

/// A free port of this machine.
pub fn listener() -> std::net::TcpListener {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap()
}
