//! The seller node as a value: what every room of the shell needs.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, TimestampRound, Unit};
use node::{Node, StartError};

use crate::carriers::{self, Carrier};
use crate::catalogue::Seller;
use crate::config::SellerConfig;
use crate::languages::Languages;
use crate::order::Rules;
use crate::routing::Policy;
use crate::store::stamp::Stamp;

const HASHED_AT_A_TIME: usize = 2;

/// Shared by the network handler, the workers, the API and the console. Holds no state of its own: that is in the database.
#[derive(Debug)]
pub struct SellerApp {
    pub node: Arc<Node>,
    pub config: SellerConfig,
    pub seller: Seller,
    /// Who carries parcels.
    pub carrier: Arc<dyn Carrier>,
    /// The routing policy of the settings; it decides until another one is published.
    pub routing_policy: Policy,
    /// What the pages say, by language.
    pub languages: Languages,
    /// How many passwords are hashed at a time: each takes 19 MiB.
    pub hashing: tokio::sync::Semaphore,
    /// By domain and version.
    rules: BTreeMap<(String, String), Rules>,
}

/// A domain or version that this node has no law for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no specification of {domain} {version}: put it into spec_folder, or leave it out of domains and core_versions"
)]
pub struct UnknownBook {
    pub domain: String,
    pub version: String,
}

impl SellerApp {
    /// # Errors
    /// When a configured domain has no law in any configured version.
    pub fn new(node: Arc<Node>, config: SellerConfig) -> Result<Self, StartError> {
        let mut rules = BTreeMap::new();
        for book in node.specs.books() {
            let key = (book.domain().to_owned(), book.version().to_owned());
            rules.insert(key, Rules::from_book(book, node.specs.network()));
        }
        for domain in &config.node.domains {
            let versions = &config.node.core_versions;
            if !versions.iter().any(|version| rules.contains_key(&(domain.clone(), version.clone()))) {
                let missing = UnknownBook { domain: domain.clone(), version: versions.join(", ") };
                return Err(StartError::app("domains", missing));
            }
        }
        let carrier = carriers::of(&config.carrier).map_err(|error| StartError::app("carrier", error))?;
        let routing_policy = config.routing_policy().map_err(|error| StartError::app("routing_policy", error))?;
        let languages = Languages::embedded().map_err(|error| StartError::app("languages", error))?;
        let hashing = tokio::sync::Semaphore::new(HASHED_AT_A_TIME);
        Ok(Self { seller: config.seller(), node, config, carrier, routing_policy, languages, hashing, rules })
    }

    /// The law of a domain in a version.
    ///
    /// # Errors
    /// When there is none.
    pub fn rules(&self, domain: &str, version: &str) -> Result<&Rules, UnknownBook> {
        let key = (domain.to_owned(), version.to_owned());
        self.rules.get(&key).ok_or(UnknownBook { domain: key.0, version: key.1 })
    }

    /// Now, in whole milliseconds as the wire has them.
    pub fn now(&self) -> Timestamp {
        whole_ms(self.node.clock.now())
    }

    /// A unit of work that happens now.
    pub fn stamp(&self) -> Stamp<'_> {
        Stamp::new(self.now(), &*self.node.randomness).by(&self.config.inventory)
    }

    /// What the network pays in, ISO 4217.
    pub fn currency(&self) -> &str {
        &self.node.specs.network().currency
    }

    /// Whether an item may be sold in this category, by the code lists of the configured domains.
    pub fn category_known(&self, category: &str) -> bool {
        self.categories().any(|known| known == category)
    }

    /// The categories of the configured domains; a category of two versions comes twice.
    pub fn categories(&self) -> impl Iterator<Item = &str> {
        let mine = |domain: &str| self.config.node.domains.iter().any(|own| own == domain);
        let lists = self.node.specs.books().iter().filter(move |book| mine(book.domain()));
        lists.filter_map(|book| book.codes("category")).flat_map(|list| list.iter().map(|code| code.code.as_str()))
    }
}

/// The wire has milliseconds: what is stored must equal what was sent.
pub fn whole_ms(time: Timestamp) -> Timestamp {
    time.round(TimestampRound::new().smallest(Unit::Millisecond).mode(jiff::RoundMode::Trunc)).unwrap_or(time)
}

/// So many milliseconds later.
pub fn later_ms(time: Timestamp, ms: i64) -> Timestamp {
    time.checked_add(SignedDuration::from_millis(ms)).unwrap_or(time)
}
