//! `include_dir!` does not notice new files by itself: rebuild when anything in `data/` changes.
fn main() {
    println!("cargo:rerun-if-changed=data");
}
