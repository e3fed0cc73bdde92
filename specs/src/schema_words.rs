//! What a broken schema means, keyword by keyword, for reports and explanations.

use crate::action::Action;
use crate::rulebook::{CheckLayer, Fault, Rule, Severity};

/// Keyword, what must hold, why, how to mend it.
const WORDS: [(&str, &str, &str, &str); 24] = [
    ("required", "a field that the receiver needs is there", MISSING, "add the field"),
    (
        "type",
        "a value has the JSON type of its field",
        READ,
        "send text as text, a number as a number, a list as a list",
    ),
    ("enum", "a value is one of the words of its list", CODES, "use one of the allowed words, in their exact spelling"),
    ("const", "a value is the one that must stand here", CODES, "send exactly the wanted value"),
    ("pattern", "a text has the form of its field", READ, "write the text in the form that the finding names"),
    ("format", "a text has the form of its field", READ, "write the text in the form that the finding names"),
    ("minLength", "a text is not too short", READ, "send more than this; an empty text is no value"),
    ("maxLength", "a text is not too long", READ, "shorten the text"),
    ("minItems", "a list has enough entries", MISSING, "add the entries that are missing"),
    ("maxItems", "a list does not have too many entries", READ, "send fewer entries"),
    ("minProperties", "an object has enough fields", MISSING, "add the fields that are missing"),
    ("maxProperties", "an object does not have too many fields", READ, "send fewer fields"),
    ("minimum", "a number is not too small", READ, "send a number in the allowed range"),
    ("maximum", "a number is not too large", READ, "send a number in the allowed range"),
    ("exclusiveMinimum", "a number is not too small", READ, "send a number in the allowed range"),
    ("exclusiveMaximum", "a number is not too large", READ, "send a number in the allowed range"),
    ("uniqueItems", "a list has no entry twice", READ, "send each entry once"),
    ("contains", "a list has the entry that it must have", MISSING, "add the entry that the finding names"),
    (
        "additionalProperties",
        "an object has only fields that the network knows",
        READ,
        "drop the field, or correct its name",
    ),
    (
        "unevaluatedProperties",
        "an object has only fields that the network knows",
        READ,
        "drop the field, or correct its name",
    ),
    ("not", "what is not allowed here does not stand here", READ, "drop the value, or the field"),
    ("oneOf", "a value has exactly one of the allowed forms", READ, "keep to one form, and all of it"),
    ("anyOf", "a value has one of the allowed forms", READ, "keep to one form, and all of it"),
    ("unknown_action", "the action is one of the domain", CODES, "correct context.action, or the domain and version"),
];
const MISSING: &str = "the receiver cannot go on without it and refuses the message";
const READ: &str = "the receiver reads the message by its schema and refuses what does not fit";
const CODES: &str = "both sides act on this word; one that the list does not have means nothing to the other side";

/// The rule of a schema: `id` is `RET10.confirm.schema.required` and `rest` what stands behind the first dot.
pub(crate) fn rule(id: &str, rest: &str) -> Option<Rule> {
    let (action, keyword) = rest.split_once(".schema.")?;
    let action: Action = action.parse().ok()?;
    let (_, title, rationale, hint) = WORDS.iter().find(|(known, ..)| *known == keyword)?;
    Some(Rule {
        id: id.to_owned(),
        layer: CheckLayer::Schema,
        severity: Severity::Error,
        fault: Fault::Sender,
        clause: format!("schema of {action}"),
        versions: Vec::new(),
        title: (*title).to_owned(),
        rationale: (*rationale).to_owned(),
        hint: (*hint).to_owned(),
    })
}
