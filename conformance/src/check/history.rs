//! Messages against those before them.

pub(crate) mod basket;
pub(crate) mod cancel;
pub(crate) mod context;
pub(crate) mod fulfilment;
pub(crate) mod payment;
pub(crate) mod quote;
pub(crate) mod quote_trail;
pub(crate) mod record;
pub(crate) mod returns;
pub(crate) mod rto;
pub(crate) mod state;
pub(crate) mod terms;
