//! A CSV file as a person made it: read leniently, every fault named by row and column.
//!
//! Accepted: UTF-8 with or without a byte order mark; comma, semicolon or tab between the cells; columns in any order;
//! blank rows; a decimal comma where the separator is no comma. A column that nobody knows is a fault, because it is most often a misspelt one.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

/// The column of an annotated error file; whatever stands in it is ignored.
pub const ERRORS: &str = "errors";

/// One fault. `row` counts as a spreadsheet does: the header is row 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Fault {
    /// `partners`, `items` or `stock`.
    pub table: String,
    pub row: u64,
    pub column: String,
    pub message: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, row {}, column {}: {}", self.table, self.row, self.column, self.message)
    }
}

/// Which columns a table has.
#[derive(Clone, Copy, Debug)]
pub struct Columns {
    pub table: &'static str,
    pub required: &'static [&'static str],
    pub optional: &'static [&'static str],
}

/// One row under reading: typed readers take cells out of it and note faults.
#[derive(Debug)]
pub struct Line<'a> {
    table: &'static str,
    pub row: u64,
    cells: BTreeMap<&'a str, &'a str>,
    /// Cells are separated by something else than commas, so a comma in a number is a decimal one.
    decimal_comma: bool,
    pub faults: Vec<Fault>,
}

/// Reads the whole table and hands each row to `read`; rows with a fault are left out of the result.
pub fn rows<T>(
    columns: Columns,
    bytes: &[u8],
    faults: &mut Vec<Fault>,
    read: impl Fn(&mut Line<'_>) -> Option<T>,
) -> Vec<(u64, T)> {
    let table = columns.table;
    let fault = |row: u64, column: &str, message: String| Fault {
        table: table.to_owned(),
        row,
        column: column.to_owned(),
        message,
    };
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let delimiter = delimiter(bytes);
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).delimiter(delimiter).from_reader(bytes);
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => {
            faults.push(fault(1, "", format!("the header cannot be read: {error}")));
            return Vec::new();
        }
    };
    let mut header_faults = header_faults(columns, &header, &fault);
    if !header_faults.is_empty() {
        faults.append(&mut header_faults);
        return Vec::new();
    }
    let mut good = Vec::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let row = row_of(bytes, error.position());
                faults.push(fault(row, "", format!("the row cannot be read (is the file UTF-8?): {error}")));
                continue;
            }
        };
        let row = row_of(bytes, record.position());
        if record.iter().all(str::is_empty) {
            continue;
        }
        if record.len() != header.len() {
            let message =
                format!("{} cells, the header has {}: a quote or separator is missing", record.len(), header.len());
            faults.push(fault(row, "", message));
            continue;
        }
        let cells = header.iter().zip(record.iter()).collect();
        let mut line = Line { table, row, cells, decimal_comma: delimiter != b',', faults: Vec::new() };
        let value = read(&mut line);
        match value {
            Some(value) if line.faults.is_empty() => good.push((row, value)),
            Some(_) | None => faults.append(&mut line.faults),
        }
    }
    good
}

/// The row in which a record begins, as a spreadsheet counts. The reader's own line is that of the line end before it when
/// lines end with CR and LF, as browsers and Windows write them.
pub(super) fn row_of(bytes: &[u8], position: Option<&csv::Position>) -> u64 {
    let Some(position) = position else { return 0 };
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = bytes.get(start..).unwrap_or_default().iter();
    let ends = rest.take_while(|byte| matches!(byte, b'\n' | b'\r')).filter(|byte| **byte == b'\n').count();
    position.line() + u64::try_from(ends).unwrap_or_default()
}

/// The separator that the header has most of.
pub(super) fn delimiter(bytes: &[u8]) -> u8 {
    let header = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |wanted: u8| header.iter().filter(|byte| **byte == wanted).count();
    [b',', b';', b'\t'].into_iter().max_by_key(|byte| (count(*byte), *byte == b',')).unwrap_or(b',')
}

fn header_faults(
    columns: Columns,
    header: &csv::StringRecord,
    fault: &impl Fn(u64, &str, String) -> Fault,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    for name in columns.required {
        if !header.iter().any(|cell| cell == *name) {
            faults.push(fault(1, name, "this column is missing".to_owned()));
        }
    }
    for (index, cell) in header.iter().enumerate() {
        if !columns.required.contains(&cell) && !columns.optional.contains(&cell) && cell != ERRORS {
            let known: Vec<&str> = columns.required.iter().chain(columns.optional).copied().collect();
            faults.push(fault(1, cell, format!("unknown column; known are {}", known.join(", "))));
        }
        if header.iter().take(index).any(|earlier| earlier == cell) {
            faults.push(fault(1, cell, "this column is there twice".to_owned()));
        }
    }
    faults
}

impl Line<'_> {
    /// Notes a fault in a column of this row.
    pub fn fault(&mut self, column: &str, message: impl Into<String>) {
        self.faults.push(Fault {
            table: self.table.to_owned(),
            row: self.row,
            column: column.to_owned(),
            message: message.into(),
        });
    }

    /// The cell as it is; empty when the column is absent.
    pub fn text(&self, column: &str) -> String {
        self.cells.get(column).map(|cell| (*cell).to_owned()).unwrap_or_default()
    }

    /// The cell, which must not be empty.
    pub fn required(&mut self, column: &str) -> String {
        let text = self.text(column);
        if text.is_empty() {
            self.fault(column, "must not be empty");
        }
        text
    }

    /// The cell read by `parse`; an empty or wrong cell is a fault.
    pub fn parsed<T>(&mut self, column: &str, expected: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(column);
        let value = parse(&text);
        if value.is_none() {
            self.fault(column, format!("`{text}` is not {expected}"));
        }
        value
    }

    /// As `parsed`; an empty cell is `None` and no fault.
    pub fn optional<T>(&mut self, column: &str, expected: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        if self.text(column).is_empty() { None } else { self.parsed(column, expected, parse) }
    }

    /// As `parsed`, for a number that may have a decimal comma: `1,50` where commas do not separate cells.
    pub fn parsed_decimal<T>(&mut self, column: &str, expected: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let comma = self.decimal_comma;
        self.parsed(column, expected, |text| match text.split_once(',') {
            Some((whole, part)) if comma => parse(&format!("{whole}.{part}")),
            Some(_) | None => parse(text),
        })
    }

    /// As `parsed_decimal`; an empty cell is `None` and no fault.
    pub fn optional_decimal<T>(
        &mut self,
        column: &str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        if self.text(column).is_empty() { None } else { self.parsed_decimal(column, expected, parse) }
    }

    /// Whether the table has one of these columns.
    pub fn has_any(&self, columns: &[&str]) -> bool {
        columns.iter().any(|column| self.cells.contains_key(column))
    }

    /// yes/no, true/false, 1/0; `default` when the cell is empty.
    pub fn yes_no(&mut self, column: &str, default: bool) -> bool {
        self.optional(column, "yes or no", |text| match text.to_ascii_lowercase().as_str() {
            "yes" | "true" | "1" => Some(true),
            "no" | "false" | "0" => Some(false),
            _ => None,
        })
        .unwrap_or(default)
    }

    /// The cell split at blanks.
    pub fn words(&self, column: &str) -> Vec<String> {
        self.text(column).split_whitespace().map(str::to_owned).collect()
    }
}
