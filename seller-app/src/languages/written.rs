//! Numbers, money, shares, and times as a language writes them. How stands in its file, under `locale-…`.

use fluent_bundle::FluentArgs;
use jiff::Timestamp;
use jiff::tz::Offset;

use super::Language;
use crate::money::Money;

/// From so many digits on a language groups them: a price of four digits is grouped too.
const GROUPED_FROM: usize = 4;

impl Language {
    /// `1,23,456`
    pub fn number(&self, number: impl TryInto<i64>) -> String {
        let number: i64 = number.try_into().unwrap_or(i64::MAX);
        self.decimal(&number.to_string())
    }

    /// A plain decimal (`-123456.70`) with this language's marks.
    pub fn decimal(&self, plain: &str) -> String {
        let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |digits| ("−", digits));
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let mut text = format!("{sign}{}", self.grouped(whole));
        if !part.is_empty() {
            text.push_str(&self.say("locale-decimal"));
            text.push_str(part);
        }
        text
    }

    /// `locale-grouping` lists the sizes of the groups from the right; the last one repeats: `3-2` makes 1,23,456.
    fn grouped(&self, digits: &str) -> String {
        if digits.len() < GROUPED_FROM {
            return digits.to_owned();
        }
        let sizes = self.say("locale-grouping");
        let mut sizes = sizes.split('-').filter_map(|size| size.parse::<usize>().ok()).filter(|size| *size > 0);
        let mut size = sizes.next().unwrap_or(3);
        let (mut left, mut groups) = (digits, Vec::new());
        while left.len() > size {
            let (head, group) = left.split_at(left.len() - size);
            groups.push(group);
            left = head;
            size = sizes.next().unwrap_or(size);
        }
        groups.push(left);
        groups.reverse();
        groups.join(&self.say("locale-group"))
    }

    /// An amount of a currency (ISO 4217); a currency without a sign is written by its code.
    pub fn money(&self, amount: Money, currency: &str) -> String {
        let key = format!("currency-{currency}");
        let symbol = if self.knows(&key) { self.say(&key) } else { format!("{currency}\u{a0}") };
        self.with_two("locale-money", ("amount", &self.decimal(&amount.wire())), ("symbol", &symbol))
    }

    /// Parts of a thousand as per cent.
    pub fn share(&self, permille: u32) -> String {
        let plain = if permille.is_multiple_of(10) {
            (permille / 10).to_string()
        } else {
            format!("{}.{}", permille / 10, permille % 10)
        };
        self.with("locale-percent", "share", &self.decimal(&plain))
    }

    /// Day, month, and time of day. `offset_min`: minutes ahead of UTC.
    pub fn moment(&self, at: Timestamp, offset_min: i16) -> String {
        let offset = Offset::from_seconds(i32::from(offset_min) * 60).unwrap_or(Offset::UTC);
        let local = offset.to_datetime(at);
        let months = self.say("locale-months");
        let at = usize::try_from(local.month() - 1).unwrap_or_default();
        let mut values = FluentArgs::new();
        values.set("day", local.day().to_string());
        values.set("month", months.split(' ').nth(at).unwrap_or_default().to_owned());
        values.set("time", local.strftime("%H:%M").to_string());
        self.sentence("locale-moment", &values)
    }

    /// How long, in the largest unit that fits.
    pub fn lasts(&self, ms: i64) -> String {
        let seconds = ms.max(0) / 1000;
        match seconds {
            0..60 => self.count("lasts-seconds", seconds),
            60..3600 => self.count("lasts-minutes", seconds / 60),
            3600..86_400 => self.count("lasts-hours", seconds / 3600),
            _ => self.count("lasts-days", seconds / 86_400),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::languages::Languages;
    use crate::money::Money;

    #[test]
    fn each_language_writes_money_and_time_its_own_way() {
        let languages = Languages::embedded().unwrap();
        let written = |tag: &str| {
            let one = languages.find(tag).unwrap();
            let at = "2025-11-23T03:00:00Z".parse().unwrap();
            let money = one.money(Money::parse("1234567.50").unwrap(), "INR");
            (money, one.share(964), one.moment(at, 330), one.lasts(3 * 3_600_000))
        };
        let own = |a: &str, b: &str, c: &str, d: &str| (a.to_owned(), b.to_owned(), c.to_owned(), d.to_owned());
        assert_eq!(written("en"), own("₹12,34,567.50", "96.4%", "23 Nov, 08:30", "3 h"));
        assert_eq!(written("hi"), own("₹12,34,567.50", "96.4%", "23 नव॰, 08:30", "3 घंटे"));
        assert_eq!(written("es"), own("1.234.567,50\u{a0}₹", "96,4\u{a0}%", "23 nov, 08:30", "3 h"));
        assert_eq!(written("pl"), own("1\u{a0}234\u{a0}567,50\u{a0}₹", "96,4%", "23 lis, 08:30", "3 godz."));
    }

    #[test]
    fn plurals_follow_the_language() {
        let languages = Languages::embedded().unwrap();
        let polish = languages.find("pl").unwrap();
        let pieces = [1, 2, 5, 22].map(|count| polish.count("pieces", count));
        assert_eq!(pieces, ["1 sztuka", "2 sztuki", "5 sztuk", "22 sztuki"]);
        let hindi = languages.find("hi").unwrap();
        assert_eq!(hindi.count("lasts-hours", 1), "1 घंटा");
    }
}
