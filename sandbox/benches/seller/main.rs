//! What the seller node's work costs. `cargo bench -p sandbox --bench seller`, or with words that name parts: `-- routing holds`.
//! The word `tiny` makes every part so small that it only shows that it runs; so does a run without `cargo bench`.
//!
//! ```text
//!  routing   decisions by class                                      ◀ nearest-first on the same problems
//!  holds     units set aside: rules alone, and stored                ◀ the same rows written without rules
//!  refresh   a feed that counts every position                       ◀ the same rows inserted without rules
//!  flip      a shelf that empties, until the new winner is told      ◀ one row changed and one message stored
//!  select    signed select to signed on_select over HTTP             ◀ a server that proves and answers, nothing stored
//! ```
//!
//! One module for each measured thing; each prints a ratio to a ceiling that was measured in the same run. Figures are of the
//! machine as it is; its load is printed with them. HAAT_BENCH_ROWS is the number of positions of `refresh` and `flip` (the large
//! brand has 5250000), HAAT_BENCH_SECONDS the length of `holds`, `flip` and `select`.

mod brand;
mod buyer;
mod flip;
mod holds;
#[allow(dead_code)] // this load is open, so only its connections are used
#[path = "../accept/load.rs"]
mod load;
#[path = "../accept/postgres.rs"]
mod postgres;
mod refresh;
#[path = "../accept/registry.rs"]
mod registry;
mod routing;
mod select;
mod size;
mod stage;

use size::Size;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A name, and what measures it.
type Part = (&'static str, fn(&Size) -> anyhow::Result<()>);

/// Every part.
const PARTS: [Part; 5] = [
    ("routing", routing::measure),
    ("holds", |size| wait(holds::measure(size))),
    ("refresh", |size| wait(refresh::measure(size))),
    ("flip", |size| wait(flip::measure(size))),
    ("select", |size| wait(select::measure(size))),
];

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_tiny = arguments.iter().any(|one| one == "tiny") || !arguments.iter().any(|one| one == "--bench");
    let size = if is_tiny { Size::tiny() } else { Size::from_environment()? };
    let asked: Vec<&String> = arguments.iter().filter(|word| !word.starts_with('-') && *word != "tiny").collect();
    for (name, measure) in PARTS {
        if asked.is_empty() || asked.iter().any(|word| *word == name) {
            println!("\n{name} (load {})", size::load_average());
            measure(&size)?;
        }
    }
    Ok(())
}

/// As the program's own runtime.
fn wait(part: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(part)
}
