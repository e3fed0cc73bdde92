//! The header's grammar: what is written can be read, and no text makes the reader fall over.

use proptest::prelude::*;
use protocol::auth_header::{AuthHeader, AuthHeaderError, HEADER_BYTES_MAX};

use crate::fixture::{buyer, signed};

fn good() -> String {
    signed(b"{}", &buyer())
}

fn refusal(change: impl FnOnce(String) -> String) -> AuthHeaderError {
    AuthHeader::parse(&change(good())).unwrap_err()
}

#[test]
fn prints_exactly_what_the_network_pins() {
    let header = good();
    let start = r#"Signature keyId="buyer.example.com|k1|ed25519",algorithm="ed25519",created="1760000060",expires="1760000360",headers="(created) (expires) digest",signature=""#;
    assert!(header.starts_with(start), "{header}");
    assert_eq!(header.len(), start.len() + 88 + 1);
    assert!(!header.contains(", "));
}

#[test]
fn each_malformed_case_has_its_name_and_the_operators_code() {
    use AuthHeaderError as E;
    let cases: Vec<(E, &str)> = vec![
        (AuthHeader::parse("").unwrap_err(), "1020"),
        (AuthHeader::parse("  ").unwrap_err(), "1020"),
        (refusal(|h| format!("\"{h}\"")), "1015"),
        (refusal(|h| h.replace("Signature ", "Bearer ")), "1015"),
        (refusal(|h| h.replace("Signature ", "Signature\t")), "1015"),
        (refusal(|h| h.replace("algorithm=\"ed25519\",", "")), "1015"),
        (refusal(|h| h.replace("created=\"1760000060\"", "created=\"1760000060000\"")), "1015"),
        (refusal(|h| h.replace("buyer.example.com|k1|", "buyer.example.com|")), "1010"),
        (refusal(|h| h.replace("|ed25519", "|rsa")), "1030"),
        (refusal(|h| h.replace("(created) (expires)", "(expires) (created)")), "1040"),
        (refusal(|h| h.replace("=\"", "='")), "1100"),
        (refusal(|h| format!("{h},x=\"1\",x=\"1\"")), "1100"),
        (refusal(|h| format!("{h},")), "1100"),
        (refusal(|h| h[..h.len() - 3].to_owned() + "\""), "1045"),
    ];
    for (error, code) in &cases {
        assert_eq!(error.operator_code(), *code, "{error}");
        assert!(error.to_string().len() > 20, "{error} says what to do");
    }
    assert_eq!(cases[6].0, E::Time { name: "created", found: "1760000060000".to_owned(), milliseconds: true });
    assert_eq!(cases[11].0, E::Duplicate("x".to_owned()));
    assert_eq!(AuthHeader::parse(&"x".repeat(HEADER_BYTES_MAX + 1)), Err(E::TooLong(HEADER_BYTES_MAX + 1)));
    let many: String = (0..9).map(|n| format!(",x{n}=\"1\"")).collect();
    assert_eq!(refusal(|h| h + &many), E::TooManyParameters);
}

prop_compose! {
    fn any_header()(
        subscriber in "[A-Za-z0-9.:/_-]{1,60}",
        key in "[A-Za-z0-9._-]{1,40}",
        created in 0..=9_999_999_999_i64,
        expires in 0..=9_999_999_999_i64,
        signature in proptest::array::uniform32(any::<u8>()),
        second in proptest::array::uniform32(any::<u8>()),
    ) -> AuthHeader {
        let mut both = [0; 64];
        both[..32].copy_from_slice(&signature);
        both[32..].copy_from_slice(&second);
        AuthHeader { subscriber_id: subscriber.parse().unwrap(), unique_key_id: key.parse().unwrap(), created, expires, signature: both }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(header in any_header()) {
        prop_assert_eq!(AuthHeader::parse(&header.to_string()), Ok(header));
    }

    #[test]
    fn order_and_blanks_do_not_matter(header in any_header(), turn in 0..6_usize, blanks in "[ \t]{0,3}") {
        let text = header.to_string();
        let mut parts: Vec<&str> = text["Signature ".len()..].split(',').collect();
        parts.rotate_left(turn);
        let shuffled = format!("sIGNATURE {}", parts.join(&format!("{blanks},{blanks}")));
        prop_assert_eq!(AuthHeader::parse(&shuffled), Ok(header));
    }

    #[test]
    fn any_text_is_answered(text in "\\PC{0,300}") {
        let _ = AuthHeader::parse(&text);
        let _ = AuthHeader::parse(&format!("Signature {text}"));
    }

    #[test]
    fn any_bytes_in_a_good_header_are_answered(header in any_header(), at in 0..400_usize, with in any::<char>()) {
        let mut text: Vec<char> = header.to_string().chars().collect();
        let at = at % text.len();
        text[at] = with;
        let changed: String = text.into_iter().collect();
        if let Ok(read) = AuthHeader::parse(&changed) {
            prop_assert_eq!(AuthHeader::parse(&read.to_string()), Ok(read)); // whatever was accepted has one meaning
        }
    }
}
