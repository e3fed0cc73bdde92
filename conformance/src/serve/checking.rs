//! From an upload to a report on the shelf.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use actix_web::web;
use protocol::clock::{Clock, SystemClock};
use specs::Side;

use super::Office;
use super::problem::Problem;
use super::shelf::Work;
use crate::excuse::Excuses;
use crate::input;
use crate::judge::{self, Ask, Options, Report};
use crate::recording::Recording;

/// Checks what is in the work folder and keeps the report. Waits while too many others are being checked.
pub(super) async fn check(office: Arc<Office>, work: Work, role: Option<Side>) -> Result<Report, Problem> {
    let inner = Arc::clone(&office);
    let permit = inner.checks.acquire().await.map_err(Problem::internal)?;
    let done = web::block(move || {
        let (report, recording) = judged(&office, &work.folder, role);
        office.shelf.keep(&work.id, &report, &recording).map(|()| report)
    });
    let report = done.await.map_err(Problem::internal)?.map_err(Problem::internal);
    drop(permit);
    report
}

fn judged(office: &Office, folder: &Path, role: Option<Side>) -> (Report, Recording) {
    let clock = Instant::now();
    // Of a zip no more is unpacked than could have been sent without it.
    let mut recording = input::read_within(&[folder.to_owned()], office.upload_bytes_max as u64, &mut |_| {});
    relative(&mut recording, folder);
    let options = Options { role, ..Options::default() };
    let ask = Ask { options, law: office.law.clone(), excuses: Excuses::default(), started: SystemClock.now() };
    let mut report = judge::judge(&office.specs, &recording, &ask);
    report.took_ms = u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX);
    (report, recording)
}

/// The folder is ours and means nothing to the reader; what lies in it is named as it was uploaded.
fn relative(recording: &mut Recording, folder: &Path) {
    let folder = folder.display().to_string();
    let strip = |text: &mut String| {
        let rest = text.replace(&format!("{folder}/"), "").replace(&folder, "upload");
        *text = rest;
    };
    for flow in &mut recording.flows {
        strip(&mut flow.source);
        flow.guesses.iter_mut().for_each(strip);
        flow.messages.iter_mut().for_each(|message| strip(&mut message.origin.path));
    }
    for unread in &mut recording.unread {
        strip(&mut unread.path);
        strip(&mut unread.reason);
    }
    recording.without_message.iter_mut().for_each(strip);
}
