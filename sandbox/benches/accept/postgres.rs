//! A schema of its own on the server named by TEST_POSTGRES_URL.

use protocol::randomness::{OsRandomness, Randomness};
use sqlx::{AssertSqlSafe, PgPool};

pub struct Schema {
    /// With the schema as search path.
    pub url: String,
    pool: PgPool,
    name: String,
}

impl Schema {
    /// `None`, after a line that says so, when there is no server to use.
    pub async fn create() -> anyhow::Result<Option<Self>> {
        let Ok(base) = std::env::var("TEST_POSTGRES_URL") else {
            println!("SKIPPED: TEST_POSTGRES_URL is not set, so nothing is measured on PostgreSQL");
            return Ok(None);
        };
        let name = format!("accept_{}", OsRandomness.uuid_v4().simple());
        let pool = PgPool::connect(&base).await?;
        sqlx::query(AssertSqlSafe(format!("create schema {name}"))).execute(&pool).await?;
        let join = if base.contains('?') { '&' } else { '?' };
        Ok(Some(Self { url: format!("{base}{join}options=-c%20search_path%3D{name}"), pool, name }))
    }

    pub async fn remove(self) -> anyhow::Result<()> {
        sqlx::query(AssertSqlSafe(format!("drop schema {} cascade", self.name))).execute(&self.pool).await?;
        self.pool.close().await;
        Ok(())
    }
}
