//! Reads registry records as registries write them: either spelling of a name, cities as text or list, the old nested form.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::Error as _;
use serde_json::{Map, Value};

use super::{Participant, Role, Status};
use crate::ids::{SubscriberId, UniqueKeyId};

/// Why a record cannot be used; names the member.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("registry record, member `{member}`: {why}")]
pub struct RecordError {
    /// Which member.
    pub member: &'static str,
    /// What is wrong with it.
    pub why: String,
}

/// What a lookup's answer held.
#[derive(Debug, Clone, Default)]
pub struct Records {
    /// The records that could be read.
    pub participants: Vec<Participant>,
    /// Those that could not, and why. They are left out, never guessed.
    pub refused: Vec<RecordError>,
}

/// Reads an answer: an array of records, one record, or `{"message": …}` around either.
pub fn records(answer: &Value) -> Records {
    let mut read = Records::default();
    collect(answer, &mut read);
    read
}

fn collect(value: &Value, into: &mut Records) {
    match value {
        Value::Array(all) => all.iter().for_each(|one| collect(one, into)),
        Value::Object(record) => match (record.get("network_participant"), record.get("message")) {
            (Some(Value::Array(parts)), _) => {
                for part in parts.iter().filter_map(Value::as_object) {
                    push(&flattened(record, part), into);
                }
            }
            (_, Some(inner)) if !record.contains_key("subscriber_id") => collect(inner, into),
            _ => push(record, into),
        },
        _ => {}
    }
}

fn push(record: &Map<String, Value>, into: &mut Records) {
    match participant(record) {
        Ok(participant) => into.participants.push(participant),
        Err(error) => into.refused.push(error),
    }
}

/// The old form nests one part per domain under the entity; its own members win.
fn flattened(entity: &Map<String, Value>, part: &Map<String, Value>) -> Map<String, Value> {
    let mut flat = entity.clone();
    flat.remove("network_participant");
    if let Some(Value::Object(key_pair)) = flat.remove("key_pair") {
        flat.extend(key_pair);
    }
    flat.extend(part.clone());
    flat
}

fn participant(record: &Map<String, Value>) -> Result<Participant, RecordError> {
    let text =
        |names: &[&'static str]| names.iter().find_map(|name| record.get(*name).and_then(Value::as_str)).map(str::trim);
    let needed = |names: &[&'static str]| {
        text(names)
            .filter(|t| !t.is_empty())
            .ok_or_else(|| RecordError { member: names[0], why: "missing or empty".to_owned() })
    };
    let wrong = |member: &'static str| move |why: String| RecordError { member, why };
    let time = |member: &'static str| -> Result<Timestamp, RecordError> {
        needed(&[member])?.parse().map_err(|e: jiff::Error| RecordError { member, why: e.to_string() })
    };
    let optional_time = |member: &'static str| text(&[member]).and_then(|t| t.parse().ok());
    let role = needed(&["type"])?;
    let status = needed(&["status"])?;
    Ok(Participant {
        subscriber_id: SubscriberId::parse(needed(&["subscriber_id"])?)
            .map_err(|e| wrong("subscriber_id")(e.to_string()))?,
        unique_key_id: UniqueKeyId::parse(needed(&["ukId", "unique_key_id", "key_id"])?)
            .map_err(|e| wrong("ukId")(e.to_string()))?,
        role: Role::read(role).ok_or_else(|| wrong("type")(format!("{role:?} is no known role")))?,
        domain: text(&["domain"]).unwrap_or_default().to_owned(),
        country: text(&["country"]).unwrap_or_default().to_owned(),
        city: cities(record.get("city").or_else(|| record.get("city_code"))),
        subscriber_url: text(&["subscriber_url"]).filter(|url| !url.is_empty()).map(str::to_owned),
        signing_public_key: needed(&["signing_public_key"])?.to_owned(),
        encr_public_key: text(&["encr_public_key", "encryption_public_key"]).unwrap_or_default().to_owned(),
        valid_from: time("valid_from")?,
        valid_until: time("valid_until")?,
        status: Status::read(status).ok_or_else(|| wrong("status")(format!("{status:?} is no known status")))?,
        created: optional_time("created"),
        updated: optional_time("updated"),
    })
}

fn cities(value: Option<&Value>) -> Vec<String> {
    let split = |text: &str| text.split(',').map(|c| c.trim().to_owned()).filter(|c| !c.is_empty()).collect::<Vec<_>>();
    match value {
        Some(Value::String(text)) => split(text),
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).flat_map(split).collect(),
        _ => Vec::new(),
    }
}

impl<'de> Deserialize<'de> for Participant {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        participant(&Map::deserialize(input)?).map_err(D::Error::custom)
    }
}
