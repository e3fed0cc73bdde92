//! Both engines get the same tables and columns; a database from the future or with a changed history is refused.

use std::collections::BTreeMap;

use node::migration::{Migration, MigrationError, Migrations, migrate};
use node::testing::{Engine, TempDatabase, temp_database};
use node::{Database, Node, Surroundings, read};
use protocol::participant::Role;

const ONE: Migration = Migration {
    number: 1,
    name: "0001_one",
    sql: "create table app_one (id text primary key); create table app_two (id text)",
};
const TWO: Migration = Migration { number: 2, name: "0002_two", sql: "alter table app_one add column more bigint" };
const CHANGED: Migration = Migration { number: 1, name: "0001_one", sql: "create table app_one (other text)" };

const JUST_ONE: Migrations = Migrations { sqlite: &[ONE], postgres: &[ONE] };
const BOTH: Migrations = Migrations { sqlite: &[ONE, TWO], postgres: &[ONE, TWO] };
const REWRITTEN: Migrations = Migrations { sqlite: &[CHANGED, TWO], postgres: &[CHANGED, TWO] };

async fn columns(db: &Database) -> BTreeMap<String, Vec<String>> {
    let sql = db.sql(
        "select m.name, p.name from sqlite_master m join pragma_table_info(m.name) p where m.type = 'table' and m.name not like 'sqlite_%' order by m.name, p.cid",
        "select table_name::text, column_name::text from information_schema.columns where table_schema = current_schema() order by table_name, ordinal_position",
    );
    let rows: Vec<(String, String)> = read!(db, |c| sqlx::query_as(sql).fetch_all(c).await.unwrap());
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column) in rows {
        tables.entry(table).or_default().push(column);
    }
    tables
}

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    let lite = temp_database(Engine::Sqlite).await.unwrap();
    let lite = columns(&lite.open("app", BOTH).await).await;
    assert!(lite.contains_key("node_inbox") && lite["app_one"] == ["id", "more"]);
    let Some(postgres) = temp_database(Engine::Postgres).await else { return };
    assert_eq!(lite, columns(&postgres.open("app", BOTH).await).await);
}

node::both_engines! {
    async fn migrations_run_once_and_the_past_is_kept(db: TempDatabase) {
        let now = jiff::Timestamp::from_second(1_700_000_000).unwrap();
        let open = db.open("app", JUST_ONE).await;
        migrate(&open, "app", JUST_ONE, now).await.unwrap();
        migrate(&open, "app", BOTH, now).await.unwrap();
        assert_eq!(columns(&open).await["app_one"], ["id", "more"]);
        let older = migrate(&open, "app", JUST_ONE, now).await.unwrap_err();
        assert!(matches!(older, MigrationError::Newer { number: 2, .. }), "{older}");
        let changed = migrate(&open, "app", REWRITTEN, now).await.unwrap_err();
        assert!(matches!(changed, MigrationError::Changed { name: "0001_one", .. }), "{changed}");
    }
}

node::both_engines! {
    async fn two_apps_never_share_a_database(db: TempDatabase) {
        let open = async |name| {
            let config = node::testing::node_config(name, &node::testing::listener(), "http://127.0.0.1:1", &db);
            Node::open(config, Role::Seller, name, Surroundings::system(), Migrations::NONE).await
        };
        open("seller").await.unwrap();
        open("seller").await.unwrap();
        let refused = open("buyer").await.unwrap_err().to_string();
        assert!(refused.contains("belongs to `seller`") && refused.contains("`buyer`"), "{refused}");
    }
}

#[tokio::test]
async fn an_unknown_scheme_is_an_error_without_the_password() {
    let told = Database::open("mysql://user:secret@host/db", 1).await.unwrap_err().to_string();
    assert!(told.contains("unknown scheme") && !told.contains("secret"), "{told}");
}
