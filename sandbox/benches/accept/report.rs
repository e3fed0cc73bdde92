//! The tables.

use crate::breakdown::Step;
use crate::messages::{Buyer, DOMAIN, VERSION};
use crate::rounds::{Kind, Measured, Sample};
use crate::settings::Settings;
use crate::statistics::Spread;

pub fn heading(settings: &Settings, buyer: &Buyer, load: Option<&str>, flush_us: Spread) {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let bytes = buyer.select().map_or(0, |bytes| bytes.len());
    println!(
        "{} connections, {} rounds of {:.1} s in turn; every message a new select of {bytes} bytes, valid for {DOMAIN} {VERSION}",
        settings.connections,
        settings.rounds,
        settings.time.as_secs_f64()
    );
    println!(
        "{cores} cores, shared by the load, the servers and PostgreSQL: figures are floors, ratios say more than absolutes"
    );
    if let Ok(set) = std::env::var("HAAT_BENCH_SET") {
        println!("settings of the node that are not the defaults: {set}");
    }
    println!(
        "append and flush of 4 KiB on this disk: median {:.0} µs ({:.0}-{:.0}); load average before: {}",
        flush_us.median,
        flush_us.min,
        flush_us.max,
        load.unwrap_or("unknown")
    );
}

pub fn servers(all: &[Measured]) {
    println!(
        "\n{:<27} {:>22} {:>22} {:>22} {:>8} {:>13} {:>6} {:>11} {:>8}",
        "server", "ACK/s (min-max)", "p50 ms", "p99 ms", "CPU µs", "MiB idle-max", "group", "finished/s", "ACKs"
    );
    for one in all {
        let over = |figure: fn(&Sample) -> f64| Spread::of(one.rounds.iter().map(figure));
        let rate = over(|sample| sample.round.per_second());
        let (p50, p99) = (over(|sample| sample.round.percentile(50)), over(|sample| sample.round.percentile(99)));
        let range = |spread: Spread, digits: usize| {
            format!("{:.digits$} ({:.digits$}-{:.digits$})", spread.median, spread.min, spread.max)
        };
        let maybe =
            |value: Option<f64>, digits: usize| value.map_or("-".to_owned(), |value| format!("{value:.digits$}"));
        let memory = format!("{}-{}", maybe(one.resident_idle, 0), maybe(one.resident_peak, 0));
        let finished = Spread::of(one.rounds.iter().filter_map(|sample| sample.finished_per_second)).median;
        println!(
            "{:<27} {:>22} {:>22} {:>22} {:>8} {memory:>13} {:>6} {:>11} {:>8}",
            one.kind.name(),
            range(rate, 0),
            range(p50, 2),
            range(p99, 2),
            maybe(cpu(one), 1),
            maybe(one.group, 1),
            maybe(Some(finished).filter(|value| value.is_finite()), 0),
            one.rounds.iter().map(|sample| sample.round.acks).sum::<usize>(),
        );
    }
    println!(
        "every answer was 200 and an ACK; medians over the rounds. CPU: of the server process for one ACK, the handler's work included. \
         group: messages that shared a commit. finished/s: until the handler was done with the last message."
    );
}

/// Full against bare, round by round.
pub fn ratios(all: &[Measured]) {
    let Some(bare) = all.iter().find(|one| one.kind == Kind::Bare) else { return };
    for full in all.iter().filter(|one| !matches!(one.kind, Kind::Bare | Kind::Http)) {
        let pairs = full.rounds.iter().zip(&bare.rounds);
        let ratio = Spread::of(pairs.map(|(full, bare)| full.round.per_second() / bare.round.per_second()));
        println!("{:<27} / bare = {:.3} ({:.3}-{:.3})", full.kind.name(), ratio.median, ratio.min, ratio.max);
    }
}

pub fn breakdown(steps: &[Step], all: &[Measured]) {
    println!("\none message, step by step (one at a time, in one process) {:>10} {:>10}", "CPU µs", "per s");
    let line = |name: &str, took: f64| println!("  {name:<55} {took:>10.1} {:>10.0}", 1e6 / took);
    for step in steps {
        line(step.name, step.took_us);
    }
    let cpu_of = |kind: Kind| all.iter().find(|one| one.kind == kind).and_then(cpu);
    let Some(http) = cpu_of(Kind::Http) else { return };
    line("HTTP alone (CPU of that server for one ACK)", http);
    let known: f64 = http + steps.iter().filter(|step| step.in_ack).map(|step| step.took_us).sum::<f64>();
    line("sum of these, each once", known);
    for kind in [Kind::SqliteHeld, Kind::Sqlite, Kind::Postgres] {
        if let Some(measured) = cpu_of(kind) {
            let name = format!("{}: CPU of the server for one ACK", kind.name());
            line(&name, measured);
            line("  of which storing, waking and handing over", measured - known);
        }
    }
}

/// Median over the rounds.
fn cpu(one: &Measured) -> Option<f64> {
    let median = Spread::of(one.rounds.iter().filter_map(|sample| sample.cpu_us)).median;
    median.is_finite().then_some(median)
}
