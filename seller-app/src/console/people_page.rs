//! Who may sign in, and as what.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::pages;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::api::problem::Problem;
use crate::app::SellerApp;
use crate::people::Role;
use crate::people_work::{self, PeopleError, Wanted};
use crate::store::accounts::{self, Account};
use crate::store::partners;

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
    notice: Option<String>,
}

async fn page(
    app: &SellerApp,
    made: Option<(String, Zeroizing<String>)>,
    notice: Option<PeopleError>,
) -> Result<HttpResponse, PageError> {
    let problem = notice.map(Problem::from);
    let all = partners::all(&app.node.db).await?;
    let view = PeoplePage {
        frame: Frame::of(app, "people"),
        people: accounts::all(&app.node.db).await?,
        roles: Role::ALL,
        partners: all.into_iter().map(|record| (record.partner.id, record.partner.name)).collect(),
        made,
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
    page(&app, None, None).await
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
        Ok(drawn) => page(&app, drawn.map(|password| (form.login.trim().to_ascii_lowercase(), password)), None).await,
        Err(error) => page(&app, None, Some(error)).await,
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
    match done {
        Ok(Some(password)) => page(&app, Some((login.into_inner(), password)), None).await,
        Ok(None) => Ok(pages::see_other("/console/people")),
        Err(error) => page(&app, None, Some(error)).await,
    }
}
