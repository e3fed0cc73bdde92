//! Tokens of systems and of accounts.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::SellerApp;
use crate::door::note;
use crate::people_work::tokens::{self, Wanted};
use crate::store::api_tokens::{self, ApiToken};

use super::access::who;
use super::page::{self, Page, PageQuery};
use super::problem::Problem;

const DAYS: i64 = 90;

/// A token without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenView {
    pub id: String,
    pub name: String,
    /// Login of the account that it belongs to; empty for a system's.
    pub account: String,
    /// Of an account: the one that the account has now.
    pub role: String,
    /// Empty for the brand.
    pub partner_id: String,
    /// Of the role's permissions only these; empty: all of them.
    pub permissions: Vec<String>,
    /// The actor that made it.
    pub created_by: String,
    /// Unix milliseconds.
    pub created_at_ms: i64,
    /// Unix milliseconds.
    pub expires_at_ms: i64,
    /// Unix milliseconds, noted once a minute; null = never.
    pub last_used_ms: Option<i64>,
    /// Unix milliseconds; null = it counts until it expires.
    pub revoked_at_ms: Option<i64>,
}

impl From<ApiToken> for TokenView {
    fn from(token: ApiToken) -> Self {
        let when = |ms: i64| (ms != 0).then_some(ms);
        Self {
            id: token.id,
            name: token.name,
            account: token.login,
            role: token.role.as_str().to_owned(),
            partner_id: token.partner_id,
            permissions: token.permissions.iter().map(|one| one.as_str().to_owned()).collect(),
            created_by: token.created_by,
            created_at_ms: token.created_at_ms,
            expires_at_ms: token.expires_at_ms,
            last_used_ms: when(token.last_used_ms),
            revoked_at_ms: when(token.revoked_at_ms),
        }
    }
}

/// Tokens, the newest first; revoked and expired ones stay in the list. Partners' tokens (`/api/partners/{id}/token`) are
/// not among them.
#[utoipa::path(get, path = "/api/tokens", tag = "people", params(PageQuery),
    responses((status = 200, body = Page<TokenView>), (status = 403, body = Problem)))]
pub async fn list(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    query: web::Query<PageQuery>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?;
    let limit = query.limit()?;
    let rows = api_tokens::page(&app.node.db, &query.cursor, limit + 1).await?;
    let rows = rows.into_iter().map(TokenView::from).collect();
    Ok(page::answer(&request, rows, limit, |row: &TokenView| row.id.clone()))
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct NewToken {
    /// 1 to 64 characters; records name it `token:NAME`.
    pub name: String,
    /// Login of the account that it is for; absent for a system's.
    #[serde(default)]
    pub account: String,
    /// For a system's: `brand-admin`, `fulfilment-manager`, `field`, `agent`, `finance`, `auditor`, `partner-owner`, `picker`.
    #[serde(default)]
    pub role: String,
    /// For `partner-owner` and `picker`.
    #[serde(default)]
    pub partner_id: String,
    /// Of the role's permissions only these; absent: all of them. `see`, `see-money`, `work-orders`, `end-orders`,
    /// `place-orders`, `set-stock`, `test-orders`, `partners`, `policy`, `import`, `money`, `people`, `audit`.
    #[serde(default)]
    pub permissions: Vec<String>,
    /// 1 to 366; 90 when absent.
    #[serde(default)]
    pub expires_in_days: Option<i64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MadeToken {
    pub id: String,
    /// Shown once; only its digest is kept.
    pub token: String,
    /// Unix milliseconds.
    pub expires_at_ms: i64,
}

/// Makes a token. The answer is the only place where it is ever shown.
#[utoipa::path(post, path = "/api/tokens", tag = "people", request_body = NewToken,
    responses((status = 201, body = MadeToken), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn make(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    body: web::Json<NewToken>,
) -> Result<HttpResponse, Problem> {
    let caller = who(&app, &request).await?;
    let wanted = Wanted {
        name: &body.name,
        login: &body.account,
        role: &body.role,
        partner_id: &body.partner_id,
        permissions: &body.permissions,
        days: body.expires_in_days.unwrap_or(DAYS),
    };
    let made = tokens::add(&app, wanted, caller.actor()).await?;
    note(&request, &made.id, format!("made the token `{}`", body.name.trim()));
    let view = MadeToken { id: made.id, token: made.secret.to_string(), expires_at_ms: made.expires_at_ms };
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(view))
}

/// Revokes a token; it is refused from the next call on.
#[utoipa::path(delete, path = "/api/tokens/{id}", tag = "people", params(("id" = String, Path)),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn revoke(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    who(&app, &request).await?;
    tokens::revoke(&app, &id).await?;
    Ok(HttpResponse::NoContent().finish())
}
