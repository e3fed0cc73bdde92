//! A running participant as a value: open it, serve it, stop it. No globals; several live in one process.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use protocol::address_guard::AddressGuard;
use protocol::clock::{Clock, SystemClock};
use protocol::http::{Http, HttpConfig, HttpSetupError};
use protocol::ids::{IdError, SubscriberId, UniqueKeyId};
use protocol::participant::Role;
use protocol::randomness::{OsRandomness, Randomness};
use protocol::registry_cache::{CacheLimits, RegistryCache};
use protocol::registry_client::RegistryClient;
use specs::Specs;

use crate::access::Sessions;
use crate::config::{ConfigError, NodeConfig};
use crate::database::{Database, DatabaseError};
use crate::inbox::Inbox;
use crate::key_store::{KeyStore, KeyStoreError};
use crate::ledger::Ledger;
use crate::metrics::Metrics;
use crate::migration::{MigrationError, Migrations, migrate, own};
use crate::onboarding::Onboarding;
use crate::outbox::Outbox;
use crate::workers::Workers;

/// Who we are on the network.
#[derive(Clone, Debug)]
pub struct Identity {
    pub subscriber_id: SubscriberId,
    pub unique_key_id: UniqueKeyId,
    /// Base of our network calls, without a trailing slash: what goes into `bap_uri` or `bpp_uri`.
    pub url: String,
}

/// Time and chance, handed in so that tests can set them; the law, so that nodes in one process can share it.
#[derive(Clone, Debug)]
pub struct Surroundings {
    pub clock: Arc<dyn Clock>,
    pub randomness: Arc<dyn Randomness>,
    /// The built-in law (it takes about 34 MiB); `None` loads it. A node with a `spec_folder` has its own.
    pub specs: Option<Specs>,
}

impl Surroundings {
    /// The clock of this machine, the randomness of its operating system, the law loaded by each node.
    pub fn system() -> Self {
        Self { clock: Arc::new(SystemClock), randomness: Arc::new(OsRandomness), specs: None }
    }
}

/// Why a node did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    Migration(#[from] MigrationError),
    #[error(transparent)]
    Keys(#[from] KeyStoreError),
    #[error("subscriber_id: {0}")]
    Id(#[from] IdError),
    #[error("spec_folder: {0}")]
    Specs(#[from] specs::LoadError),
    #[error(transparent)]
    Http(#[from] HttpSetupError),
    #[error("cannot make the data folder {path}: {source}")]
    Folder { path: PathBuf, source: std::io::Error },
    #[error("cannot listen on {address}: {source}")]
    Listen { address: String, source: std::io::Error },
    #[error("cannot start a thread: {0}")]
    Thread(std::io::Error),
    /// An app's own reason.
    #[error("{what}: {source}")]
    App { what: &'static str, source: Box<dyn std::error::Error + Send + Sync> },
}

impl StartError {
    /// Wraps an app's own error: `StartError::app("seed", error)`.
    pub fn app(what: &'static str, error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::App { what, source: Box::new(error) }
    }
}

/// What every participant has, opened and ready.
#[derive(Debug)]
pub struct Node {
    /// Short name of the app: `seller`, `gateway`…
    pub name: &'static str,
    pub config: NodeConfig,
    pub role: Role,
    pub identity: Identity,
    pub clock: Arc<dyn Clock>,
    pub randomness: Arc<dyn Randomness>,
    pub specs: Specs,
    pub db: Database,
    pub keys: Arc<KeyStore>,
    pub http: Http,
    pub registry: Arc<RegistryCache>,
    pub registry_client: RegistryClient,
    pub inbox: Inbox,
    pub outbox: Outbox,
    pub ledger: Ledger,
    pub metrics: Arc<Metrics>,
    pub workers: Workers,
    pub started_at: Timestamp,
    pub(crate) onboarding: Onboarding,
    pub(crate) sessions: Sessions,
}

pub(crate) const OWN_MIGRATIONS: Migrations = crate::migrations!("0001_node");

impl Node {
    /// Opens database, keys and clients; nothing runs and nothing listens yet. `name` also names the database file and the
    /// area of the app's migrations, which run after the node's own.
    pub async fn open(
        config: NodeConfig,
        role: Role,
        name: &'static str,
        surroundings: Surroundings,
        migrations: Migrations,
    ) -> Result<Arc<Self>, StartError> {
        config.check()?;
        let Surroundings { clock, randomness, specs } = surroundings;
        let now = clock.now();
        std::fs::create_dir_all(&config.data_dir)
            .map_err(|source| StartError::Folder { path: config.data_dir.clone(), source })?;
        let specs = match (&config.spec_folder, specs) {
            (Some(folder), _) => Specs::load(folder)?,
            (None, Some(shared)) => shared,
            (None, None) => Specs::builtin()?,
        };
        let subscriber_id = SubscriberId::parse(config.subscriber_id.as_str())?;
        let keys =
            KeyStore::open_or_create(&config.keys_file(), subscriber_id.clone(), &config.unique_key_id, &*randomness)?;
        let keys = Arc::new(keys);
        let db = Database::open(&config.database_url(name), config.database_connections).await?;
        migrate(&db, "node", OWN_MIGRATIONS, now).await?;
        own(&db, name).await?;
        migrate(&db, name, migrations, now).await?;
        let http = Http::new(http_config(&config))?;
        let registry_client =
            RegistryClient::new(http.clone(), config.registry_url.clone(), Some(keys.signer()), clock.clone());
        let registry = RegistryCache::new(Arc::new(registry_client.clone()), clock.clone(), CacheLimits::default());
        let metrics = Arc::new(Metrics::new());
        let token = randomness.uuid_v4().to_string();
        let ledger = Ledger::open(db.clone(), clock.clone(), subscriber_id.as_str());
        let ledger = ledger.await.map_err(|source| StartError::app("ledger", source))?;
        let inbox = Inbox::new(&config, db.clone(), clock.clone(), ledger.clone(), metrics.clone(), token.clone());
        let outbox = Outbox::new(&config, db.clone(), clock.clone(), randomness.clone(), token);
        let identity = Identity {
            subscriber_id,
            unique_key_id: keys.unique_key_id(),
            url: config.subscriber_url.trim_end_matches('/').to_owned(),
        };
        Ok(Arc::new(Self {
            name,
            role,
            identity,
            specs,
            db,
            keys,
            http,
            registry: Arc::new(registry),
            registry_client,
            inbox,
            outbox,
            ledger,
            workers: Workers::new(metrics.clone()),
            metrics,
            started_at: now,
            onboarding: Onboarding::default(),
            sessions: Sessions::new(randomness.clone()),
            clock,
            randomness,
            config,
        }))
    }

    /// A new id for a row of our own: sorts by time.
    pub fn new_id(&self) -> String {
        self.randomness.uuid_v7(self.clock.now()).to_string()
    }
}

fn http_config(config: &NodeConfig) -> HttpConfig {
    HttpConfig {
        connect_timeout: Duration::from_millis(config.connect_timeout_ms),
        timeout: Duration::from_millis(config.send_timeout_ms),
        response_bytes_max: config.response_bytes_max,
        address_guard: AddressGuard { allow_private: config.danger_allow_private_addresses },
    }
}
