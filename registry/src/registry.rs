//! The registry as a value: its node, its settings, its reading side and its limits.

use std::sync::Arc;

use node::Node;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::admission::Policy;
use crate::config::RegistryConfig;
use crate::counters::Counters;
use crate::directory::Directory;
use crate::feed::Feed;
use crate::rate_limit::RateLimit;
use crate::store::chain::Sealer;

/// What every request of the registry needs.
#[derive(Debug)]
pub struct Registry {
    pub node: Arc<Node>,
    pub config: RegistryConfig,
    pub directory: Arc<Directory>,
    pub counters: Counters,
    /// Those who wait for the next change.
    pub(crate) feed: Feed,
    /// Places for applications that are being proved.
    pub(crate) proofs: Semaphore,
    /// Where work goes on when its caller has hung up. HTTP threads end before the node does; connections must not be bound to them.
    pub(crate) runtime: Handle,
    pub(crate) subscribe_limit: RateLimit,
    pub(crate) lookup_limit: RateLimit,
}

impl Registry {
    /// A registry on an opened node. Call it on the runtime that outlives the HTTP server.
    pub fn new(node: Arc<Node>, config: RegistryConfig) -> Self {
        Self {
            directory: Arc::new(Directory::new(node.db.clone(), node.clock.clone(), &config)),
            counters: Counters::new(&node.metrics),
            feed: Feed::new(config.feed_waiters_max),
            runtime: Handle::current(),
            proofs: Semaphore::new(config.subscribe_in_flight),
            subscribe_limit: RateLimit::per_minute(config.subscribe_per_minute),
            lookup_limit: RateLimit::per_minute(config.lookup_per_minute),
            config,
            node,
        }
    }

    /// Call it after the commit of every change: what is kept in memory is read anew, and whoever waits is told.
    pub fn changed(&self) {
        self.directory.changed();
        self.feed.changed();
    }

    pub(crate) fn sealer(&self) -> Sealer<'_> {
        Sealer { registry: &self.node.identity.subscriber_id, keys: &self.node.keys }
    }

    pub(crate) fn policy(&self) -> Policy {
        Policy { approve: self.config.approve, require_whitelist: self.config.require_whitelist }
    }
}
