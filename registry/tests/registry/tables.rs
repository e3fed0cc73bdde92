//! The twin migrations make the same tables.

use node::testing::{Engine, temp_database};

#[test]
fn both_folders_have_the_same_files() {
    let names = |all: &[node::Migration]| all.iter().map(|one| one.name).collect::<Vec<_>>();
    assert_eq!(names(registry::MIGRATIONS.sqlite), names(registry::MIGRATIONS.postgres));
}

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
    for (sqlite, postgres) in registry::MIGRATIONS.sqlite.iter().zip(registry::MIGRATIONS.postgres) {
        assert_eq!(columns(sqlite.sql), columns(postgres.sql), "{}", sqlite.name);
    }
}

#[tokio::test]
async fn tables_are_made_once() {
    let db = temp_database(Engine::Sqlite).await.unwrap();
    db.open("registry", registry::MIGRATIONS).await.close().await;
    db.open("registry", registry::MIGRATIONS).await.close().await;
}
