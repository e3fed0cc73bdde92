//! Returns: a buyer sends goods back, the seller approves, collects and gets them, or refuses, or lets the
//! buyer keep them (NETWORK-SPEC 10). What arrives is counted and graded; what it costs is borne by somebody.

pub mod bearer;
pub mod case;
pub mod eligibility;
pub mod grade;
pub mod policy;
pub mod receipt;
pub mod request;
pub mod settle;
pub mod state;

pub use bearer::{Bearer, Split};
pub use case::ReturnCase;
pub use grade::{Disposition, Grade, Grading};
pub use policy::ReturnPolicy;
pub use receipt::Receipt;
pub use request::ReturnRequest;
pub use state::{ReturnEvent, ReturnState};
