//! One line of a feed: CSV under a header, or a JSON object.

use serde::Deserialize;

use crate::import::cell;

/// A shelf as it was counted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    pub partner_id: String,
    pub sku: String,
    pub on_hand: i64,
    /// `None` leaves the safety stock as it is.
    #[serde(default)]
    pub safety: Option<i64>,
}

/// What the lines of a feed look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layout {
    /// A JSON object a line.
    Json,
    Csv(Columns),
}

/// Places of the columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns {
    delimiter: char,
    count: usize,
    partner_id: usize,
    sku: usize,
    on_hand: usize,
    safety: Option<usize>,
}

const KNOWN: [&str; 4] = ["partner_id", "sku", "on_hand", "safety"];

impl Layout {
    /// By the first line.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn of(first: &str) -> Result<Layout, String> {
        if first.starts_with('{') {
            return Ok(Layout::Json);
        }
        let count = |wanted: char| first.matches(wanted).count();
        let delimiter = [',', ';', '\t'].into_iter().max_by_key(|one| (count(*one), *one == ',')).unwrap_or(',');
        let header: Vec<&str> = first.split(delimiter).map(|cell| cell.trim().trim_matches('"')).collect();
        if let Some(unknown) = header.iter().find(|name| !KNOWN.contains(name)) {
            return Err(format!("unknown column `{unknown}`; known are {}", KNOWN.join(", ")));
        }
        let place = |name: &str| header.iter().position(|cell| *cell == name);
        let needed = |name: &str| place(name).ok_or_else(|| format!("the column `{name}` is missing"));
        Ok(Layout::Csv(Columns {
            delimiter,
            count: header.len(),
            partner_id: needed("partner_id")?,
            sku: needed("sku")?,
            on_hand: needed("on_hand")?,
            safety: place("safety"),
        }))
    }

    /// Whether the first line has no position itself.
    pub fn is_header(&self) -> bool {
        matches!(self, Layout::Csv(_))
    }

    /// Reads a line.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(&self, line: &str) -> Result<Position, String> {
        let position = match self {
            Layout::Json => serde_json::from_str(line).map_err(|error| error.to_string())?,
            Layout::Csv(columns) => columns.read(line)?,
        };
        let fits = |units: i64| (0..=UNITS_MAX).contains(&units);
        if !fits(position.on_hand) || !position.safety.is_none_or(fits) {
            return Err(format!("units must be 0 to {UNITS_MAX}"));
        }
        Ok(position)
    }
}

const UNITS_MAX: i64 = 100_000_000;

impl Columns {
    fn read(&self, line: &str) -> Result<Position, String> {
        // Ids and numbers need no quotes; who quotes them all the same may.
        let cells: Vec<&str> = line.split(self.delimiter).map(|cell| cell.trim().trim_matches('"')).collect();
        if cells.len() != self.count {
            return Err(format!("{} cells, the header has {}", cells.len(), self.count));
        }
        let units = |at: usize| {
            let text = cells.get(at).copied().unwrap_or_default();
            cell::units(text).ok_or_else(|| format!("`{text}` is not {}", cell::UNITS))
        };
        let safety = self.safety.filter(|at| cells.get(*at).is_some_and(|text| !text.is_empty()));
        let text = |at: usize| cells.get(at).copied().unwrap_or_default().to_owned();
        Ok(Position {
            partner_id: text(self.partner_id),
            sku: text(self.sku),
            on_hand: units(self.on_hand)?,
            safety: safety.map(units).transpose()?,
        })
    }
}
