//! `conformance check`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context;
use clap::{Args, ValueEnum};
use protocol::clock::{Clock, SystemClock};
use specs::Side;

use super::{EXIT_CODES, Exit, LawArguments, Terminal};
use crate::excuse::{Baseline, Excuses, Waiver};
use crate::input::{self, ProgressLine};
use crate::judge::{self, Ask, Options, Report, Verdict};
use crate::recording::Recording;
use crate::report::{self, Format};

pub(super) const EXAMPLES: &str = "Examples:\n  conformance check select.json\n  conformance check logs.zip\n  \
    conformance check logs/ --output report.html\n  \
    conformance check logs/ --role seller --format junit --output junit.xml\n  \
    conformance check logs/ --write-baseline known.json; conformance check logs/ --baseline known.json\n  \
    conformance check on_search.json --domain ONDC:RET10 --version 1.2.5";

pub(super) fn long_help() -> String {
    format!(
        "{EXIT_CODES}\n\n{EXAMPLES}\n\nA waiver file is a YAML list:\n  \
        - rule: history/QUOTE_KEPT        # `*` stands for any rest, in rule, place and source\n    \
        place: /message/order/quote     # optional\n    source: '*flow6*'               # optional\n    \
        reason: agreed by mail on 2026-11-02\n    owner: integration team\n    expires: 2026-12-31             # the last day"
    )
}

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Files, folders or zip archives.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How to tell the findings; without it, by the name of the output file, else as text.
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Write the report to this file, and only the outcome to the terminal.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The side under test: only what is at its fault counts; the rest is told apart.
    #[arg(long, value_enum)]
    role: Option<Role>,
    /// Known findings; only new ones count.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write all findings that no waiver excuses to this file, for --baseline.
    #[arg(long, value_name = "FILE")]
    write_baseline: Option<PathBuf>,
    /// Findings that somebody tolerates for a reason until a day (YAML).
    #[arg(long, value_name = "FILE")]
    waivers: Option<PathBuf>,
    #[command(flatten)]
    law: LawArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    /// The buyer node.
    Buyer,
    /// The seller node.
    Seller,
}

pub(super) fn check<W: Write>(arguments: &Arguments, terminal: &mut Terminal<W>) -> anyhow::Result<Exit> {
    let (specs, law) = arguments.law.load()?;
    let excuses = arguments.excuses()?;
    let clock = Instant::now();
    let ask = Ask { options: arguments.options(), law, excuses, started: SystemClock.now() };
    let mut line = ProgressLine::new();
    let recording = input::read(&arguments.paths, &mut |progress| line.tell(progress));
    drop(line);
    let mut report = judge::judge(&specs, &recording, &ask);
    report.took_ms = u64::try_from(clock.elapsed().as_millis()).unwrap_or(u64::MAX);
    if let Some(file) = &arguments.write_baseline {
        Baseline::of(&report).write(file)?;
    }
    match arguments.tell(&report, &recording, terminal) {
        // A reader that went away (`| head`) is no failure of the check.
        Err(error) if is_broken_pipe(&error) => {}
        told => told?,
    }
    Ok(exit(&report))
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// What the report means for a build.
fn exit(report: &Report) -> Exit {
    match report.verdict {
        _ if !report.faults.is_empty() => Exit::Fault,
        _ if !report.unread.is_empty() => Exit::Unreadable,
        Verdict::Findings => Exit::Findings,
        Verdict::NotEvaluated => Exit::NotEvaluated,
        Verdict::Clean => Exit::Clean,
    }
}

impl Arguments {
    fn options(&self) -> Options {
        let text = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        Options {
            role: self.role.map(Role::side),
            domain: self.law.domain.clone(),
            version: self.law.version.clone(),
            spec: text(&self.law.spec),
            baseline: text(&self.baseline),
            waivers: text(&self.waivers),
        }
    }

    fn excuses(&self) -> anyhow::Result<Excuses> {
        Ok(Excuses {
            waivers: self.waivers.as_deref().map(Waiver::read).transpose()?.unwrap_or_default(),
            baseline: self.baseline.as_deref().map(Baseline::read).transpose()?,
        })
    }

    fn tell<W: Write>(&self, report: &Report, recording: &Recording, terminal: &mut Terminal<W>) -> anyhow::Result<()> {
        let Some(path) = &self.output else {
            let format = self.format.unwrap_or(Format::Text);
            return Ok(report::write(format, report, recording, terminal.color, &mut terminal.out)?);
        };
        let format = self.format.or_else(|| by_name(path)).unwrap_or(Format::Text);
        let unwritable = || format!("{} cannot be written", path.display());
        let mut file = BufWriter::new(File::create(path).with_context(unwritable)?);
        report::write(format, report, recording, false, &mut file).with_context(unwritable)?;
        file.flush().with_context(unwritable)?;
        report::outcome(report, terminal.color, &mut terminal.out)?;
        Ok(writeln!(terminal.out, "report: {}", path.display())?)
    }
}

impl Role {
    fn side(self) -> Side {
        match self {
            Role::Buyer => Side::Buyer,
            Role::Seller => Side::Seller,
        }
    }
}

fn by_name(path: &Path) -> Option<Format> {
    let end = path.extension()?.to_str()?.to_lowercase();
    let formats = Format::value_variants().iter().copied();
    formats.into_iter().find(|format| format.extension() == end).or((end == "htm").then_some(Format::Html))
}
