//! The command line: what can be asked, and what the exit code says.

mod check;

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use specs::Specs;

use crate::judge::LawReport;
use crate::rulebook_page::PageFormat;
use crate::{explain, law, rulebook_page, serve};

const EXIT_CODES: &str = "Exit codes:\n  0  clean: every message was evaluated and no error counts\n  \
    1  findings: at least one error counts\n  \
    2  wrong use: the command line, the law, a baseline or a waiver file\n  \
    3  something could not be read (findings may be there as well)\n  \
    4  no findings, but something could not be evaluated: no message, no book, or a NACK that no rule explains\n  \
    5  a fault of this program: the report is not complete";

/// Judges what participants of an open commerce network recorded, by the network's published law.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check recorded messages: files, folders or zip archives.
    ///
    /// A message is found wherever a JSON object has a `context` with an `action`: a bare payload, a list, a log that
    /// wraps it. Messages of one folder or transaction make a flow. Each is judged by the book of its own domain and
    /// version, by itself and against the others of its flow.
    #[command(after_help = check::EXAMPLES, after_long_help = check::long_help())]
    Check(Box<check::Arguments>),
    /// Say what a rule wants, why, whose fault it is and how to mend it.
    Explain {
        /// The id that a finding names, for example `history/QUOTE_KEPT` or `RET10.select.schema.required`.
        rule: String,
        /// How to tell it.
        #[arg(long, value_enum, default_value_t = Plain::Text)]
        format: Plain,
        #[command(flatten)]
        law: LawArguments,
    },
    /// Print the rule book: every rule with what must hold, why, whose fault and how to mend it.
    Rules {
        /// How to tell it.
        #[arg(long, value_enum, default_value_t = PageFormat::Text)]
        format: PageFormat,
        /// Folder with books to lay over the built-in law.
        #[arg(long, value_name = "FOLDER")]
        spec: Option<PathBuf>,
    },
    /// A page to drop logs on, and the same as an HTTP API. Works offline.
    #[command(
        after_help = "Whoever has the link of a report can read and delete it. Uploaded files are removed after the check."
    )]
    Serve(serve::Arguments),
}

/// For people or for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Plain {
    /// For people.
    Text,
    /// For programs.
    Json,
}

/// A rule that somebody wants explained.
#[derive(Debug)]
pub(crate) struct Asked<'a> {
    pub(crate) rule: &'a str,
    /// Only in books of this domain.
    pub(crate) domain: Option<&'a str>,
    /// Only in books of this version.
    pub(crate) version: Option<&'a str>,
}

/// Which law applies.
#[derive(Debug, Args)]
struct LawArguments {
    /// Folder with books to lay over the built-in law: in our shape, or one published folder.
    #[arg(long, value_name = "FOLDER")]
    spec: Option<PathBuf>,
    /// Judge by this domain, whatever the messages say, for example `ONDC:RET10`.
    #[arg(long)]
    domain: Option<String>,
    /// Judge by this version, whatever the messages say, for example `1.2.5`.
    #[arg(long = "version", id = "core_version", value_name = "VERSION")]
    version: Option<String>,
}

/// The exit code of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Every message was evaluated and no error counts.
    Clean = 0,
    /// At least one error counts.
    Findings = 1,
    /// The command line is wrong, or a file that it names cannot be used.
    Usage = 2,
    /// Some input cannot be read; findings may be there as well.
    Unreadable = 3,
    /// No findings, but something could not be evaluated.
    NotEvaluated = 4,
    /// This program broke; the report is not complete.
    Fault = 5,
}

/// Where the answer goes.
#[derive(Debug)]
pub struct Terminal<W> {
    /// Standard output.
    pub out: W,
    /// It is a terminal that shows colour, and nobody asked for none.
    pub color: bool,
}

/// Does what the command line asks.
///
/// # Errors
/// When a file that the command line names cannot be used, or the output cannot be written.
pub fn run<W: Write>(cli: &Cli, terminal: &mut Terminal<W>) -> anyhow::Result<Exit> {
    match &cli.command {
        Command::Check(arguments) => check::check(arguments, terminal),
        Command::Explain { rule, format, law } => {
            let (specs, _) = law.load()?;
            let asked = Asked { rule, domain: law.domain.as_deref(), version: law.version.as_deref() };
            explain::explain(&specs, &asked, *format, &mut terminal.out)
        }
        Command::Rules { format, spec } => {
            let (specs, _) = law::load(spec.as_deref())?;
            rulebook_page::write(&specs, *format, &mut terminal.out)?;
            Ok(Exit::Clean)
        }
        Command::Serve(arguments) => serve::serve(arguments, &mut terminal.out),
    }
}

impl LawArguments {
    fn load(&self) -> anyhow::Result<(Specs, LawReport)> {
        law::load(self.spec.as_deref())
    }
}
