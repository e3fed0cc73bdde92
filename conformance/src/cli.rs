//! The command line: what can be asked, and what the exit code says.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Parser, Subcommand, ValueEnum};
use specs::Specs;

use crate::judge::{Override, Summary};
use crate::{explain, input, judge, report};

/// Judges messages of an open commerce network by the network's published law.
#[derive(Debug, Parser)]
#[command(version, after_help = "Exit codes: 0 clean, 1 findings, 2 wrong use, 3 input that cannot be read.")]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check messages in JSON files, or in all *.json files of folders.
    ///
    /// A message is found wherever a JSON object has a `context` with an `action`: a bare payload, a list of payloads,
    /// or a log that wraps them. Each is judged by the book of its own domain and version.
    #[command(after_help = "Exit codes: 0 clean, 1 findings, 2 wrong use, 3 input that cannot be read.\n\n\
        Examples:\n  conformance check select.json\n  conformance check logs/ --format json > report.json\n  \
        conformance check on_search.json --domain ONDC:RET10 --version 1.2.5")]
    Check {
        /// Files or folders.
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// How to print the findings.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        #[command(flatten)]
        law: Law,
    },
    /// Say what a rule wants: its id, description and expression.
    Explain {
        /// The id that a finding names, for example `select/SELECT_ORDER/ITEMS_ID` or `RET10.select.schema.required`.
        rule: String,
        #[command(flatten)]
        law: Law,
    },
}

/// Which law applies.
#[derive(Debug, Args)]
struct Law {
    /// Folder with the law: books in our shape, or one published folder. Without it: the built-in law.
    #[arg(long, value_name = "FOLDER")]
    spec: Option<PathBuf>,
    /// Judge by this domain, whatever the messages say, for example `ONDC:RET10`.
    #[arg(long)]
    domain: Option<String>,
    /// Judge by this version, whatever the messages say, for example `1.2.5`.
    #[arg(long = "version", id = "core_version", value_name = "VERSION")]
    version: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// The exit code of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything was read and is clean.
    Clean = 0,
    /// Something was found.
    Findings = 1,
    /// The command line is wrong, or the law cannot be loaded.
    Usage = 2,
    /// Some input cannot be read; findings may be there as well.
    Unreadable = 3,
}

/// Does what the command line asks and prints to `out`.
///
/// # Errors
/// When the law cannot be loaded or `out` cannot be written.
pub fn run(cli: &Cli, out: &mut impl Write) -> anyhow::Result<Exit> {
    match &cli.command {
        Command::Check { paths, format, law } => {
            let specs = law.load()?;
            let reports: Vec<_> =
                input::files(paths).into_iter().map(|file| judge(&specs, &law.forced(), file)).collect();
            let summary = Summary::of(&reports);
            match format {
                Format::Text => report::text(&reports, &summary, out)?,
                Format::Json => report::json(&reports, &summary, out)?,
            }
            Ok(match summary {
                Summary { unreadable: 1.., .. } => Exit::Unreadable,
                Summary { findings: 1.., .. } => Exit::Findings,
                Summary { .. } => Exit::Clean,
            })
        }
        Command::Explain { rule, law } => explain::explain(&law.load()?, &law.forced(), rule, out),
    }
}

impl Law {
    fn load(&self) -> anyhow::Result<Specs> {
        match &self.spec {
            Some(folder) => {
                Specs::load(folder).with_context(|| format!("the law in {} cannot be used", folder.display()))
            }
            None => Specs::builtin().context("the built-in law cannot be used"),
        }
    }

    fn forced(&self) -> Override {
        Override { domain: self.domain.clone(), version: self.version.clone() }
    }
}
