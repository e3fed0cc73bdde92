//! Bytes to text.

/// Text, and what was tolerated on the way.
#[derive(Debug)]
pub(super) struct Decoded {
    pub text: String,
    pub guesses: Vec<String>,
}

/// `None` when the bytes are no text (pictures, archives).
pub(super) fn decode(bytes: Vec<u8>) -> Option<Decoded> {
    let mut guesses = Vec::new();
    if let Some(text) = utf16(&bytes) {
        guesses.push("the file is UTF-16; JSON on the wire is UTF-8".to_owned());
        return Some(Decoded { text, guesses });
    }
    let mut bytes = bytes;
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
        guesses.push("the file begins with a byte order mark, which was left out".to_owned());
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.as_bytes().iter().take(8_192).any(|byte| *byte == 0) => return None,
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let line = error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
            guesses.push(format!("bytes that are no UTF-8 were replaced by \u{FFFD}, the first on line {line}"));
            String::from_utf8_lossy(error.as_bytes()).into_owned()
        }
    };
    Some(Decoded { text, guesses })
}

fn utf16(bytes: &[u8]) -> Option<String> {
    let unit: fn([u8; 2]) -> u16 = match bytes.get(..2)? {
        b"\xff\xfe" => u16::from_le_bytes,
        b"\xfe\xff" => u16::from_be_bytes,
        _ => return None,
    };
    let units: Vec<u16> = bytes[2..].chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    Some(String::from_utf16_lossy(&units))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_broken_bytes_are_told() {
        let marked = decode(b"\xef\xbb\xbf{}".to_vec()).unwrap();
        assert_eq!((marked.text.as_str(), marked.guesses.len()), ("{}", 1));
        let broken = decode(b"{\n\"a\": \"\xff\"}".to_vec()).unwrap();
        assert!(broken.text.contains('\u{FFFD}') && broken.guesses[0].contains("line 2"), "{broken:?}");
        assert_eq!(decode(b"\xff\xfe{\0}\0".to_vec()).unwrap().text, "{}");
        assert!(decode(b"\x89PNG\r\n\0\0\0\xff".to_vec()).is_none());
    }
}
