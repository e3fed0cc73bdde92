//! Who may sign in, and as what.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::pages;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::api::problem::Problem;
use crate::app::SellerApp;
use crate::door::note;
use crate::people::Role;
use crate::people_work::{self, PeopleError, Wanted, tokens};
use crate::store::accounts::{self, Account};
use crate::store::api_tokens::{self, ApiToken};
use crate::store::partners;

use super::moment::{Moment, age, moment_ms};
use super::{Frame, PageError, staff};

#[derive(Template)]
#[template(path = "console/people.html")]
struct PeoplePage<'a> {
    frame: Frame<'a>,
    people: Vec<Account>,
    roles: [Role; 8],
    partners: Vec<(String, String)>,
    /// Login and password, shown once.
    made: Option<(String, Zeroizing<String>)>,
    tokens: Vec<TokenLine>,
    /// Name and secret, shown once.
    made_token: Option<(String, Zeroizing<String>)>,
    notice: Option<String>,
}

/// A token as the page shows it.
struct TokenLine {
    token: ApiToken,
    rights: String,
    made: Moment,
    used: String,
    ends: Moment,
    /// Why it does not count any more; empty while it does.
    over: &'static str,
}

/// Tokens that the page shows; the API has the rest.
const TOKENS_SHOWN: i64 = 100;
const TOKEN_DAYS: i64 = 90;

fn token_line(app: &SellerApp, token: ApiToken) -> TokenLine {
    let (now_ms, offset) = (app.now().as_millisecond(), app.config.desk_utc_offset_min);
    let permissions: Vec<&str> = token.permissions.iter().map(|one| one.as_str()).collect();
    let only = if permissions.is_empty() { String::new() } else { format!(": {}", permissions.join(", ")) };
    TokenLine {
        rights: format!("{}{only}", token.role.title()),
        made: moment_ms(token.created_at_ms, offset),
        used: if token.last_used_ms == 0 {
            "never".to_owned()
        } else {
            format!("{} ago", age(now_ms, token.last_used_ms))
        },
        ends: moment_ms(token.expires_at_ms, offset),
        over: match (token.revoked_at_ms != 0, token.expires_at_ms <= now_ms) {
            (true, _) => "revoked",
            (false, true) => "expired",
            (false, false) => "",
        },
        token,
    }
}

async fn page(
    app: &SellerApp,
    made: Option<(String, Zeroizing<String>)>,
    made_token: Option<(String, Zeroizing<String>)>,
    notice: Option<PeopleError>,
) -> Result<HttpResponse, PageError> {
    let tokens = api_tokens::page(&app.node.db, "", TOKENS_SHOWN).await?;
    let problem = notice.map(Problem::from);
    let all = partners::all(&app.node.db).await?;
    let view = PeoplePage {
        frame: Frame::of(app, "people"),
        people: accounts::all(&app.node.db).await?,
        roles: Role::ALL,
        partners: all.into_iter().map(|record| (record.partner.id, record.partner.name)).collect(),
        made,
        tokens: tokens.into_iter().map(|token| token_line(app, token)).collect(),
        made_token,
        notice: problem.as_ref().map(|problem| problem.detail.clone()),
    };
    let mut answer = pages::render(&view);
    if let Some(problem) = problem {
        *answer.status_mut() = actix_web::ResponseError::status_code(&problem);
    }
    Ok(answer)
}

pub(super) async fn show(app: web::Data<SellerApp>, request: HttpRequest) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    page(&app, None, None, None).await
}

#[derive(Debug, Deserialize)]
pub(super) struct AddForm {
    login: String,
    name: String,
    role: String,
    partner: String,
}

/// Makes an account; its password is drawn and shown once.
pub(super) async fn add(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    form: web::Form<AddForm>,
) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    let wanted =
        Wanted { login: &form.login, name: &form.name, role: &form.role, partner_id: &form.partner, password: None };
    match people_work::add(&app, wanted).await {
        Ok(drawn) => {
            let login = form.login.trim().to_ascii_lowercase();
            note(&request, &login, format!("made an account as {}", form.role));
            page(&app, drawn.map(|password| (login, password)), None, None).await
        }
        Err(error) => page(&app, None, None, Some(error)).await,
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct ChangeForm {
    /// `on`, `off`, `password`.
    change: String,
}

pub(super) async fn change(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    login: web::Path<String>,
    form: web::Form<ChangeForm>,
) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    let done = match form.change.as_str() {
        "on" => people_work::set_active(&app, &login, true).await.map(|()| None),
        "off" => people_work::set_active(&app, &login, false).await.map(|()| None),
        "password" => people_work::set_password(&app, &login, None).await,
        other => return Err(Problem::bad_request(format!("there is no change `{other}`")).into()),
    };
    if done.is_ok() {
        let words = match form.change.as_str() {
            "on" => "switched on",
            "off" => "switched off",
            _ => "set a new password",
        };
        note(&request, &login, words);
    }
    match done {
        Ok(Some(password)) => page(&app, Some((login.into_inner(), password)), None, None).await,
        Ok(None) => Ok(pages::see_other("/console/people")),
        Err(error) => page(&app, None, None, Some(error)).await,
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct TokenForm {
    name: String,
    /// A login, or empty for a system's.
    account: String,
    role: String,
    partner: String,
}

/// Makes a token and shows it once.
pub(super) async fn make_token(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    form: web::Form<TokenForm>,
) -> Result<HttpResponse, PageError> {
    let caller = staff(&app, &request).await?;
    // The account's role and partner count, whatever the lists below it say.
    let of_account = !form.account.is_empty();
    let wanted = tokens::Wanted {
        name: &form.name,
        login: &form.account,
        role: if of_account { "" } else { &form.role },
        partner_id: if of_account { "" } else { &form.partner },
        permissions: &[],
        days: TOKEN_DAYS,
    };
    match tokens::add(&app, wanted, caller.actor()).await {
        Ok(made) => {
            note(&request, &made.id, format!("made the token `{}`", form.name.trim()));
            page(&app, None, Some((form.name.trim().to_owned(), made.secret)), None).await
        }
        Err(error) => page(&app, None, None, Some(error)).await,
    }
}

pub(super) async fn revoke_token(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    match tokens::revoke(&app, &id).await {
        Ok(()) => Ok(pages::see_other("/console/people#tokens")),
        Err(error) => page(&app, None, None, Some(error)).await,
    }
}
