//! The keys file.

use node::key_store::{KeyStore, KeyStoreError};
use protocol::randomness::OsRandomness;

#[test]
fn keys_are_made_once_kept_private_and_can_rotate() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/keys.json");
    let open = |name: &str| KeyStore::open_or_create(&path, "seller.localhost:1".parse().unwrap(), name, &OsRandomness);
    let first = open("").unwrap();
    let public = first.signer().key.public_text();
    assert_eq!(open("").unwrap().signer().key.public_text(), public, "a restart keeps the key");
    let next = first.stage(&OsRandomness).unwrap();
    assert_eq!(open("").unwrap().signer().key.public_text(), public, "a staged key is not used yet");
    first.activate(&next.unique_key_id).unwrap();
    assert_eq!(first.unique_key_id(), next.unique_key_id);
    assert_eq!(open("").unwrap().unique_key_id(), next.unique_key_id);
    assert_eq!(open("").unwrap().all().len(), 2);
    assert!(matches!(open("no-such-key"), Err(KeyStoreError::Unknown { .. })));
    assert!(!format!("{first:?}").contains(&*first.signer().key.secret_text()));
}

#[cfg(unix)]
#[test]
fn a_keys_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    let open = || KeyStore::open_or_create(&path, "seller.localhost:1".parse().unwrap(), "", &OsRandomness);
    open().unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(open(), Err(KeyStoreError::Open { mode: 0o644, .. })));
}
