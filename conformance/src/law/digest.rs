// One digest over the files of a folder. Also part of build.rs, which takes the digest of the built-in law.

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};

use blake2::{Blake2b512, Digest};

/// First 32 bytes of BLAKE2b-512 over the name, length and content of every file, in order of name; in hexadecimal.
pub(crate) fn digest(folder: &Path) -> io::Result<String> {
    let mut files = Vec::new();
    gather(folder, &mut files)?;
    files.sort();
    let mut hash = Blake2b512::new();
    for file in &files {
        let name = file.strip_prefix(folder).unwrap_or(file).to_string_lossy().replace('\\', "/");
        let content = std::fs::read(file)?;
        hash.update((name.len() as u64).to_le_bytes());
        hash.update(name.as_bytes());
        hash.update((content.len() as u64).to_le_bytes());
        hash.update(&content);
    }
    Ok(hex(&hash.finalize()[..32]))
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { gather(&path, files)? } else { files.push(path) }
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
