//! The HTTP API for systems of the brand and of its partners. `openapi.json` in the crate's folder describes it; a test
//! holds the two together.
//!
//! To add a call: write the handler with its `#[utoipa::path]` in the file of its resource, name it in `Documentation` and in
//! `mount`, run the test `openapi_is_committed` with UPDATE_OPENAPI=1.

use actix_web::middleware::from_fn;
use actix_web::web;
use utoipa::OpenApi;

use crate::door::recorded;

pub mod access;
pub mod audit;
pub mod b2b;
pub mod exceptions;
pub mod exports;
pub mod feeds;
pub mod imports;
pub mod items;
pub mod orders;
pub mod page;
pub mod partner_life;
pub mod partner_money;
pub mod partner_scores;
pub mod partners;
pub mod people;
pub mod problem;
pub mod returns;
pub mod routing;
pub mod stock;
pub mod tokens;
pub mod webhooks;

#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Seller node",
        version = "1",
        description = "Partners, items, stock and orders of a seller node. The brand uses its console token, a partner the token \
                       that the brand made for it; a partner sees and changes only what is its own. /api/tokens makes more tokens, each with a role. \
                       Every POST and PUT takes an Idempotency-Key: sent again within 24 hours, the call is not done again and gets \
                       the first answer. Errors are problem+json (RFC 9457)."
    ),
    paths(
        partners::list,
        partners::one,
        partners::set_active,
        partners::make_token,
        partners::withdraw_token,
        partner_life::step,
        partner_life::history,
        partner_life::checklist,
        partner_life::make_test_order,
        partner_life::terms,
        partner_life::set_terms,
        partner_scores::scorecard,
        partner_scores::targets,
        partner_scores::set_targets,
        partner_scores::proposals,
        partner_scores::compute,
        partner_scores::decide,
        partner_money::one,
        partner_money::csv,
        partner_money::claims,
        partner_money::open_claim,
        partner_money::decide_claim,
        items::list,
        items::categories,
        stock::list,
        stock::set,
        stock::adjust,
        stock::receive,
        feeds::feed,
        stock::quota,
        stock::movements,
        b2b::place,
        b2b::list,
        b2b::one,
        b2b::cancel,
        orders::list,
        orders::one,
        orders::act,
        orders::paper,
        exceptions::list,
        returns::list,
        returns::one,
        imports::upload,
        routing::quote,
        routing::list,
        routing::draft,
        routing::replay,
        routing::publish,
        routing::decisions,
        routing::decision,
        imports::annotated,
        people::list,
        people::add,
        people::one,
        people::set_role,
        people::set_active,
        people::set_password,
        tokens::list,
        tokens::make,
        tokens::revoke,
        audit::list,
        audit::csv,
        exports::export,
        webhooks::list,
        webhooks::one,
        webhooks::add,
        webhooks::change,
        webhooks::set_active,
        webhooks::remove,
        webhooks::new_secret,
        webhooks::test,
        webhooks::deliveries,
        webhooks::replay,
        webhooks::replay_span,
    ),
    components(schemas(problem::Problem))
)]
struct Documentation;

/// The OpenAPI document as it is committed: sorted, indented, with a line end.
pub fn openapi_json() -> String {
    let mut text = Documentation::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// Mounts `/api` and `/openapi.json`.
pub fn mount(app: &mut web::ServiceConfig) {
    app.service(
        web::scope("/api")
            .app_data(problem::json_config())
            .app_data(problem::query_config())
            .app_data(problem::path_config())
            .app_data(web::PayloadConfig::new(imports::UPLOAD_BYTES_MAX))
            .route("/partners", web::get().to(partners::list))
            .route("/partners/{id}", web::get().to(partners::one))
            .route("/partners/{id}/steps/{step}", web::post().to(partner_life::step))
            .route("/partners/{id}/history", web::get().to(partner_life::history))
            .route("/partners/{id}/checklist", web::get().to(partner_life::checklist))
            .route("/partners/{id}/test-order", web::post().to(partner_life::make_test_order))
            .route("/partners/{id}/terms", web::get().to(partner_life::terms))
            .route("/partners/{id}/terms", web::put().to(partner_life::set_terms))
            .route("/partners/{id}/scorecard", web::get().to(partner_scores::scorecard))
            .route("/partners/{id}/statements/{month}", web::get().to(partner_money::one))
            .route("/partners/{id}/statements/{month}/csv", web::get().to(partner_money::csv))
            .route("/partners/{id}/claims", web::get().to(partner_money::claims))
            .route("/partners/{id}/claims", web::post().to(partner_money::open_claim))
            .route("/partner-claims/{id}/{decision}", web::post().to(partner_money::decide_claim))
            .route("/partner-targets", web::get().to(partner_scores::targets))
            .route("/partner-targets", web::put().to(partner_scores::set_targets))
            .route("/partner-proposals", web::get().to(partner_scores::proposals))
            .route("/partner-proposals/compute", web::post().to(partner_scores::compute))
            .route("/partner-proposals/{id}/{decision}", web::post().to(partner_scores::decide))
            .route("/partners/{id}/active", web::put().to(partners::set_active))
            .route("/partners/{id}/token", web::post().to(partners::make_token))
            .route("/partners/{id}/token", web::delete().to(partners::withdraw_token))
            .route("/items", web::get().to(items::list))
            .route("/categories", web::get().to(items::categories))
            .route("/stock", web::get().to(stock::list))
            .route("/stock/feed", web::post().to(feeds::feed))
            .route("/stock/{partner_id}/{sku}", web::put().to(stock::set))
            .route("/stock/{partner_id}/{sku}/adjust", web::post().to(stock::adjust))
            .route("/stock/{partner_id}/{sku}/lots", web::post().to(stock::receive))
            .route("/stock/{partner_id}/{sku}/quota", web::put().to(stock::quota))
            .route("/stock/{partner_id}/{sku}/movements", web::get().to(stock::movements))
            .route("/b2b/orders", web::post().to(b2b::place))
            .route("/b2b/orders", web::get().to(b2b::list))
            .route("/b2b/orders/{reference}", web::get().to(b2b::one))
            .route("/b2b/orders/{reference}/cancel", web::post().to(b2b::cancel))
            .route("/orders", web::get().to(orders::list))
            .route("/exceptions", web::get().to(exceptions::list))
            .route("/orders/{id}", web::get().to(orders::one))
            .route("/orders/{id}/papers/{file}", web::get().to(orders::paper))
            .route("/returns", web::get().to(returns::list))
            .route("/orders/{id}/returns/{return_id}", web::get().to(returns::one))
            .route("/orders/{id}/{action:.+}", web::post().to(orders::act))
            .route("/routing/quote", web::post().to(routing::quote))
            .route("/routing/policies", web::get().to(routing::list))
            .route("/routing/policies", web::post().to(routing::draft))
            .route("/routing/policies/{version}/replay", web::post().to(routing::replay))
            .route("/routing/policies/{version}/publish", web::post().to(routing::publish))
            .route("/routing/decisions", web::get().to(routing::decisions))
            .route("/routing/decisions/{id}", web::get().to(routing::decision))
            .route("/import/{table}", web::post().to(imports::upload))
            .route("/import/{table}/annotated", web::post().to(imports::annotated))
            .route("/people", web::get().to(people::list))
            .route("/people", web::post().to(people::add))
            .route("/people/{login}", web::get().to(people::one))
            .route("/people/{login}/role", web::put().to(people::set_role))
            .route("/people/{login}/active", web::put().to(people::set_active))
            .route("/people/{login}/password", web::post().to(people::set_password))
            .route("/tokens", web::get().to(tokens::list))
            .route("/tokens", web::post().to(tokens::make))
            .route("/tokens/{id}", web::delete().to(tokens::revoke))
            .route("/webhooks", web::get().to(webhooks::list))
            .route("/webhooks", web::post().to(webhooks::add))
            .route("/webhooks/{id}", web::get().to(webhooks::one))
            .route("/webhooks/{id}", web::put().to(webhooks::change))
            .route("/webhooks/{id}", web::delete().to(webhooks::remove))
            .route("/webhooks/{id}/active", web::put().to(webhooks::set_active))
            .route("/webhooks/{id}/secret", web::post().to(webhooks::new_secret))
            .route("/webhooks/{id}/test", web::post().to(webhooks::test))
            .route("/webhooks/{id}/replay", web::post().to(webhooks::replay_span))
            .route("/webhooks/{id}/deliveries", web::get().to(webhooks::deliveries))
            .route("/webhooks/{id}/deliveries/{delivery}/replay", web::post().to(webhooks::replay))
            .route("/exports/{kind}", web::get().to(exports::export))
            .route("/audit", web::get().to(audit::list))
            .route("/audit/csv", web::get().to(audit::csv))
            .default_service(web::to(problem::no_such_call))
            .wrap(from_fn(recorded)),
    )
    .route("/openapi.json", web::get().to(document));
}

async fn document() -> actix_web::HttpResponse {
    actix_web::HttpResponse::Ok().content_type("application/json").body(openapi_json())
}
