#![allow(clippy::unwrap_used)]

use protocol::randomness::OsRandomness;
use rstest::rstest;

use super::*;

fn key() -> SigningKeyPair {
    SigningKeyPair::generate(&OsRandomness)
}

/// Three lines, and the keys to verify them with.
fn history(key: &SigningKeyPair) -> (Vec<SealedLine>, RegistryKeys) {
    let mut previous = BEGINNING.to_owned();
    let lines = (1..=3).map(|seq| {
        let sealed = SealedLine::seal(&change(seq, &previous), "r1", key).unwrap();
        previous.clone_from(&sealed.hash);
        sealed
    });
    let lines = lines.collect();
    let mut keys = RegistryKeys::default();
    keys.add("r1", &key.public_text()).unwrap();
    (lines, keys)
}

fn change(seq: i64, previous: &str) -> Change {
    Change {
        registry: "registry.example.com".to_owned(),
        seq,
        at: jiff::Timestamp::from_second(1_700_000_000 + seq).unwrap(),
        subscriber_id: format!("s{seq}.example.com"),
        event: "subscribe".to_owned(),
        actor: "participant".to_owned(),
        detail: "Newcomer, key k1 — zażółć".to_owned(),
        previous: previous.to_owned(),
    }
}

fn follow(lines: &[SealedLine], keys: RegistryKeys) -> Result<i64, Broken> {
    let mut verifier = Verifier::new(keys);
    lines.iter().try_for_each(|line| verifier.follow(line))?;
    Ok(verifier.head().unwrap().0.seq)
}

#[test]
fn an_honest_history_holds_from_any_line_on() {
    let (lines, keys) = history(&key());
    assert_eq!(follow(&lines, keys.clone()).unwrap(), 3);
    assert_eq!(follow(&lines[1..], keys).unwrap(), 3);
}

#[test]
fn it_survives_its_journey_as_json() {
    let (lines, keys) = history(&key());
    let mut verifier = Verifier::new(keys);
    for line in &lines {
        verifier.follow_text(&serde_json::to_string(line).unwrap()).unwrap();
    }
    assert_eq!(verifier.lines(), 3);
}

/// What a dishonest keeper of the file may try, and what is said about it.
#[rstest]
#[case::a_text_changed(|l: &mut Vec<SealedLine>, _: &SigningKeyPair| l[1].line = l[1].line.replace("k1", "k2"), 2, "its text was changed")]
#[case::a_text_and_its_hash_changed(|l: &mut Vec<SealedLine>, _: &SigningKeyPair| { l[1].line = l[1].line.replace("k1", "k2"); l[1].hash = digest(l[1].line.as_bytes()) }, 2, "the signature is not")]
#[case::a_line_left_out(|l: &mut Vec<SealedLine>, _: &SigningKeyPair| { l.remove(1); }, 2, "number 2 is missing")]
#[case::two_lines_changed_places(|l: &mut Vec<SealedLine>, _: &SigningKeyPair| l.swap(1, 2), 2, "number 2 is missing")]
#[case::a_line_of_somebody_else(|l: &mut Vec<SealedLine>, _: &SigningKeyPair| l[2] = SealedLine::seal(&change(3, &l[1].hash.clone()), "r1", &key()).unwrap(), 3, "the signature is not")]
#[case::a_line_told_anew_by_the_registry(|l: &mut Vec<SealedLine>, k: &SigningKeyPair| l[1] = SealedLine::seal(&Change { detail: "other".to_owned(), ..change(2, &l[0].hash.clone()) }, "r1", k).unwrap(), 3, "does not follow the line before")]
#[case::a_label_that_lies(|l: &mut Vec<SealedLine>, _: &SigningKeyPair| l[0].subscriber_id = "x.example.com".to_owned(), 1, "beside the text")]
#[case::a_key_that_nobody_gave(|l: &mut Vec<SealedLine>, _: &SigningKeyPair| l[0].unique_key_id = "r9".to_owned(), 1, "key r9 is not among")]
#[case::a_first_line_that_hides_others(|l: &mut Vec<SealedLine>, k: &SigningKeyPair| l[0] = SealedLine::seal(&change(1, "abc"), "r1", k).unwrap(), 1, "does not follow")]
fn a_lie_is_named(#[case] lie: fn(&mut Vec<SealedLine>, &SigningKeyPair), #[case] at: usize, #[case] why: &str) {
    let key = key();
    let (mut lines, keys) = history(&key);
    lie(&mut lines, &key);
    let broken = follow(&lines, keys).unwrap_err();
    assert_eq!(broken.at, at, "{broken}");
    assert!(broken.to_string().contains(why), "{broken}");
}

#[test]
fn another_registry_cannot_go_on_with_it() {
    let key = key();
    let (mut lines, keys) = history(&key);
    let other = Change { registry: "other.example.com".to_owned(), ..change(4, &lines[2].hash) };
    lines.push(SealedLine::seal(&other, "r1", &key).unwrap());
    assert!(follow(&lines, keys).unwrap_err().to_string().contains("of the registry other.example.com"));
}
