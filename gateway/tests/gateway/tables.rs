//! The twin migrations make the same tables, and old rows leave them.

use jiff::SignedDuration;
use node::testing::TempDatabase;
use protocol::clock::{Clock, SystemClock};
use serde_json::json;

use crate::world::World;

/// Column names, in order, of every `create table` in a migration.
fn columns(sql: &str) -> Vec<String> {
    let words = sql
        .lines()
        .filter(|line| !line.trim_start().starts_with("--"))
        .filter_map(|line| line.split_whitespace().next());
    words.map(str::to_owned).collect()
}

#[test]
fn both_engines_have_the_same_columns() {
    let (sqlite, postgres) = (gateway::MIGRATIONS.sqlite, gateway::MIGRATIONS.postgres);
    assert_eq!(sqlite.len(), postgres.len());
    for (sqlite, postgres) in sqlite.iter().zip(postgres) {
        assert_eq!((sqlite.name, columns(sqlite.sql)), (postgres.name, columns(postgres.sql)));
    }
}

node::both_engines! {
    async fn old_searches_are_forgotten(db: TempDatabase) {
        let world = World::start(db, |_| ()).await;
        let _seller = world.seller("one", &["*"]);
        let context = world.search();
        world.carried(&context).await;
        world.report(&context).await;
        let db = &world.running.gateway.node.db;
        let now = SystemClock.now();
        gateway::store::forget(db, (now - SignedDuration::from_mins(1)).as_millisecond()).await.unwrap();
        assert_eq!(world.api("/api/searches").await.as_array().unwrap().len(), 1);
        gateway::store::forget(db, (now + SignedDuration::from_mins(1)).as_millisecond()).await.unwrap();
        assert_eq!((world.api("/api/searches").await, world.api("/api/sellers").await), (json!([]), json!([])));
    }
}
