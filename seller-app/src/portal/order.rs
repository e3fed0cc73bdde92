//! One order: what to do now, and doing it. Every action is one of the desk's.

use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use node::pages;

use crate::api::orders::{BuyerQuery, carry_out, find};
use crate::app::SellerApp;
use crate::desk::form::ActForm;
use crate::order::Order;

use super::{PortalError, Visit, order_view};

pub(super) fn url(order: &Order, below: &str) -> String {
    format!("/portal/orders/{}{below}?buyer={}", pages::url_encode(&order.id), pages::url_encode(&order.bap_id))
}

pub(super) async fn show(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    query: web::Query<BuyerQuery>,
) -> Result<HttpResponse, PortalError> {
    let visit = Visit::of(&app, &request).await?;
    let order = find(&app, &visit.who, &id, &query.buyer).await?;
    order_view::page(&app, &visit, &order, None).await
}

/// After it, the order's page shows what comes next; when it is refused, why.
pub(super) async fn act(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    query: web::Query<BuyerQuery>,
    form: web::Form<ActForm>,
) -> Result<HttpResponse, PortalError> {
    let visit = Visit::of(&app, &request).await?;
    let who = &visit.who;
    let order = find(&app, who, &id, &query.buyer).await?;
    let form = form.into_inner();
    let action = form.action.clone();
    match carry_out(&app, who, &order, &action, form.into_input()).await {
        Ok(next) => Ok(pages::see_other(&url(&next, ""))),
        Err(problem) => {
            let fresh = find(&app, who, &id, &query.buyer).await?;
            let status = problem.status_code();
            let mut answer = order_view::page(&app, &visit, &fresh, Some(problem.detail)).await?;
            *answer.status_mut() = status;
            Ok(answer)
        }
    }
}
