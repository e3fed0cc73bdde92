//! The three lookups, and who may ask what.

use jiff::SignedDuration;
use node::testing::{Engine, TempDatabase, temp_database};
use protocol::http::HttpAnswer;
use protocol::vlookup::{VlookupParameters, VlookupRequest};
use rstest::rstest;
use serde_json::{Value, json};

use crate::applicant::{Applicant, entry};
use crate::world::{World, nack, records};

/// A buyer, a seller in one city, a seller in two, a seller everywhere.
struct Network {
    world: World,
    buyer: Applicant,
    sellers: Vec<Applicant>,
}

async fn network(db: TempDatabase) -> Network {
    let world = World::start(db, |_| ()).await;
    let buyer = Applicant::start("buyer", &world);
    world.granted(&buyer.application_for(world.now(), 1, &[entry("ONDC:RET10", "buyerApp", &["*"])])).await;
    let mut sellers = Vec::new();
    for (name, cities) in [("one", &["std:080"][..]), ("two", &["std:011", "std:022"][..]), ("all", &["*"][..])] {
        let seller = Applicant::start(name, &world);
        world.granted(&seller.application_for(world.now(), 2, &[entry("ONDC:RET10", "sellerApp", cities)])).await;
        sellers.push(seller);
    }
    Network { world, buyer, sellers }
}

async fn sqlite_network() -> Network {
    network(temp_database(Engine::Sqlite).await.unwrap()).await
}

impl Network {
    async fn signed(&self, question: &Value) -> HttpAnswer {
        let body = question.to_string();
        let header = self.buyer.sign(body.as_bytes(), self.world.now());
        self.world.post("/v2.0/lookup", body, &[("authorization", &header)]).await
    }

    fn parameters(&self) -> VlookupParameters {
        VlookupParameters {
            country: Some("IND".to_owned()),
            domain: Some("ONDC:RET10".to_owned()),
            role: Some("sellerApp".to_owned()),
            city: Some("std:080".to_owned()),
            subscriber_id: Some(self.sellers[0].id.to_string()),
        }
    }

    fn vlookup(&self, parameters: VlookupParameters) -> VlookupRequest {
        VlookupRequest::signed(&self.buyer.signer(), "r1".to_owned(), self.world.now(), parameters).unwrap()
    }

    async fn old(&self, request: &VlookupRequest) -> HttpAnswer {
        self.world.post("/vlookup", serde_json::to_vec(request).unwrap(), &[]).await
    }
}

/// First labels of the subscriber ids found.
fn names(found: &[Value]) -> Vec<String> {
    let mut names: Vec<String> =
        found.iter().map(|one| one["subscriber_id"].as_str().unwrap().split('.').next().unwrap().to_owned()).collect();
    names.sort();
    names
}

node::both_engines! {
    async fn cities_are_matched_both_ways(db: TempDatabase) {
        let network = network(db).await;
        let ask = async |city: &str| {
            names(&records(&network.signed(&json!({ "domain": "ONDC:RET10", "type": "BPP", "city": city })).await))
        };
        assert_eq!(ask("std:080").await, ["all", "one"]);
        assert_eq!(ask("std:022").await, ["all", "two"]);
        assert_eq!(ask("std:033").await, ["all"]);
        assert_eq!(ask("*").await, ["all", "one", "two"]);
    }

    async fn all_given_members_must_match(db: TempDatabase) {
        let network = network(db).await;
        let one = network.sellers[0].id.clone();
        let ask = async |question: Value| records(&network.signed(&question).await).len();
        assert_eq!(ask(json!({ "subscriber_id": one, "ukId": "k1" })).await, 1);
        assert_eq!(ask(json!({ "subscriber_id": one, "ukId": "k1", "city": "std:099" })).await, 1, "a key has no city");
        assert_eq!(ask(json!({ "subscriber_id": one, "ukId": "k9" })).await, 0);
        assert_eq!(ask(json!({ "subscriber_id": one, "type": "BAP" })).await, 0);
        assert_eq!(ask(json!({ "subscriber_id": one, "domain": "ONDC:RET11" })).await, 0);
        assert_eq!(ask(json!({ "country": "FRA", "type": "sellerApp" })).await, 0);
        assert_eq!(ask(json!({ "country": "IND", "type": "sellerApp" })).await, 3);
        assert_eq!(ask(json!({ "country": "IND", "ukId": "k1" })).await, 4, "without an id or a domain");
    }

    async fn the_old_form(db: TempDatabase) {
        let network = network(db).await;
        let found = records(&network.old(&network.vlookup(network.parameters())).await);
        assert_eq!(names(&found), ["one"]);
        let elsewhere = VlookupParameters { city: Some("std:011".to_owned()), ..network.parameters() };
        assert!(records(&network.old(&network.vlookup(elsewhere)).await).is_empty());
    }
}

#[tokio::test]
async fn open_and_signed_tell_the_same() {
    let network = sqlite_network().await;
    let question = json!({ "domain": "ONDC:RET10", "type": "BPP" });
    let signed = network.signed(&question).await;
    let open = network.world.post("/lookup", question.to_string(), &[]).await;
    assert_eq!(signed.body, open.body);
    assert_eq!(open.header("content-type"), Some("application/json"));
    let older = network.world.post("/ondc/lookup", question.to_string(), &[]).await;
    assert_eq!(older.body, open.body, "also where older participants look");
}

#[rstest]
#[case::nothing(json!({}))]
#[case::one(json!({ "domain": "ONDC:RET10" }))]
#[case::not_an_object(json!([]))]
#[case::unknown_type(json!({ "type": "LSP", "domain": "ONDC:RET10" }))]
#[tokio::test]
async fn a_question_that_is_none(#[case] question: Value) {
    let network = sqlite_network().await;
    for answer in [network.signed(&question).await, network.world.post("/lookup", question.to_string(), &[]).await] {
        assert_eq!((answer.status, nack(&answer).code.as_str()), (400, "1025"));
    }
}

#[tokio::test]
async fn who_asks_must_be_proved() {
    let network = sqlite_network().await;
    let (world, now) = (&network.world, network.world.now());
    let body = json!({ "domain": "ONDC:RET10", "type": "BPP" }).to_string();
    let good = network.buyer.sign(body.as_bytes(), now);
    let stranger = Applicant::start("stranger", world);
    let renamed = good.replace(network.buyer.id.as_str(), network.sellers[0].id.as_str());
    let late = network.buyer.sign(body.as_bytes(), now - SignedDuration::from_secs(61));
    let ahead = network.buyer.sign(body.as_bytes(), now + SignedDuration::from_secs(60));
    let other_body = network.buyer.sign(b"{}", now);
    let unknown = stranger.sign(body.as_bytes(), now);
    let cases = [
        (String::new(), "1020"),
        ("Bearer x".to_owned(), "1015"),
        (good.replace("ed25519\"", "rsa\""), "1030"),
        (late, "1035"),
        (ahead, "1035"),
        (unknown, "1005"),
        (renamed, "1045"),
        (other_body, "1045"),
    ];
    for (header, code) in cases {
        let headers: &[(&str, &str)] = if header.is_empty() { &[] } else { &[("authorization", &header)] };
        let answer = world.post("/v2.0/lookup", body.clone(), headers).await;
        assert_eq!((answer.status, nack(&answer).code.as_str()), (401, code), "{header}");
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(challenge.contains(r#"headers="(created) (expires) digest""#), "{challenge}");
    }
    let twice = [("authorization", good.as_str()), ("authorization", good.as_str())];
    assert_eq!(world.post("/v2.0/lookup", body.clone(), &twice).await.status, 401, "two lines are two meanings");
    assert_eq!(world.post("/v2.0/lookup", body, &[("authorization", &good)]).await.status, 200);
}

#[tokio::test]
async fn the_old_form_must_be_whole_signed_and_in_time() {
    let network = sqlite_network().await;
    let good = network.vlookup(network.parameters());
    let mut cases = Vec::new();
    for member in 0..5 {
        let mut parameters = network.parameters();
        let members = [
            &mut parameters.country,
            &mut parameters.domain,
            &mut parameters.role,
            &mut parameters.city,
            &mut parameters.subscriber_id,
        ];
        *members.into_iter().nth(member).unwrap() = None;
        cases.push((network.vlookup(parameters), 400, "1025"));
    }
    let tampered = VlookupParameters { city: Some("std:011".to_owned()), ..network.parameters() };
    cases.push((VlookupRequest { search_parameters: tampered, ..good.clone() }, 401, "1045"));
    let shifted = VlookupParameters { country: Some("IND|ONDC:RET10".to_owned()), ..network.parameters() };
    cases.push((VlookupRequest { search_parameters: shifted, ..good.clone() }, 400, "1025"));
    cases.push((
        VlookupRequest { sender_subscriber_id: "nobody.example.com".parse().unwrap(), ..good.clone() },
        401,
        "1000",
    ));
    cases.push((VlookupRequest { sender_subscriber_id: network.sellers[1].id.clone(), ..good.clone() }, 401, "1045"));
    let old = protocol::clock::wire_timestamp(network.world.now() - SignedDuration::from_secs(301));
    cases.push((VlookupRequest { timestamp: old, ..good.clone() }, 401, "1035"));
    cases.push((VlookupRequest { timestamp: "yesterday".to_owned(), ..good.clone() }, 400, "1055"));
    for (request, status, code) in cases {
        let answer = network.old(&request).await;
        assert_eq!((answer.status, nack(&answer).code.as_str()), (status, code), "{request:?}");
    }
    assert_eq!(network.old(&good).await.status, 200);
    assert_eq!(network.world.post("/vlookup", "[]", &[]).await.status, 400);
}

#[tokio::test]
async fn the_open_form_can_be_closed() {
    let world = World::start(temp_database(Engine::Sqlite).await.unwrap(), |config| config.open_lookup = false).await;
    let answer = world.post("/lookup", json!({ "domain": "ONDC:RET10", "type": "BPP" }).to_string(), &[]).await;
    assert_eq!(answer.status, 401);
    assert!(nack(&answer).message.contains("/v2.0/lookup"));
}

#[tokio::test]
async fn an_operator_may_let_other_statuses_be_told() {
    let told = |config: &mut registry::RegistryConfig| {
        use protocol::participant::Status;
        config.lookup_statuses = vec![Status::Subscribed, Status::Unsubscribed];
    };
    let world = World::start(temp_database(Engine::Sqlite).await.unwrap(), told).await;
    let seller = Applicant::start("seller", &world);
    world.granted(&seller.application(world.now())).await;
    world.decide(seller.id.as_str(), "suspend").await;
    assert_eq!(world.records_of(seller.id.as_str()).await[0]["status"], "UNSUBSCRIBED");
}

#[tokio::test]
async fn too_many_lookups_are_slowed_down() {
    let world = World::start(temp_database(Engine::Sqlite).await.unwrap(), |config| config.lookup_per_minute = 2).await;
    let question = json!({ "domain": "ONDC:RET10", "type": "BPP" }).to_string();
    for status in [200, 200, 429] {
        assert_eq!(world.post("/lookup", question.clone(), &[]).await.status, status);
    }
}

#[tokio::test]
async fn the_public_keys_are_published() {
    let world = World::start(temp_database(Engine::Sqlite).await.unwrap(), |_| ()).await;
    let answer = world.http.get(&format!("{}/public-keys", world.running.url), &[]).await.unwrap();
    let keys: Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(keys["keys"][0]["encr_public_key"], json!(world.running.registry.node.keys.encryption().public_text()));
}
