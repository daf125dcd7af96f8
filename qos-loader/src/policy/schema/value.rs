//! The schemas of names, actions, the sender and settings.

use qos_common::dscp::{Dscp, REGISTRY};
use serde_json::{Value, json};

use super::form::{names, number, text};
use super::pattern::{CONTROL, any_case, whole};
use crate::policy::check::cgroup::{MAX_DEPTH, MOUNT};
use crate::policy::check::throttle;
use crate::policy::condition::KnownName as _;
use crate::policy::throttle::RateUnit;

pub(super) fn name() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": whole(&format!("[^{CONTROL}]*")) })
}

pub(super) fn level() -> Value {
    number(0, 3)
}

pub(super) fn dscp() -> Value {
    let all = REGISTRY.iter().flat_map(|entry| [&[entry.name], entry.aliases].concat());
    let hexadecimal = text("0x0*[0-3]?[0-9A-Fa-f]");
    json!({ "anyOf": [names(&all.collect::<Vec<_>>()), number(0, Dscp::MAX.into()), hexadecimal] })
}

pub(super) fn rate() -> Value {
    let unit = |unit: &RateUnit| {
        if throttle::in_any_case(*unit) { any_case([unit.name()]) } else { unit.name().to_owned() }
    };
    let units = RateUnit::ALL.iter().map(unit).collect::<Vec<_>>().join("|");
    text(&format!(r"0*[1-9][0-9]*[ \t]*(?:{units})"))
}

/// A name that is no number, or a number that the kernel has.
pub(super) fn account() -> Value {
    let name = format!("[^:{CONTROL}]*[^:0-9{CONTROL}][^:{CONTROL}]*");
    json!({ "anyOf": [number(0, u32::MAX - 1), text(&name)] })
}

pub(super) fn application() -> Value {
    // An escape is a backslash, or any byte but 0, that of a slash and that of a dot.
    let escape = r"\\(?:\\|x(?:0[1-9A-Fa-f]|2[0-9A-Da-d]|[13-9A-Fa-f][0-9A-Fa-f]))";
    let dot = r"(?:\.|\\x2[Ee])";
    let no_dot = |but: &str| format!(r"(?:[^/.\\*?{but}{CONTROL}]|{escape})");
    let other = no_dot("");
    // Neither `.` nor `..`; a bare name is no variable of Windows either.
    let element = |first: &str| {
        let first = no_dot(first);
        format!("(?:(?:{first}|{dot}{other}|{dot}{dot}(?:{other}|{dot}))(?:{other}|{dot})*)")
    };
    let mut application = text(&format!("(?:/{})+|{}", element(""), element("%")));
    // A drive of Windows.
    application["not"] = json!({ "pattern": r"^[A-Za-z]:\\" });
    application
}

pub(super) fn cgroup() -> Value {
    let other = format!("[^/*{CONTROL}]");
    let element = format!(r"(?:\*|[^/.*{CONTROL}]{other}*|\.[^/.*{CONTROL}]{other}*|\.\.{other}+)");
    let mut cgroup = text(&format!("/|(?:/{element}){{1,{MAX_DEPTH}}}/?"));
    // As the file system has it.
    cgroup["not"] = json!({ "pattern": format!("^{MOUNT}(?:/|$)") });
    cgroup
}
