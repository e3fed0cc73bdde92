//! Where an order comes from. Stock, routing and fulfilment are the same for all; who is told, and how, is not.

use super::{Order, Party};

/// The buyer app of orders from the B2B intake: a name that nobody can have (RFC 2606).
pub const B2B_BUYER: &str = "b2b-intake.invalid";
/// The buyer app of test orders.
pub const TEST_BUYER: &str = "test-order.invalid";

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// A buyer app, by signed messages.
    Network,
    /// Retailers and sales people, by the brand's own API.
    B2b,
    /// The trial of a new partner: no scorecard counts it, its goods go back on the shelf.
    Test,
}

impl Channel {
    /// By the subscriber id of the buyer app; the channels without one have reserved names.
    pub fn of(bap_id: &str) -> Channel {
        match bap_id {
            B2B_BUYER => Channel::B2b,
            TEST_BUYER => Channel::Test,
            _ => Channel::Network,
        }
    }

    /// As it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Channel::Network => "network",
            Channel::B2b => "b2b",
            Channel::Test => "test",
        }
    }

    /// Is there somebody to whom messages about the order go?
    pub fn has_buyer_app(self) -> bool {
        match self {
            Channel::Network => true,
            Channel::B2b | Channel::Test => false,
        }
    }

    /// The most pieces of an item in one order are a promise about consumers' orders.
    pub fn has_item_maximum(self) -> bool {
        match self {
            Channel::Network | Channel::Test => true,
            Channel::B2b => false,
        }
    }
}

impl Order {
    pub fn channel(&self) -> Channel {
        Channel::of(&self.bap_id)
    }

    /// True for a test order: it never touches the network.
    pub fn is_test(&self) -> bool {
        self.channel() == Channel::Test
    }
}

impl Party {
    pub fn channel(&self) -> Channel {
        Channel::of(&self.bap_id)
    }
}
