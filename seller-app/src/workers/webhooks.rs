//! Tells the brand's systems what they want to know ([`crate::webhooks`]).

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::join_all;
use node::workers::CancellationToken;
use protocol::http::{Http, HttpFailure};
use tokio::task::{JoinError, JoinSet};

use crate::app::{SellerApp, later_ms};
use crate::store::webhook_deliveries::{self as deliveries, Answer, Due};
use crate::store::webhooks;
use crate::webhooks::{schedule, signature};

const EVERY: Duration = Duration::from_secs(1);
/// Deliveries to one place that are under way at the same time.
const IN_FLIGHT: i64 = 8;
/// A receiver takes what it is told and works on it later.
const TIMEOUT: Duration = Duration::from_secs(10);
/// A delivery is ours for so long; longer than its timeout, so that nobody sends it beside us.
const CLAIM_MS: i64 = 60_000;
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// Characters of the answer that are kept.
const ANSWER_KEPT: usize = 200;
const GONE: i64 = 410;

pub(super) fn start(app: &Arc<SellerApp>) {
    let (app, workers) = (app.clone(), app.node.workers.clone());
    workers.spawn("webhooks", move |stop| run(app.clone(), stop));
}

/// Each place has a task of its own while something is due for it, so a slow one holds up nobody else.
async fn run(app: Arc<SellerApp>, stop: CancellationToken) {
    let (mut busy, mut tasks) = (HashSet::new(), JoinSet::new());
    while !stop.is_cancelled() {
        match deliveries::places_with_due(&app.node.db, app.now().as_millisecond()).await {
            Ok(places) => {
                for place in places.into_iter().filter(|place| busy.insert(place.clone())) {
                    let app = app.clone();
                    tasks.spawn(async move {
                        let done = deliver_to(&app, &place).await;
                        (place, done)
                    });
                }
            }
            Err(error) => tracing::warn!(%error, "webhooks could not be read; tried again in a moment"),
        }
        let pause = tokio::time::sleep(EVERY);
        tokio::pin!(pause);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = &mut pause => break,
                Some(done) = tasks.join_next() => ended(&mut busy, done),
            }
        }
    }
    // What is under way ends within its timeout; its answer is written down.
    while let Some(done) = tasks.join_next().await {
        ended(&mut busy, done);
    }
}

fn ended(busy: &mut HashSet<String>, done: Result<(String, Result<usize, sqlx::Error>), JoinError>) {
    match done {
        Ok((place, done)) => {
            busy.remove(&place);
            if let Err(error) = done {
                tracing::warn!(%error, webhook = place, "webhooks could not be sent; tried again in a moment");
            }
        }
        // Nobody knows which one it was: all are looked at again. Claims keep one from being sent twice at a time.
        Err(error) => {
            tracing::error!(%error, "sending webhooks failed");
            busy.clear();
        }
    }
}

/// Sends what is due; says how many tries were made.
///
/// # Errors
/// When the database fails.
pub async fn deliver(app: &SellerApp) -> Result<usize, sqlx::Error> {
    let mut tries = 0;
    for place in deliveries::places_with_due(&app.node.db, app.now().as_millisecond()).await? {
        tries += deliver_to(app, &place).await?;
    }
    Ok(tries)
}

async fn deliver_to(app: &SellerApp, place: &str) -> Result<usize, sqlx::Error> {
    let http = app.node.http.with_limits(TIMEOUT, ANSWER_BYTES_MAX);
    let (mut tries, stop) = (0, app.node.workers.stop_token());
    while !stop.is_cancelled() {
        let due = deliveries::due(&app.node.db, place, app.now().as_millisecond(), IN_FLIGHT).await?;
        let tried = join_all(due.iter().map(|one| send(app, &http, one))).await;
        let made = tried.into_iter().collect::<Result<Vec<bool>, _>>()?.into_iter().filter(|made| *made).count();
        tries += made;
        if made == 0 {
            break;
        }
    }
    Ok(tries)
}

/// False when another replica had it.
async fn send(app: &SellerApp, http: &Http, due: &Due) -> Result<bool, sqlx::Error> {
    let mut tx = app.node.db.begin().await?;
    if !deliveries::claim(&mut tx, due, later_ms(app.now(), CLAIM_MS).as_millisecond()).await? {
        tx.rollback().await?;
        return Ok(false);
    }
    tx.commit().await?;
    let answer = post(app, http, due).await;
    let mut tx = app.node.db.begin().await?;
    if (200..300).contains(&answer.status) {
        deliveries::end(&mut tx, &due.id, true, &answer, app.now().as_millisecond()).await?;
    } else {
        failed(app, &mut tx, due, &answer).await?;
    }
    tx.commit().await?;
    Ok(true)
}

async fn failed(app: &SellerApp, tx: &mut node::Tx, due: &Due, answer: &Answer) -> Result<(), sqlx::Error> {
    let mut chance = [0];
    app.node.randomness.fill(&mut chance);
    let pause = schedule::pause_ms(due.attempts + 1, chance[0]).filter(|_| answer.status != GONE);
    if let Some(pause) = pause {
        return deliveries::later(tx, &due.id, answer, later_ms(app.now(), pause).as_millisecond()).await;
    }
    let why = match answer.status {
        GONE => "it answered 410 Gone".to_owned(),
        0 => format!("three days without an answer: {}", answer.text),
        status => format!("three days of refusals, the last one HTTP {status}"),
    };
    tracing::warn!(
        webhook = due.webhook_id,
        url = due.url,
        why,
        "a webhook is paused; start it again when its receiver is well"
    );
    deliveries::end(tx, &due.id, false, answer, app.now().as_millisecond()).await?;
    webhooks::switch(tx, &due.webhook_id, false, &why).await.map(|_| ())
}

async fn post(app: &SellerApp, http: &Http, due: &Due) -> Answer {
    let now = app.now();
    let former = Some(due.former_secret.as_str()).filter(|_| now.as_millisecond() < due.former_until_ms);
    let secrets = std::iter::once(due.secret.as_str()).chain(former);
    let signed = signature::header(secrets, &due.event_id, now.as_second(), due.body.as_bytes());
    let timestamp = now.as_second().to_string();
    let headers = [
        ("webhook-id", due.event_id.as_str()),
        ("webhook-timestamp", timestamp.as_str()),
        ("webhook-signature", signed.as_str()),
    ];
    let started = Instant::now();
    let answered = http.post(&due.url, Bytes::from(due.body.clone()), &headers).await;
    let took_ms = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
    match answered {
        Ok(answer) => Answer {
            status: i64::from(answer.status),
            took_ms,
            text: String::from_utf8_lossy(&answer.body).chars().take(ANSWER_KEPT).collect(),
        },
        Err(failure) => Answer { status: 0, took_ms, text: words(&failure) },
    }
}

fn words(failure: &HttpFailure) -> String {
    failure.to_string().chars().take(ANSWER_KEPT).collect()
}
