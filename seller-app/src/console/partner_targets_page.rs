//! What the brand wants of its partners, by tier.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::pages;

use crate::api::problem::Problem;
use crate::app::SellerApp;
use crate::partner_work::scores;
use crate::partners::targets::{Target, Targets};
use crate::store::partners::Mover;

use super::{Frame, PageError, staff};

#[derive(Template)]
#[template(path = "console/partner_targets.html")]
struct TargetsPage<'a> {
    frame: Frame<'a>,
    version: i64,
    targets: Targets,
    tiers: Vec<(String, Vec<Field>)>,
}

/// A number of a tier: its name in the form, its title, and what it is now.
struct Field {
    name: String,
    title: &'static str,
    value: String,
}

const MEASURES: [(&str, &str); 7] = [
    ("fill", "Fill rate, at least %"),
    ("accept_s", "Accepted (median), at most min"),
    ("packed_on_time", "Packed on time, at least %"),
    ("delivered_on_time", "Delivered on time, at least %"),
    ("cancelled_max", "Cancelled, at most %"),
    ("returned_max", "Returned, at most %"),
    ("claims_max", "Claims, at most %"),
];

fn measure<'t>(target: &'t mut Target, name: &str) -> Option<&'t mut u32> {
    Some(match name {
        "fill" => &mut target.fill,
        "accept_s" => &mut target.accept_s,
        "packed_on_time" => &mut target.packed_on_time,
        "delivered_on_time" => &mut target.delivered_on_time,
        "cancelled_max" => &mut target.cancelled_max,
        "returned_max" => &mut target.returned_max,
        "claims_max" => &mut target.claims_max,
        _ => return None,
    })
}

/// Seconds in one minute, or tenths in one percent: what a number of the page counts for in the data.
fn unit(name: &str) -> u32 {
    if name == "accept_s" { 60 } else { 10 }
}

pub(super) async fn show(app: web::Data<SellerApp>, request: HttpRequest) -> Result<HttpResponse, PageError> {
    staff(&app, &request).await?;
    let (version, targets) = scores::targets(&app).await.map_err(Problem::from)?;
    let tiers = targets.tiers.iter().map(|(tier, target)| {
        let mut target = *target;
        let field = |(name, title): (&str, &'static str)| {
            let value = measure(&mut target, name).map_or(0, |value| *value);
            let (whole, rest) = (value / unit(name), value % unit(name));
            let value = match (rest, name) {
                (0, _) | (_, "accept_s") => whole.to_string(),
                (rest, _) => format!("{whole}.{rest}"),
            };
            Field { name: format!("{tier}:{name}"), title, value }
        };
        (tier.clone(), MEASURES.map(field).into())
    });
    let page =
        TargetsPage { frame: Frame::of(&app, "partners"), version, tiers: tiers.collect(), targets: targets.clone() };
    Ok(pages::render(&page))
}

/// `97.5` → 975 tenths; whole minutes → seconds.
fn number(name: &str, text: &str) -> Result<u32, Problem> {
    let wrong = || Problem::bad_request(format!("{name}: `{text}` is not a number such as 95 or 97.5"));
    let (whole, rest) = text.trim().split_once('.').unwrap_or((text.trim(), "0"));
    let whole: u32 = whole.parse().map_err(|_| wrong())?;
    let rest: u32 = if rest.len() == 1 { rest.parse().map_err(|_| wrong())? } else { return Err(wrong()) };
    let measure = name.rsplit(':').next().unwrap_or(name);
    let tenths = if unit(measure) == 10 { rest } else { rest * 6 };
    whole.checked_mul(unit(measure)).and_then(|value| value.checked_add(tenths)).ok_or_else(wrong)
}

pub(super) async fn save(
    app: web::Data<SellerApp>,
    request: HttpRequest,
    fields: web::Form<Vec<(String, String)>>,
) -> Result<HttpResponse, PageError> {
    let caller = staff(&app, &request).await?;
    let (_, mut targets) = scores::targets(&app).await.map_err(Problem::from)?;
    let (mut version, mut reason) = (0, String::new());
    for (name, value) in fields.into_inner() {
        let days =
            |text: &str| text.trim().parse().map_err(|_| Problem::bad_request(format!("{name}: no whole number")));
        match name.as_str() {
            "version" => version = value.parse().unwrap_or(-1),
            "reason" => reason = value,
            "window_days" => targets.window_days = days(&value)?,
            "orders_min" => targets.orders_min = days(&value)?,
            "probation_days" => targets.probation_days = days(&value)?,
            "quiet_days" => targets.quiet_days = days(&value)?,
            other => {
                let Some((tier, name)) = other.split_once(':') else { continue };
                let target = targets.tiers.get_mut(tier).and_then(|target| measure(target, name));
                if let Some(target) = target {
                    *target = number(other, &value)?;
                }
            }
        }
    }
    let mover = Mover { actor: caller.actor(), reason: reason.trim() };
    scores::set_targets(&app, version, &targets, mover).await.map_err(Problem::from)?;
    Ok(pages::see_other("/console/partner-targets"))
}
