//! The brand's partners over time: what they are and can do, where they deliver, how they do, what they earn.
//!
//! ```text
//!  invited → verifying → active ⇄ probation → suspended → drained → offboarded     life
//!                 │ checklist, test order          ▲
//!                 ▼                                │ a person confirms
//!            catalogue (service)      facts → scorecard → targets → proposal
//!                                     facts → statement (fee, costs, claims, payout)
//! ```
//!
//! Pure. The shell around it is `partner_work` (decides when) and `store/partner_*` (keeps it).

pub mod capability;
pub mod capacity;
pub mod checklist;
pub mod coverage;
pub mod facts;
pub mod kind;
pub mod life;
pub mod polygon;
pub mod proposal;
pub mod scorecard;
pub mod service;
pub mod statement;
pub mod targets;
pub mod terms;
pub mod test_order;

pub use capability::Capabilities;
pub use capacity::{Capacity, SlotCapacity, WorkTime};
pub use coverage::{Area, Coverage, PostalRange};
pub use kind::Kind;
pub use life::{Stage, Step};
pub use polygon::Polygon;
pub use service::Service;
pub use terms::Terms;
