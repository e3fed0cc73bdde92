//! The partner's own scorecard: the same numbers that the brand sees, with their goals.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use node::pages;

use crate::app::SellerApp;
use crate::console::partner_plot::{Plot, plot};
use crate::languages::Language;
use crate::partner_work::life;
use crate::partner_work::scores::{self, Score};
use crate::partners::scorecard::{Ratio, Scorecard};
use crate::partners::targets::Target;

use super::{Frame, PortalError, Visit, words};

#[derive(Template)]
#[template(path = "portal/numbers.html")]
struct NumbersPage<'a> {
    frame: Frame<'a>,
    window: String,
    orders: String,
    measures: Vec<MeasureView>,
}

struct MeasureView {
    name: &'static str,
    title: String,
    value: String,
    cases: String,
    goal: String,
    /// Whether the goal is reached; nothing without a goal or without cases.
    reached: Option<bool>,
    plot: Option<Plot>,
    words: String,
}

pub(super) async fn show(app: web::Data<SellerApp>, request: HttpRequest) -> Result<HttpResponse, PortalError> {
    let visit = Visit::of(&app, &request).await?;
    let t = visit.t;
    let (_, targets) = scores::targets(&app).await?;
    let record = life::known(&app, &visit.partner_id).await?;
    let target = targets.tiers.get(&record.tier).or_else(|| targets.tiers.get("standard"));
    let score = scores::score(&app, &visit.partner_id, &targets).await?;
    let page = NumbersPage {
        window: t.count("numbers-window", targets.window_days),
        orders: t.count("numbers-orders", score.card.all.orders),
        measures: words::MEASURES.into_iter().map(|name| measure(t, name, &score, target)).collect(),
        frame: Frame::of(&app, &visit.name, t, "numbers"),
    };
    Ok(pages::render(&page))
}

fn measure(t: &Language, name: &'static str, score: &Score, target: Option<&Target>) -> MeasureView {
    if name == "accept" {
        return acceptance(t, score, target);
    }
    let (ratio, more_is_better) = read(name, &score.card);
    let goal = goal(name, target);
    let key = if more_is_better { "numbers-at-least" } else { "numbers-at-most" };
    let weeks: Vec<Ratio> = score.weeks.iter().map(|week| read(name, week).0).collect();
    let share = |ratio: Ratio| ratio.permille().map_or_else(|| "–".to_owned(), |share| t.share(share));
    let shares: Vec<String> = weeks.iter().map(|week| share(*week)).collect();
    MeasureView {
        name,
        title: t.say(&words::measure(name)),
        value: share(ratio),
        cases: cases(t, ratio),
        goal: goal.map(|goal| t.with(key, "share", &t.share(goal))).unwrap_or_default(),
        reached: ratio.permille().zip(goal).map(|(is, goal)| if more_is_better { is >= goal } else { is <= goal }),
        plot: weeks.iter().any(|week| week.of > 0).then(|| plot(&weeks, goal)),
        words: t.with("numbers-weeks", "shares", &shares.join(", ")),
    }
}

/// How fast half of the orders were accepted.
fn acceptance(t: &Language, score: &Score, target: Option<&Target>) -> MeasureView {
    let median = score.card.all.accept_median_s;
    let goal = target.map(|target| i64::from(target.accept_s));
    MeasureView {
        name: "accept",
        title: t.say(&words::measure("accept")),
        value: median.map_or_else(|| "–".to_owned(), |seconds| t.lasts(seconds * 1000)),
        cases: if median.is_none() { t.say("numbers-none") } else { String::new() },
        goal: goal.map(|goal| t.with("numbers-at-most", "share", &t.lasts(goal * 1000))).unwrap_or_default(),
        reached: median.zip(goal).map(|(is, goal)| is <= goal),
        plot: None,
        words: String::new(),
    }
}

fn cases(t: &Language, ratio: Ratio) -> String {
    if ratio.of == 0 {
        return t.say("numbers-none");
    }
    let number = |count: u64| t.number(i64::try_from(count).unwrap_or(i64::MAX));
    t.with_two("numbers-cases", ("hits", &number(ratio.hits)), ("of", &number(ratio.of)))
}

/// The share, and whether more of it is better.
fn read(name: &str, card: &Scorecard) -> (Ratio, bool) {
    match name {
        "fill" => (card.all.fill, true),
        "packed_on_time" => (card.all.packed_on_time, true),
        "delivered_on_time" => (card.all.delivered_on_time, true),
        "cancelled" => (card.all.cancelled, false),
        "returned" => (card.all.returned, false),
        "claims" => (card.claims, false),
        _ => (card.all.perfect, true),
    }
}

fn goal(name: &str, target: Option<&Target>) -> Option<u32> {
    let target = target?;
    match name {
        "fill" => Some(target.fill),
        "packed_on_time" => Some(target.packed_on_time),
        "delivered_on_time" => Some(target.delivered_on_time),
        "cancelled" => Some(target.cancelled_max),
        "returned" => Some(target.returned_max),
        "claims" => Some(target.claims_max),
        _ => None,
    }
}
