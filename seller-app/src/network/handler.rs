//! What this node does with the network's messages: refuse before the ACK what can be refused, do the rest after it.

use std::sync::Arc;

use async_trait::async_trait;
use node::Tx;
use node::handler::{Accepted, Delivery, HandlerError, Incoming, MessageHandler, Sent};
use protocol::ack::{ErrorType, NetworkError};
use specs::Action;

use crate::app::SellerApp;
use crate::network::translate::{Incoming as Meant, Incremental, Search};
use crate::network::{intake, reply};
use crate::order::Refusal;
use crate::processing::turned_down::turn_down;
use crate::processing::{self, Origin, WorkError};
use crate::publishing;
use crate::store::orders::OrderKey;
use crate::store::reservation::Cart;
use crate::store::{changes, events, finder_fees, orders, subscriptions};

/// The actions that a seller receives.
const ACTIONS: [Action; 10] = [
    Action::Search,
    Action::Select,
    Action::Init,
    Action::Confirm,
    Action::Status,
    Action::Track,
    Action::Cancel,
    Action::Update,
    Action::Rating,
    Action::Support,
];

#[derive(Clone, Debug)]
pub struct SellerHandler {
    app: Arc<SellerApp>,
}

impl SellerHandler {
    pub fn new(app: Arc<SellerApp>) -> Self {
        Self { app }
    }

    /// The whole catalogue, a part of it, what changed in a time, or the start or end of a subscription.
    async fn search(&self, message: &Accepted, search: &Search) -> Result<(), HandlerError> {
        let app = &*self.app;
        let answer = match search.incremental {
            None => {
                let snapshot = publishing::snapshot(app).await?;
                let rules =
                    app.rules(&message.context.domain, &message.context.core_version).map_err(HandlerError::failed)?;
                let publication = snapshot.publication(&app.seller, search);
                crate::catalogue::full(&publication, &message.context.city, rules, app.now())
            }
            Some(Incremental::Pull { start, end }) => {
                self.changed(message, start.as_millisecond(), end.as_millisecond()).await?
            }
            Some(Incremental::Start | Incremental::Stop) => None,
        };
        let stamp = app.stamp();
        let mut tx = app.node.db.begin().await?;
        finder_fees::save(&mut tx, message.context.bap_id.as_str(), &search.finder_fee, &stamp).await?;
        match search.incremental {
            Some(Incremental::Start) => subscriptions::start(&mut tx, &message.context, &stamp).await?,
            Some(Incremental::Stop) => subscriptions::stop(&mut tx, &message.context).await?,
            Some(Incremental::Pull { .. }) | None => {}
        }
        if let Some(catalogue) = answer {
            reply::enqueue(app, &mut tx, message, &catalogue).await?;
        }
        message.finish(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// `None` when nothing changed: then there is nothing to say.
    async fn changed(
        &self,
        message: &Accepted,
        from_ms: i64,
        to_ms: i64,
    ) -> Result<Option<serde_json::Value>, HandlerError> {
        let app = &*self.app;
        let noted = changes::between(&app.node.db, from_ms, to_ms).await?;
        if noted.is_empty() {
            return Ok(None);
        }
        let rules = app.rules(&message.context.domain, &message.context.core_version).map_err(HandlerError::failed)?;
        let snapshot = publishing::snapshot_of(app, &noted).await?;
        let told = snapshot.changes(&noted);
        Ok((!told.is_empty()).then(|| crate::catalogue::incremental(&app.seller, &told, rules, app.now())))
    }
}

#[async_trait]
impl MessageHandler for SellerHandler {
    fn actions(&self) -> &'static [Action] {
        &ACTIONS
    }

    async fn screen(&self, incoming: &Incoming<'_>) -> Result<(), NetworkError> {
        match intake::of_incoming(incoming).map_err(|refusal| refusal.network_error())? {
            Meant::Search(_) => Ok(()),
            Meant::Order { at, command } => {
                let previewed = processing::preview(&self.app, &at, &command, incoming.context).await;
                previewed.map_err(|error| network_error(&error))
            }
        }
    }

    async fn handle(&self, message: &Accepted) -> Result<(), HandlerError> {
        let meant = match intake::of_accepted(message) {
            Ok(meant) => meant,
            Err(refusal) => return turn_down(&self.app, message, None, &refusal).await,
        };
        match meant {
            Meant::Search(search) => self.search(message, &search).await,
            Meant::Order { at, command } => {
                match processing::work(&self.app, &at, &command, Origin::Network(message)).await {
                    Ok(_) => Ok(()),
                    Err(WorkError::Refused(refusal)) => {
                        turn_down(&self.app, message, Some((&at, &command)), &refusal).await
                    }
                    Err(other) => Err(other.into()),
                }
            }
        }
    }

    /// A buyer app that refuses one of our messages, or cannot be reached, is part of the order's story.
    async fn delivered(&self, tx: &mut Tx, sent: &Sent, delivery: &Delivery) -> Result<(), HandlerError> {
        let detail = match delivery {
            Delivery::Acked => return Ok(()),
            Delivery::Nacked(error) => format!("{} was refused by {}: {error}", sent.context.action.as_str(), sent.to),
            Delivery::GaveUp(why) => {
                format!("{} could not be delivered to {}: {why}", sent.context.action.as_str(), sent.to)
            }
        };
        let cart = Cart {
            bap_id: sent.context.bap_id.as_str().to_owned(),
            transaction_id: sent.context.transaction_id.as_str().to_owned(),
        };
        let Some(id) = orders::id_by_transaction(tx, &cart).await? else { return Ok(()) };
        let key = OrderKey { bap_id: cart.bap_id, id };
        let kind = if matches!(delivery, Delivery::Nacked(_)) { "refused-by-buyer" } else { "not-delivered" };
        let event =
            events::Event { actor: "system", kind, detail: &detail, message_id: sent.context.message_id.as_str() };
        events::add(tx, &key, &event, &self.app.stamp()).await?;
        Ok(())
    }
}

/// The NACK for a command that cannot be carried out.
fn network_error(error: &WorkError) -> NetworkError {
    match error {
        WorkError::Refused(refusal) => with_kind(refusal),
        WorkError::Book(unknown) => {
            NetworkError::new(ErrorType::Context, "30000", unknown.to_string()).at("context.domain")
        }
        WorkError::Busy => {
            NetworkError::new(ErrorType::Core, "31003", "another request of this order is being worked on")
        }
        WorkError::Stock(_) | WorkError::Database(_) | WorkError::Address(_) => {
            tracing::error!(%error, "a message could not be judged");
            NetworkError::new(ErrorType::Core, "31001", "the seller cannot answer now: try again")
        }
    }
}

/// Stale requests are a fault of the envelope, not of the domain.
fn with_kind(refusal: &Refusal) -> NetworkError {
    let mut error = refusal.network_error();
    if refusal.code == "30022" {
        error.kind = ErrorType::Context;
    }
    error
}
