//! Accounts of people.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::SellerApp;
use crate::door::note;
use crate::people_work::{self, PeopleError, Wanted};
use crate::store::accounts::{self, Account};

use super::access::who;
use super::page::{self, Page, PageQuery};
use super::partners::Active;
use super::problem::Problem;

/// An account.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonView {
    pub login: String,
    pub name: String,
    /// `brand-admin`, `fulfilment-manager`, `field`, `agent`, `finance`, `auditor`, `partner-owner`, `picker`
    pub role: String,
    /// Empty for people of the brand.
    pub partner_id: String,
    /// False: cannot sign in.
    pub active: bool,
}

impl From<Account> for PersonView {
    fn from(account: Account) -> Self {
        Self {
            login: account.login,
            name: account.name,
            role: account.role.as_str().to_owned(),
            partner_id: account.partner_id,
            active: account.active,
        }
    }
}

/// Accounts, by login.
#[utoipa::path(get, path = "/api/people", tag = "people", params(PageQuery),
    responses((status = 200, body = Page<PersonView>), (status = 403, body = Problem)))]
pub async fn list(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    query: web::Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?;
    let limit = query.limit()?;
    let rows = accounts::page(&app.node.db, &query.cursor, limit + 1).await?;
    let rows = rows.into_iter().map(PersonView::from).collect();
    Ok(page::answer(&request, rows, limit, |row: &PersonView| row.login.clone()))
}

async fn known(app: &SellerApp, login: &str) -> Result<PersonView, Problem> {
    let account = accounts::by_login(&app.node.db, login).await?;
    Ok(account.ok_or_else(|| PeopleError::Unknown(login.to_owned()))?.into())
}

/// One account.
#[utoipa::path(get, path = "/api/people/{login}", tag = "people", params(("login" = String, Path)),
    responses((status = 200, body = PersonView), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn one(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    login: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?;
    Ok(HttpResponse::Ok().json(known(&app, &login).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct NewPerson {
    /// 2 to 64 characters of a to z, 0 to 9 and `. _ @ + -`.
    pub login: String,
    /// What pages call the person; the login when absent.
    #[serde(default)]
    pub name: String,
    /// `brand-admin`, `fulfilment-manager`, `field`, `agent`, `finance`, `auditor`, `partner-owner`, `picker`
    pub role: String,
    /// For `partner-owner` and `picker`.
    #[serde(default)]
    pub partner_id: String,
}

/// An account with its first password.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadePerson {
    pub login: String,
    /// Drawn for this account and shown once.
    pub password: String,
}

fn shown_once(mut answer: actix_web::HttpResponseBuilder, login: String, password: &str) -> HttpResponse {
    answer.insert_header((header::CACHE_CONTROL, "no-store")).json(MadePerson { login, password: password.to_owned() })
}

/// Makes an account; its password is drawn and shown in this answer only.
#[utoipa::path(post, path = "/api/people", tag = "people", request_body = NewPerson,
    responses((status = 201, body = MadePerson), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem, description = "the login is taken")))]
pub async fn add(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    body: web::Json<NewPerson>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?;
    let wanted =
        Wanted { login: &body.login, name: &body.name, role: &body.role, partner_id: &body.partner_id, password: None };
    let drawn = people_work::add(&app, wanted).await?.unwrap_or_default();
    let login = body.login.trim().to_ascii_lowercase();
    note(&request, &login, format!("made an account as {}", body.role));
    Ok(shown_once(HttpResponse::Created(), login, &drawn))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct NewRole {
    pub role: String,
    /// For `partner-owner` and `picker`.
    #[serde(default)]
    pub partner_id: String,
}

/// Gives an account another role; it counts from the next call on.
#[utoipa::path(put, path = "/api/people/{login}/role", tag = "people", request_body = NewRole,
    params(("login" = String, Path)),
    responses((status = 200, body = PersonView), (status = 400, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "the last brand-admin")))]
pub async fn set_role(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    login: web::Path<String>,
    body: web::Json<NewRole>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?;
    let before = known(&app, &login).await?;
    let role = people_work::set_role(&app, &login, &body.role, &body.partner_id).await?;
    note(&request, &login, format!("role: {} → {}", before.role, role.as_str()));
    Ok(HttpResponse::Ok().json(known(&app, &login).await?))
}

/// Switches an account on or off; off ends its sessions and its tokens at once.
#[utoipa::path(put, path = "/api/people/{login}/active", tag = "people", request_body = Active,
    params(("login" = String, Path)),
    responses((status = 200, body = PersonView), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "the last brand-admin")))]
pub async fn set_active(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    login: web::Path<String>,
    body: web::Json<Active>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?;
    people_work::set_active(&app, &login, body.active).await?;
    note(&request, &login, if body.active { "switched on" } else { "switched off" });
    Ok(HttpResponse::Ok().json(known(&app, &login).await?))
}

/// Draws a new password, shown in this answer only; sessions of the account end.
#[utoipa::path(post, path = "/api/people/{login}/password", tag = "people", params(("login" = String, Path)),
    responses((status = 200, body = MadePerson), (status = 404, body = Problem)))]
pub async fn set_password(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    login: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?;
    let drawn = people_work::set_password(&app, &login, None).await?.unwrap_or_default();
    Ok(shown_once(HttpResponse::Ok(), login.into_inner(), &drawn))
}
