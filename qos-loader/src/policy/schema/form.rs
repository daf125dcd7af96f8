//! The forms that values of several keys have.

use serde_json::{Value, json};

use super::pattern::{any_case, from_one_to, up_to, whole};
use crate::policy::condition::KnownName;

/// A value, or a list of such values.
pub(super) fn one_or_more(one: fn() -> Value) -> Value {
    let one = one();
    json!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] })
}

/// Texts that `pattern` matches whole.
pub(super) fn text(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": whole(pattern) })
}

/// One of `names`, which editors offer, in any case.
pub(super) fn names(names: &[&str]) -> Value {
    let pattern = whole(&any_case(names.iter().copied()));
    json!({ "anyOf": [{ "enum": names }, { "type": "string", "pattern": pattern }] })
}

/// A number of `low` to `high`, also as a text.
pub(super) fn number(low: u32, high: u32) -> Value {
    let digits = if low == 0 { up_to(high) } else { from_one_to(high) };
    let integer = json!({ "type": "integer", "minimum": low, "maximum": high });
    json!({ "anyOf": [integer, text(&digits)] })
}

/// One of the words of `T`.
pub(super) fn word<T: KnownName>() -> Value {
    names(&T::ALL.iter().map(|one| one.name()).collect::<Vec<_>>())
}

/// True or false; an argument writes it as a text.
pub(super) fn boolean() -> Value {
    json!({ "enum": [true, false, "true", "false"] })
}
