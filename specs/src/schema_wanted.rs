//! What a schema wants at a place where nothing stands, in words.
//!
//! Walks the schema down the way of the instance and gathers everything that may speak of the place, branches of conditions
//! included: for a sentence to a person, not for a verdict.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::pointer;

/// Schemas within schemas; more is a circle.
const DEPTH_MAX: usize = 12;
/// Objects within an object whose fields are told.
const FIELDS_DEEP: usize = 1;
/// Words of a list that are told.
const WORDS_MAX: usize = 12;

/// A schema and the file in which its references are meant.
type At<'s> = (&'s str, &'s Value);

/// `one of Delivery, Self-Pickup`, `an object with phone, email`, what the schema says of itself; `None` when it says nothing.
pub(crate) fn wanted(documents: &BTreeMap<String, Arc<Value>>, file: &str, path: &str) -> Option<String> {
    let (file, root) = documents.get_key_value(file)?;
    let mut here = around(documents, (file, root));
    for part in path.split('/').skip(1) {
        here = below(documents, &here, &part.replace("~1", "/").replace("~0", "~"));
    }
    in_words(documents, &here)
}

fn below<'s>(documents: &'s BTreeMap<String, Arc<Value>>, here: &[At<'s>], key: &str) -> Vec<At<'s>> {
    let children = here.iter().filter_map(|&(file, schema)| Some((file, child(schema, key)?)));
    children.flat_map(|one| around(documents, one)).collect()
}

/// The fields that must be there, those of an object in it as `reason.id`.
fn required<'s>(documents: &'s BTreeMap<String, Arc<Value>>, here: &[At<'s>], depth: usize) -> Vec<String> {
    let mut names: Vec<&str> = Vec::new();
    let all = here.iter().filter_map(|(_, schema)| schema.get("required")?.as_array()).flatten();
    for name in all.filter_map(Value::as_str) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let whole = |name: &&str| {
        let inner = below(documents, here, name);
        let fields = if depth == 0 { Vec::new() } else { required(documents, &inner, depth - 1) };
        let of_list = inner.iter().any(|(_, schema)| schema.get("items").is_some());
        match fields.is_empty() || of_list {
            true => vec![(*name).to_owned()],
            false => fields.into_iter().map(|field| format!("{name}.{field}")).collect(),
        }
    };
    names.iter().flat_map(whole).collect()
}

fn child<'s>(schema: &'s Value, key: &str) -> Option<&'s Value> {
    let of_list = || schema.get("items").filter(|_| key.bytes().all(|byte| byte.is_ascii_digit()));
    schema.get("properties").and_then(|properties| properties.get(key)).or_else(of_list)
}

/// The schema and all that it takes together or chooses from.
fn around<'s>(documents: &'s BTreeMap<String, Arc<Value>>, at: At<'s>) -> Vec<At<'s>> {
    let mut found = Vec::new();
    gather(documents, at, &mut found, 0);
    found
}

fn gather<'s>(documents: &'s BTreeMap<String, Arc<Value>>, at: At<'s>, found: &mut Vec<At<'s>>, depth: usize) {
    if depth > DEPTH_MAX || found.iter().any(|known| std::ptr::eq(known.1, at.1)) {
        return;
    }
    found.push(at);
    let (file, schema) = at;
    let referred = schema.get("$ref").and_then(Value::as_str).and_then(|reference| refer(documents, file, reference));
    let lists = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|key| schema.get(key)?.as_array()).flatten();
    let branches = ["then", "else"].into_iter().filter_map(|key| schema.get(key)).chain(lists);
    for next in referred.into_iter().chain(branches.map(|branch| (file, branch))) {
        gather(documents, next, found, depth + 1);
    }
}

fn refer<'s>(documents: &'s BTreeMap<String, Arc<Value>>, file: &'s str, reference: &'s str) -> Option<At<'s>> {
    let (other, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    let name = if other.is_empty() { file } else { other };
    let (file, document) = documents.get_key_value(name)?;
    Some((file, document.pointer(fragment)?))
}

fn in_words<'s>(documents: &'s BTreeMap<String, Arc<Value>>, schemas: &[At<'s>]) -> Option<String> {
    let all = |key: &'static str| schemas.iter().filter_map(move |(_, schema)| schema.get(key));
    let shortest = all("enum").filter_map(Value::as_array).min_by_key(|options| options.len());
    if let Some(options) = shortest {
        let words: Vec<String> =
            options.iter().take(WORDS_MAX).map(pointer::shortened).filter(|word| !word.is_empty()).collect();
        let more = if options.len() > WORDS_MAX { ", …" } else { "" };
        return Some(if words.len() == 1 { words[0].clone() } else { format!("one of {}{more}", words.join(", ")) });
    }
    if let Some(one) = all("const").next() {
        return Some(pointer::shortened(one));
    }
    let fields = required(documents, schemas, FIELDS_DEEP);
    if !fields.is_empty() {
        let more = if fields.len() > WORDS_MAX { ", …" } else { "" };
        return Some(format!("an object with {}{more}", fields[..fields.len().min(WORDS_MAX)].join(", ")));
    }
    if let Some(description) = all("description").find_map(Value::as_str) {
        return Some(description.to_owned());
    }
    let kind = all("type").find_map(Value::as_str)?;
    let words = match kind {
        "string" => "a text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "an object",
        _ => return None,
    };
    Some(words.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_may_stand_at_a_place_is_told_through_references_and_branches() {
        let order = json!({"properties": {"order": {"$ref": "shared.yaml#/$defs/order", "required": ["contact"]}}});
        let shared = json!({"$defs": {
            "order": {"properties": {"ways": {"items": {"allOf": [{"properties": {"type": {"$ref": "#/$defs/kind"}}}]}},
                "contact": {"required": ["phone"], "then": {"required": ["phone", "email"]},
                    "properties": {"email": {"required": ["host"]}}},
                "at": {"description": "a moment", "type": "string"}, "count": {"type": "integer"}, "any": {}}},
            "kind": {"enum": ["Delivery", "Return"]}}});
        let documents = [("a.yaml", order), ("shared.yaml", shared)];
        let documents = documents.into_iter().map(|(name, schema)| (name.to_owned(), Arc::new(schema))).collect();
        let at = |path: &str| wanted(&documents, "a.yaml", path);
        assert_eq!(at("/order/ways/0/type").as_deref(), Some("one of Delivery, Return"));
        assert_eq!(at("/order/contact").as_deref(), Some("an object with phone, email.host"));
        assert_eq!(at("/order/at").as_deref(), Some("a moment"));
        assert_eq!(at("/order/count").as_deref(), Some("a whole number"));
        assert_eq!((at("/order/any"), at("/order/else/0")), (None, None));
    }
}
