//! The files of one book as values. Books that agree in a file, or in the rules of an action, share it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::LoadError;
use super::difference;
use super::volume::Volume;
use crate::rules::{ActionRules, DocumentError, PackError, PackKind};

/// Rules by action.
pub(super) type Rules = BTreeMap<String, Arc<ActionRules>>;

/// One book as values.
#[derive(Debug, Clone, Default)]
pub(super) struct Documents {
    /// By path below `config/`, without the rules.
    files: BTreeMap<String, Arc<Value>>,
    validations: Rules,
    history: Rules,
}

impl Documents {
    pub(super) fn get(&self, file: &str) -> &Value {
        self.files.get(file).map_or(&Value::Null, |value| value)
    }

    pub(super) fn rules(&self, kind: PackKind) -> &Rules {
        match kind {
            PackKind::Message => &self.validations,
            PackKind::History => &self.history,
        }
    }

    fn rules_mut(&mut self, kind: PackKind) -> &mut Rules {
        match kind {
            PackKind::Message => &mut self.validations,
            PackKind::History => &mut self.history,
        }
    }

    /// The schema files by file name.
    pub(super) fn schemas(&self) -> BTreeMap<String, Arc<Value>> {
        let below = |file: &str| file.strip_prefix("schemas/").map(str::to_owned);
        self.files.iter().filter_map(|(file, schema)| Some((below(file)?, schema.clone()))).collect()
    }

    /// Takes a file of the volume in.
    pub(super) fn put(&mut self, volume: &Volume, file: &str, value: Value) -> Result<(), LoadError> {
        let Some(kind) = PackKind::of_file(file) else {
            self.files.insert(file.to_owned(), Arc::new(value));
            return Ok(());
        };
        let actions = match value {
            Value::Null => return Ok(()),
            Value::Object(mut document) => document.remove("_TESTS_"),
            _ => None,
        };
        let Some(Value::Object(actions)) = actions else { return Err(no_tests(volume, file)) };
        let patterns = volume.patterns();
        *self.rules_mut(kind) = actions
            .into_iter()
            .map(|(action, tests)| {
                let rules = ActionRules::new(kind, &action, tests, patterns.clone());
                (action, Arc::new(rules))
            })
            .collect();
        Ok(())
    }

    /// Applies a difference. A `strict` one may change only rules that are there; one that was written for another base
    /// leaves out what this base does not have.
    pub(super) fn change(&mut self, volume: &Volume, difference: Documents, strict: bool) -> Result<(), LoadError> {
        for (file, change) in difference.files {
            let target = self.files.entry(file).or_default();
            difference::merge_patch(Arc::make_mut(target), &change);
        }
        for (kind, changes) in [(PackKind::Message, difference.validations), (PackKind::History, difference.history)] {
            for (action, change) in changes {
                let rules = self.rules_mut(kind);
                let base = rules.get(&action).map(|rules| rules.tests());
                let changed = difference::change_action(base, change.tests(), change.prefix(), strict);
                let changed = changed.map_err(|(rule, reason)| LoadError::RuleChange {
                    file: volume.path(kind.file()),
                    rule,
                    reason,
                })?;
                match changed {
                    Some(tests) => {
                        let tests = ActionRules::new(kind, &action, tests, volume.patterns().clone());
                        rules.insert(action, Arc::new(tests))
                    }
                    None => rules.remove(&action),
                };
            }
        }
        Ok(())
    }
}

fn no_tests(volume: &Volume, file: &str) -> LoadError {
    LoadError::Rules(volume.path(file), PackError::document(DocumentError::NoTests))
}
