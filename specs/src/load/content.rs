//! From the files of one book to what the book answers with.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::LoadError;
use super::documents::Documents;
use super::volume::Volume;
use crate::action::Action;
use crate::book::Content;
use crate::code_list::CodeList;
use crate::flow::Flow;
use crate::limits::Limits;
use crate::rules::{PackKind, RulePack};
use crate::schema::Schemas;
use crate::transitions::Transitions;

/// Parses the book and its bases. Schemas and rules are compiled later, when an action needs them.
pub(crate) fn read_content(volume: &Volume) -> Result<Content, LoadError> {
    let documents = volume.whole()?;
    let file = File { volume, documents };
    let (codes, transitions) = file.codes()?;
    let (limits, limits_default) = file.limits()?;
    Ok(Content {
        schemas: Schemas::new(&volume.domain, documents.schemas(), volume.patterns().clone()),
        rules: RulePack::of(documents.rules(PackKind::Message).clone()),
        history: RulePack::of(documents.rules(PackKind::History).clone()),
        codes,
        transitions,
        next_actions: file.next_actions()?,
        flows: file.flows()?,
        limits,
        limits_default,
        unreadable: None,
    })
}

/// A value of a file, in the shape that its reader wants.
pub(super) fn shaped<T: DeserializeOwned>(value: Value, file: impl FnOnce() -> PathBuf) -> Result<T, LoadError> {
    serde_json::from_value(value).map_err(|error| LoadError::Shape { file: file(), reason: error.to_string() })
}

type Codes = (BTreeMap<String, CodeList>, Transitions);

struct File<'v> {
    volume: &'v Volume,
    documents: &'v Documents,
}

impl File<'_> {
    fn codes(&self) -> Result<Codes, LoadError> {
        const FILE: &str = "codes/index.yaml";
        let Some(lists) = self.documents.get(FILE).as_object() else { return Ok(Codes::default()) };
        let mut codes = BTreeMap::new();
        let mut transitions = Transitions::default();
        for (name, list) in lists {
            if name == "transitions" {
                transitions = shaped(list.clone(), || self.volume.path(FILE))?;
                continue;
            }
            let read = CodeList::from_value(list);
            let expected = "expected a list of codes, a list of {code, name, …} or a map from code to {name, …}";
            codes.insert(name.clone(), read.ok_or_else(|| self.volume.shape(FILE, format!("{name}: {expected}")))?);
        }
        Ok((codes, transitions))
    }

    fn limits(&self) -> Result<(HashMap<Action, Limits>, Limits), LoadError> {
        const FILE: &str = "limits/index.yaml";
        let mut default = Limits::default();
        let mut limits = HashMap::new();
        for (name, entry) in self.documents.get(FILE).as_object().into_iter().flatten() {
            let entry: Limits = shaped(entry.clone(), || self.volume.path(FILE).join(name))?;
            match name.parse::<Action>() {
                Ok(action) => {
                    limits.insert(action, entry);
                }
                Err(_) if name == "default" => default = entry,
                Err(error) => return Err(self.volume.shape(FILE, error.to_string())),
            }
        }
        Ok((limits, default))
    }

    /// Published shape: `supportedActions` from the last action, or `""` for the start, to what may follow.
    fn next_actions(&self) -> Result<HashMap<Option<Action>, Vec<Action>>, LoadError> {
        const FILE: &str = "actions/index.yaml";
        let table: BTreeMap<String, Vec<String>> = match self.documents.get(FILE).get("supportedActions") {
            Some(table) => shaped(table.clone(), || self.volume.path(FILE))?,
            None => BTreeMap::new(),
        };
        // Published folders of other domains have actions that are not ours (recon): they are left out.
        let known = |name: &String| name.parse::<Action>().ok();
        let start = |name: &str| name.is_empty() || name == "null";
        let rows = table.iter().filter_map(|(from, to)| {
            let from = if start(from) { None } else { Some(known(from)?) };
            Some((from, to.iter().filter_map(known).collect()))
        });
        Ok(rows.collect())
    }

    /// Our shape has steps; a published index only names the flows. Both stand below `flows`, or are the whole file.
    fn flows(&self) -> Result<Vec<Flow>, LoadError> {
        const FILE: &str = "flows/index.yaml";
        let file = self.documents.get(FILE);
        let flows = match file.get("flows").unwrap_or(file) {
            Value::Null => Value::Array(Vec::new()),
            flows => flows.clone(),
        };
        let mut flows: Vec<Flow> = shaped(flows, || self.volume.path(FILE))?;
        for step in flows.iter_mut().flat_map(|flow| &mut flow.steps).filter(|step| step.step.is_empty()) {
            step.step = step.action.as_str().to_owned();
        }
        Ok(flows)
    }
}
