//! Where people with an account sign in and out.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::StatusCode;
use actix_web::middleware::from_fn;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::config::Environment;
use node::pages;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::api::access::{COOKIE, same_origin};
use crate::api::problem::Problem;
use crate::app::SellerApp;
use crate::door::{note, recorded};
use crate::people_work::{self, PeopleError};
use crate::store::accounts;

use super::{Frame, PageError};

#[derive(Template)]
#[template(path = "console/sign_in.html")]
struct SignInPage<'a> {
    frame: Frame<'a>,
    back: &'a str,
    login: &'a str,
    wrong: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Back {
    back: String,
}

#[derive(Deserialize)]
struct SignIn {
    login: String,
    password: Zeroizing<String>,
    #[serde(default)]
    back: String,
}

pub(super) fn mount(app: &mut web::ServiceConfig) {
    app.service(
        web::resource("/sign-in").route(web::get().to(show)).route(web::post().to(sign_in)).wrap(from_fn(recorded)),
    )
    .service(web::resource("/sign-out").route(web::post().to(sign_out)).wrap(from_fn(recorded)));
}

async fn show(app: web::Data<SellerApp>, query: web::Query<Back>) -> HttpResponse {
    pages::render(&SignInPage { frame: Frame::of(&app, ""), back: &query.back, login: "", wrong: None })
}

async fn sign_in(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    form: web::Form<SignIn>,
) -> Result<HttpResponse, PageError> {
    own_form(&request)?;
    let form = form.into_inner();
    let secret = match people_work::sign_in(&app, &form.login, form.password).await {
        Ok(secret) => secret,
        Err(error) => {
            // A name only when it is one: people type passwords into the wrong field.
            let tried = form.login.trim().to_ascii_lowercase();
            if accounts::by_login(&app.node.db, &tried).await?.is_some() {
                note(&request, &tried, "");
            }
            let status = match error {
                PeopleError::Wrong => StatusCode::UNAUTHORIZED,
                PeopleError::TooMany => StatusCode::TOO_MANY_REQUESTS,
                other => return Err(Problem::from(other).into()),
            };
            let wrong = Some(error.to_string());
            let page = SignInPage { frame: Frame::of(&app, ""), back: &form.back, login: &form.login, wrong };
            let mut answer = pages::render(&page);
            *answer.status_mut() = status;
            return Ok(answer);
        }
    };
    let hours = i64::try_from(app.config.node.console_session_hours).unwrap_or(12);
    let cookie = Cookie::build(COOKIE, secret.as_str())
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.config.node.environment == Environment::Production)
        .max_age(Duration::hours(hours))
        .finish();
    let account = people_work::of_cookie(&app, secret.as_str(), app.now()).await?;
    let partners = account.is_some_and(|account| account.role.is_of_partner());
    note(&request, &form.login.trim().to_ascii_lowercase(), "signed in");
    let back = if partners && form.back.is_empty() { "/portal" } else { form.back.as_str() };
    let mut answer = pages::see_other(node::access::own_path(back));
    // A cookie that cannot be written is a header that cannot be sent.
    answer.add_cookie(&cookie).map_err(|error| Problem::bad_request(error.to_string()))?;
    Ok(answer)
}

async fn sign_out(app: web::Data<SellerApp>, request: HttpRequest) -> Result<HttpResponse, PageError> {
    own_form(&request)?;
    let mut answer = pages::see_other("/sign-in");
    // The session of the console token, if there is one.
    let mut token = Cookie::build(node::access::COOKIE, "").path("/").finish();
    token.make_removal();
    answer.add_cookie(&token).map_err(|error| Problem::bad_request(error.to_string()))?;
    if let Some(cookie) = request.cookie(COOKIE) {
        people_work::sign_out(&app, cookie.value()).await?;
        let mut gone = Cookie::build(COOKIE, "").path("/").finish();
        gone.make_removal();
        answer.add_cookie(&gone).map_err(|error| Problem::bad_request(error.to_string()))?;
    }
    Ok(answer)
}

/// Else another site's page could sign a person in as somebody else.
fn own_form(request: &HttpRequest) -> Result<(), Problem> {
    if same_origin(request) {
        return Ok(());
    }
    Err(Problem::forbidden("this form came from another site's page"))
}
