//! Partners: where they are, what they serve, whether they are on the network.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::pages;
use serde::Deserialize;

use crate::api::problem::Problem;
use crate::app::SellerApp;
use crate::partner_work::life;
use crate::store::order_list;
use crate::store::partners::{self, PartnerRecord};

use super::{Frame, PageError, staff};

#[derive(Template)]
#[template(path = "console/partners.html")]
struct PartnersPage<'a> {
    frame: Frame<'a>,
    rows: Vec<RowView>,
}

struct RowView {
    record: PartnerRecord,
    open_now: bool,
    /// Orders that wait for it.
    waiting: i64,
}

pub(super) async fn show(app: web::Data<SellerApp>, request: HttpRequest) -> Result<HttpResponse, PageError> {
    staff(&app, &request)?;
    let mut rows = Vec::new();
    for record in partners::all(&app.node.db).await? {
        let waiting = order_list::waiting(&app.node.db, &record.partner.id).await?;
        let open_now = record.partner.hours.open_at(app.now(), &record.partner.holidays);
        rows.push(RowView { open_now, waiting: waiting.iter().map(|one| one.orders).sum(), record });
    }
    Ok(pages::render(&PartnersPage { frame: Frame::of(&app, "partners"), rows }))
}

#[derive(Debug, Deserialize)]
pub(super) struct ActiveForm {
    active: bool,
}

pub(super) async fn set_active(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    form: web::Form<ActiveForm>,
) -> Result<HttpResponse, PageError> {
    staff(&app, &request)?;
    life::set_active(&app, &id, form.active, "brand").await.map_err(Problem::from)?;
    Ok(pages::see_other("/console/partners"))
}
