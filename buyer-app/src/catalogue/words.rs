//! Normalised text for search: lower case, accents folded, one space between words.

/// Longest text that is kept for one item, and longest query.
const LENGTH_MAX: usize = 400;
/// Words of a query that are used; more would only slow the query.
pub const QUERY_WORDS_MAX: usize = 4;

/// `"  Café-Crème 1kg "` becomes `"cafe creme 1kg"`. Letters of every script stay.
pub fn normalised(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().take(LENGTH_MAX) {
        match folded(c) {
            Some(folded) => out.push_str(folded),
            // Vowel signs of Indian scripts are marks, not letters: they belong to the word.
            None if c.is_alphanumeric() || is_mark(c) => out.extend(c.to_lowercase()),
            None => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The `like` patterns of a query; unused places are `%`, which every item matches.
pub fn patterns(query: &str) -> [String; QUERY_WORDS_MAX] {
    let normalised = normalised(query);
    let mut words = normalised.split(' ').filter(|w| !w.is_empty());
    std::array::from_fn(|_| words.next().map_or_else(|| "%".to_owned(), |word| format!("%{word}%")))
}

fn is_mark(c: char) -> bool {
    matches!(u32::from(c), 0x0300..=0x036F | 0x0900..=0x0D7F)
}

/// Latin letters with accents, as their plain letters (Spanish, Polish, French, German, Portuguese, Czech).
fn folded(c: char) -> Option<&'static str> {
    Some(match c {
        'á' | 'à' | 'â' | 'ä' | 'ã' | 'å' | 'ą' | 'Á' | 'À' | 'Â' | 'Ä' | 'Ã' | 'Å' | 'Ą' => "a",
        'ç' | 'ć' | 'č' | 'Ç' | 'Ć' | 'Č' => "c",
        'é' | 'è' | 'ê' | 'ë' | 'ę' | 'ě' | 'É' | 'È' | 'Ê' | 'Ë' | 'Ę' | 'Ě' => "e",
        'í' | 'ì' | 'î' | 'ï' | 'Í' | 'Ì' | 'Î' | 'Ï' => "i",
        'ł' | 'Ł' => "l",
        'ñ' | 'ń' | 'ň' | 'Ñ' | 'Ń' | 'Ň' => "n",
        'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' | 'Ó' | 'Ò' | 'Ô' | 'Ö' | 'Õ' | 'Ø' => "o",
        'ř' | 'Ř' => "r",
        'ś' | 'š' | 'Ś' | 'Š' => "s",
        'ß' => "ss",
        'ú' | 'ù' | 'û' | 'ü' | 'ů' | 'Ú' | 'Ù' | 'Û' | 'Ü' | 'Ů' => "u",
        'ý' | 'Ý' => "y",
        'ź' | 'ż' | 'ž' | 'Ź' | 'Ż' | 'Ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_punctuation_do_not_matter() {
        assert_eq!(normalised("  Café-Crème, 1KG "), "cafe creme 1kg");
        assert_eq!(normalised("Jabłko"), "jablko");
        assert_eq!(normalised("हल्दी पाउडर"), "हल्दी पाउडर");
    }

    #[test]
    fn a_query_becomes_patterns() {
        assert_eq!(patterns("Red  Rice"), ["%red%".to_owned(), "%rice%".into(), "%".into(), "%".into()]);
        // A percent sign of the shopper is no wildcard.
        assert_eq!(patterns("100%")[0], "%100%");
    }
}
