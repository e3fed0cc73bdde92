//! The local API for marketplaces: JSON over HTTP, problem+json errors, bearer token. Every ask makes one network message:
//! 202 with the address of the request, or with `Prefer: wait=N` the answer itself.

use actix_web::web;
use utoipa::OpenApi;

mod actions;
mod call;
mod catalogue;
mod events;
mod orders;
mod problem;
mod requests;
mod view;

pub use catalogue::destination;
pub use events::stream_of;
pub use requests::{RequestView, wait_for};
pub use view::{order_view, wire_time};

/// Routes below `/api`.
pub fn mount(app: &mut web::ServiceConfig) {
    app.service(
        web::scope("/api")
            .configure(actions::mount)
            .configure(requests::mount)
            .configure(events::mount)
            .configure(catalogue::mount)
            .configure(orders::mount),
    );
}

/// The description that is committed as `buyer-app/openapi.json`.
#[derive(Debug, OpenApi)]
#[openapi(
    info(title = "Buyer node", description = "Local API of the buyer node: search, select, init, confirm and what follows, without speaking the network's protocol."),
    paths(
        actions::search, actions::select, actions::init, actions::confirm, actions::status, actions::track, actions::cancel,
        actions::ask_return, actions::refund, actions::support, actions::rating,
        requests::one_request, events::transaction_events, catalogue::catalogue_page, orders::list_orders, orders::one_order, orders::one_checkout,
    ),
    tags(
        (name = "asks", description = "Each makes one network message."),
        (name = "answers", description = "What came of it."),
        (name = "records", description = "What this node keeps."),
    ),
)]
pub struct ApiDescription;

/// The description as pretty JSON with a newline at the end.
pub fn description() -> String {
    let mut text = ApiDescription::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}
