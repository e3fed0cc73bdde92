//! Items that the buyer configures: each group can be filled as it asks, and the price range and the price of the default choice follow
//! from the choices.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;
use serde_json::Value;

use crate::check::payload::{Part, number};
use crate::check::say::Say;
use crate::check::store::each_provider;
use crate::finding::Found;
use crate::judge::counted;
use crate::view::{FlowView, Step};

/// Each whole catalogue, provider by provider.
pub(crate) fn check(view: &FlowView<'_>, out: &mut Vec<Found>) {
    each_provider(view, out, |step, provider, out| {
        let menu = Menu::of(provider);
        if !menu.groups.is_empty() {
            filled(step, &menu, out);
            provider.list("/items").iter().for_each(|item| priced(step, item, &menu, out));
        }
    });
}

/// How many of a group may be chosen.
#[derive(Debug)]
struct Group {
    /// Its place in the message.
    pointer: String,
    min: usize,
    max: usize,
    /// The buyer writes a text instead of choosing: it has no price.
    is_text: bool,
}

/// One choice of a group.
#[derive(Debug)]
struct Choice<'a> {
    price: Decimal,
    /// The price before a reduction.
    maximum: Decimal,
    is_default: bool,
    children: Vec<&'a str>,
}

/// The groups of a provider and what can be chosen in each.
#[derive(Debug)]
struct Menu<'a> {
    groups: BTreeMap<&'a str, Group>,
    choices: HashMap<&'a str, Vec<Choice<'a>>>,
}

/// Groups within groups; more is a circle.
const DEPTH_MAX: usize = 12;

impl<'a> Menu<'a> {
    fn of(provider: &Part<'a>) -> Menu<'a> {
        let (mut groups, mut choices) = (BTreeMap::new(), HashMap::<_, Vec<Choice<'a>>>::new());
        for category in provider.list("/categories") {
            let is_group =
                category.tag("type").and_then(|tag| tag.entry_word("type")).as_deref() == Some("custom_group");
            let (Some(id), Some(config)) = (category.text("/id").filter(|_| is_group), category.tag("config")) else {
                continue;
            };
            let count = |code: &str| config.entry_word(code).and_then(|count| count.parse().ok());
            let is_text = config.entry_word("input").as_deref() == Some("text");
            let (min, max) = (count("min").unwrap_or(0), count("max").unwrap_or(usize::MAX));
            groups.insert(id, Group { pointer: config.pointer.clone(), min, max, is_text });
        }
        for item in provider.value.get("items").and_then(Value::as_array).into_iter().flatten() {
            let part = Part { pointer: String::new(), value: item };
            let Some(parent) = part.tag("parent") else { continue };
            let Some(group) = parent.entry("id").and_then(|id| id.text("")) else { continue };
            let Some(price) = part.number("/price/value") else { continue };
            let maximum = part.number("/price/maximum_value").unwrap_or(price);
            let children = part
                .tags("child")
                .iter()
                .flat_map(|tag| tag.list("/list"))
                .filter_map(|entry| entry.text("/value"))
                .collect();
            let is_default = parent.entry_word("default").as_deref() == Some("yes");
            choices.entry(group).or_default().push(Choice { price, maximum, is_default, children });
        }
        Menu { groups, choices }
    }

    /// Cheapest and dearest legal selection in these groups; `None` when a group is not known or nests in a circle.
    fn range(&self, groups: &[&str], depth: usize) -> Option<(Decimal, Decimal)> {
        let (mut lower, mut upper) = (Decimal::ZERO, Decimal::ZERO);
        for id in groups {
            let group = self.groups.get(id).filter(|_| depth < DEPTH_MAX)?;
            let mut prices = Vec::new();
            for choice in self.choices.get(id).map_or(&[][..], Vec::as_slice) {
                let (low, high) = self.range(&choice.children, depth + 1)?;
                prices.push((choice.price + low, choice.price + high));
            }
            let mut cheap: Vec<Decimal> = prices.iter().map(|(low, _)| *low).collect();
            let mut dear: Vec<Decimal> = prices.iter().map(|(_, high)| *high).collect();
            cheap.sort();
            dear.sort_by(|one, other| other.cmp(one));
            lower += cheap.iter().take(group.min).sum::<Decimal>();
            upper += dear.iter().take(group.max).sum::<Decimal>();
        }
        Some((lower, upper))
    }

    /// Price and maximum price of what is chosen by default; `None` when a group is not known.
    fn defaults(&self, groups: &[&str], depth: usize) -> Option<(Decimal, Decimal)> {
        let (mut price, mut maximum) = (Decimal::ZERO, Decimal::ZERO);
        for id in groups {
            self.groups.get(id).filter(|_| depth < DEPTH_MAX)?;
            for choice in self.choices.get(id).into_iter().flatten().filter(|choice| choice.is_default) {
                let (inner, inner_maximum) = self.defaults(&choice.children, depth + 1)?;
                price += choice.price + inner;
                maximum += choice.maximum + inner_maximum;
            }
        }
        Some((price, maximum))
    }
}

/// A group has the choices that it asks for, and its default choice is one that the buyer could make.
fn filled(step: &Step<'_>, menu: &Menu<'_>, out: &mut Vec<Found>) {
    // Where min is above max, another rule says so.
    for (id, group) in menu.groups.iter().filter(|(_, group)| !group.is_text && group.min <= group.max) {
        let choices = menu.choices.get(id).map_or(&[][..], Vec::as_slice);
        let Group { pointer, min, max, .. } = group;
        let most = if *max == usize::MAX { *min } else { *max };
        if choices.len() < most {
            let text = format!("of group {id} {most} may be chosen, but it has {}", counted(choices.len(), "choice"));
            out.push(step.found("catalogue/GROUP_CHOICES", pointer.clone(), text).wants(most).has(choices.len()));
        }
        let defaults = choices.iter().filter(|choice| choice.is_default).count();
        if defaults < *min || defaults > *max {
            let bounds = if min == max { min.to_string() } else { format!("{min} to {most}") };
            let text = format!(
                "of group {id} the buyer chooses {bounds}, but by default it has {}",
                counted(defaults, "choice")
            );
            out.push(step.found("catalogue/GROUP_DEFAULTS", pointer.clone(), text).wants(bounds).has(defaults));
        }
    }
}

/// A configurable item tells its range and its default price, and both are right.
fn priced(step: &Step<'_>, item: &Part<'_>, menu: &Menu<'_>, out: &mut Vec<Found>) {
    let entries: Vec<Part<'_>> = item.tags("custom_group").iter().flat_map(|tag| tag.list("/list")).collect();
    let groups: Vec<&str> = entries.iter().filter_map(|entry| entry.text("/value")).collect();
    let Some(base) = item.number("/price/value").filter(|_| !groups.is_empty()) else { return };
    for entry in entries.iter().filter(|entry| entry.text("/value").is_some_and(|id| !menu.groups.contains_key(id))) {
        let text = format!(
            "the item is configured by group {}, which no category of type custom_group describes",
            entry.value["value"]
        );
        out.push(step.found("catalogue/CUSTOM_GROUP_KNOWN", entry.place("/value"), text));
    }
    if groups.iter().all(|id| menu.groups.get(id).is_some_and(|group| group.is_text)) {
        return;
    }
    let Some(price) = item.at("/price") else { return };
    let maximum = item.number("/price/maximum_value").unwrap_or(base);
    let Some((lower, upper)) = menu.range(&groups, 0) else { return };
    let Some((default, default_maximum)) = menu.defaults(&groups, 0) else { return };
    for (code, rule, missing, wanted) in [
        (
            "range",
            "catalogue/PRICE_RANGE",
            "catalogue/PRICE_RANGE_GIVEN",
            [("lower", base + lower), ("upper", base + upper)],
        ),
        (
            "default_selection",
            "catalogue/DEFAULT_SELECTION",
            "catalogue/DEFAULT_SELECTION_GIVEN",
            [("value", base + default), ("maximum_value", maximum + default_maximum)],
        ),
    ] {
        let Some(tag) = price.tag(code) else {
            let text = format!("an item that the buyer configures says {code} in its price");
            let wanted: Vec<String> = wanted.iter().map(|(key, value)| format!("{key} {value}")).collect();
            out.push(step.found(missing, price.place("/tags"), text).wants(wanted.join(", ")));
            continue;
        };
        for (key, value) in wanted {
            let Some(said) = tag.entry(key) else { continue };
            if number(said.value).is_some_and(|said| said.round_dp(2) != value.round_dp(2)) {
                let text = format!("{code}.{key} is {}, from the choices it follows that it is {value}", said.value);
                out.push(
                    step.found(rule, said.pointer.clone(), text).wants(value).has(said.word("").unwrap_or_default()),
                );
            }
        }
    }
}
