use std::sync::Arc;
use async_trait::async_trait;
use ::node::{*, config, outbox::Outgoing};
use ::node::onboarding::*;
use protocol::participant::Role;
use protocol::registry_client::Filter;
use specs::Action;
struct H(Arc<Node>);
#[async_trait]
impl MessageHandler for H {
    fn actions(&self) -> &'static [Action] { &[Action::Search] }
    async fn handle(&self, m: &Accepted) -> Result<(), HandlerError> {
        let all = self.0.registry.participants(&Filter::discovery(&m.context.country, &m.context.domain, Role::Seller)).await.map_err(HandlerError::failed)?;
        let mut tx = self.0.db.begin().await?;
        for p in all {
            self.0.outbox.enqueue(&mut tx, Outgoing { to: p.subscriber_id.clone(), to_role: Role::Seller, context: m.context.clone(), bytes: m.bytes.clone(), forwarded_authorization: Some(m.authorization.clone()), not_before: None, give_up_at: None }).await?;
        }
        m.finish(&mut tx).await?; tx.commit().await?; Ok(())
    }
}
pub async fn start(config: config::NodeConfig, l: std::net::TcpListener, s: Surroundings) -> anyhow::Result<Running> {
    let node = Node::open(config, Role::Gateway, "gateway", s, Migrations { sqlite: &[], postgres: &[] }).await?;
    let r = serve(node.clone(), l, Arc::new(H(node.clone())), |_| {}).await?;
    ::node::onboarding::subscribe(&node, &[NetworkEntry { domain: "ONDC:RET10".into(), kind: Kind::Gateway, cities: vec!["*".into()] }]).await?;
    Ok(r)
}
