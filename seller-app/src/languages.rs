//! The languages of the pages, as data: one Fluent file each in `seller-app/languages`. To add one, put its file there.
//!
//! Plural forms follow the language's own rules (CLDR, through `fluent-bundle`). How numbers, money, and times are written
//! stands in the same file, under `locale-…`.

use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use include_dir::{Dir, include_dir};
use unic_langid::LanguageIdentifier;

mod choice;
mod written;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/languages");

/// The language of a page when nothing says another.
const FALLBACK: &str = "en";

/// All languages.
#[derive(Debug)]
pub struct Languages {
    all: Vec<Language>,
}

/// One language: its sentences, and how it writes numbers.
pub struct Language {
    /// As in the attribute `lang` of a page: `hi`.
    pub tag: String,
    bundle: FluentBundle<FluentResource>,
}

impl fmt::Debug for Language {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "Language({})", self.tag)
    }
}

/// Why a file of `languages` cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LanguageError {
    #[error("languages/{0}: name the file like the language's tag, as in `hi.ftl`")]
    Name(String),
    #[error("languages/{file}: {problem}")]
    Malformed { file: String, problem: String },
    #[error("languages/{FALLBACK}.ftl is missing: it is the language when nothing says another")]
    NoFallback,
}

impl Languages {
    /// Reads the files that are compiled in.
    ///
    /// # Errors
    /// Names the file and what is wrong in it; a test holds that they are good.
    pub fn embedded() -> Result<Languages, LanguageError> {
        let mut all = Vec::new();
        for file in FILES.files() {
            let name = file.path().display().to_string();
            let text = file.contents_utf8().ok_or_else(|| LanguageError::Name(name.clone()))?;
            all.push(Language::read(&name, text)?);
        }
        all.sort_by(|a, b| (a.tag != FALLBACK, &a.tag).cmp(&(b.tag != FALLBACK, &b.tag)));
        match all.first() {
            Some(first) if first.tag == FALLBACK => Ok(Languages { all }),
            Some(_) | None => Err(LanguageError::NoFallback),
        }
    }

    /// The fallback first, then by tag.
    pub fn all(&self) -> &[Language] {
        &self.all
    }
}

impl Language {
    fn read(name: &str, text: &str) -> Result<Language, LanguageError> {
        let tag = name.strip_suffix(".ftl").ok_or_else(|| LanguageError::Name(name.to_owned()))?;
        let id: LanguageIdentifier = tag.parse().map_err(|_| LanguageError::Name(name.to_owned()))?;
        let bad = |problem: String| LanguageError::Malformed { file: name.to_owned(), problem };
        let resource = FluentResource::try_new(text.to_owned()).map_err(|(_, errors)| bad(format!("{errors:?}")))?;
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Marks around each value would get into attributes and into what people copy.
        bundle.set_use_isolating(false);
        bundle.add_resource(resource).map_err(|errors| bad(format!("{errors:?}")))?;
        Ok(Language { tag: tag.to_owned(), bundle })
    }

    /// The sentence of a key. A key that is missing is shown itself; a test holds that none is.
    pub fn say(&self, key: &str) -> String {
        self.sentence(key, &FluentArgs::new())
    }

    /// A sentence that counts: the plural form follows `$count`.
    pub fn count(&self, key: &str, count: impl TryInto<i64>) -> String {
        let mut values = FluentArgs::new();
        values.set("count", count.try_into().unwrap_or(i64::MAX));
        self.sentence(key, &values)
    }

    /// A sentence with one text in it.
    pub fn with(&self, key: &str, name: &str, text: &str) -> String {
        let mut values = FluentArgs::new();
        values.set(name.to_owned(), text.to_owned());
        self.sentence(key, &values)
    }

    /// A sentence with two texts in it.
    pub fn with_two(&self, key: &str, one: (&str, &str), two: (&str, &str)) -> String {
        let mut values = FluentArgs::new();
        for (name, text) in [one, two] {
            values.set(name.to_owned(), text.to_owned());
        }
        self.sentence(key, &values)
    }

    /// Whether there is such a key.
    pub fn knows(&self, key: &str) -> bool {
        self.bundle.has_message(key)
    }

    fn sentence(&self, key: &str, values: &FluentArgs<'_>) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let mut faults = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(values), &mut faults).into_owned();
        if !faults.is_empty() {
            tracing::error!(key, language = self.tag, ?faults, "a sentence lacks a value");
        }
        text
    }
}
