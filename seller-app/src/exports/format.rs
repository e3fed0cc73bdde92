//! Rows as text.

use serde_json::{Map, Value};

use super::{Cell, Kind, Row};

/// A form of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Ndjson,
}

impl Format {
    pub fn parse(text: &str) -> Option<Format> {
        match text {
            "csv" => Some(Format::Csv),
            "ndjson" => Some(Format::Ndjson),
            _ => None,
        }
    }

    pub fn extension(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Ndjson => "ndjson",
        }
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Ndjson => "application/x-ndjson",
        }
    }

    /// What stands before the rows.
    pub fn head(self, kind: Kind) -> Vec<u8> {
        match self {
            Format::Csv => line(kind.columns().iter().copied()),
            Format::Ndjson => Vec::new(),
        }
    }

    /// One row with its line end.
    pub fn row(self, kind: Kind, row: Row) -> Vec<u8> {
        match self {
            Format::Csv => line(row.into_iter().map(|cell| written(cell).unwrap_or_default())),
            Format::Ndjson => {
                let names = kind.columns().iter().map(|name| (*name).to_owned());
                let object: Map<String, Value> = names.zip(row.into_iter().map(value)).collect();
                let mut text = Value::Object(object).to_string();
                text.push('\n');
                text.into_bytes()
            }
        }
    }
}

fn line<T: AsRef<[u8]>>(cells: impl Iterator<Item = T>) -> Vec<u8> {
    let mut file = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = file.write_record(cells);
    file.into_inner().unwrap_or_default()
}

fn written(cell: Cell) -> Option<String> {
    match cell {
        Cell::Empty => None,
        Cell::Text(text) => Some(plain(&text)),
        Cell::Number(number) => Some(number.to_string()),
        Cell::Money(amount) => Some(amount),
        Cell::Time(ms) => Some(time(ms)),
    }
}

fn value(cell: Cell) -> Value {
    match cell {
        Cell::Empty => Value::Null,
        Cell::Text(text) | Cell::Money(text) => Value::String(text),
        Cell::Number(number) => number.into(),
        Cell::Time(ms) => Value::String(time(ms)),
    }
}

fn time(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).unwrap_or_default().to_string()
}

/// A table program must not take somebody's text for a formula.
pub fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Row {
        let text = |text: &str| Cell::text(text);
        vec![
            text("L1"),
            text("partner"),
            text("=p1"),
            text("O1"),
            text("buyer.example.com"),
            text("R,1"),
            text("borne"),
            Cell::Money("-12.50".to_owned()),
            Cell::Empty,
            Cell::Time(1_700_000_000_000),
        ]
    }

    #[test]
    fn money_stays_text_and_a_formula_stays_harmless() {
        let csv = String::from_utf8(Format::Csv.row(Kind::ReturnCosts, row())).unwrap_or_default();
        assert_eq!(csv, "L1,partner,'=p1,O1,buyer.example.com,\"R,1\",borne,-12.50,,2023-11-14T22:13:20Z\n");
        let json: Value = serde_json::from_slice(&Format::Ndjson.row(Kind::ReturnCosts, row())).unwrap_or_default();
        assert_eq!(
            (&json["amount"], &json["claim_id"], &json["partner_id"]),
            (&"-12.50".into(), &Value::Null, &"=p1".into())
        );
    }
}
