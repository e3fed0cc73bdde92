//! What every page shows around its content, and how money and states read in the visitor's language.

use crate::money::Money;
use crate::words::Language;

use super::visit::Visit;

/// The frame of a page; templates call its methods.
#[derive(Debug)]
pub struct Page<'a> {
    pub language: &'a Language,
    pub shop_name: &'a str,
    pub area_code: &'a str,
    pub place_name: String,
    pub cart_size: i64,
    pub languages: Vec<LanguageLink>,
    /// What the search box shows.
    pub query: String,
}

/// RFC 3339, and words in UTC for readers without script.
#[derive(Debug)]
pub struct Moment {
    pub wire: String,
    pub words: String,
}

#[derive(Debug)]
pub struct LanguageLink {
    pub code: &'static str,
    pub name: String,
    pub href: String,
    pub current: bool,
}

impl<'a> Page<'a> {
    pub fn of(visit: &'a Visit<'a>) -> Page<'a> {
        let link = |code: &'static str| LanguageLink {
            code,
            name: visit.buyer.words.language(code).text("language.name").to_owned(),
            href: format!("{}{}lang={code}", visit.here, if visit.here.contains('?') { '&' } else { '?' }),
            current: code == visit.language.code,
        };
        Page {
            language: visit.language,
            shop_name: &visit.buyer.config.shop_name,
            area_code: &visit.area_code,
            place_name: visit.place().map(|p| p.name.clone()).unwrap_or_default(),
            cart_size: visit.cart_size,
            languages: visit.buyer.words.codes().map(link).collect(),
            query: String::new(),
        }
    }

    /// Text of a key.
    pub fn t<'k>(&'k self, key: &'k str) -> &'k str {
        self.language.text(key)
    }

    /// Text of a key with `{0}` replaced.
    pub fn t1(&self, key: &str, value: &str) -> String {
        self.language.with(key, &[value])
    }

    /// Text of a key with `{0}` and `{1}` replaced.
    pub fn t2(&self, key: &str, first: &str, second: &str) -> String {
        self.language.with(key, &[first, second])
    }

    /// Name of a wire state; the code itself when it is new to us.
    pub fn state(&self, code: &str) -> String {
        self.language.find(&format!("state.{code}")).unwrap_or(code).to_owned()
    }

    /// Name of a category; as the network writes it when there is no word for it.
    pub fn category(&self, name: &str) -> String {
        self.language.find(&format!("category.{name}")).unwrap_or(name).to_owned()
    }

    /// `₹ 1,250.00` in the way of the language; an unknown currency shows its code.
    pub fn money(&self, amount: &Money, currency: &str) -> String {
        let number = grouped(
            &amount.wire(),
            self.t("number.decimal"),
            self.t("number.group"),
            self.t("number.grouping") == "indian",
        );
        match self.language.find(&format!("money.{currency}")) {
            Some(form) => form.replace("{0}", &number),
            None => format!("{number} {currency}"),
        }
    }

    /// A moment, for people and for the script that shows it in the reader's own time.
    pub fn moment(&self, at_ms: i64) -> Moment {
        let wire = crate::api::wire_time(at_ms);
        let words = format!("{} UTC", wire.get(..16).unwrap_or(&wire).replace('T', " "));
        Moment { wire, words }
    }

    /// A duration such as `PT45M`, `PT24H` or `P2D` in words.
    pub fn duration(&self, iso: &str) -> String {
        let Ok(span) = iso.parse::<jiff::Span>() else { return iso.to_owned() };
        let parts = [
            (span.get_days(), "duration.days"),
            (span.get_hours(), "duration.hours"),
            (span.get_minutes().try_into().unwrap_or(0), "duration.minutes"),
        ];
        let told: Vec<String> =
            parts.iter().filter(|(n, _)| *n > 0).map(|(n, key)| self.t1(key, &n.to_string())).collect();
        if told.is_empty() { iso.to_owned() } else { told.join(" ") }
    }
}

/// Groups the digits before the point: threes, or in the Indian way three and then twos.
fn grouped(wire: &str, decimal: &str, group: &str, indian: bool) -> String {
    let (sign, digits) = wire.strip_prefix('-').map_or(("", wire), |rest| ("-", rest));
    let (whole, cents) = digits.split_once('.').unwrap_or((digits, "00"));
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        let left = whole.len() - at;
        let boundary = if indian { left == 3 || (left > 3 && left % 2 == 1) } else { left.is_multiple_of(3) };
        if at > 0 && boundary {
            out.push_str(group);
        }
        out.push(digit);
    }
    format!("{sign}{out}{decimal}{cents}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_in_both_ways() {
        assert_eq!(grouped("1234567.50", ".", ",", false), "1,234,567.50");
        assert_eq!(grouped("1234567.50", ".", ",", true), "12,34,567.50");
        assert_eq!(grouped("-999.00", ",", " ", false), "-999,00");
        assert_eq!(grouped("100000.00", ".", ",", true), "1,00,000.00");
    }
}
