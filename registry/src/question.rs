//! What a lookup asks (ONDC registry: any two of subscriber_id, ukId, country, city, domain, type), in the spellings that tools use.

use protocol::ids::{SubscriberId, UniqueKeyId};
use protocol::participant::Role;
use protocol::registry_client::Filter;
use protocol::vlookup::VlookupParameters;
use serde_json::{Map, Value};

/// Why a question cannot be answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuestionError {
    #[error("the body is not a JSON object")]
    NotAnObject,
    #[error("at least two of subscriber_id, ukId, country, city, domain, type are needed")]
    TooFew,
    #[error("{member}: {why}")]
    Member { member: &'static str, why: String },
    #[error("search_parameters needs all of country, domain, type, city and subscriber_id")]
    NotAllFive,
}

/// Reads the body of `/v2.0/lookup` and `/lookup`. Empty and null members count as absent, unknown ones are ignored.
///
/// # Errors
/// Not an object, fewer than two members, or a member that nothing could match.
pub fn read(body: &[u8]) -> Result<Filter, QuestionError> {
    let Ok(Value::Object(body)) = serde_json::from_slice(body) else { return Err(QuestionError::NotAnObject) };
    let filter = Filter {
        subscriber_id: text(&body, &["subscriber_id"])?.map(|id| subscriber("subscriber_id", id)).transpose()?,
        unique_key_id: text(&body, &["ukId", "unique_key_id", "key_id"])?.map(key_id).transpose()?,
        country: text(&body, &["country"])?.map(str::to_owned),
        city: text(&body, &["city"])?.map(str::to_owned),
        domain: text(&body, &["domain"])?.map(str::to_owned),
        role: text(&body, &["type"])?.map(role).transpose()?,
    };
    if filter.given() < 2 { Err(QuestionError::TooFew) } else { Ok(filter) }
}

/// The question of a `vlookup`, whose signature covers all five members.
///
/// # Errors
/// One is missing, or nothing could match it.
pub fn from_vlookup(parameters: &VlookupParameters) -> Result<Filter, QuestionError> {
    if !parameters.complete() {
        return Err(QuestionError::NotAllFive);
    }
    for (member, text) in [("country", &parameters.country), ("city", &parameters.city), ("domain", &parameters.domain)]
    {
        printable(member, text.as_deref().unwrap_or_default())?;
    }
    Ok(Filter {
        subscriber_id: parameters
            .subscriber_id
            .as_deref()
            .map(|id| subscriber("search_parameters.subscriber_id", id))
            .transpose()?,
        unique_key_id: None,
        country: parameters.country.clone(),
        city: parameters.city.clone(),
        domain: parameters.domain.clone(),
        role: parameters.role.as_deref().map(role).transpose()?,
    })
}

fn text<'a>(body: &'a Map<String, Value>, names: &[&'static str]) -> Result<Option<&'a str>, QuestionError> {
    for name in names {
        match body.get(*name) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) if text.is_empty() => {}
            Some(Value::String(text)) => return printable(name, text).map(Some),
            Some(_) => return Err(QuestionError::Member { member: name, why: "a text is expected".to_owned() }),
        }
    }
    Ok(None)
}

/// No name of the network has control characters, and PostgreSQL takes no NUL.
fn printable<'a>(member: &'static str, text: &'a str) -> Result<&'a str, QuestionError> {
    if text.chars().any(char::is_control) {
        return Err(QuestionError::Member { member, why: "it has control characters".to_owned() });
    }
    Ok(text)
}

fn subscriber(member: &'static str, text: &str) -> Result<SubscriberId, QuestionError> {
    SubscriberId::parse(text).map_err(|error| QuestionError::Member { member, why: error.to_string() })
}

fn key_id(text: &str) -> Result<UniqueKeyId, QuestionError> {
    UniqueKeyId::parse(text).map_err(|error| QuestionError::Member { member: "ukId", why: error.to_string() })
}

fn role(text: &str) -> Result<Role, QuestionError> {
    let unknown = || QuestionError::Member {
        member: "type",
        why: "BAP, BPP or BG (buyerApp, sellerApp, gateway) is expected".to_owned(),
    };
    Role::read(text).ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::ondc(r#"{"subscriber_id":"a.example.com","ukId":"k1"}"#)]
    #[case::long(r#"{"subscriber_id":"a.example.com","unique_key_id":"k1","unknown":7}"#)]
    #[case::beckn(r#"{"subscriber_id":"a.example.com","key_id":"k1","city":null,"domain":""}"#)]
    fn a_key_in_every_spelling(#[case] body: &str) {
        let filter = read(body.as_bytes()).unwrap();
        assert_eq!(filter, Filter::key(&"a.example.com".parse().unwrap(), &"k1".parse().unwrap()));
    }

    #[rstest]
    #[case::short("BPP")]
    #[case::long("sellerApp")]
    fn a_type_in_either_spelling(#[case] kind: &str) {
        let filter = read(format!(r#"{{"country":"IND","type":"{kind}"}}"#).as_bytes()).unwrap();
        assert_eq!(filter.role, Some(Role::Seller));
    }

    #[rstest]
    #[case::nothing("{}", QuestionError::TooFew)]
    #[case::one(r#"{"domain":"ONDC:RET10"}"#, QuestionError::TooFew)]
    #[case::two_but_one_empty(r#"{"domain":"ONDC:RET10","city":""}"#, QuestionError::TooFew)]
    #[case::two_spellings_of_one(r#"{"ukId":"a","key_id":"a"}"#, QuestionError::TooFew)]
    #[case::array("[]", QuestionError::NotAnObject)]
    #[case::no_json("subscriber_id=a", QuestionError::NotAnObject)]
    fn too_wide_or_no_question(#[case] body: &str, #[case] expected: QuestionError) {
        assert_eq!(read(body.as_bytes()), Err(expected));
    }

    #[rstest]
    #[case::number(r#"{"country":91,"domain":"x"}"#, "country")]
    #[case::role(r#"{"type":"LSP","domain":"x"}"#, "type")]
    #[case::nul(r#"{"city":"std:080","domain":"x\u0000"}"#, "domain")]
    #[case::id(r#"{"subscriber_id":"a|b","ukId":"x"}"#, "subscriber_id")]
    fn names_the_member(#[case] body: &str, #[case] expected: &str) {
        assert!(matches!(read(body.as_bytes()), Err(QuestionError::Member { member, .. }) if member == expected));
    }
}
