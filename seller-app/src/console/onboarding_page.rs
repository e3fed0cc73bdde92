//! Partners that do not sell yet: how far each is in its checklist, what blocks it, and what to do next.

use std::cmp::Reverse;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::pages;

use crate::app::SellerApp;
use crate::partner_work::onboarding;
use crate::partners::Stage;
use crate::partners::checklist::{Checklist, Point};
use crate::store::partners::{self, PartnerRecord};

use super::{Frame, PageError, staff};

/// Partners whose checklist one page looks at; the list of partners has the others.
const LOOKED_AT: usize = 100;

#[derive(Template)]
#[template(path = "console/onboarding.html")]
struct OnboardingPage<'a> {
    frame: Frame<'a>,
    rows: Vec<RowView>,
    more: usize,
}

struct RowView {
    id: String,
    name: String,
    stage: Stage,
    done: usize,
    /// Title of each point, and what it still wants.
    points: Vec<(&'static str, Option<String>)>,
    next: &'static str,
    next_url: String,
}

pub(super) async fn show(app: web::Data<SellerApp>, request: HttpRequest) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    let records = partners::all(&app.node.db).await?;
    let coming = records.iter().filter(|record| matches!(record.stage, Stage::Invited | Stage::Verifying));
    let coming: Vec<&PartnerRecord> = coming.collect();
    let mut rows = Vec::new();
    for record in coming.iter().take(LOOKED_AT) {
        rows.push(view(record, onboarding::checklist(&app, record).await?));
    }
    rows.sort_by_key(|row| Reverse((row.stage, row.done)));
    let more = coming.len().saturating_sub(LOOKED_AT);
    Ok(pages::render(&OnboardingPage { frame: Frame::of(&app, "partners"), rows, more }))
}

fn view(record: &PartnerRecord, list: Checklist) -> RowView {
    let missing = list.points.iter().find_map(|(point, missing)| missing.as_ref().map(|_| *point));
    let (next, next_url) = next_act(record, missing);
    RowView {
        id: record.partner.id.clone(),
        name: record.partner.name.clone(),
        stage: record.stage,
        done: list.done(),
        points: list.points.into_iter().map(|(point, gap)| (point.title(), gap.map(|gap| gap.what))).collect(),
        next,
        next_url,
    }
}

/// What to do about the first gap, and the page where it is done. A test order wants a partner that is being verified.
fn next_act(record: &PartnerRecord, missing: Option<Point>) -> (&'static str, String) {
    let id = pages::url_encode(&record.partner.id);
    let partner = format!("/console/partners/{id}");
    let invited = record.stage == Stage::Invited;
    match missing {
        Some(Point::Data | Point::Hours | Point::Serviceability) => {
            ("Mend its data", "/console/import?table=partners".to_owned())
        }
        Some(Point::Stock) => ("Count its stock", format!("/console/stock?partner={id}")),
        Some(Point::Fees) => ("Agree on fees", format!("{partner}#fees")),
        Some(Point::TestOrder) | None if invited => ("Start verifying", partner),
        Some(Point::TestOrder) => ("Do the test order", partner),
        None => ("Go live", partner),
    }
}
