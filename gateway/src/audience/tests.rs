use proptest::prelude::*;
use protocol::participant::Status;
use rstest::rstest;

use super::*;

fn now() -> Timestamp {
    "2025-10-09T08:53:20Z".parse().unwrap()
}

fn context(city: &str, target: Option<&str>) -> Context {
    Context {
        domain: "ONDC:RET10".to_owned(),
        action: specs::Action::Search,
        country: "IND".to_owned(),
        city: city.to_owned(),
        core_version: "1.2.5".to_owned(),
        bap_id: "buyer.example.com".parse().unwrap(),
        bap_uri: "https://buyer.example.com".to_owned(),
        bpp_id: target.map(|id| id.parse().unwrap()),
        bpp_uri: None,
        transaction_id: "t1".parse().unwrap(),
        message_id: "m1".parse().unwrap(),
        timestamp: now(),
        ttl: Some("PT30S".to_owned()),
        key: None,
    }
}

fn seller(name: &str, cities: &[&str]) -> Participant {
    Participant {
        subscriber_id: format!("{name}.example.com").parse().unwrap(),
        unique_key_id: "k1".parse().unwrap(),
        role: Role::Seller,
        domain: "ONDC:RET10".to_owned(),
        country: "IND".to_owned(),
        city: cities.iter().map(|city| (*city).to_owned()).collect(),
        subscriber_url: Some(format!("https://{name}.example.com")),
        signing_public_key: String::new(),
        encr_public_key: String::new(),
        valid_from: now() - jiff::SignedDuration::from_hours(1),
        valid_until: now() + jiff::SignedDuration::from_hours(1),
        status: Status::Subscribed,
        created: None,
        updated: None,
    }
}

fn names(ids: &[SubscriberId]) -> Vec<String> {
    let mut names: Vec<String> = ids.iter().map(|id| id.as_str().split('.').next().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn chosen(context: &Context, sellers: Vec<Participant>) -> Audience {
    let records: Vec<_> = sellers.into_iter().map(Arc::new).collect();
    choose(context, &records, now(), 1000)
}

#[rstest]
#[case::bengaluru("std:080", &["all", "one"])]
#[case::second_city_of_a_list("std:022", &["all", "two"])]
#[case::nobodys("std:033", &["all"])]
#[case::everyone("*", &["all", "one", "two"])]
#[case::no_part_of_a_code("std:08", &["all"])]
fn by_city(#[case] city: &str, #[case] expected: &[&str]) {
    let sellers = vec![seller("one", &["std:080"]), seller("two", &["std:011", "std:022"]), seller("all", &["*"])];
    let audience = chosen(&context(city, None), sellers);
    assert_eq!(names(&audience.asked), expected);
    assert_eq!(audience.asked.len() + audience.left_out.len(), 3, "everyone is accounted for");
    assert!(audience.left_out.iter().all(|one| one.why == Reason::City));
}

#[test]
fn a_named_seller_is_asked_alone_and_in_any_city() {
    let sellers = || vec![seller("one", &["std:080"]), seller("two", &["std:011"])];
    let audience = chosen(&context("std:080", Some("two.example.com")), sellers());
    assert_eq!((names(&audience.asked), audience.left_out.len()), (vec!["two".to_owned()], 0));
    let audience = chosen(&context("std:080", Some("nobody.example.com")), sellers());
    let nobody = LeftOut { seller: "nobody.example.com".parse().unwrap(), why: Reason::Unknown };
    assert_eq!((audience.asked.len(), audience.left_out), (0, vec![nobody]));
}

#[test]
fn only_sellers_of_the_domain() {
    let buyer = Participant { role: Role::Buyer, ..seller("buyer", &["*"]) };
    let gateway = Participant { role: Role::Gateway, ..seller("gateway", &["*"]) };
    let other = Participant { domain: "ONDC:RET11".to_owned(), ..seller("other", &["*"]) };
    assert_eq!(chosen(&context("*", None), vec![buyer, gateway, other]), Audience::default());
}

#[rstest]
#[case::suspended(|one: &mut Participant| one.status = Status::Unsubscribed, Reason::NotSubscribed)]
#[case::key_ended(|one: &mut Participant| one.valid_until = now() - jiff::SignedDuration::from_secs(1), Reason::NotSubscribed)]
#[case::key_to_come(|one: &mut Participant| one.valid_from = now() + jiff::SignedDuration::from_secs(1), Reason::NotSubscribed)]
#[case::no_address(|one: &mut Participant| one.subscriber_url = None, Reason::NoAddress)]
#[case::abroad(|one: &mut Participant| one.country = "FRA".to_owned(), Reason::Country)]
fn who_cannot_be_asked(#[case] change: fn(&mut Participant), #[case] why: Reason) {
    let mut one = seller("one", &["*"]);
    change(&mut one);
    let audience = chosen(&context("*", None), vec![one.clone(), seller("two", &["*"])]);
    assert_eq!(names(&audience.asked), ["two"]);
    assert_eq!(audience.left_out, [LeftOut { seller: one.subscriber_id, why }]);
}

#[test]
fn many_records_are_one_seller_and_one_good_record_is_enough() {
    let old = Participant { valid_until: now() - jiff::SignedDuration::from_secs(1), ..seller("one", &["*"]) };
    for sellers in [vec![old.clone(), seller("one", &["*"])], vec![seller("one", &["*"]), old]] {
        let audience = chosen(&context("*", None), sellers);
        assert_eq!((audience.asked.len(), audience.left_out.len()), (1, 0));
    }
}

proptest! {
    #[test]
    fn everyone_is_asked_once_or_left_out_with_a_reason(count in 0usize..40, max in 1usize..20, id in "[a-z]{1,8}") {
        let records: Vec<_> = (0..count).map(|n| Arc::new(seller(&format!("s{n}"), if n % 3 == 0 { &["std:011"] } else { &["*"] }))).collect();
        let context = Context { message_id: id.parse().unwrap(), ..context("std:080", None) };
        let audience = choose(&context, &records, now(), max);
        prop_assert!(audience.asked.len() <= max);
        let mut seen: Vec<_> = audience.asked.iter().chain(audience.left_out.iter().map(|one| &one.seller)).collect();
        seen.sort();
        seen.dedup();
        prop_assert_eq!(seen.len(), count);
        prop_assert_eq!(audience.asked.len() + audience.left_out.len(), count);
        prop_assert_eq!(choose(&context, &records, now(), max), audience, "the same again when it is worked on again");
    }
}

#[test]
fn nobody_is_always_the_first() {
    let sellers: Vec<_> = (0..8).map(|n| Arc::new(seller(&format!("s{n}"), &["*"]))).collect();
    let first = |n: usize| {
        let context = Context { message_id: format!("m{n}").parse().unwrap(), ..context("*", None) };
        choose(&context, &sellers, now(), 8).asked[0].clone()
    };
    let mut firsts: Vec<_> = (0..200).map(first).collect();
    firsts.sort();
    firsts.dedup();
    assert_eq!(firsts.len(), 8);
}
