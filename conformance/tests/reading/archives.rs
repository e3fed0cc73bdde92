//! Zip archives, sound and hostile.

use std::io::{Cursor, Write};

use zip::write::{SimpleFileOptions, ZipWriter};

use super::{Folder, flows, message};

/// A zip of these files.
fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn text(action: &str, transaction: &str, second: u32) -> String {
    message(action, transaction, second).to_string()
}

/// Path and reason of what was not read.
fn unread(folder: &Folder, paths: &[&str]) -> Vec<(String, String)> {
    folder.read(paths).unread.into_iter().map(|one| (one.path, one.reason)).collect()
}

#[test]
fn a_zip_is_read_like_the_folder_that_it_holds() {
    let files = [
        ("flow10/1_select.json", text("select", "t-2", 5)),
        ("flow2/2_on_select.json", text("on_select", "t-1", 2)),
        ("flow2/1_select.json", text("select", "t-1", 1)),
        ("__MACOSX/flow2/._1_select.json", "\u{0}".to_owned()),
        (".DS_Store", "\u{0}".to_owned()),
        ("flow2/shot.png", "no message".to_owned()),
    ];
    let packed: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let folder = Folder::new().with("logs.zip", zip(&packed)).with("renamed", zip(&packed[1..3]));
    let recording = folder.read(&["logs.zip"]);
    let expected = [("logs.zip/flow2", vec!["select", "on_select"]), ("logs.zip/flow10", vec!["select"])];
    assert_eq!(flows(&recording), expected);
    assert_eq!(recording.unread, []);
    assert_eq!(recording.without_message, ["logs.zip/flow2/shot.png"]);
    let named = folder.read(&["renamed"]);
    assert_eq!(flows(&named), [("renamed/flow2", vec!["select", "on_select"])], "known by its first bytes");
    let below = folder.read(&["."]);
    assert!(flows(&below).iter().any(|(source, _)| source.ends_with("logs.zip/flow2")), "found in a folder too");
}

#[test]
fn what_is_no_zip_or_holds_nothing_is_told() {
    let folder = Folder::new().with("a.zip", "{}").with("empty.zip", zip(&[]));
    let told = unread(&folder, &["a.zip", "empty.zip"]);
    assert!(told[0].1.starts_with("it cannot be opened as a zip: "), "{told:?}");
    assert_eq!(told[1], ("empty.zip".to_owned(), "there is no file in the zip".to_owned()));
}

#[test]
fn a_name_that_leads_out_of_the_zip_and_a_zip_in_it_are_not_read() {
    let select = text("select", "t-1", 1);
    let inner = zip(&[("x.json", &select)]);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in [("aaa/aaa/out.json", select.as_bytes()), ("in.zip", &inner), ("in.json", select.as_bytes())]
    {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    // The writer takes no such name, so it is put into the bytes.
    let mut bytes = writer.finish().unwrap().into_inner();
    while let Some(at) = bytes.windows(7).position(|window| window == b"aaa/aaa") {
        bytes[at..at + 7].copy_from_slice(b"../../a");
    }
    let folder = Folder::new().with("bad.zip", bytes);
    let recording = folder.read(&["bad.zip"]);
    assert_eq!(flows(&recording), [("bad.zip", vec!["select"])]);
    let told: Vec<(&str, &str)> = recording.unread.iter().map(|one| (one.path.as_str(), one.reason.as_str())).collect();
    assert_eq!(
        told,
        [
            ("bad.zip: ../../a/out.json", "its name leads out of the zip; nothing of it is read"),
            ("bad.zip/in.zip", "a zip in a zip is not opened; unpack the outer one"),
        ]
    );
}

#[test]
fn a_zip_that_unpacks_to_too_much_is_not_read() {
    let long = " ".repeat(1_000_000);
    let folder = Folder::new().with("bomb.zip", zip(&[("a.json", &long), ("b.json", &long)]));
    let path = folder.0.path().join("bomb.zip");
    assert!(std::fs::metadata(&path).unwrap().len() < 10_000, "the test is about a small file");
    let recording = conformance::read_within(&[path], 1_500_000, &mut |_| ());
    assert_eq!(recording.unread.len(), 1);
    let reason = &recording.unread[0].reason;
    assert!(reason.starts_with("unpacked it has 2000000 bytes, more than the 1500000 that are left"), "{reason}");
}

#[test]
fn two_zips_share_the_limit() {
    let long = " ".repeat(1_000_000);
    let folder = Folder::new().with("a.zip", zip(&[("a.json", &long)])).with("b.zip", zip(&[("b.json", &long)]));
    let paths = ["a.zip", "b.zip"].map(|name| folder.0.path().join(name));
    let recording = conformance::read_within(&paths, 1_500_000, &mut |_| ());
    let told: Vec<&str> = recording.unread.iter().map(|one| one.reason.as_str()).collect();
    assert!(told.iter().any(|reason| reason.contains("more than the 500000 that are left")), "{told:?}");
}

#[test]
fn a_file_is_never_larger_than_the_zip_tells() {
    let long = format!("{}{}", text("select", "t-1", 1), " ".repeat(100_000));
    let mut bytes = zip(&[("a.json", &long)]);
    let told = u32::try_from(long.len()).unwrap().to_le_bytes();
    let small = 10_u32.to_le_bytes();
    // In the header of the file and in the index at the end.
    for at in 0..bytes.len() - 4 {
        if bytes[at..at + 4] == told {
            bytes[at..at + 4].copy_from_slice(&small);
        }
    }
    let folder = Folder::new().with("liar.zip", bytes);
    let recording = folder.read(&["liar.zip"]);
    assert_eq!((recording.flows.len(), recording.unread.len()), (0, 1), "{recording:?}");
}

#[test]
fn too_many_files_are_not_read() {
    let names: Vec<String> = (0..20_001).map(|at| format!("{at}.json")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "")).collect();
    let told = unread(&Folder::new().with("many.zip", zip(&files)), &["many.zip"]);
    assert_eq!(told.len(), 1);
    assert!(told[0].1.starts_with("20001 files in the zip, more than 20000"), "{told:?}");
}

#[test]
fn an_encrypted_file_is_told() {
    let mut bytes = zip(&[("a.json", &text("select", "t-1", 1))]);
    // The flag of both headers that says so.
    for (mark, flag) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let at = bytes.windows(4).position(|window| window == mark).unwrap();
        bytes[at + flag] |= 1;
    }
    let told = unread(&Folder::new().with("locked.zip", bytes), &["locked.zip"]);
    assert_eq!(told.len(), 1);
    assert!(told[0].1.to_lowercase().contains("password"), "{told:?}");
}
