//! A cart becomes one order per provider: the network's orders have one seller each. Pure.

use crate::catalogue::item::{Item, SellerKey};
use crate::money::Money;

/// An item in the cart with what is known of it now.
#[derive(Clone, Debug, PartialEq)]
pub struct CartItem {
    pub key: SellerKey,
    pub provider_name: String,
    pub order_value_min: Option<Money>,
    pub item: Item,
    pub count: u32,
    /// In stock and open.
    pub buyable: bool,
}

impl CartItem {
    pub fn price(&self) -> Money {
        self.item.price.times(self.count)
    }
}

/// What becomes one order.
#[derive(Clone, Debug, PartialEq)]
pub struct CartGroup {
    pub key: SellerKey,
    pub provider_name: String,
    pub order_value_min: Option<Money>,
    pub items: Vec<CartItem>,
    /// Catalogue prices; delivery and tax come with the quote.
    pub subtotal: Money,
}

impl CartGroup {
    /// Everything can be bought now.
    pub fn buyable(&self) -> bool {
        self.items.iter().all(|item| item.buyable)
    }

    /// Cash on delivery only when every item allows it (NETWORK-SPEC 4.2).
    pub fn cash(&self) -> bool {
        self.items.iter().all(|item| item.item.cash)
    }

    /// How much is missing to the provider's least order value.
    pub fn missing(&self) -> Option<Money> {
        let missing = self.order_value_min? - self.subtotal;
        missing.is_positive().then_some(missing)
    }
}

/// Groups by provider, in the order in which the providers first appear.
pub fn split(items: Vec<CartItem>) -> Vec<CartGroup> {
    let mut groups: Vec<CartGroup> = Vec::new();
    for item in items {
        let price = item.price();
        let same = |group: &&mut CartGroup| {
            (&group.key.domain, &group.key.bpp_id, &group.key.provider_id)
                == (&item.key.domain, &item.key.bpp_id, &item.key.provider_id)
        };
        match groups.iter_mut().find(same) {
            Some(group) => {
                group.subtotal += price;
                group.items.push(item);
            }
            None => groups.push(CartGroup {
                key: item.key.clone(),
                provider_name: item.provider_name.clone(),
                order_value_min: item.order_value_min,
                subtotal: price,
                items: vec![item],
            }),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn item(provider: u8, id: u8, hundredths: i64, count: u32, cash: bool) -> CartItem {
        let key =
            SellerKey { domain: "D".into(), city: "C".into(), bpp_id: "s".into(), provider_id: format!("P{provider}") };
        let item = Item { id: format!("I{id}"), price: Money::from_hundredths(hundredths), cash, ..Item::default() };
        let order_value_min = Some(Money::from_hundredths(50_000));
        CartItem { key, provider_name: String::new(), order_value_min, item, count, buyable: true }
    }

    #[test]
    fn least_value_and_cash() {
        let groups = split(vec![item(1, 1, 10_000, 2, true), item(1, 2, 5_050, 1, false), item(2, 1, 60_000, 1, true)]);
        assert_eq!(groups[0].missing().unwrap().wire(), "249.50");
        assert!(!groups[0].cash());
        assert_eq!(groups[1].missing(), None);
        assert!(groups[1].cash());
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_orders_have_one_provider(
            lines in proptest::collection::vec((0u8..4, 0u8..20, 1i64..1_000_000, 1u32..50, any::<bool>()), 0..40)
        ) {
            let items: Vec<CartItem> = lines.iter().map(|(p, i, price, n, cash)| item(*p, *i, *price, *n, *cash)).collect();
            let whole: Money = items.iter().map(CartItem::price).sum();
            let groups = split(items.clone());
            prop_assert_eq!(groups.iter().map(|g| g.subtotal).sum::<Money>(), whole);
            prop_assert_eq!(groups.iter().map(|g| g.items.len()).sum::<usize>(), items.len());
            for group in &groups {
                prop_assert!(group.items.iter().all(|i| i.key.provider_id == group.key.provider_id));
                prop_assert_eq!(group.items.iter().map(|i| i.item.price.hundredths() * i64::from(i.count)).sum::<i64>(), group.subtotal.hundredths());
            }
            let mut providers: Vec<_> = groups.iter().map(|g| &g.key.provider_id).collect();
            providers.dedup();
            providers.sort();
            providers.dedup();
            prop_assert_eq!(providers.len(), groups.len());
        }
    }
}
