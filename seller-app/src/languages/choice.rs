//! Which language a person reads: what they chose, else what their browser asks for, else the fallback.

use super::{Language, Languages};

impl Languages {
    /// The language with this tag, or with its first part (`hi` for `hi-IN`).
    pub fn find(&self, tag: &str) -> Option<&Language> {
        let same = |wanted: &str| self.all.iter().find(|one| one.tag.eq_ignore_ascii_case(wanted));
        let tag = tag.trim();
        same(tag).or_else(|| same(tag.split(['-', '_']).next().unwrap_or_default()))
    }

    /// `chosen`: the person's own choice, if any. `accept`: the header `Accept-Language`.
    pub fn choose(&self, chosen: Option<&str>, accept: Option<&str>) -> &Language {
        let chosen = chosen.and_then(|tag| self.find(tag));
        chosen.or_else(|| self.accepted(accept.unwrap_or_default())).unwrap_or(&self.all[0])
    }

    fn accepted(&self, accept: &str) -> Option<&Language> {
        let mut wishes: Vec<(f32, &str)> = accept.split(',').filter_map(wish).collect();
        // The order of equal wishes stays: the sort is stable.
        wishes.sort_by(|a, b| b.0.total_cmp(&a.0));
        wishes.into_iter().find_map(|(_, tag)| self.find(tag))
    }
}

/// Weight and tag of `pl;q=0.8`; nothing for what is not wanted at all.
fn wish(text: &str) -> Option<(f32, &str)> {
    let (tag, weight) = match text.split_once(';') {
        Some((tag, rest)) => (tag, rest.trim().strip_prefix("q=").and_then(|q| q.parse().ok()).unwrap_or(0.0)),
        None => (text, 1.0),
    };
    (weight > 0.0).then_some((weight, tag.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_choice_then_browser_then_fallback() {
        let languages = Languages::embedded().unwrap();
        let tag = |chosen, accept| languages.choose(chosen, accept).tag.clone();
        assert_eq!(tag(Some("pl"), Some("hi")), "pl");
        assert_eq!(tag(Some("xx"), Some("de, hi-IN;q=0.8, es;q=0.9")), "es");
        assert_eq!(tag(None, Some("HI-in")), "hi");
        assert_eq!(tag(None, Some("es;q=0, fr")), "en");
        assert_eq!(tag(None, None), "en");
    }
}
