//! What the seller node's work costs. `cargo bench -p sandbox --bench seller`, or with words that name parts: `-- routing`.
//!
//! One module for each measured thing. Figures are of the machine as it is; its load is printed with them.

mod routing;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A name, and what measures it.
type Part = (&'static str, fn() -> anyhow::Result<()>);

/// Every part.
const PARTS: [Part; 1] = [("routing", routing::measure)];

fn main() -> anyhow::Result<()> {
    let asked: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    for (name, measure) in PARTS {
        if asked.is_empty() || asked.iter().any(|word| word == name) {
            let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
            println!("\n{name} (load {})", load.split(' ').next().unwrap_or("unknown"));
            measure()?;
        }
    }
    Ok(())
}
