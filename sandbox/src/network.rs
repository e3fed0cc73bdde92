//! The four programs in this process: real sockets, real keys, real databases, ports of their own.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use node::config::DEFAULTS;
use node::{Node, Surroundings};
use protocol::registry_client::KeySource;
use serde::de::DeserializeOwned;

use crate::members::{Addresses, Member, Ports, Storage, settings};
use crate::seed::Seeds;

/// Longest time until a member is listed.
const JOINED_WITHIN: Duration = Duration::from_secs(20);

/// What to start; see [`Network::builder`].
#[derive(Debug)]
pub struct Builder {
    folder: PathBuf,
    storage: Storage,
    core_version: String,
    first_port: Option<u16>,
    seeds: Option<Seeds>,
    surroundings: Surroundings,
    extra: Vec<(Member, String, String)>,
}

impl Builder {
    /// Where the members keep their data.
    pub fn storage(self, storage: Storage) -> Self {
        Self { storage, ..self }
    }

    /// The version of the retail specification that the members speak.
    pub fn core_version(self, core_version: &str) -> Self {
        Self { core_version: core_version.to_owned(), ..self }
    }

    /// Ports from this one on, when they are free.
    pub fn first_port(self, port: u16) -> Self {
        Self { first_port: Some(port), ..self }
    }

    /// The brand's partners, items and stock.
    pub fn seeds(self, seeds: Seeds) -> Self {
        Self { seeds: Some(seeds), ..self }
    }

    /// Clock and randomness of all members.
    pub fn surroundings(self, surroundings: Surroundings) -> Self {
        Self { surroundings, ..self }
    }

    /// One more setting of one member.
    pub fn set(mut self, member: Member, key: &str, value: &str) -> Self {
        self.extra.push((member, key.to_owned(), value.to_owned()));
        self
    }

    /// Starts everything: the registry first, because the others ask it for their place.
    pub async fn start(mut self) -> anyhow::Result<Network> {
        if self.surroundings.specs.is_none() {
            self.surroundings.specs = Some(specs::Specs::builtin()?);
        }
        let mut ports = match self.first_port {
            Some(port) => Ports::starting_at(port)?,
            None => Ports::any()?,
        };
        let at = ports.addresses()?;
        self.storage.prepare().await?;
        let registry = registry::start(
            self.config(Member::Registry, &at, "", registry::config::DEFAULTS)?,
            ports.take(Member::Registry),
            self.surroundings.clone(),
        )
        .await
        .context("the registry does not start")?;
        let key = registry.registry.node.keys.active().encryption.public_text();
        let gateway = gateway::start(
            self.config(Member::Gateway, &at, &key, gateway::config::DEFAULTS)?,
            ports.take(Member::Gateway),
            self.surroundings.clone(),
        )
        .await
        .context("the gateway does not start")?;
        // Whoever asks for a gateway before there is one remembers that for a while.
        joined(Member::Gateway, &gateway.gateway.node).await?;
        let seller = seller_app::start(
            self.config(Member::Seller, &at, &key, seller_app::config::DEFAULTS)?,
            ports.take(Member::Seller),
            self.surroundings.clone(),
        )
        .await
        .context("the seller node does not start")?;
        if let Some(seeds) = &self.seeds {
            seeds.plant(&seller.app).await.context("the seeds cannot be imported")?;
        }
        let buyer = buyer_app::start(
            self.config(Member::Buyer, &at, &key, buyer_app::config::DEFAULTS)?,
            ports.take(Member::Buyer),
            self.surroundings.clone(),
        )
        .await
        .context("the buyer node does not start")?;
        let network = Network { at, folder: self.folder, registry, gateway, seller, buyer };
        for member in [Member::Seller, Member::Buyer] {
            joined(member, &network.node(member)).await?;
        }
        Ok(network)
    }

    fn config<T: DeserializeOwned>(&self, member: Member, at: &Addresses, key: &str, own: &str) -> anyhow::Result<T> {
        let mut all = settings(member, at, &self.folder, &self.storage.url(member), key, &self.core_version);
        all.extend(
            self.extra.iter().filter(|(who, ..)| *who == member).map(|(_, key, value)| (key.clone(), value.clone())),
        );
        node::config::load(&[DEFAULTS, own], None, "", &all)
            .with_context(|| format!("settings of the {}", member.name()))
    }
}

/// The running network.
#[derive(Debug)]
pub struct Network {
    pub at: Addresses,
    pub folder: PathBuf,
    pub registry: registry::RegistryRunning,
    pub gateway: gateway::GatewayRunning,
    pub seller: seller_app::SellerRunning,
    pub buyer: buyer_app::BuyerRunning,
}

impl Network {
    /// A network that keeps its data in `folder`: SQLite, the newest version, any ports, no goods yet.
    pub fn builder(folder: &Path) -> Builder {
        Builder {
            folder: folder.to_owned(),
            storage: Storage::Sqlite,
            core_version: "1.2.5".to_owned(),
            first_port: None,
            seeds: None,
            surroundings: Surroundings::system(),
            extra: Vec::new(),
        }
    }

    /// The node inside a member.
    pub fn node(&self, member: Member) -> Arc<Node> {
        match member {
            Member::Registry => self.registry.registry.node.clone(),
            Member::Gateway => self.gateway.gateway.node.clone(),
            Member::Seller => self.seller.app.node.clone(),
            Member::Buyer => self.buyer.buyer.node.clone(),
        }
    }

    /// Stops all members; those who still talk first.
    pub async fn stop(self) {
        self.buyer.stop().await;
        self.seller.stop().await;
        self.gateway.stop().await;
        self.registry.stop().await;
    }
}

/// Waits until the registry lists a member.
async fn joined(member: Member, node: &Node) -> anyhow::Result<()> {
    let until = Instant::now() + JOINED_WITHIN;
    let (id, key) = (&node.identity.subscriber_id, &node.identity.unique_key_id);
    while node.registry_client.lookup_key(id, key).await.map_or(true, |found| found.is_empty()) {
        if Instant::now() > until {
            bail!("the registry does not list the {} after {JOINED_WITHIN:?}", member.name());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}
