//! A seller node's rooms on a database of their own: SQLite as the node opens it (FULL, WAL), or PostgreSQL.

use std::sync::Arc;

use node::Surroundings;
use seller_app::SellerConfig;
use seller_app::app::SellerApp;
use tempfile::TempDir;

use crate::postgres::Schema;

/// Nothing listens and no worker runs.
pub struct Stage {
    pub app: Arc<SellerApp>,
    schema: Option<Schema>,
    _folder: TempDir,
}

impl Stage {
    pub async fn sqlite() -> anyhow::Result<Self> {
        Self::open(None).await
    }

    /// `None`, after a line that says so, without TEST_POSTGRES_URL.
    pub async fn postgres() -> anyhow::Result<Option<Self>> {
        match Schema::create().await? {
            Some(schema) => Ok(Some(Self::open(Some(schema)).await?)),
            None => Ok(None),
        }
    }

    async fn open(schema: Option<Schema>) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let mut config = config(&folder)?;
        if let Some(schema) = &schema {
            config.node.database_url.clone_from(&schema.url);
        }
        let app = seller_app::open(config, Surroundings::system()).await?;
        Ok(Self { app, schema, _folder: folder })
    }

    pub async fn close(self) -> anyhow::Result<()> {
        self.app.node.db.close().await;
        match self.schema {
            Some(schema) => schema.remove().await,
            None => Ok(()),
        }
    }
}

/// The defaults, with everything in this folder.
pub fn config(folder: &TempDir) -> anyhow::Result<SellerConfig> {
    let mut config = SellerConfig::defaults()?;
    config.node.data_dir = folder.path().to_owned();
    config.node.database_url = format!("sqlite:{}", folder.path().join("seller.db").display());
    config.node.keys_file = folder.path().join("keys.json");
    config.node.danger_allow_private_addresses = true;
    config.subscribe_at_start = false;
    Ok(config)
}
