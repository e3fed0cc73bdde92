//! The law that decisions follow: read from the specification's data, never compared by version number.

use std::collections::BTreeMap;

use specs::{Book, Code, NetworkPolicy};

/// Rules of one domain in one version.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    pub currency: String,
    /// ISO 3166 alpha-3.
    pub country: String,
    /// How far another participant's clock may be from ours, in milliseconds.
    pub clock_skew_ms_max: i64,
    pub version: VersionRules,
    /// Cancellation reasons by id.
    pub cancellation_reasons: BTreeMap<String, Reason>,
    /// Ids of reasons for a return.
    pub return_reasons: Vec<String>,
    /// Ids of reasons to refuse a return.
    pub return_rejection_reasons: Vec<String>,
    /// Which fulfilment state may follow which; empty means the program's own table alone decides.
    pub transitions: BTreeMap<String, Vec<String>>,
}

/// One cancellation reason: who may use it, and for what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reason {
    pub buyer: bool,
    pub seller: bool,
    /// Goods that left the store turn back.
    pub rto: bool,
    /// Some items may be cancelled, not only the whole order.
    pub part: bool,
}

/// What differs between versions of the retail specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionRules {
    /// Providers and items of a full catalogue must carry `rating`; blank means not rated yet.
    pub rating: bool,
    /// Accepted deliveries carry the tag `routing`.
    pub routing_tag: bool,
    /// Reason id for a promise that was not kept.
    pub late_reason: &'static str,
    /// Reason ids when a confirmation got lost: the buyer app's, the seller's.
    pub lost_confirmation: (&'static str, &'static str),
}

impl VersionRules {
    pub const V1_2_0: VersionRules =
        VersionRules { rating: false, routing_tag: false, late_reason: "006", lost_confirmation: ("999", "998") };

    pub const V1_2_5: VersionRules =
        VersionRules { rating: true, routing_tag: true, late_reason: "052", ..VersionRules::V1_2_0 };

    /// The values of a version; the newest for one that is not known yet.
    pub fn of(core_version: &str) -> VersionRules {
        const KNOWN: [(&str, VersionRules); 2] = [("1.2.0", VersionRules::V1_2_0), ("1.2.5", VersionRules::V1_2_5)];
        KNOWN.iter().find(|(version, _)| *version == core_version).map_or(VersionRules::V1_2_5, |(_, rules)| *rules)
    }
}

impl Rules {
    /// Rules of a book of the specification.
    pub fn from_book(book: &Book, network: &NetworkPolicy) -> Rules {
        let ids = |list: &str| -> Vec<String> {
            book.codes(list).map(|codes| codes.iter().map(|code| code.code.clone()).collect()).unwrap_or_default()
        };
        let reasons = book.codes("cancellation_reason");
        Rules {
            currency: network.currency.clone(),
            country: network.country.clone(),
            clock_skew_ms_max: network.clock_skew_ms_max,
            version: VersionRules::of(book.version()),
            cancellation_reasons: reasons
                .map(|codes| codes.iter().map(|code| (code.code.clone(), Reason::of(code))).collect())
                .unwrap_or_default(),
            return_reasons: ids("return_reason"),
            return_rejection_reasons: ids("return_rejection_reason"),
            transitions: book.transitions().iter().map(|(from, to)| (from.to_owned(), to.to_vec())).collect(),
        }
    }

    /// True when the law lets a fulfilment go from one state to another.
    pub fn allows(&self, from: &str, to: &str) -> bool {
        self.transitions.is_empty()
            || self.transitions.get(from).is_some_and(|next| next.iter().any(|state| state == to))
    }
}

impl Reason {
    fn of(code: &Code) -> Reason {
        let users = code.texts("used_by");
        Reason {
            buyer: users.contains(&"buyer"),
            seller: users.contains(&"seller"),
            rto: code.flag("rto"),
            part: code.flag("part"),
        }
    }
}
