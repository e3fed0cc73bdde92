//! Text of the shop in several languages: one TOML file each, embedded. A key that a language lacks is taken from English.

use std::collections::BTreeMap;

/// Files in the order in which the language menu shows them; the first is the fallback.
const FILES: [(&str, &str); 4] = [
    ("en", include_str!("../words/en.toml")),
    ("hi", include_str!("../words/hi.toml")),
    ("es", include_str!("../words/es.toml")),
    ("pl", include_str!("../words/pl.toml")),
];

/// All languages.
#[derive(Debug)]
pub struct Words {
    languages: Vec<Language>,
}

/// One language.
#[derive(Debug)]
pub struct Language {
    /// BCP 47 code.
    pub code: &'static str,
    words: BTreeMap<String, String>,
    /// English, for what is missing.
    fallback: BTreeMap<String, String>,
}

/// A words file is not a flat table of texts.
#[derive(Debug, thiserror::Error)]
#[error("words/{language}.toml: {source}")]
pub struct WordsError {
    language: &'static str,
    source: toml::de::Error,
}

impl Words {
    /// Reads the embedded files.
    pub fn embedded() -> Result<Words, WordsError> {
        let read = |(language, text): &(&'static str, &str)| {
            let words: BTreeMap<String, String> =
                toml::from_str(text).map_err(|source| WordsError { language, source })?;
            Ok((*language, words))
        };
        let all: Vec<(&'static str, BTreeMap<String, String>)> =
            FILES.iter().map(read).collect::<Result<_, WordsError>>()?;
        let fallback = all[0].1.clone();
        let language = |(code, words)| Language { code, words, fallback: fallback.clone() };
        Ok(Words { languages: all.into_iter().map(language).collect() })
    }

    pub fn codes(&self) -> impl Iterator<Item = &'static str> {
        self.languages.iter().map(|l| l.code)
    }

    /// The language with this code, or the first.
    pub fn language(&self, code: &str) -> &Language {
        self.find(code).unwrap_or(&self.languages[0])
    }

    pub fn find(&self, code: &str) -> Option<&Language> {
        let primary = code.split(['-', '_']).next().unwrap_or(code);
        self.languages.iter().find(|l| l.code.eq_ignore_ascii_case(primary))
    }

    /// The first language of `Accept-Language` that we have. Quality values are written in falling order in practice.
    pub fn accepted(&self, header: &str) -> Option<&Language> {
        header.split(',').map(|part| part.split(';').next().unwrap_or(part).trim()).find_map(|code| self.find(code))
    }
}

impl Language {
    /// The text of a key; the key itself when no language has it.
    pub fn text<'a>(&'a self, key: &'a str) -> &'a str {
        self.words.get(key).or_else(|| self.fallback.get(key)).map_or(key, String::as_str)
    }

    /// The text of a key, if any language has it.
    pub fn find(&self, key: &str) -> Option<&str> {
        self.words.get(key).or_else(|| self.fallback.get(key)).map(String::as_str)
    }

    /// The text with `{0}`, `{1}` … replaced.
    pub fn with(&self, key: &str, values: &[&str]) -> String {
        let mut text = self.text(key).to_owned();
        for (at, value) in values.iter().enumerate() {
            text = text.replace(&format!("{{{at}}}"), value);
        }
        text
    }

    /// Keys that this language has itself.
    pub fn own_keys(&self) -> impl Iterator<Item = &str> {
        self.words.keys().map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_key() {
        let words = Words::embedded().unwrap();
        let english: Vec<&str> = words.languages[0].own_keys().collect();
        for language in &words.languages {
            let own: Vec<&str> = language.own_keys().collect();
            let missing: Vec<_> = english.iter().filter(|k| !own.contains(k)).collect();
            let extra: Vec<_> = own.iter().filter(|k| !english.contains(k)).collect();
            assert!(missing.is_empty() && extra.is_empty(), "{}: missing {missing:?}, extra {extra:?}", language.code);
        }
    }

    #[test]
    fn placeholders_are_the_same_in_every_language() {
        let words = Words::embedded().unwrap();
        let holes = |text: &str| (0..5).filter(|n| text.contains(&format!("{{{n}}}"))).collect::<Vec<_>>();
        for language in &words.languages {
            for key in words.languages[0].own_keys() {
                assert_eq!(holes(language.text(key)), holes(words.languages[0].text(key)), "{} {key}", language.code);
            }
        }
    }

    #[test]
    fn the_browser_chooses() {
        let words = Words::embedded().unwrap();
        assert_eq!(words.accepted("fr-FR, pl-PL;q=0.9, en;q=0.8").unwrap().code, "pl");
        assert!(words.accepted("fr").is_none());
        assert_eq!(words.language("xx").code, "en");
        assert_eq!(words.language("en").text("no-such-key"), "no-such-key");
    }
}
