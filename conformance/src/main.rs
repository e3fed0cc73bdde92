//! The `conformance` program; everything is in the library.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use conformance::{Cli, Exit};

fn main() -> ExitCode {
    let mut out = std::io::stdout().lock();
    let exit = conformance::run(&Cli::parse(), &mut out).unwrap_or_else(|error| {
        eprintln!("conformance: {error:#}");
        Exit::Usage
    });
    // A reader that went away (`| head`) is no failure of the check.
    let _ = out.flush();
    ExitCode::from(exit as u8)
}
