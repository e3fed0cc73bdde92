//! Packing slip, label, and invoice of the partner's order.

use actix_web::{HttpRequest, HttpResponse, web};

use crate::api::orders::{BuyerQuery, find};
use crate::api::problem::Problem;
use crate::app::SellerApp;
use crate::documents::Paper;
use crate::public_pages::{pdf, print};

use super::{PortalError, Visit};

pub(super) async fn show(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    path: web::Path<(String, String)>,
    query: web::Query<BuyerQuery>,
) -> Result<HttpResponse, PortalError> {
    let visit = Visit::of(&app, &request).await?;
    let (id, file) = path.into_inner();
    let order = find(&app, &visit.who, &id, &query.buyer).await?;
    let none = || PortalError::from(Problem::not_found(format!("order {id} has no {file} now")));
    let paper = Paper::parse(&file).ok_or_else(none)?;
    Ok(pdf(print(&app, &order, paper).await?.ok_or_else(none)?))
}
