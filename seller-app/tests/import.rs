//! Import of tables: the seeds are good, faults are named by row and column, the same file twice changes nothing.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use node::both_engines;
use node::testing::TempDatabase;
use seller_app::import::{self, Counts, Options, Report, Tables};
use seller_app::store::{changes, items, offers, partners, stock};

#[path = "support/shelves.rs"]
mod shelves;
use shelves::{ITEMS, PARTNERS, STOCK, at, seeded, stamp};

async fn imported(db: &node::Database, tables: Tables<'_>, options: Options) -> Report {
    import::import(db, tables, options, &|category| category != "Nonsense", &stamp(50)).await.unwrap()
}

fn faults(report: &Report) -> Vec<String> {
    report.faults.iter().map(ToString::to_string).collect()
}

both_engines! {
    async fn the_seeds_are_whole(temp: TempDatabase) {
        let db = seeded(&temp).await;
        let partners = partners::all(&db).await.unwrap();
        let items = items::all(&db).await.unwrap();
        assert_eq!((partners.len(), items.len()), (12, 60));
        let cities: std::collections::BTreeSet<&str> = partners.iter().map(|p| p.partner.city.as_str()).collect();
        assert_eq!(cities.into_iter().collect::<Vec<_>>(), ["std:011", "std:022", "std:080"]);
        for record in &partners {
            assert_eq!(record.partner.faults(), [], "{}", record.partner.id);
            let shared = partners.iter().any(|other| {
                other.partner.id != record.partner.id
                    && other.partner.serves.iter().any(|code| record.partner.serves.contains(code))
            });
            assert!(shared, "{} shares no postal code with another", record.partner.id);
            let offered = offers::of_partner(&db, &record.partner.id).await.unwrap();
            assert!(offered.len() >= 40, "{} sells {}", record.partner.id, offered.len());
        }
        for item in &items {
            let named = seller_app::publishing::with_image(item.clone(), "http://seller.localhost");
            assert_eq!(named.faults(), [], "{}", item.sku);
        }
        assert!(stock::all(&db, at(1).as_millisecond()).await.unwrap().iter().filter(|row| row.available() > 0).count() > 500);
    }

    async fn the_same_files_again_change_nothing(temp: TempDatabase) {
        let db = seeded(&temp).await;
        let tables = Tables { partners: Some(PARTNERS), items: Some(ITEMS), stock: Some(STOCK) };
        let again = imported(&db, tables, Options::default()).await;
        assert!(again.written && again.faults.is_empty());
        assert_eq!(again.partners, Counts { unchanged: 12, ..Counts::default() });
        assert_eq!(again.items, Counts { unchanged: 60, ..Counts::default() });
        assert_eq!((again.stock.new, again.stock.changed), (0, 0));
        let told = changes::between(&db, at(50).as_millisecond(), at(50).as_millisecond()).await.unwrap();
        assert_eq!(told, [], "an import that changes nothing tells nobody");
    }

    async fn a_new_price_and_a_partner_off_the_network_are_told(temp: TempDatabase) {
        let db = seeded(&temp).await;
        let table = b"partner_id,sku,on_hand,price\nblr-hsr,NG-001,40,380.00\n";
        let report = imported(&db, Tables { stock: Some(table), ..Tables::default() }, Options::default()).await;
        assert_eq!((report.written, report.stock.changed), (true, 1));
        let mut tx = db.begin().await.unwrap();
        partners::set_active(&mut tx, "blr-hsr", false, &stamp(50)).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        let told = changes::between(&db, at(50).as_millisecond(), at(50).as_millisecond()).await.unwrap();
        let told: Vec<(&str, &str)> = told.iter().map(|one| (one.partner_id.as_str(), one.sku.as_str())).collect();
        let everything = changes::EVERYTHING;
        let neighbours = [("blr-jayanagar", everything), ("blr-koramangala", everything)];
        let own = [("blr-hsr", ""), ("blr-hsr", everything), ("blr-hsr", "NG-001")];
        assert_eq!(told, [&own[..], &neighbours[..]].concat());
        let key = seller_app::store::shelf::ShelfKey::new("blr-hsr", "NG-001");
        assert_eq!(offers::item(&db, &key).await.unwrap().unwrap().price.wire(), "380.00");
    }

    async fn faults_name_row_and_column_and_nothing_is_written(temp: TempDatabase) {
        let db = temp.open("seller-app", seller_app::store::MIGRATIONS).await;
        // A spreadsheet's semicolons, its byte order mark, and a blank row.
        let partners = "\u{feff}id;name;gps;locality;street;city_name;state;area_code;city;phone;email;serves;opens;closes\n\
            good;Good Store;12.935215,77.624483;A;B;Bengaluru;Karnataka;560034;std:080;08000000999;a@b.example;560034;0900;2100\n\
            ;;;;;;;;;;;;;\n\
            bad id;Store;12.9,77.6;A;B;Bengaluru;Karnataka;56003;080;12;nobody;560034 5600;2100;0900\n\
            good;Again;12.935215,77.624483;A;B;Bengaluru;Karnataka;560034;std:080;08000000999;a@b.example;560034;0900;2100\n";
        let items = b"sku,name,category,price,mrp,unit,measure,code,origin,consumer_care,tax_rate\n\
            X-1,Rice,Rice and Rice Products,\"1,50\",10.00,kilogram,1,1:8900000000013,IND,\"a,a@b.example,08000000999\",5\n\
            X-2,Rice,Nonsense,12.00,10.00,bag,0,8900000000012,India,a,105\n";
        let stock = b"partner_id,sku,on_hand\ngood,X-9,5\nnobody,X-1,5\ngood,X-1,-1\n";
        let tables = Tables { partners: Some(partners.as_bytes()), items: Some(items), stock: Some(stock) };
        let report = imported(&db, tables, Options::default()).await;
        assert!(!report.written);
        assert!(partners::all(&db).await.unwrap().is_empty());
        insta::assert_snapshot!("faults", faults(&report).join("\n"));
    }

    async fn good_rows_can_be_taken_alone_and_a_dry_run_writes_nothing(temp: TempDatabase) {
        let db = seeded(&temp).await;
        let table = b"partner_id,sku,on_hand\nblr-hsr,NG-001,77\nblr-hsr,NG-999,5\n";
        let tables = Tables { stock: Some(table), ..Tables::default() };
        let skip = Options { skip_faulty_rows: true, ..Options::default() };
        let dry = imported(&db, tables, Options { dry_run: true, ..skip }).await;
        assert_eq!((dry.written, dry.stock.changed, dry.faults.len()), (false, 1, 1));
        let key = seller_app::store::shelf::ShelfKey::new("blr-hsr", "NG-001");
        let now_ms = at(60).as_millisecond();
        assert_ne!(stock::one(&db, &key, now_ms).await.unwrap().unwrap().on_hand, 77);
        let report = imported(&db, tables, skip).await;
        assert_eq!((report.written, report.faults.len()), (true, 1));
        assert_eq!(stock::one(&db, &key, now_ms).await.unwrap().unwrap().on_hand, 77);
    }

    async fn rows_are_counted_alike_whatever_ends_a_line(temp: TempDatabase) {
        let db = seeded(&temp).await;
        let table = "partner_id,sku,on_hand\nblr-hsr,NG-001,77\n\nblr-hsr,NG-999,5\nblr-hsr,NG-002,x\n";
        for table in [table.to_owned(), table.replace('\n', "\r\n")] {
            let tables = Tables { stock: Some(table.as_bytes()), ..Tables::default() };
            let report = imported(&db, tables, Options { dry_run: true, ..Options::default() }).await;
            let rows: Vec<u64> = report.faults.iter().map(|fault| fault.row).collect();
            assert_eq!(rows, [5, 4], "{table:?}");
        }
    }

    async fn a_misspelt_column_is_named(temp: TempDatabase) {
        let db = seeded(&temp).await;
        let table = b"partner,sku,on_hand,saftey\nblr-hsr,NG-001,77,1\n";
        let report = imported(&db, Tables { stock: Some(table), ..Tables::default() }, Options::default()).await;
        let columns: Vec<&str> = report.faults.iter().map(|fault| fault.column.as_str()).collect();
        assert_eq!(columns, ["partner_id", "partner", "saftey"]);
    }
}

/// A spreadsheet as office programs write them, as small as one may be.
fn spreadsheet(rows: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let start = "xl/workbook.xml";
    let parts = [
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"r0\" Type=\"{links}/officeDocument\" Target=\"{start}\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{links}\"><sheets><sheet name=\"Stock\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"r1\" Type=\"{links}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        ("xl/worksheets/sheet1.xml", format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>")),
    ];
    for (name, text) in parts {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut archive, text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn text_cell(at: &str, text: &str) -> String {
    format!("<c r=\"{at}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

fn stock_sheet(second_count: &str) -> Vec<u8> {
    let header = [text_cell("A3", "partner_id"), text_cell("B3", "sku"), text_cell("C3", "on_hand")].concat();
    let row = |number: u32, sku: &str, count: &str| {
        let (partner, sku) = (text_cell(&format!("A{number}"), "blr-hsr"), text_cell(&format!("B{number}"), sku));
        format!("<row r=\"{number}\">{partner}{sku}{count}</row>")
    };
    let first = row(4, "NG-001", "<c r=\"C4\"><v>41</v></c>");
    let second = row(6, "NG-002", second_count);
    // Two empty rows above the header and one between the counts.
    spreadsheet(&format!("<row r=\"3\">{header}</row>{first}{second}"))
}

both_engines! {
    async fn a_spreadsheet_is_read_as_its_owner_sees_it(temp: TempDatabase) {
        let db = seeded(&temp).await;
        let wrong = stock_sheet(&text_cell("C6", "many\nmore"));
        let report = imported(&db, Tables { stock: Some(&wrong), ..Tables::default() }, Options::default()).await;
        assert_eq!(faults(&report), ["stock, row 6, column on_hand: `many more` is not a whole number of units, zero or more"]);
        let good = stock_sheet("<c r=\"C6\"><v>17</v></c>");
        let report = imported(&db, Tables { stock: Some(&good), ..Tables::default() }, Options::default()).await;
        assert_eq!((report.written, report.stock.changed), (true, 2), "{:?}", report.faults);
        let report = imported(&db, Tables { stock: Some(&good), ..Tables::default() }, Options::default()).await;
        assert_eq!(report.stock, Counts { unchanged: 2, ..Counts::default() });
    }

    async fn one_object_a_line_is_a_table(temp: TempDatabase) {
        let db = seeded(&temp).await;
        let lines = |last: &str| format!("{{\"partner_id\":\"blr-hsr\",\"sku\":\"NG-001\",\"on_hand\":43}}\n\n{{\"sku\":\"NG-002\",\"partner_id\":\"blr-hsr\",\"price\":\"10.50\",\"on_hand\":{last}}}\n");
        let wrong = lines("-1");
        let report = imported(&db, Tables { stock: Some(wrong.as_bytes()), ..Tables::default() }, Options::default()).await;
        assert_eq!(faults(&report), ["stock, row 4, column on_hand: `-1` is not a whole number of units, zero or more"]);
        let good = lines("9");
        let report = imported(&db, Tables { stock: Some(good.as_bytes()), ..Tables::default() }, Options::default()).await;
        assert_eq!((report.written, report.stock.changed), (true, 2), "{:?}", report.faults);
    }
}

#[test]
fn a_file_that_is_no_table_says_where_and_why() {
    use seller_app::import::format::{FormatError, as_csv};
    let told = |bytes: &[u8]| as_csv(bytes).unwrap_err().to_string();
    assert!(told(b"PK\x03\x04 and no more").starts_with("the spreadsheet cannot be read: "));
    assert!(told(b"{\"sku\":\"A\"}\n{\"sku\":").starts_with("line 2: EOF while parsing"));
    assert!(told(b"{\"sku\":{\"id\":\"A\"}}").starts_with("line 1: an object inside of an object is no cell"));
    // A stray cell in the last corner: of the last row it is told, in the last column it is refused; no grid is made for it.
    let low = spreadsheet(&format!(
        "<row r=\"1\">{}</row><row r=\"1048576\">{}</row>",
        text_cell("A1", "sku"),
        text_cell("A1048576", "x")
    ));
    assert_eq!(as_csv(&low).unwrap().len(), "sku\nx\n".len() + 1_048_574);
    let far = spreadsheet(&format!("<row r=\"1\">{}{}</row>", text_cell("A1", "sku"), text_cell("XFD1", "x")));
    assert_eq!(as_csv(&far).unwrap_err(), FormatError::TooWide);
    // 129 MiB of blanks in a file of some hundred kilobytes.
    let bomb = spreadsheet(&" ".repeat(129 * 1024 * 1024));
    assert!(bomb.len() < 1024 * 1024);
    assert_eq!(as_csv(&bomb).unwrap_err(), FormatError::TooLarge);
    assert_eq!(seller_app::import::cell::month("2026-10-01").as_deref(), Some("10/2026"));
    let csv = b"partner_id;sku;on_hand\n";
    assert_eq!(as_csv(csv).unwrap().as_ref(), csv, "CSV stays as it is");
}
