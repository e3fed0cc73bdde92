//! The running buyer node as a value: what every room of the shell is handed.

use std::sync::Arc;

use node::node::Node;
use node::workers::CancellationToken;

use crate::config::BuyerConfig;
use crate::network::correlation::Waiters;
use crate::order::decide::Rules;
use crate::payment::Collector;
use crate::words::Words;

/// Shared by the API, the shop, the message handler and the workers.
#[derive(Debug)]
pub struct Buyer {
    pub config: BuyerConfig,
    pub node: Arc<Node>,
    pub waiters: Waiters,
    pub collector: Arc<dyn Collector>,
    pub words: Words,
    /// Cancelled when the node begins to stop: event streams end.
    pub closing: CancellationToken,
}

impl Buyer {
    pub fn now_ms(&self) -> i64 {
        self.node.clock.now().as_millisecond()
    }

    /// A fresh id for a wire object, such as an order or a return.
    pub fn new_id(&self) -> String {
        self.node.randomness.uuid_v4().to_string()
    }

    /// Code lists of the book, as values for the order core. A list that the book does not have allows everything.
    pub fn rules(&self, domain: &str, core_version: &str) -> Rules {
        let book = self.node.specs.book(domain, core_version);
        let codes = |list: &str| book.and_then(|book| book.codes(list)).into_iter().flat_map(|list| list.iter());
        let cancel = codes("cancellation_reason").filter(|code| buyer_may_use(code));
        Rules {
            cancel_reasons: cancel.map(|code| code.code.clone()).collect(),
            return_reasons: codes("return_reason").map(|code| code.code.clone()).collect(),
        }
    }
}

/// A list that does not say who may use a code leaves it to everyone.
fn buyer_may_use(code: &specs::Code) -> bool {
    let users = code.texts("used_by");
    users.is_empty() || users.iter().any(|user| ["buyer", "BNP", "BAP", "bap"].contains(user))
}
