//! Which systems are told what, whether they have it, and the buttons to test and to send again.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::pages;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::api::problem::Problem;
use crate::app::SellerApp;
use crate::door::note;
use crate::store::webhook_deliveries::{self, DeliveryRow};
use crate::store::webhook_events::Span;
use crate::store::webhooks::{self, Webhook};
use crate::webhooks::kinds::KINDS;
use crate::webhooks::places::{self, Wanted, WebhookError};

use super::moment::{Moment, moment_ms};
use super::{Frame, PageError, staff};

const SHOWN: i64 = 50;

/// Id and secret, shown once.
type Shown = Option<(String, Zeroizing<String>)>;

#[derive(Template)]
#[template(path = "console/webhooks.html")]
struct WebhooksPage<'a> {
    frame: Frame<'a>,
    places: Vec<Webhook>,
    kinds: [(&'static str, &'static str); 6],
    made: Shown,
    notice: Option<String>,
}

#[derive(Template)]
#[template(path = "console/webhook.html")]
struct WebhookPage<'a> {
    frame: Frame<'a>,
    place: Webhook,
    deliveries: Vec<Line>,
    made: Shown,
    notice: Option<String>,
}

struct Line {
    row: DeliveryRow,
    at: Moment,
    next: Moment,
}

async fn all(app: &SellerApp, made: Shown, notice: Option<WebhookError>) -> Result<HttpResponse, PageError> {
    let problem = notice.map(Problem::from);
    let view = WebhooksPage {
        frame: Frame::of(app, "webhooks"),
        places: webhooks::all(&app.node.db).await?,
        kinds: KINDS,
        made,
        notice: problem.as_ref().map(|problem| problem.detail.clone()),
    };
    Ok(answer(pages::render(&view), problem.as_ref()))
}

async fn place(
    app: &SellerApp,
    id: &str,
    made: Shown,
    notice: Option<WebhookError>,
) -> Result<HttpResponse, PageError> {
    let problem = notice.map(Problem::from);
    let place = webhooks::one(&app.node.db, id).await?;
    let place = place.ok_or_else(|| Problem::from(WebhookError::Unknown(id.to_owned())))?;
    let wanted = webhook_deliveries::Wanted { webhook_id: id, before: "", state: "", limit: SHOWN };
    let offset = app.config.desk_utc_offset_min;
    let line =
        |row: DeliveryRow| Line { at: moment_ms(row.created_at_ms, offset), next: moment_ms(row.due_ms, offset), row };
    let view = WebhookPage {
        frame: Frame::of(app, "webhooks"),
        place,
        deliveries: webhook_deliveries::page(&app.node.db, wanted).await?.into_iter().map(line).collect(),
        made,
        notice: problem.as_ref().map(|problem| problem.detail.clone()),
    };
    Ok(answer(pages::render(&view), problem.as_ref()))
}

fn answer(mut page: HttpResponse, problem: Option<&Problem>) -> HttpResponse {
    if let Some(problem) = problem {
        *page.status_mut() = actix_web::ResponseError::status_code(problem);
    }
    page
}

pub(super) async fn show(app: web::Data<SellerApp>, request: HttpRequest) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    all(&app, None, None).await
}

pub(super) async fn one(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    place(&app, &id, None, None).await
}

#[derive(Debug, Deserialize)]
pub(super) struct PlaceForm {
    url: String,
    kinds: String,
    #[serde(default)]
    description: String,
}

pub(super) async fn add(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    form: web::Form<PlaceForm>,
) -> Result<HttpResponse, PageError> {
    let caller = staff(&app, &request).await?;
    let wanted = Wanted { url: &form.url, kinds: &form.kinds, description: &form.description };
    match places::add(&app, wanted, caller.actor()).await {
        Ok(made) => {
            note(&request, &made.id, format!("made a webhook to {}", form.url));
            all(&app, Some((made.id, made.secret)), None).await
        }
        Err(error) => all(&app, None, Some(error)).await,
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct ActForm {
    /// `test`, `start`, `pause`, `secret`, `remove`, `change`, `replay`, `replay-failed`.
    act: String,
    #[serde(default)]
    delivery: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    kinds: String,
    #[serde(default)]
    description: String,
}

/// One button of a place's page.
pub(super) async fn act(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    id: web::Path<String>,
    form: web::Form<ActForm>,
) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    note(&request, &id, format!("{} (webhook)", form.act));
    let wanted = Wanted { url: &form.url, kinds: &form.kinds, description: &form.description };
    let ever = Span { from_ms: 0, to_ms: app.now().as_millisecond(), failed: true };
    let done = match form.act.as_str() {
        "test" => places::test(&app, &id).await,
        "start" => places::switch(&app, &id, true).await,
        "pause" => places::switch(&app, &id, false).await,
        "change" => places::change(&app, &id, wanted).await,
        "replay" => places::replay(&app, &id, &form.delivery).await,
        "replay-failed" => places::replay_span(&app, &id, ever).await.map(|_| ()),
        "secret" => match places::rotate(&app, &id).await {
            Ok(secret) => return place(&app, &id, Some((id.to_string(), secret)), None).await,
            Err(error) => Err(error),
        },
        "remove" => match places::remove(&app, &id).await {
            Ok(()) => return Ok(pages::see_other("/console/webhooks")),
            Err(error) => Err(error),
        },
        other => return Err(Problem::bad_request(format!("there is no act `{other}`")).into()),
    };
    match done {
        Ok(()) => Ok(pages::see_other(&format!("/console/webhooks/{}", pages::url_encode(&id)))),
        Err(error) => place(&app, &id, None, Some(error)).await,
    }
}
