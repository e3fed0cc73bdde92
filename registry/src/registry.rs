//! The registry as a value: its node, its settings, its reading side and its limits.

use std::sync::Arc;

use node::Node;
use tokio::sync::Semaphore;

use crate::admission::Policy;
use crate::config::RegistryConfig;
use crate::counters::Counters;
use crate::directory::Directory;
use crate::rate_limit::RateLimit;

/// What every request of the registry needs.
#[derive(Debug)]
pub struct Registry {
    pub node: Arc<Node>,
    pub config: RegistryConfig,
    pub directory: Arc<Directory>,
    pub counters: Counters,
    /// Places for applications that are being proved.
    pub(crate) proofs: Semaphore,
    pub(crate) subscribe_limit: RateLimit,
    pub(crate) lookup_limit: RateLimit,
}

impl Registry {
    /// A registry on an opened node.
    pub fn new(node: Arc<Node>, config: RegistryConfig) -> Self {
        Self {
            directory: Arc::new(Directory::new(node.db.clone(), node.clock.clone(), &config)),
            counters: Counters::new(&node.metrics),
            proofs: Semaphore::new(config.subscribe_in_flight),
            subscribe_limit: RateLimit::per_minute(config.subscribe_per_minute),
            lookup_limit: RateLimit::per_minute(config.lookup_per_minute),
            config,
            node,
        }
    }

    pub(crate) fn policy(&self) -> Policy {
        Policy { approve: self.config.approve, require_whitelist: self.config.require_whitelist }
    }
}
