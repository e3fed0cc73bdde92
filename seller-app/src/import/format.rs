//! A table in any of the forms in which people keep one, as the CSV that the import reads: a spreadsheet (XLSX, its first
//! sheet), NDJSON (one object a line, its names are the columns), or CSV, which stays as it is.
//!
//! Row numbers stay true: those of a spreadsheet are its own; line `n` of NDJSON is row `n + 1`, as if a header stood above it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use serde_json::Value;

/// The most that a spreadsheet may unpack to, in bytes: a small file can hold a very large one.
pub const UNPACKED_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// The most columns; the widest table of ours has some thirty.
pub const COLUMNS_MAX: usize = 256;

/// Why a file is no table.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    #[error("the spreadsheet cannot be read: {0}; save it as XLSX or CSV")]
    Spreadsheet(String),
    #[error("the spreadsheet unpacks to more than {UNPACKED_BYTES_MAX} bytes: divide it, or save it as CSV")]
    TooLarge,
    #[error(
        "the table has more than {COLUMNS_MAX} columns: take away the cells far to the right, or the names that are no columns"
    )]
    TooWide,
    #[error("line {line}: {message}; each line must be one JSON object such as {{\"sku\":\"A-1\",\"on_hand\":5}}")]
    Json { line: usize, message: String },
}

/// The table as CSV; what is CSV already is handed back untouched.
///
/// # Errors
/// When the file begins like a spreadsheet or like JSON and is none.
pub fn as_csv(bytes: &[u8]) -> Result<Cow<'_, [u8]>, FormatError> {
    if bytes.starts_with(b"PK\x03\x04") {
        return spreadsheet(bytes).map(Cow::Owned);
    }
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if text.trim_ascii_start().starts_with(b"{") {
        return ndjson(text).map(Cow::Owned);
    }
    Ok(Cow::Borrowed(bytes))
}

fn spreadsheet(bytes: &[u8]) -> Result<Vec<u8>, FormatError> {
    bounded(bytes)?;
    let broken = |error: &dyn std::fmt::Display| FormatError::Spreadsheet(error.to_string());
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let name = book.sheet_names().into_iter().next().ok_or_else(|| broken(&"it has no sheet"))?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(|error| broken(&error))?;
    // One by one: a grid would need room for every cell up to a stray one in the last corner.
    let mut rows: BTreeMap<u32, BTreeMap<usize, String>> = BTreeMap::new();
    while let Some(found) = cells.next_cell().map_err(|error| broken(&error))? {
        let ((row, column), text) = (found.get_position(), cell(&found.get_value().clone().into()));
        let column = usize::try_from(column).ok().filter(|column| *column < COLUMNS_MAX);
        if !text.is_empty() {
            rows.entry(row).or_default().insert(column.ok_or(FormatError::TooWide)?, text);
        }
    }
    Ok(sheet(&rows))
}

/// The rows with their empty ones between them, each as wide as the header at least.
fn sheet(rows: &BTreeMap<u32, BTreeMap<usize, String>>) -> Vec<u8> {
    let first = rows.values().filter_map(|row| row.keys().next()).min().copied().unwrap_or_default();
    let last = |row: &BTreeMap<usize, String>| row.keys().next_back().copied().unwrap_or_default();
    let header = rows.values().next().map_or(first, last);
    let (mut csv, mut next) = (Vec::new(), 0);
    for (number, row) in rows {
        csv.extend((next..*number).map(|_| b'\n'));
        next = number + 1;
        let wide = first..=last(row).max(header);
        csv.append(&mut written(std::iter::once(wide.map(|at| row.get(&at).cloned().unwrap_or_default()).collect())));
    }
    csv
}

/// Unpacks the whole file into nothing, because the sizes that it states of itself may be false.
fn bounded(bytes: &[u8]) -> Result<(), FormatError> {
    let broken = |error: &dyn std::fmt::Display| FormatError::Spreadsheet(error.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let mut left = UNPACKED_BYTES_MAX;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| broken(&error))?;
        let unpacked = io::copy(&mut entry.take(left + 1), &mut io::sink()).map_err(|error| broken(&error))?;
        left = left.checked_sub(unpacked).ok_or(FormatError::TooLarge)?;
    }
    Ok(())
}

/// A cell as its owner sees it. A date is `YYYY-MM-DD`; the wrong results of formulas (`#REF!`) stay, to be told as faults.
fn cell(data: &Data) -> String {
    match data {
        Data::Empty => String::new(),
        Data::String(text) => one_line(text),
        Data::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Data::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        other => one_line(&other.to_string()),
    }
}

fn ndjson(bytes: &[u8]) -> Result<Vec<u8>, FormatError> {
    let mut columns: Vec<String> = Vec::new();
    let mut lines = Vec::new();
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let object: serde_json::Map<String, Value> = if line.trim_ascii().is_empty() {
            serde_json::Map::new()
        } else {
            let broken = |error: serde_json::Error| FormatError::Json { line: index + 1, message: error.to_string() };
            serde_json::from_slice(line).map_err(broken)?
        };
        for name in object.keys() {
            if !columns.contains(name) {
                columns.push(name.clone());
            }
        }
        if columns.len() > COLUMNS_MAX {
            return Err(FormatError::TooWide);
        }
        lines.push(object);
    }
    let mut rows = vec![columns.clone()];
    for (index, object) in lines.iter().enumerate() {
        let value = |name: &String| object.get(name).map_or(Ok(String::new()), plain);
        let row: Result<Vec<String>, String> = columns.iter().map(value).collect();
        rows.push(row.map_err(|message| FormatError::Json { line: index + 1, message })?);
    }
    Ok(written(rows.into_iter()))
}

/// A value as a cell: lists become words with blanks between, as the columns of lists are written.
fn plain(value: &Value) -> Result<String, String> {
    match value {
        Value::Null => Ok(String::new()),
        Value::Bool(yes) => Ok(if *yes { "yes" } else { "no" }.to_owned()),
        Value::Number(number) => Ok(number.to_string()),
        Value::String(text) => Ok(one_line(text)),
        Value::Array(values) => values.iter().map(plain).collect::<Result<Vec<_>, _>>().map(|words| words.join(" ")),
        Value::Object(_) => Err("an object inside of an object is no cell".to_owned()),
    }
}

/// A line break inside of a cell would move the numbers of all rows below it.
fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}

fn written(rows: impl Iterator<Item = Vec<String>>) -> Vec<u8> {
    let mut csv = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    for row in rows {
        // Into memory: there is nothing that could fail.
        let _ = csv.write_record(&row);
    }
    csv.into_inner().unwrap_or_default()
}
