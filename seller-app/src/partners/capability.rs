//! What a partner is equipped for.

use serde::{Deserialize, Serialize};

/// Capability flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Capabilities {
    /// Brings goods to the door with its own riders.
    pub delivers: bool,
    pub packs: bool,
    /// Keeps goods cold; without it the categories that need it are not published.
    pub cold_chain: bool,
    /// A counter at which buyers collect.
    pub pickup_counter: bool,
    /// Takes cash at the door.
    pub cod: bool,
    /// Hands goods to a rider whom the buyer sends.
    pub buyer_delivery: bool,
}

impl Default for Capabilities {
    fn default() -> Self {
        Capabilities {
            delivers: true,
            packs: true,
            cold_chain: false,
            pickup_counter: false,
            cod: true,
            buyer_delivery: false,
        }
    }
}

impl Capabilities {
    /// Nothing at all: what a list of words begins with.
    pub const NONE: Capabilities = Capabilities {
        delivers: false,
        packs: false,
        cold_chain: false,
        pickup_counter: false,
        cod: false,
        buyer_delivery: false,
    };

    /// The words in tables and in the API.
    pub const WORDS: [&'static str; 6] = ["delivers", "packs", "cold-chain", "pickup-counter", "cod", "buyer-delivery"];

    /// Sets what a word names. `false` for a word that nobody knows.
    pub fn set(&mut self, word: &str, value: bool) -> bool {
        let flag = match word {
            "delivers" => &mut self.delivers,
            "packs" => &mut self.packs,
            "cold-chain" => &mut self.cold_chain,
            "pickup-counter" => &mut self.pickup_counter,
            "cod" => &mut self.cod,
            "buyer-delivery" => &mut self.buyer_delivery,
            _ => return false,
        };
        *flag = value;
        true
    }

    /// The words of what it can do.
    pub fn words(&self) -> Vec<&'static str> {
        let flags = [self.delivers, self.packs, self.cold_chain, self.pickup_counter, self.cod, self.buyer_delivery];
        Self::WORDS.into_iter().zip(flags).filter(|(_, on)| *on).map(|(word, _)| word).collect()
    }

    /// Some way in which goods reach a buyer.
    pub fn reaches_buyers(&self) -> bool {
        self.delivers || self.pickup_counter || self.buyer_delivery
    }
}
