//! Splits `Signature name="value",…` into its six parameters, borrowing. One reading, no second opinion.

use super::AuthHeaderError;

/// Unknown parameters that are remembered, to refuse a repeated one.
const UNKNOWN_MAX: usize = 8;

#[derive(Default)]
pub(super) struct Parameters<'a> {
    pub(super) key_id: Option<&'a str>,
    pub(super) algorithm: Option<&'a str>,
    pub(super) created: Option<&'a str>,
    pub(super) expires: Option<&'a str>,
    pub(super) headers: Option<&'a str>,
    pub(super) signature: Option<&'a str>,
    unknown: [Option<&'a str>; UNKNOWN_MAX],
}

impl<'a> Parameters<'a> {
    pub(super) fn read(header: &'a str) -> Result<Parameters<'a>, AuthHeaderError> {
        const SCHEME: usize = "Signature".len();
        let scheme = header.get(..SCHEME).ok_or(AuthHeaderError::NotSignature)?;
        if !scheme.eq_ignore_ascii_case("Signature") || header.as_bytes().get(SCHEME) != Some(&b' ') {
            return Err(AuthHeaderError::NotSignature);
        }
        let mut cursor = Cursor { text: header, at: SCHEME };
        let mut given = Parameters::default();
        loop {
            cursor.skip_blanks();
            let name = cursor.name()?;
            cursor.expect(b'=', "`=`")?;
            given.put(name, cursor.value()?)?;
            cursor.skip_blanks();
            if cursor.at_end() {
                return Ok(given);
            }
            cursor.expect(b',', "`,` or the end")?;
        }
    }

    fn put(&mut self, name: &'a str, value: &'a str) -> Result<(), AuthHeaderError> {
        let place = match name {
            "keyId" => &mut self.key_id,
            "algorithm" => &mut self.algorithm,
            "created" => &mut self.created,
            "expires" => &mut self.expires,
            "headers" => &mut self.headers,
            "signature" => &mut self.signature,
            _ => return self.remember(name),
        };
        match place.replace(value) {
            None => Ok(()),
            Some(_) => Err(AuthHeaderError::Duplicate(super::shortened(name))),
        }
    }

    fn remember(&mut self, name: &'a str) -> Result<(), AuthHeaderError> {
        for place in &mut self.unknown {
            match place {
                Some(seen) if *seen == name => return Err(AuthHeaderError::Duplicate(super::shortened(name))),
                Some(_) => {}
                None => {
                    *place = Some(name);
                    return Ok(());
                }
            }
        }
        Err(AuthHeaderError::TooManyParameters)
    }
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn at_end(&self) -> bool {
        self.at == self.text.len()
    }

    fn skip_blanks(&mut self) {
        self.take_while(|b| b == b' ' || b == b'\t');
    }

    /// Only ever stops at ASCII or the end, so slicing stays on character borders.
    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a str {
        let start = self.at;
        while self.peek().is_some_and(&wanted) {
            self.at += 1;
        }
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn expect(&mut self, byte: u8, expected: &'static str) -> Result<(), AuthHeaderError> {
        if self.peek() != Some(byte) {
            return Err(self.malformed(expected));
        }
        self.at += 1;
        Ok(())
    }

    fn malformed(&self, expected: &'static str) -> AuthHeaderError {
        AuthHeaderError::Malformed { at: self.at, expected }
    }

    fn name(&mut self) -> Result<&'a str, AuthHeaderError> {
        let name = self.take_while(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
        if name.is_empty() { Err(self.malformed("a parameter's name")) } else { Ok(name) }
    }

    /// `"…"` without escapes, or bare digits.
    fn value(&mut self) -> Result<&'a str, AuthHeaderError> {
        if self.peek() != Some(b'"') {
            let digits = self.take_while(|b| b.is_ascii_digit());
            return if digits.is_empty() { Err(self.malformed("a value in double quotes")) } else { Ok(digits) };
        }
        self.at += 1;
        let value = self.take_while(|b| b != b'"' && b != b'\\' && !b.is_ascii_control());
        self.expect(b'"', "a closing double quote")?;
        Ok(value)
    }
}
