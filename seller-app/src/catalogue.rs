//! What is for sale and by whom: partners (the network's providers), items, and their publication.
//!
//! Pure: no clock, no database. `now` and stock flags are arguments.

pub mod address;
pub mod faults;
pub mod hours;
pub mod item;
pub mod partner;
pub mod period;
pub mod publish;
pub mod seller;
pub mod serviceability;
pub mod zone;

pub use address::{Address, Gps, GpsError};
pub use faults::Fault;
pub use hours::Hours;
pub use item::{Item, PackagedCommodity, PrepackagedFood};
pub use partner::{Partner, PartnerId};
pub use period::{Period, PeriodError};
pub use publish::{Change, Publication, Shop, full, incremental, parts};
pub use seller::{NpType, Seller, SettlementAccount, Storefront, TradeTerms};
pub use zone::{Listing, Reach, Zone};
