//! Where spec files come from: the program itself, or a folder.

use std::borrow::Cow;
use std::io::ErrorKind;
use std::path::PathBuf;

use include_dir::Dir;
use serde_json::Value;

use super::LoadError;

pub(super) enum Source {
    Embedded(&'static Dir<'static>),
    Folder(PathBuf),
}

/// The text of a file; what is embedded costs no memory of its own.
pub(super) type Text = Cow<'static, str>;

impl Source {
    /// A path for error messages.
    pub(super) fn path(&self, relative: &str) -> PathBuf {
        match self {
            Source::Embedded(_) => PathBuf::from("(built in)").join(relative),
            Source::Folder(folder) => folder.join(relative),
        }
    }

    /// The text of a file; `None` when there is no such file.
    pub(super) fn read(&self, relative: &str) -> Result<Option<Text>, LoadError> {
        match self {
            Source::Embedded(dir) => {
                Ok(dir.get_file(relative).and_then(|file| file.contents_utf8()).map(Cow::Borrowed))
            }
            Source::Folder(folder) => match std::fs::read_to_string(folder.join(relative)) {
                Ok(text) => Ok(Some(Cow::Owned(text))),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(error) => Err(LoadError::Unreadable(self.path(relative), error)),
            },
        }
    }

    /// A YAML file as a value; `None` when there is no such file.
    pub(super) fn yaml(&self, relative: &str) -> Result<Option<Value>, LoadError> {
        let Some(text) = self.read(relative)? else { return Ok(None) };
        yaml(&text).map(Some).map_err(|error| LoadError::Yaml(self.path(relative), error))
    }

    /// Names of the folders directly inside, sorted.
    pub(super) fn folders(&self) -> Result<Vec<String>, LoadError> {
        let mut names = match self {
            Source::Embedded(dir) => dir.dirs().map(|dir| dir.path().to_string_lossy().into_owned()).collect(),
            Source::Folder(_) => self.entries("", true)?,
        };
        names.sort();
        Ok(names)
    }

    /// Names of the YAML files directly inside a folder, sorted; none when there is no such folder.
    pub(super) fn yaml_files(&self, relative: &str) -> Result<Vec<String>, LoadError> {
        let mut names = match self {
            Source::Embedded(dir) => dir.get_dir(relative).map_or_else(Vec::new, |dir| {
                dir.files().filter_map(|file| Some(file.path().file_name()?.to_string_lossy().into_owned())).collect()
            }),
            Source::Folder(_) => self.entries(relative, false)?,
        };
        names.retain(|name| name.ends_with(".yaml"));
        names.sort();
        Ok(names)
    }

    fn entries(&self, relative: &str, folders: bool) -> Result<Vec<String>, LoadError> {
        let path = self.path(relative);
        let unreadable = |error| LoadError::Unreadable(path.clone(), error);
        let entries = match std::fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound && !folders => return Ok(Vec::new()),
            Err(error) => return Err(unreadable(error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(unreadable)?;
            if entry.path().is_dir() == folders {
                names.push(entry.file_name().to_string_lossy().into_owned());
            }
        }
        Ok(names)
    }
}

/// Reads YAML 1.2: `yes`, `no` and `5:1` are text.
pub(super) fn yaml(text: &str) -> Result<Value, serde_yaml_ng::Error> {
    serde_yaml_ng::from_str(text.trim_start_matches('\u{feff}'))
}
