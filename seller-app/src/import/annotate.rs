//! The same table again, for the person who mends it: with an `errors` column, with some cells replaced, or only the rows
//! that were left out. Separators stay as they were.

use std::collections::BTreeMap;

use super::table::{ERRORS, Fault, delimiter, row_of};

/// A cell that a person wrote anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// As in [`Fault`].
    pub row: u64,
    pub column: String,
    pub value: String,
}

struct Sheet {
    delimiter: u8,
    header: Vec<String>,
    /// Row number and cells.
    rows: Vec<(u64, Vec<String>)>,
}

impl Sheet {
    /// What can be read of it; rows that cannot are left out.
    fn read(bytes: &[u8]) -> Sheet {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let delimiter = delimiter(bytes);
        let mut reader = csv::ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(bytes);
        let cells = |record: &csv::ByteRecord| -> Vec<String> {
            record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()
        };
        let header = reader.byte_headers().map(cells).unwrap_or_default();
        let rows = reader.byte_records().filter_map(Result::ok);
        let rows = rows.map(|record| (row_of(bytes, record.position()), cells(&record))).collect();
        Sheet { delimiter, header, rows }
    }

    fn write(&self) -> String {
        let mut writer = csv::WriterBuilder::new().flexible(true).delimiter(self.delimiter).from_writer(Vec::new());
        // Writing into memory does not fail.
        let _ = writer.write_record(&self.header);
        for (_, cells) in &self.rows {
            let _ = writer.write_record(cells);
        }
        String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|cell| cell.trim() == name)
    }
}

/// The table with one more column that says what is wrong in each row. Faults of the header stand in the header's cell.
pub fn annotated(bytes: &[u8], faults: &[Fault]) -> String {
    let mut sheet = Sheet::read(bytes);
    let mut said: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for fault in faults {
        let column = if fault.column.is_empty() { String::new() } else { format!("{}: ", fault.column) };
        said.entry(fault.row).or_default().push(format!("{column}{}", fault.message));
    }
    let mut text = |row: u64| said.remove(&row).map(|all| all.join("; ")).unwrap_or_default();
    let of_header = text(1);
    let at = sheet.column(ERRORS).unwrap_or_else(|| {
        sheet.header.push(ERRORS.to_owned());
        sheet.header.len() - 1
    });
    for (row, cells) in &mut sheet.rows {
        if cells.len() <= at {
            cells.resize(at + 1, String::new());
        }
        cells[at] = text(*row);
    }
    if !of_header.is_empty() {
        let mut cells = vec![String::new(); at + 1];
        cells[at] = format!("header: {of_header}");
        sheet.rows.insert(0, (1, cells));
    }
    sheet.write()
}

/// The table with some cells replaced. A column that the header does not have is added.
pub fn mended(bytes: &[u8], fixes: &[Fix]) -> String {
    let mut sheet = Sheet::read(bytes);
    for fix in fixes {
        let at = sheet.column(&fix.column).unwrap_or_else(|| {
            sheet.header.push(fix.column.clone());
            for (_, cells) in &mut sheet.rows {
                cells.push(String::new());
            }
            sheet.header.len() - 1
        });
        let Some((_, cells)) = sheet.rows.iter_mut().find(|(row, _)| *row == fix.row) else { continue };
        if cells.len() <= at {
            cells.resize(at + 1, String::new());
        }
        cells[at].clone_from(&fix.value);
    }
    sheet.write()
}

/// Only the rows that have a fault, under the same header.
pub fn faulty_rows(bytes: &[u8], faults: &[Fault]) -> String {
    let mut sheet = Sheet::read(bytes);
    sheet.rows.retain(|(row, _)| faults.iter().any(|fault| fault.row == *row));
    sheet.write()
}

/// What stands in a cell; empty when there is none.
pub fn cell(bytes: &[u8], row: u64, column: &str) -> String {
    let sheet = Sheet::read(bytes);
    let at = sheet.column(column);
    let cells = sheet.rows.iter().find(|(number, _)| *number == row).map(|(_, cells)| cells);
    cells.zip(at).and_then(|(cells, at)| cells.get(at)).cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(row: u64, column: &str, message: &str) -> Fault {
        Fault { table: "partners".to_owned(), row, column: column.to_owned(), message: message.to_owned() }
    }

    #[test]
    fn the_file_comes_back_with_its_errors_and_only_them() {
        let file = "\u{feff}id;name;fee\na;\"One; two\";1,50\nb;Two;x\n";
        let faults = [fault(3, "fee", "`x` is not an amount"), fault(3, "id", "is there twice")];
        let told = annotated(file.as_bytes(), &faults);
        assert_eq!(
            told,
            "id;name;fee;errors\na;\"One; two\";1,50;\nb;Two;x;\"fee: `x` is not an amount; id: is there twice\"\n"
        );
        let again = annotated(told.as_bytes(), &[]);
        assert_eq!(again, "id;name;fee;errors\na;\"One; two\";1,50;\nb;Two;x;\n");
        assert_eq!(faulty_rows(file.as_bytes(), &faults), "id;name;fee\nb;Two;x\n");
    }

    #[test]
    fn a_cell_is_mended_where_it_stands() {
        let file = "id,name\na,One\n\nb,Two\n";
        let fix = |row, column: &str, value: &str| Fix { row, column: column.to_owned(), value: value.to_owned() };
        let fixes = [fix(4, "name", "Two, Ltd"), fix(2, "city", "std:080"), fix(99, "name", "nobody")];
        assert_eq!(mended(file.as_bytes(), &fixes), "id,name,city\na,One,std:080\nb,\"Two, Ltd\",\n");
        assert_eq!(cell(file.as_bytes(), 4, "name"), "Two");
        let windows = file.replace('\n', "\r\n");
        assert_eq!(cell(windows.as_bytes(), 4, "name"), "Two", "a line end of Windows is one line end");
        assert_eq!(cell(windows.as_bytes(), 2, "name"), "One");
    }
}
