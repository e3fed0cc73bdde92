//! The cache by its clock: how often the registry is asked, and what is served meanwhile.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::SignedDuration;
use protocol::clock::ManualClock;
use protocol::participant::{Participant, Role, Status, Unusable};
use protocol::registry_cache::{CacheLimits, KeyError, RegistryCache};
use protocol::registry_client::{Filter, LookupError};

use crate::fixture::{FakeRegistry, id, key_id, network, now, record, seller, signer};

struct Setup {
    registry: Arc<FakeRegistry>,
    clock: ManualClock,
    cache: Arc<RegistryCache>,
}

fn setup(registry: FakeRegistry, limits: CacheLimits) -> Setup {
    let (registry, clock) = (Arc::new(registry), ManualClock::new(now()));
    let cache = Arc::new(RegistryCache::new(Arc::clone(&registry) as _, Arc::new(clock.clone()), limits));
    Setup { registry, clock, cache }
}

fn standard() -> Setup {
    setup(FakeRegistry::with(network()), CacheLimits::default())
}

impl Setup {
    async fn seller(&self) -> Result<Arc<Participant>, KeyError> {
        self.cache.key(&id("seller.example.com"), &key_id("k1")).await
    }

    fn pass(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    fn change(&self, change: impl Fn(&mut Participant)) {
        let mut records = network();
        records.iter_mut().for_each(change);
        self.registry.replace(records);
    }
}

#[tokio::test]
async fn a_good_key_is_asked_for_every_ten_minutes() {
    let s = standard();
    for _ in 0..3 {
        assert_eq!(s.seller().await.unwrap().subscriber_id, id("seller.example.com"));
    }
    s.pass(599);
    s.seller().await.unwrap();
    assert_eq!(s.registry.asked(), 1);
    s.pass(1);
    s.seller().await.unwrap();
    assert_eq!(s.registry.asked(), 2);
}

#[tokio::test]
async fn an_unknown_key_is_asked_for_every_thirty_seconds() {
    let s = setup(FakeRegistry::default(), CacheLimits::default());
    for _ in 0..5 {
        assert!(matches!(s.seller().await, Err(KeyError::Unknown { .. })));
    }
    assert_eq!(s.registry.asked(), 1);
    s.registry.replace(network());
    s.pass(29);
    assert!(s.seller().await.is_err());
    s.pass(1);
    assert!(s.seller().await.is_ok());
    assert_eq!(s.registry.asked(), 2);
}

#[tokio::test]
async fn many_who_ask_at_once_cause_one_question() {
    let slow = FakeRegistry { delay: Duration::from_millis(20), ..FakeRegistry::with(network()) };
    let s = setup(slow, CacheLimits::default());
    for round in 1..=2 {
        let asking: Vec<_> = (0..50)
            .map(|_| {
                let cache = Arc::clone(&s.cache);
                tokio::spawn(async move { cache.key(&id("seller.example.com"), &key_id("k1")).await.is_ok() })
            })
            .collect();
        for task in asking {
            assert!(task.await.unwrap());
        }
        assert_eq!(s.registry.asked(), round, "also when the answer has aged");
        s.pass(600);
    }
}

#[tokio::test]
async fn a_refresh_is_asked_at_most_once_a_minute() {
    let s = standard();
    s.seller().await.unwrap();
    let (who, which) = (id("seller.example.com"), key_id("k1"));
    let refresh = || s.cache.refresh(&who, &which);
    for _ in 0..100 {
        refresh().await.unwrap();
    }
    assert_eq!(s.registry.asked(), 1, "the first question was just now");
    s.pass(60);
    for _ in 0..100 {
        refresh().await.unwrap();
    }
    assert_eq!(s.registry.asked(), 2);
}

#[tokio::test]
async fn while_the_registry_is_down_a_known_key_serves_for_an_hour() {
    let s = standard();
    s.seller().await.unwrap();
    s.registry.set_down(true);
    s.pass(600);
    assert!(s.seller().await.is_ok());
    assert!(s.seller().await.is_ok());
    assert_eq!(s.registry.asked(), 2, "a failed question is not repeated at once");
    s.pass(5);
    assert!(s.seller().await.is_ok());
    assert_eq!(s.registry.asked(), 3);
    s.pass(3600 - 605);
    assert!(s.seller().await.is_ok(), "one hour old");
    s.pass(1);
    assert!(matches!(s.seller().await, Err(KeyError::Unavailable(_))));
    s.registry.set_down(false);
    s.pass(5);
    assert!(s.seller().await.is_ok(), "it comes back by itself");
}

#[tokio::test]
async fn but_never_past_its_validity() {
    let s = standard();
    s.change(|one| one.valid_until = now() + SignedDuration::from_secs(700));
    s.seller().await.unwrap();
    s.registry.set_down(true);
    s.pass(700);
    assert!(s.seller().await.is_ok());
    s.pass(1);
    assert!(matches!(s.seller().await, Err(KeyError::NotUsable(Unusable::Expired(_)))));
}

#[tokio::test]
async fn a_key_seen_revoked_stays_refused_when_the_registry_goes_down() {
    let s = standard();
    s.seller().await.unwrap();
    s.change(|one| one.status = Status::Unsubscribed);
    s.pass(600);
    let refused = Err(KeyError::NotUsable(Unusable::Status(Status::Unsubscribed)));
    assert_eq!(s.seller().await, refused);
    s.registry.set_down(true);
    s.pass(300);
    assert_eq!(s.seller().await, refused);
}

#[tokio::test]
async fn an_outage_before_the_first_answer_is_not_an_unknown_key() {
    let s = standard();
    s.registry.set_down(true);
    for _ in 0..10 {
        assert!(matches!(s.seller().await, Err(KeyError::Unavailable(_))));
    }
    assert_eq!(s.registry.asked(), 1);
}

#[tokio::test]
async fn only_the_key_that_was_asked_for_is_believed() {
    let s =
        setup(FakeRegistry::with(vec![record(&signer("evil.example.net", 9), Role::Seller)]), CacheLimits::default());
    assert!(matches!(s.seller().await, Err(KeyError::Unknown { .. })));
    let mut twin = record(&seller(), Role::Seller);
    twin.signing_public_key = signer("x", 8).key.public_text();
    let s = setup(FakeRegistry::with(vec![record(&seller(), Role::Seller), twin]), CacheLimits::default());
    assert_eq!(s.seller().await, Err(KeyError::Conflicting));
}

#[tokio::test]
async fn one_live_record_among_dead_ones_is_enough() {
    let mut gone = record(&seller(), Role::Seller);
    gone.status = Status::Unsubscribed;
    gone.signing_public_key = "old".to_owned();
    let s = setup(FakeRegistry::with(vec![gone, record(&seller(), Role::Seller)]), CacheLimits::default());
    assert!(s.seller().await.is_ok());
}

#[tokio::test]
async fn strangers_cannot_ask_without_end() {
    let limits = CacheLimits { lookups_per_minute_max: 3, ..CacheLimits::default() };
    let s = setup(FakeRegistry::with(network()), limits);
    for n in 0..20 {
        let _ = s.cache.key(&id(&format!("random{n}.example.net")), &key_id("k1")).await;
    }
    assert_eq!(s.registry.asked(), 3);
    assert!(matches!(s.seller().await, Err(KeyError::Unavailable(_))));
    s.pass(60);
    assert!(s.seller().await.is_ok());
}

fn city(city: &str) -> Filter {
    Filter { city: Some(city.to_owned()), ..Filter::discovery("IND", "ONDC:RET10", Role::Seller) }
}

fn sellers() -> Vec<Participant> {
    let mut here = record(&signer("here.example.com", 11), Role::Seller);
    here.city = vec!["std:080".to_owned()];
    let mut everywhere = record(&signer("everywhere.example.com", 12), Role::Seller);
    everywhere.city = vec!["*".to_owned()];
    let mut whitelisted = record(&signer("soon.example.com", 13), Role::Seller);
    (whitelisted.status, whitelisted.subscriber_url) = (Status::Whitelisted, None);
    let mut elsewhere = record(&signer("elsewhere.example.com", 14), Role::Seller);
    elsewhere.domain = "ONDC:RET11".to_owned();
    vec![here, everywhere, whitelisted, elsewhere]
}

#[tokio::test]
async fn discovery_serves_all_cities_from_one_question() {
    let s = setup(FakeRegistry::with(sellers()), CacheLimits::default());
    let found = |city_code: &'static str| {
        let cache = Arc::clone(&s.cache);
        async move {
            let found = cache.participants(&city(city_code)).await.unwrap();
            found.iter().map(|one| one.subscriber_id.to_string()).collect::<Vec<_>>()
        }
    };
    assert_eq!(found("std:080").await, ["here.example.com", "everywhere.example.com"]);
    assert_eq!(found("std:022").await, ["everywhere.example.com"]);
    assert_eq!(found("*").await, ["here.example.com", "everywhere.example.com"]);
    assert_eq!(s.registry.asked(), 1);
    s.pass(60);
    found("std:080").await;
    assert_eq!(s.registry.asked(), 2);
    s.registry.set_down(true);
    s.pass(3000);
    assert_eq!(found("std:080").await.len(), 2, "stale is better than nothing");
    s.pass(3000);
    assert!(matches!(s.cache.participants(&city("*")).await, Err(LookupError::Unreachable(_))));
}

#[tokio::test]
async fn discovery_of_nobody_is_asked_again_sooner() {
    let s = setup(FakeRegistry::default(), CacheLimits::default());
    assert!(s.cache.participants(&city("*")).await.unwrap().is_empty());
    s.registry.replace(sellers());
    s.pass(30);
    assert_eq!(s.cache.participants(&city("*")).await.unwrap().len(), 2);
    let too_wide = Filter { role: Some(Role::Seller), ..Filter::default() };
    assert!(s.cache.participants(&too_wide).await.is_ok(), "a fake takes it, the registry's client refuses it");
    assert_eq!(s.registry.questions.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn the_destination_comes_from_the_registry() {
    let s = setup(FakeRegistry::with(sellers()), CacheLimits::default());
    let url = |who: &str, domain: &'static str| {
        let (cache, who) = (Arc::clone(&s.cache), id(who));
        async move { cache.url_of(&who, Role::Seller, domain).await }
    };
    assert_eq!(url("here.example.com", "ONDC:RET10").await.unwrap(), "https://here.example.com/network");
    assert_eq!(url("elsewhere.example.com", "").await.unwrap(), "https://elsewhere.example.com/network");
    assert!(matches!(url("here.example.com", "ONDC:RET12").await, Err(KeyError::NotInDomain { .. })));
    assert!(matches!(url("soon.example.com", "").await, Err(KeyError::WrongRole { .. })));
    assert!(matches!(url("nobody.example.com", "").await, Err(KeyError::WrongRole { .. })));
    s.registry.set_down(true);
    assert!(matches!(url("third.example.com", "").await, Err(KeyError::Unavailable(_))));
}

#[tokio::test]
async fn a_key_revoked_is_refused_from_the_moment_its_change_is_heard_of() {
    let s = standard();
    s.seller().await.unwrap();
    s.change(|one| one.status = Status::Unsubscribed);
    s.seller().await.unwrap(); // nobody has said anything yet
    s.cache.changed(&id("other.example.com")).await;
    s.seller().await.unwrap();
    assert_eq!(s.registry.asked(), 1, "a change of somebody else concerns no key of this one");
    s.cache.changed(&id("seller.example.com")).await;
    s.seller().await.unwrap_err();
    s.seller().await.unwrap_err();
    assert_eq!(s.registry.asked(), 2, "one question a change");
}

#[tokio::test]
async fn what_changed_is_not_served_stale_while_the_registry_is_down() {
    let s = standard();
    s.seller().await.unwrap();
    s.cache.changed(&id("seller.example.com")).await;
    s.registry.set_down(true);
    assert!(matches!(s.seller().await, Err(KeyError::Unavailable(_))));
    s.registry.set_down(false);
    s.pass(5);
    s.seller().await.unwrap();
}

#[tokio::test]
async fn an_answer_that_was_on_its_way_when_the_change_came_does_not_count() {
    let slow = FakeRegistry { delay: Duration::from_millis(100), ..FakeRegistry::with(network()) };
    let s = setup(slow, CacheLimits::default());
    let (asked, ()) = tokio::join!(s.seller(), async {
        tokio::time::sleep(Duration::from_millis(30)).await;
        s.cache.changed(&id("seller.example.com")).await;
    });
    asked.unwrap();
    s.seller().await.unwrap();
    assert_eq!(s.registry.asked(), 2);
}

#[tokio::test]
async fn a_change_of_anybody_renews_the_lists_and_a_lost_feed_renews_everything() {
    let s = standard();
    let sellers = Filter::discovery("IND", "ONDC:RET10", Role::Seller);
    s.cache.participants(&sellers).await.unwrap();
    s.cache.changed(&id("new.example.com")).await;
    s.cache.participants(&sellers).await.unwrap();
    assert_eq!(s.registry.asked(), 2);
    s.seller().await.unwrap();
    s.cache.all_changed();
    s.seller().await.unwrap();
    s.cache.participants(&sellers).await.unwrap();
    assert_eq!(s.registry.asked(), 5);
}
