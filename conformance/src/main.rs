//! The `conformance` program; everything is in the library.

use std::io::{IsTerminal, Write};
use std::panic::catch_unwind;
use std::process::ExitCode;

use clap::Parser;
use conformance::{Cli, Exit, Terminal};

fn main() -> ExitCode {
    let cli = Cli::parse();
    // A fault of this program must not look like a finding, so a panic has its own exit code.
    let exit = catch_unwind(|| run(&cli)).unwrap_or(Exit::Fault);
    ExitCode::from(exit as u8)
}

fn run(cli: &Cli) -> Exit {
    let stdout = std::io::stdout();
    let color = stdout.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let mut terminal = Terminal { out: std::io::BufWriter::new(stdout.lock()), color };
    let exit = conformance::run(cli, &mut terminal).unwrap_or_else(|error| {
        eprintln!("conformance: {error:#}");
        Exit::Usage
    });
    // A reader that went away (`| head`) is no failure of the check.
    let _ = terminal.out.flush();
    exit
}
