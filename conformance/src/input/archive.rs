//! Zip archives: what lies in one is read as what lies in a folder. Nothing is written to the disk.

use std::cell::RefCell;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::rc::Rc;

use zip::ZipArchive;
use zip::result::ZipError;

use super::FILE_BYTES_MAX;

/// Files in one archive; more is no log.
const ENTRIES_MAX: usize = 20_000;
/// The first bytes of a zip.
const MAGIC: [u8; 4] = *b"PK\x03\x04";

/// Why an archive, or a file in it, is not read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ArchiveError {
    /// No zip, or one of a kind that is not read.
    #[error("it cannot be opened as a zip: {0}")]
    Zip(#[from] ZipError),
    #[error("it cannot be opened: {0}")]
    Open(#[source] std::io::Error),
    #[error("a file in the zip cannot be unpacked: {0}")]
    Unpack(#[source] std::io::Error),
    #[error("{0} files in the zip, more than {ENTRIES_MAX}; unpack it and check its folders one by one")]
    Entries(usize),
    #[error(
        "unpacked it has {bytes} bytes, more than the {left} that are left; unpack it and check its folders one by one"
    )]
    Unpacked { bytes: u64, left: u64 },
    #[error("a file in the zip has {0} bytes, more than {FILE_BYTES_MAX}")]
    Large(u64),
    /// Cannot be honest: nothing of it is believed.
    #[error("it unpacks to more than the {0} bytes that the zip tells")]
    MoreThanTold(u64),
}

/// An open archive.
#[derive(Debug)]
pub(super) struct Archive {
    zip: RefCell<ZipArchive<File>>,
}

/// A file in an archive.
#[derive(Debug)]
pub(super) struct Entry {
    /// Parts of its path in the archive.
    pub name: String,
    /// The name would lead out of the archive.
    pub escapes: bool,
    /// Bytes when unpacked, as the archive tells.
    pub bytes: u64,
    at: usize,
}

/// A file that is to be read from an archive.
#[derive(Debug, Clone)]
pub(super) struct Packed {
    archive: Rc<Archive>,
    at: usize,
    bytes: u64,
}

/// By the ending; of a file that the user named also by its first bytes.
pub(super) fn is_zip(path: &Path, named: bool) -> bool {
    let begins = || {
        let mut first = [0; MAGIC.len()];
        File::open(path).and_then(|mut file| file.read_exact(&mut first)).is_ok() && first == MAGIC
    };
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip")) || (named && begins())
}

impl Archive {
    /// The archive and the files in it, without what systems add (`__MACOSX`, names that begin with a dot).
    ///
    /// # Errors
    /// No zip, too many files, or unpacked more than `left` bytes.
    pub(super) fn open(path: &Path, left: u64) -> Result<(Rc<Archive>, Vec<Entry>), ArchiveError> {
        let mut zip = ZipArchive::new(File::open(path).map_err(ArchiveError::Open)?)?;
        if zip.len() > ENTRIES_MAX {
            return Err(ArchiveError::Entries(zip.len()));
        }
        let mut entries = Vec::new();
        for at in 0..zip.len() {
            let file = zip.by_index_raw(at)?;
            let name = file.name()?.replace('\\', "/");
            let hidden = |part: &str| part == "__MACOSX" || (part.starts_with('.') && part != "..");
            if file.is_dir() || name.split('/').any(hidden) {
                continue;
            }
            let escapes = name.starts_with('/') || name.contains(':') || name.split('/').any(|part| part == "..");
            entries.push(Entry { name, escapes, bytes: file.size(), at });
        }
        let bytes = entries.iter().fold(0, |sum: u64, entry| sum.saturating_add(entry.bytes));
        if bytes > left {
            return Err(ArchiveError::Unpacked { bytes, left });
        }
        Ok((Rc::new(Archive { zip: RefCell::new(zip) }), entries))
    }
}

impl Entry {
    pub(super) fn packed(&self, archive: &Rc<Archive>) -> Packed {
        Packed { archive: Rc::clone(archive), at: self.at, bytes: self.bytes }
    }
}

impl Packed {
    /// The bytes of the file, never more than the archive tells.
    ///
    /// # Errors
    /// Encrypted, packed in an unusual way, broken, too large, or larger than told.
    pub(super) fn read(&self) -> Result<Vec<u8>, ArchiveError> {
        if self.bytes > FILE_BYTES_MAX {
            return Err(ArchiveError::Large(self.bytes));
        }
        let mut zip = self.archive.zip.borrow_mut();
        let mut file = zip.by_index(self.at)?.take(self.bytes + 1);
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(ArchiveError::Unpack)?;
        if bytes.len() as u64 > self.bytes {
            return Err(ArchiveError::MoreThanTold(self.bytes));
        }
        Ok(bytes)
    }
}
