//! The digest of the built-in law goes into every report.

#[path = "src/law/digest.rs"]
mod digest;

fn main() {
    let law =
        std::path::PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../specs/data");
    println!("cargo:rerun-if-changed={}", law.display());
    println!("cargo:rerun-if-changed=src/law/digest.rs");
    let digest = digest::digest(&law).unwrap_or_else(|error| panic!("{}: {error}", law.display()));
    println!("cargo:rustc-env=LAW_DIGEST={digest}");
}
