//! The part of a brand that some changes are about: who has to tell what, and whose shelves decide it.
//!
//! A shelf that flips can win or lose postal codes for its partner's neighbours, and for nobody else. What a neighbour
//! publishes then is decided among its own neighbours. So two steps over shared postal codes are all that must be read,
//! however many partners the brand has; a test compares what is told with what the whole map tells.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalogue::{Partner, PartnerId};
use crate::store::changes::{Change, EVERYTHING};
use crate::store::shelf::ShelfKey;

/// Some items of a partner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Items {
    all: bool,
    skus: BTreeSet<String>,
}

/// Whose shelves must be known, and which of them are decided when they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Focus {
    needed: BTreeMap<PartnerId, Items>,
    told: BTreeMap<PartnerId, Items>,
}

impl Focus {
    /// What these changes are about. `partners` are all of the brand.
    pub fn new(partners: &[Partner], changed: &[Change]) -> Focus {
        let near = Neighbours::new(partners);
        let mut focus = Focus::default();
        for change in changed {
            let Some(&at) = near.numbers.get(change.partner_id.as_str()) else { continue };
            let id = |number: usize| partners[number].id.clone();
            focus.needed.entry(id(at)).or_default();
            let once = near.of(&BTreeSet::from([at]));
            match change.sku.as_str() {
                "" => {}
                EVERYTHING => {
                    focus.told.entry(id(at)).or_default().all = true;
                    once.into_iter().for_each(|one| focus.needed.entry(id(one)).or_default().all = true);
                }
                sku => {
                    let note = |map: &mut BTreeMap<PartnerId, Items>, one: usize| {
                        map.entry(id(one)).or_default().skus.insert(sku.to_owned());
                    };
                    near.of(&once).into_iter().for_each(|one| note(&mut focus.needed, one));
                    once.into_iter().for_each(|one| note(&mut focus.told, one));
                }
            }
        }
        focus
    }

    /// Whether the partner has a part in it.
    pub fn has(&self, partner_id: &str) -> bool {
        self.needed.contains_key(partner_id)
    }

    /// Whether this shelf has a part in it.
    pub fn needs(&self, partner_id: &str, sku: &str) -> bool {
        names(&self.needed, partner_id, sku)
    }

    /// Whether what the partner publishes of this item is certain.
    pub fn tells(&self, partner_id: &str, sku: &str) -> bool {
        names(&self.told, partner_id, sku)
    }

    /// Partners whose shelves are all needed.
    pub fn whole(&self) -> impl Iterator<Item = &str> {
        self.needed.iter().filter(|(_, items)| items.all).map(|(id, _)| id.as_str())
    }

    /// The needed shelves of the others.
    pub fn shelves(&self) -> Vec<ShelfKey> {
        let some = self.needed.iter().filter(|(_, items)| !items.all);
        some.flat_map(|(id, items)| items.skus.iter().map(move |sku| ShelfKey::new(id, sku))).collect()
    }
}

fn names(map: &BTreeMap<PartnerId, Items>, partner_id: &str, sku: &str) -> bool {
    map.get(partner_id).is_some_and(|items| items.all || items.skus.contains(sku))
}

/// Who serves a postal code that another one serves, in any category.
struct Neighbours<'a> {
    numbers: BTreeMap<&'a str, usize>,
    /// Codes of each partner, by number.
    codes: Vec<Vec<usize>>,
    /// Partners of each code.
    serving: Vec<Vec<usize>>,
}

impl<'a> Neighbours<'a> {
    fn new(partners: &'a [Partner]) -> Self {
        let mut known: BTreeMap<String, usize> = BTreeMap::new();
        let (mut codes, mut serving): (Vec<Vec<usize>>, Vec<Vec<usize>>) = (Vec::new(), Vec::new());
        for (number, partner) in partners.iter().enumerate() {
            let own = partner.service.coverage.categories.keys();
            let seen: Vec<Partner> = own.filter_map(|category| partner.for_category(category)).collect();
            let everywhere = std::iter::once(partner).chain(&seen).flat_map(Partner::territory);
            let everywhere: BTreeSet<&str> = everywhere.collect();
            let mut mine = Vec::with_capacity(everywhere.len());
            for code in everywhere {
                let at = *known.entry(code.to_owned()).or_insert(serving.len());
                if at == serving.len() {
                    serving.push(Vec::new());
                }
                serving[at].push(number);
                mine.push(at);
            }
            codes.push(mine);
        }
        let numbers = partners.iter().enumerate().map(|(number, partner)| (partner.id.as_str(), number)).collect();
        Self { numbers, codes, serving }
    }

    /// These, and all their neighbours.
    fn of(&self, these: &BTreeSet<usize>) -> BTreeSet<usize> {
        let codes: BTreeSet<usize> = these.iter().flat_map(|one| self.codes[*one].iter().copied()).collect();
        let near = codes.into_iter().flat_map(|code| self.serving[code].iter().copied());
        near.chain(these.iter().copied()).collect()
    }
}
