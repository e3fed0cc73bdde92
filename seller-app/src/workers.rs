//! Background work: holds that ran out, pushes to subscribers, joining the network, forgetting what is old.

use std::sync::Arc;

use crate::app::SellerApp;

mod carriers;
mod catalogue_push;
mod forgetting;
mod hold_expiry;
mod intake;
mod joining;
mod partner_upkeep;
mod routing_decisions;
mod stock_ageing;
mod watching;
mod webhooks;

pub use carriers::tell_carriers;
pub use catalogue_push::push;
pub use hold_expiry::sweep;
pub use partner_upkeep::round as partner_round;
pub use stock_ageing::round as ageing_round;
pub use watching::watch;
pub use webhooks::deliver;

/// Starts all workers of a serving node.
pub fn start(app: &Arc<SellerApp>) {
    hold_expiry::start(app);
    catalogue_push::start(app);
    routing_decisions::start(app);
    forgetting::start(app);
    stock_ageing::start(app);
    partner_upkeep::start(app);
    watching::start(app);
    carriers::start(app);
    intake::start(app);
    webhooks::start(app);
    if app.config.subscribe_at_start {
        joining::start(app);
    }
}
