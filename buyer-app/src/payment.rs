//! Taking money and giving it back, behind one trait, so that a real provider is one more file. The fake one keeps its
//! checkouts in our own table and can be ordered to fail.

use std::fmt::Debug;

use async_trait::async_trait;

use crate::money::Money;

pub mod fake;

/// A payment provider with a hosted checkout: card data never reaches this node.
#[async_trait]
pub trait Collector: Send + Sync + Debug {
    /// Where the shopper pays; a path of ours for the fake, another site for a real provider.
    fn checkout_url(&self, payment_id: &str) -> String;

    /// Pays back. The same `refund_id` must never pay twice. Returns the provider's reference.
    async fn refund(&self, refund_id: &str, payment_id: &str, amount: Money) -> Result<String, CollectError>;
}

/// The provider refused or did not answer; the refund is tried again.
#[derive(Debug, thiserror::Error)]
pub enum CollectError {
    #[error("the payment provider refused: {0}")]
    Refused(String),
}
