//! What the built-in law costs a process: time to load, memory at rest, and after every action of every book was checked
//! once. Run: `cargo bench -p specs --bench law`.

use std::hint::black_box;
use std::time::Instant;

use serde_json::json;
use specs::{Action, Specs};

fn main() {
    let before = resident_mib();
    let specs = Specs::builtin().expect("the built-in law loads");
    let at_rest = resident_mib() - before;
    let payload = json!({});
    let one =
        milliseconds(|| drop(black_box(specs.book("ONDC:RET10", "1.2.5").map(|b| b.check(Action::Confirm, &payload)))));
    let second = milliseconds(|| {
        drop(black_box(specs.book("ONDC:RET10", "1.2.5").map(|b| b.check(Action::OnSearch, &payload))))
    });
    let first = milliseconds(|| {
        for book in specs.books() {
            Action::ALL.into_iter().for_each(|action| drop(black_box(book.check(action, &payload))));
        }
    });
    let in_use = resident_mib() - before;
    let mut times: Vec<f64> = (0..9).map(|_| milliseconds(|| drop(black_box(Specs::builtin())))).collect();
    times.sort_by(f64::total_cmp);
    println!(
        "{} books: load {:.1} ms of processor time (median of 9), {at_rest:.1} MiB",
        specs.books().len(),
        times[4]
    );
    println!("first message of a book: {one:.1} ms; first of another action: {second:.1} ms");
    println!("every action of every book checked once: {first:.1} ms, {in_use:.1} MiB");
}

/// Time that the work took: on the processor, where the system tells, so that a busy machine gives the same figure.
fn milliseconds(work: impl FnOnce()) -> f64 {
    let started = (Instant::now(), processor_ns());
    work();
    match (started.1, processor_ns()) {
        (Some(before), Some(after)) => (after - before) as f64 / 1e6,
        _ => started.0.elapsed().as_secs_f64() * 1e3,
    }
}

fn processor_ns() -> Option<u64> {
    std::fs::read_to_string("/proc/self/schedstat").ok()?.split_whitespace().next()?.parse().ok()
}

/// Resident memory of this process in MiB; 0 where the system does not tell.
fn resident_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0");
    line.split_whitespace().next().and_then(|kib| kib.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}
