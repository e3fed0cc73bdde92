//! Regular expressions of a whole law: each compiled once, when first needed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::rules::{Pattern, PatternError};
use crate::schema::SchemaPatterns;

/// Cheap to clone; clones share what was compiled.
#[derive(Debug, Clone, Default)]
pub(crate) struct Patterns {
    of_rules: Arc<Mutex<HashMap<String, Arc<Pattern>>>>,
    of_schemas: SchemaPatterns,
}

impl Patterns {
    /// A pattern of a rule.
    pub(crate) fn of_rule(&self, text: &str) -> Result<Arc<Pattern>, PatternError> {
        let mut known = self.of_rules.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pattern) = known.get(text) {
            return Ok(pattern.clone());
        }
        let pattern = Arc::new(Pattern::new(text)?);
        known.insert(text.to_owned(), pattern.clone());
        Ok(pattern)
    }

    /// What the schema compiler has compiled.
    pub(crate) fn of_schemas(&self) -> &SchemaPatterns {
        &self.of_schemas
    }
}
