//! The public id of a ledger entry: its number, written so that ids sort as texts in the order of arrival.

/// 16 hexadecimal digits.
pub(crate) fn of(seq: i64) -> String {
    format!("{seq:016x}")
}

/// The number behind an id; `None` for a text that is no id.
pub(crate) fn seq(id: &str) -> Option<i64> {
    if id.len() == 16 { i64::from_str_radix(id, 16).ok() } else { None }
}
