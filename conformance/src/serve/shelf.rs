//! Reports on disk, each in a folder whose name is its id; and the folders in which uploads wait for their check.

use std::fmt;
use std::fs;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use protocol::randomness::{OsRandomness, Randomness};

use crate::judge::Report;
use crate::recording::Recording;
use crate::report::{self, Format};

/// Unguessable name of a report: 128 random bits in hexadecimal. Nothing else becomes part of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ReportId(String);

const ID_LETTERS: usize = 32;

impl ReportId {
    fn random() -> ReportId {
        let mut bytes = [0_u8; ID_LETTERS / 2];
        OsRandomness.fill(&mut bytes);
        ReportId(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// `None` for anything that is no id of ours.
    pub(super) fn parse(text: &str) -> Option<ReportId> {
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == ID_LETTERS && text.bytes().all(hex)).then(|| ReportId(text.to_owned()))
    }
}

impl fmt::Display for ReportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug)]
pub(super) struct Shelf {
    reports: PathBuf,
    work: PathBuf,
}

/// A folder for one upload; removed with all in it when the check is done, however it ends.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) id: ReportId,
    pub(super) folder: PathBuf,
}

impl Shelf {
    pub(super) fn open(data: &Path) -> io::Result<Shelf> {
        let shelf = Shelf { reports: data.join("reports"), work: data.join("work") };
        fs::create_dir_all(&shelf.reports)?;
        // What a killed process left behind holds other people's messages.
        if shelf.work.is_dir() {
            fs::remove_dir_all(&shelf.work)?;
        }
        fs::create_dir_all(&shelf.work)?;
        Ok(shelf)
    }

    pub(super) fn begin(&self) -> io::Result<Work> {
        let id = ReportId::random();
        let folder = self.work.join(&id.0);
        fs::create_dir(&folder)?;
        Ok(Work { id, folder })
    }

    /// Writes the report in every format; the JSON last, so that a report that has it is whole.
    pub(super) fn keep(&self, id: &ReportId, report: &Report, recording: &Recording) -> io::Result<()> {
        let folder = self.reports.join(&id.0);
        fs::create_dir_all(&folder)?;
        let others = Format::value_variants().iter().filter(|format| **format != Format::Json);
        for format in others.chain([&Format::Json]) {
            let mut file = BufWriter::new(fs::File::create(file(&folder, *format))?);
            report::write(*format, report, recording, false, &mut file)?;
            io::Write::flush(&mut file)?;
        }
        Ok(())
    }

    /// The report in a format; `None` when there is none of this id.
    pub(super) fn read(&self, id: &ReportId, format: Format) -> io::Result<Option<Vec<u8>>> {
        match fs::read(file(&self.reports.join(&id.0), format)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some),
        }
    }

    /// False when there is none of this id.
    pub(super) fn remove(&self, id: &ReportId) -> io::Result<bool> {
        match fs::remove_dir_all(self.reports.join(&id.0)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            removed => removed.map(|()| true),
        }
    }
}

fn file(folder: &Path, format: Format) -> PathBuf {
    folder.join(format!("report.{}", format.extension()))
}

impl Drop for Work {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            tracing::warn!(%error, folder = %self.folder.display(), "an upload could not be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_ids_become_paths() {
        let id = ReportId::random();
        assert_eq!(ReportId::parse(&id.0), Some(id.clone()));
        assert_ne!(ReportId::random(), id);
        for other in
            ["", "../../../../../../../../etc/passwd", "..", &"A".repeat(32), &"é".repeat(16), &format!("{id}/")]
        {
            assert_eq!(ReportId::parse(other), None, "{other}");
        }
    }
}
