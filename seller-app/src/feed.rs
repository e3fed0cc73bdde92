//! Stock numbers by the million: a file or a stream of positions, CSV or one JSON object a line, written in chunks.
//!
//! A good row is written, a faulty one is told with its number and left out: a nightly feed must not wait for one wrong line. Only
//! numbers that differ make a movement; every shelf that is named counts as counted now.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;
use utoipa::ToSchema;

use crate::app::SellerApp;
use crate::store::shelf::ShelfKey;
use crate::store::{feeds, items, partners};

mod rows;

pub use rows::{Layout, Position};

/// Rows that are written in one transaction.
const CHUNK: usize = 2_000;
/// Faults that are told; more are only counted.
const FAULTS_MAX: usize = 1_000;

/// A row that was left out. `row` counts as an editor does: the first line is 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RowFault {
    pub row: u64,
    pub message: String,
}

/// What a feed did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct FeedReport {
    /// Positions that were read, good or not.
    pub rows: u64,
    /// Shelves that did not exist.
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
    /// Rows that were left out.
    pub faulty: u64,
    /// The first of them, at most 1000.
    pub faults: Vec<RowFault>,
}

/// Why a feed stopped; what was written before stays written, and the same feed may be sent again.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    #[error("line {row}: {message}")]
    Layout { row: u64, message: String },
    #[error("the feed broke off after line {row}: {source}")]
    Broken { row: u64, source: std::io::Error },
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

/// Takes a feed line by line. Call [`finish`](Self::finish) at its end.
#[derive(Debug)]
pub struct Feed<'a> {
    app: &'a SellerApp,
    /// Who sends it, for the ledger.
    actor: String,
    /// The only partner whose shelves may be named; `None` = all.
    only: Option<String>,
    partners: HashSet<String>,
    skus: HashSet<String>,
    layout: Option<Layout>,
    line: u64,
    waiting: BTreeMap<ShelfKey, Position>,
    report: FeedReport,
}

impl<'a> Feed<'a> {
    /// # Errors
    /// When the database fails.
    pub async fn open(app: &'a SellerApp, actor: &str, only: Option<&str>) -> Result<Self, FeedError> {
        let db = &app.node.db;
        Ok(Self {
            app,
            actor: format!("{actor}: feed"),
            only: only.map(str::to_owned),
            partners: partners::all(db).await?.into_iter().map(|record| record.partner.id).collect(),
            skus: items::all(db).await?.into_iter().map(|item| item.sku).collect(),
            layout: None,
            line: 0,
            waiting: BTreeMap::new(),
            report: FeedReport::default(),
        })
    }

    /// Takes the next line, without its end.
    ///
    /// # Errors
    /// When the first line is no layout of a feed, or the database fails.
    pub async fn line(&mut self, line: &[u8]) -> Result<(), FeedError> {
        self.line += 1;
        let line = if self.line == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
        let Ok(text) = std::str::from_utf8(line) else {
            self.fault("is not UTF-8".to_owned());
            return Ok(());
        };
        let text = text.trim();
        if text.is_empty() {
            return Ok(());
        }
        let layout = match &self.layout {
            Some(layout) => layout,
            None => {
                let layout = Layout::of(text).map_err(|message| FeedError::Layout { row: self.line, message })?;
                let header = layout.is_header();
                let layout = self.layout.insert(layout);
                if header {
                    return Ok(());
                }
                layout
            }
        };
        match layout.read(text).and_then(|position| self.known(position)) {
            Ok(position) => {
                self.report.rows += 1;
                let key = ShelfKey::new(&position.partner_id, &position.sku);
                self.waiting.insert(key, position);
            }
            Err(message) => self.fault(message),
        }
        if self.waiting.len() >= CHUNK { self.write().await } else { Ok(()) }
    }

    fn known(&self, position: Position) -> Result<Position, String> {
        if self.only.as_ref().is_some_and(|only| *only != position.partner_id) {
            return Err(format!("`{}` is not your shelf", position.partner_id));
        }
        if !self.partners.contains(&position.partner_id) {
            return Err(format!("no partner `{}`", position.partner_id));
        }
        if !self.skus.contains(&position.sku) {
            return Err(format!("no item `{}`", position.sku));
        }
        Ok(position)
    }

    fn fault(&mut self, message: String) {
        self.report.rows += 1;
        self.report.faulty += 1;
        if self.report.faults.len() < FAULTS_MAX {
            self.report.faults.push(RowFault { row: self.line, message });
        }
    }

    async fn write(&mut self) -> Result<(), FeedError> {
        let chunk = std::mem::take(&mut self.waiting);
        let done = feeds::write(&self.app.node.db, &chunk, &self.actor, &self.app.stamp()).await?;
        self.report.new += done.new;
        self.report.changed += done.changed;
        self.report.unchanged += done.unchanged;
        Ok(())
    }

    /// Writes what is left.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish(mut self) -> Result<FeedReport, FeedError> {
        if !self.waiting.is_empty() {
            self.write().await?;
        }
        Ok(self.report)
    }
}

/// Feeds a file or any other reader.
///
/// # Errors
/// As [`Feed::line`], and when it cannot be read.
pub async fn read(app: &SellerApp, mut from: impl std::io::BufRead, actor: &str) -> Result<FeedReport, FeedError> {
    let mut feed = Feed::open(app, actor, None).await?;
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = from.read_until(b'\n', &mut line);
        match read.map_err(|source| FeedError::Broken { row: feed.line, source })? {
            0 => return feed.finish().await,
            _ => feed.line(&line).await?,
        }
    }
}
