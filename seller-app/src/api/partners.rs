//! Partners: list, on and off the network, tokens.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::SellerApp;
use crate::partner_work::life;
use crate::store::partners::{self, PartnerRecord};

use super::access::{digest, who};
use super::page::{self, PageQuery};
use super::problem::Problem;

/// A partner as the API shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartnerView {
    pub id: String,
    pub name: String,
    /// `distributor`, `retailer`, `own-store`, `3pl`, `drop-shipper`
    pub kind: String,
    /// `invited`, `verifying`, `active`, `probation`, `suspended`, `drained`, `offboarded`
    pub stage: String,
    pub tier: String,
    /// `delivers`, `packs`, `cold-chain`, `pickup-counter`, `cod`, `buyer-delivery`
    pub capabilities: Vec<String>,
    /// Where it delivers, in words; by category where that differs.
    pub area: String,
    pub area_by_category: BTreeMap<String, String>,
    /// Orders in one day; null = no limit.
    pub orders_per_day: Option<u32>,
    /// `HHMM`: later orders are worked on the next day.
    pub cut_off: Option<String>,
    /// `std:080`
    pub city: String,
    pub area_code: String,
    /// `latitude,longitude`
    pub gps: String,
    /// Postal codes that are delivered to.
    pub serves: Vec<String>,
    pub radius_km: Option<u32>,
    /// False: off the network.
    pub active: bool,
    /// Whether it has a token for this API.
    pub has_token: bool,
}

impl From<PartnerRecord> for PartnerView {
    fn from(record: PartnerRecord) -> Self {
        let partner = record.partner;
        let by_category = partner.service.coverage.categories.iter();
        Self {
            stage: record.stage.as_str().to_owned(),
            tier: record.tier,
            capabilities: partner.service.capabilities.words().into_iter().map(str::to_owned).collect(),
            area: partner.area("").text(),
            area_by_category: by_category.map(|(category, area)| (category.clone(), area.text())).collect(),
            orders_per_day: partner.service.capacity.per_day,
            cut_off: partner.service.cut_off,
            id: partner.id,
            name: partner.name,
            kind: record.kind.as_str().to_owned(),
            city: partner.city,
            area_code: partner.area_code,
            gps: partner.gps.as_str().to_owned(),
            serves: partner.serves,
            radius_km: partner.radius_km,
            active: partner.active,
            has_token: record.has_token,
        }
    }
}

/// One partner; a partner sees itself.
#[utoipa::path(get, path = "/api/partners/{id}", tag = "partners", params(("id" = String, Path)),
    responses((status = 200, body = PartnerView), (status = 404, body = Problem)))]
pub async fn one(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?.may_see(&id)?;
    Ok(HttpResponse::Ok().json(PartnerView::from(life::known(&app, &id).await?)))
}

/// Partners; a partner sees itself.
#[utoipa::path(get, path = "/api/partners", tag = "partners", params(PageQuery),
    responses((status = 200, body = Vec<PartnerView>), (status = 401, body = Problem)))]
pub async fn list(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    query: web::Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    let all = partners::all(&app.node.db).await?;
    let seen = all.into_iter().filter(|record| caller.may_see(&record.partner.id).is_ok());
    let views = seen.map(PartnerView::from).collect();
    page::of_whole(&request, views, &query, |row: &PartnerView| row.id.clone())
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct Active {
    pub active: bool,
}

/// Takes a partner off the network (suspends it) or back on it. Orders it has go on. One that was never live goes live only
/// with a complete checklist; see `steps` for the whole life.
#[utoipa::path(put, path = "/api/partners/{id}/active", tag = "partners", request_body = Active,
    params(("id" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn set_active(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Json<Active>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    caller.brand_only()?;
    life::set_active(&app, &id, body.active, caller.actor()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A new token; the one before it is worthless from now on.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewToken {
    /// Shown once; only its digest is kept.
    pub token: String,
}

/// Makes a token with which a partner's systems call this API.
#[utoipa::path(post, path = "/api/partners/{id}/token", tag = "partners", params(("id" = String, Path)),
    responses((status = 201, body = NewToken), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn make_token(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?.brand_only()?;
    let token = new_token(&app);
    set_token(&app, &id, Some(&digest(&token))).await?;
    Ok(HttpResponse::Created().json(NewToken { token }))
}

/// Withdraws a partner's token.
#[utoipa::path(delete, path = "/api/partners/{id}/token", tag = "partners", params(("id" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn withdraw_token(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?.brand_only()?;
    set_token(&app, &id, None).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn set_token(app: &SellerApp, id: &str, digest: Option<&str>) -> Result<(), Problem> {
    let mut tx = app.node.db.begin().await?;
    if !partners::set_token(&mut tx, id, digest).await? {
        return Err(Problem::not_found(format!("there is no partner `{id}`")));
    }
    tx.commit().await?;
    Ok(())
}

fn new_token(app: &SellerApp) -> String {
    let mut bytes = [0; 32];
    app.node.randomness.fill(&mut bytes);
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("pt_{hex}")
}
