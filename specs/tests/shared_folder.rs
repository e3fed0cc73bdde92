//! Published specs and examples beside the workspace (`../shared`). They are tested against, never copied.

use std::path::{Path, PathBuf};

/// The folder of published specs; `None`, loudly, when it is absent and `HAAT_REQUIRE_ALL` is not set.
pub fn spec_data() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/spec-data");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(
        std::env::var_os("HAAT_REQUIRE_ALL").is_none(),
        "HAAT_REQUIRE_ALL is set, but {} is absent",
        folder.display()
    );
    println!("SKIPPED: {} is absent, so published examples are not checked", folder.display());
    None
}

/// One example of `RULES.tsv` and what the reference interpreter said of it.
pub struct Row {
    pub spec: String,
    pub flow: String,
    pub file: String,
    pub api: String,
    pub leaf_run: usize,
    pub skipped: usize,
    pub failed_rules: Vec<String>,
}

impl Row {
    /// `RET10-1.2.5/Some_Flow/01_select.json`
    pub fn name(&self) -> String {
        format!("{}/{}/{}", self.spec, self.flow, self.file)
    }

    /// Where the payload is.
    pub fn path(&self, spec_data: &Path) -> PathBuf {
        spec_data.join("examples").join(self.name())
    }
}

pub fn rows(spec_data: &Path) -> Vec<Row> {
    let table = std::fs::read_to_string(spec_data.join("examples/RULES.tsv")).unwrap();
    table.lines().skip(1).map(row).collect()
}

fn row(line: &str) -> Row {
    let [spec, flow, file, api, leaf_run, skipped, n_fail, failed] =
        line.split('\t').collect::<Vec<_>>().try_into().unwrap();
    let failed_rules: Vec<String> = serde_json::from_str(failed).unwrap();
    assert_eq!(failed_rules.len().to_string(), n_fail);
    Row {
        spec: spec.to_owned(),
        flow: flow.to_owned(),
        file: file.to_owned(),
        api: api.to_owned(),
        leaf_run: leaf_run.parse().unwrap(),
        skipped: skipped.parse().unwrap(),
        failed_rules,
    }
}
