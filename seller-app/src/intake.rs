//! The second channel: orders that retailers and sales people send to the brand's own API. They are routed over all partners,
//! may be divided, and from then on are orders like any other: same stock, same capacity, same desk.

pub mod form;
pub mod placing;
pub mod request;

pub use form::{Customer, FormError, OrderForm, OrderLine, Place};
pub use placing::IntakeError;
pub use request::{Parcel, ParcelState, Request, RequestState};
