//! What a seller's callback says about an order, read liberally: counts as numbers or text, missing lists as empty.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::quote::{Quote, Trail};
use super::state::FulfilmentKind;
use crate::money::Money;

/// `message.order` of on_select, on_init, on_confirm, on_status, on_update and on_cancel.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Report {
    #[serde(default)]
    pub id: Option<String>,
    #[serde(default)]
    pub state: Option<String>,
    #[serde(default)]
    pub provider: ReportProvider,
    #[serde(default)]
    pub items: Vec<ReportItem>,
    #[serde(default)]
    pub fulfillments: Vec<ReportFulfilment>,
    #[serde(default)]
    pub quote: Option<Quote>,
    #[serde(default)]
    pub payment: Option<Value>,
    #[serde(default)]
    pub billing: Option<Value>,
    #[serde(default)]
    pub cancellation: Option<ReportCancellation>,
    #[serde(default)]
    pub documents: Vec<Document>,
    #[serde(default)]
    pub tags: Vec<Tag>,
    #[serde(default)]
    pub updated_at: Option<String>,
}

/// Who sells, from where.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ReportProvider {
    #[serde(default)]
    pub id: Option<String>,
    #[serde(default)]
    pub locations: Vec<IdOnly>,
}

/// An object of which only the id matters here.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct IdOnly {
    #[serde(default)]
    pub id: String,
}

/// One line of `order.items`: the same item may stand on several fulfilments.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ReportItem {
    pub id: String,
    #[serde(default)]
    pub fulfillment_id: Option<String>,
    /// 1.2.5: fulfilments to choose from, before init.
    #[serde(default)]
    pub fulfillment_ids: Vec<String>,
    #[serde(default)]
    pub quantity: Option<super::quote::Quantity>,
}

/// One fulfilment, forward or back.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ReportFulfilment {
    #[serde(default)]
    pub id: String,
    #[serde(rename = "type", default)]
    pub kind: String,
    #[serde(rename = "@ondc/org/TAT", default)]
    pub tat: Option<String>,
    #[serde(rename = "@ondc/org/category", default)]
    pub category: Option<String>,
    #[serde(rename = "@ondc/org/provider_name", default)]
    pub provider_name: Option<String>,
    #[serde(default)]
    pub tracking: Option<bool>,
    #[serde(default)]
    pub state: Option<ReportState>,
    #[serde(default)]
    pub agent: Option<Agent>,
    #[serde(default)]
    pub start: Option<Stop>,
    #[serde(default)]
    pub end: Option<Stop>,
    #[serde(default)]
    pub tags: Vec<Tag>,
}

/// `state.descriptor`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ReportState {
    #[serde(default)]
    pub descriptor: StateDescriptor,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub struct StateDescriptor {
    #[serde(default)]
    pub code: String,
    /// Return_Rejected carries the reason here.
    #[serde(default)]
    pub short_desc: Option<String>,
}

/// The rider.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Agent {
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub phone: String,
}

/// `start` or `end` of a fulfilment; only its times are kept.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Stop {
    #[serde(default)]
    pub time: Option<StopTime>,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub struct StopTime {
    #[serde(default)]
    pub timestamp: Option<String>,
    #[serde(default)]
    pub range: Option<TimeRange>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TimeRange {
    #[serde(default)]
    pub start: String,
    #[serde(default)]
    pub end: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    #[serde(default)]
    pub label: String,
    #[serde(default)]
    pub url: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub struct ReportCancellation {
    #[serde(default)]
    pub cancelled_by: String,
    #[serde(default)]
    pub reason: IdOnly,
}

/// A tag group: a code and its list of code/value pairs.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Tag {
    #[serde(default)]
    pub code: String,
    #[serde(default)]
    pub list: Vec<TagEntry>,
}

#[derive(Clone, Debug, Default, Deserialize)]
pub struct TagEntry {
    #[serde(default)]
    pub code: String,
    #[serde(default)]
    pub value: Value,
}

impl Tag {
    /// Text of one entry; numbers are printed.
    pub fn value(&self, code: &str) -> Option<String> {
        self.list.iter().find(|entry| entry.code == code).and_then(|entry| match &entry.value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        })
    }
}

/// The report could not be read.
#[derive(Debug, thiserror::Error)]
#[error("message.order cannot be read: {0}")]
pub struct ReportError(#[from] serde_json::Error);

impl Report {
    /// Reads `message.order` of a whole payload; an absent order is an empty report.
    pub fn read(payload: &Value) -> Result<Report, ReportError> {
        match payload.pointer("/message/order") {
            Some(order) => Ok(Report::deserialize(order)?),
            None => Ok(Report::default()),
        }
    }

    pub fn location_id(&self) -> Option<&str> {
        self.provider.locations.first().map(|l| l.id.as_str()).filter(|id| !id.is_empty())
    }
}

impl ReportFulfilment {
    pub fn kind(&self) -> FulfilmentKind {
        FulfilmentKind::from_wire(&self.kind)
    }

    pub fn state_code(&self) -> Option<&str> {
        self.state.as_ref().map(|s| s.descriptor.code.as_str()).filter(|code| !code.is_empty())
    }

    pub fn tag(&self, code: &str) -> Option<&Tag> {
        self.tags.iter().find(|tag| tag.code == code)
    }

    /// The quote trails of this fulfilment; a trail whose value is no amount counts as zero and fails the sum later.
    pub fn trails(&self) -> Vec<Trail> {
        let trails = self.tags.iter().filter(|tag| tag.code == "quote_trail");
        trails
            .map(|tag| Trail {
                kind: tag.value("type").or_else(|| tag.value("title_type")).unwrap_or_default(),
                id: tag.value("id").unwrap_or_default(),
                value: tag.value("value").and_then(|v| Money::parse(&v).ok()).unwrap_or(Money::ZERO),
            })
            .collect()
    }
}

/// Reads a count from `2` or `"2"`.
pub fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        Number(u32),
        Text(String),
    }
    match Form::deserialize(deserializer)? {
        Form::Number(number) => Ok(number),
        Form::Text(text) => {
            text.trim().parse().map_err(|_| serde::de::Error::custom(format!("`{text}` is not a count")))
        }
    }
}
