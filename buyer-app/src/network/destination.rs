//! Whom a message goes to: the gateway of the domain for `search`, the seller for everything else.

use protocol::ids::SubscriberId;
use protocol::participant::Role;
use protocol::registry_client::Filter;

use super::outgoing::Peer;
use crate::asks::error::AskError;
use crate::buyer::Buyer;

/// The gateway that serves the domain. With several, the first by name: a search must not fan out twice.
pub async fn gateway(buyer: &Buyer, domain: &str) -> Result<Peer, AskError> {
    let network = buyer.node.specs.network();
    let filter = Filter::discovery(&network.country, domain, Role::Gateway);
    let found = buyer.node.registry.participants(&filter).await.map_err(|e| AskError::Registry(e.to_string()))?;
    let mut gateways: Vec<_> = found.into_iter().filter(|p| p.role == Role::Gateway).collect();
    gateways.sort_by(|a, b| a.subscriber_id.cmp(&b.subscriber_id));
    match gateways.into_iter().next() {
        Some(gateway) => Ok(Peer {
            id: gateway.subscriber_id.as_str().to_owned(),
            uri: gateway.subscriber_url.clone().unwrap_or_default(),
            role: Role::Gateway,
        }),
        None => Err(AskError::NoPeer { role: "gateway", domain: domain.to_owned() }),
    }
}

/// The seller, with the address that the registry holds.
pub async fn seller(buyer: &Buyer, domain: &str, bpp_id: &str) -> Result<Peer, AskError> {
    let id = SubscriberId::parse(bpp_id).map_err(|e| AskError::invalid("bpp_id", e.to_string()))?;
    let url = buyer.node.registry.url_of(&id, Role::Seller, domain).await;
    match url {
        Ok(uri) => Ok(Peer { id: bpp_id.to_owned(), uri, role: Role::Seller }),
        Err(error) => Err(AskError::Registry(format!("{bpp_id}: {error}"))),
    }
}

/// The seller of a checkout or an order, as known from its messages: no lookup needed, the outbox asks the registry
/// for the address when it sends.
pub fn known_seller(bpp_id: &str, bpp_uri: &str) -> Peer {
    Peer { id: bpp_id.to_owned(), uri: bpp_uri.to_owned(), role: Role::Seller }
}
