//! The gateway as a value, and what it does with messages: screen, carry, write down.
//!
//! It reads the context and nothing else. The bytes and the buyer's `Authorization` travel on unchanged; the node adds
//! `X-Gateway-Authorization` when it sends.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use node::{Accepted, Delivery, HandlerError, Incoming, MessageHandler, Node, Outgoing, Sent, StartError, Tx};
use protocol::ack::{ErrorType, NetworkError};
use protocol::participant::Role;
use protocol::registry_client::Filter;
use specs::Action;

use crate::audience::{self, Audience};
use crate::city::CityCodes;
use crate::config::GatewayConfig;
use crate::counters::Counters;
use crate::quota::Quota;
use crate::store::{self, Ask, NewSearch, Outcome};
use crate::time_limit::give_up_at;

const SEARCH_ONLY: &[Action] = &[Action::Search];
const SEARCH_AND_ANSWER: &[Action] = &[Action::Search, Action::OnSearch];
/// The gateway's code for everything that is neither a signature nor a city.
const BAD_REQUEST: &str = "10000";

/// What every message needs.
#[derive(Debug)]
pub struct Gateway {
    pub node: Arc<Node>,
    pub config: GatewayConfig,
    cities: CityCodes,
    quota: Quota,
    counters: Counters,
    /// Of a search that does not say.
    default_ttl: Duration,
}

impl Gateway {
    /// A gateway on an opened node.
    ///
    /// # Errors
    /// The network's `city_pattern` is no regular expression.
    pub fn new(node: Arc<Node>, config: GatewayConfig) -> Result<Self, StartError> {
        let policy = node.specs.network();
        Ok(Self {
            cities: CityCodes::of(policy).map_err(|error| StartError::app("city_pattern in network.yaml", *error))?,
            quota: Quota::per_minute(config.searches_per_minute),
            counters: Counters::new(&node.metrics),
            default_ttl: Duration::from_millis(u64::try_from(policy.ttl_ms).unwrap_or(0)),
            config,
            node,
        })
    }

    async fn carry_search(&self, message: &Accepted) -> Result<(), HandlerError> {
        let context = &message.context;
        let now = self.node.clock.now();
        let give_up_at = give_up_at(context, &message.authorization, self.config.ttl_times, self.default_ttl);
        let filter = Filter::discovery(&context.country, &context.domain, Role::Seller);
        let audience = if now > give_up_at {
            tracing::warn!(message_id = %context.message_id, "a search was not carried in its time");
            Audience::default()
        } else {
            let sellers = self.node.registry.participants(&filter).await.map_err(HandlerError::failed)?;
            audience::choose(context, &sellers, now, self.config.audience_max)
        };
        let outgoing = audience.asked.iter().map(|seller| Outgoing {
            to: seller.clone(),
            to_role: Role::Seller,
            context: context.clone(),
            bytes: message.bytes.clone(), // one body, however many sellers
            forwarded_authorization: Some(message.authorization.clone()),
            not_before: None,
            give_up_at: Some(give_up_at),
        });
        let search = NewSearch {
            id: &message.id,
            received_ms: message.received_at.as_millisecond(),
            context,
            give_up_ms: give_up_at.as_millisecond(),
            asked: audience.asked.len(),
            left_out: &audience.left_out,
        };
        let outgoing: Vec<Outgoing> = outgoing.collect();
        let mut tx = self.node.db.begin().await?;
        store::add_search(&mut tx, &search).await?;
        let ids = self.node.outbox.enqueue_all(&mut tx, outgoing).await?;
        let asks = ids.iter().zip(&audience.asked);
        let asks: Vec<Ask<'_>> = asks.map(|(id, seller)| Ask { outbox_id: id, seller: seller.as_str() }).collect();
        store::add_asks(&mut tx, &message.id, &asks, now.as_millisecond()).await?;
        message.finish(&mut tx).await?;
        tx.commit().await?;
        self.counters.carried(&audience);
        Ok(())
    }

    /// Back to the buyer, in networks whose version says so.
    async fn carry_answer(&self, message: &Accepted) -> Result<(), HandlerError> {
        let context = &message.context;
        let give_up_at = give_up_at(context, &message.authorization, self.config.ttl_times, self.default_ttl);
        let outgoing = Outgoing {
            to: context.bap_id.clone(),
            to_role: Role::Buyer,
            context: context.clone(),
            bytes: message.bytes.clone(),
            forwarded_authorization: Some(message.authorization.clone()),
            not_before: None,
            give_up_at: Some(give_up_at),
        };
        let mut tx = self.node.db.begin().await?;
        self.node.outbox.enqueue(&mut tx, outgoing).await?;
        store::count_relayed(&mut tx, context.transaction_id.as_str(), context.bap_id.as_str()).await?;
        message.finish(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    fn screen_search(&self, incoming: &Incoming<'_>) -> Result<(), NetworkError> {
        let context = incoming.context;
        self.cities.check(&context.city)?;
        if self.quota.allows(&context.bap_id) {
            return Ok(());
        }
        self.counters.over_quota();
        let text = format!("more than {} searches in a minute: search less often", self.config.searches_per_minute);
        Err(NetworkError::new(ErrorType::Policy, BAD_REQUEST, text))
    }

    /// Nobody may send catalogues to a buyer that has not asked for them.
    async fn screen_answer(&self, incoming: &Incoming<'_>) -> Result<(), NetworkError> {
        let context = incoming.context;
        let seller = incoming.sender.subscriber_id.as_str();
        let asked =
            store::was_asked(&self.node.db, context.transaction_id.as_str(), context.bap_id.as_str(), seller).await;
        match asked {
            Ok(true) => Ok(()),
            Ok(false) => {
                let text = "no search of this transaction was carried to this seller";
                Err(NetworkError::new(ErrorType::Context, BAD_REQUEST, text).at("context.transaction_id"))
            }
            Err(error) => {
                tracing::error!(%error, "the searches cannot be read");
                Err(NetworkError::new(ErrorType::Core, BAD_REQUEST, "the gateway cannot read its records: try again"))
            }
        }
    }
}

#[async_trait]
impl MessageHandler for Gateway {
    fn actions(&self) -> &'static [Action] {
        if self.config.relay_on_search { SEARCH_AND_ANSWER } else { SEARCH_ONLY }
    }

    async fn screen(&self, incoming: &Incoming<'_>) -> Result<(), NetworkError> {
        match incoming.context.action {
            Action::OnSearch => self.screen_answer(incoming).await,
            _ => self.screen_search(incoming), // `actions` lets nothing else in
        }
    }

    async fn handle(&self, message: &Accepted) -> Result<(), HandlerError> {
        match message.context.action {
            Action::OnSearch => self.carry_answer(message).await,
            _ => self.carry_search(message).await,
        }
    }

    async fn delivered_all(&self, tx: &mut Tx, all: &[(Sent, Delivery)]) -> Result<(), HandlerError> {
        let outcomes: Vec<Outcome<'_>> = all.iter().map(outcome).collect();
        store::close_asks(tx, &outcomes, self.node.clock.now().as_millisecond()).await?;
        Ok(())
    }
}

fn outcome((sent, delivery): &(Sent, Delivery)) -> Outcome<'_> {
    let (state, detail) = match delivery {
        Delivery::Acked => ("acked", None),
        Delivery::Nacked(error) => ("refused", Some(error.to_string())),
        Delivery::GaveUp(why) => ("dead", Some(why.clone())),
    };
    let detail = detail.map(|text| text.replace('\0', "")); // PostgreSQL keeps no NUL in a text
    Outcome { outbox_id: &sent.outbox_id, state, detail, attempts: sent.attempts }
}
