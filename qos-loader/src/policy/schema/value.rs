//! The schemas of values, each in all the forms that a file may write it in.

use serde_json::{Value, json};

use super::pattern::{CONTROL, any_case, from_one_to, up_to, whole};
use crate::policy::{
    check::{
        cgroup::{MAX_DEPTH, MOUNT},
        protocol, throttle,
    },
    condition::{KnownName, protocol::PROTOCOL_NAMES},
    throttle::RateUnit,
};
use qos_common::dscp::{Dscp, REGISTRY};

/// A value, or a list of such values.
pub(super) fn one_or_more(one: &Value) -> Value {
    json!({ "anyOf": [one, { "type": "array", "items": one, "minItems": 1 }] })
}

/// Texts that `pattern` matches whole.
fn text(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": whole(pattern) })
}

/// One of `names`, which editors offer, in any case.
fn names(names: &[&str]) -> Value {
    let pattern = whole(&any_case(names.iter().copied()));
    json!({ "anyOf": [{ "enum": names }, { "type": "string", "pattern": pattern }] })
}

/// A number of `low` to `high`, also as a text.
fn number(low: u32, high: u32) -> Value {
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
    // Neither `.` nor `..`; a bare name is no variable of Windows either.
    let element = |first: &str| {
        let other = format!(r"[^/\\*?{CONTROL}]");
        format!(r"(?:[^/.\\*?{first}{CONTROL}]{other}*|\.[^/.\\*?{CONTROL}]{other}*|\.\.{other}+)")
    };
    text(&format!("(?:/{})+|{}", element(""), element("%")))
}

pub(super) fn cgroup() -> Value {
    let other = format!("[^/*{CONTROL}]");
    let element = format!(r"(?:\*|[^/.*{CONTROL}]{other}*|\.[^/.*{CONTROL}]{other}*|\.\.{other}+)");
    let mut cgroup = text(&format!("/|(?:/{element}){{1,{MAX_DEPTH}}}/?"));
    // As the file system has it.
    cgroup["not"] = json!({ "pattern": format!("^{MOUNT}(?:/|$)") });
    cgroup
}

pub(super) fn address() -> Value {
    let group = "[0-9A-Fa-f]";
    let v6 = format!("(?:{group}{{0,4}}:){{2,8}}(?:{group}{{1,4}}|{})?", v4());
    let prefix = |max| format!("(?:/{})?", up_to(max));
    let address = format!("{}{}|{v6}{}", v4(), prefix(32), prefix(128));
    let pattern = whole(&format!("{}|{address}", any_case(["any"])));
    json!({ "anyOf": [{ "const": "any" }, { "type": "string", "pattern": pattern }] })
}

fn v4() -> String {
    let byte = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    format!(r"(?:{byte}\.){{3}}{byte}")
}

pub(super) fn port() -> Value {
    let (low, high) = (1, u16::MAX.into());
    let range = format!("{0}:{0}", from_one_to(high));
    json!({ "anyOf": [number(low, high), text(&range)] })
}

pub(super) fn protocol() -> Value {
    let all = PROTOCOL_NAMES.iter().map(|(name, _)| *name).chain(protocol::TCP_UDP);
    json!({ "anyOf": [names(&all.collect::<Vec<_>>()), number(0, u8::MAX.into())] })
}

/// A label of RFC 1035, and `_`, between letters or digits.
const LABEL: &str = "[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";

fn host_name() -> String {
    format!(r"(?:{LABEL}\.)*{LABEL}\.?")
}

pub(super) fn host() -> Value {
    let mut host = text(&format!(r"(?:\*\.)?{}", host_name()));
    // What ends in a number is an address.
    host["not"] = json!({ "pattern": r"(?:^|\.)[0-9]+\.?$" });
    host
}

pub(super) fn url() -> Value {
    let scheme = any_case(["http", "https"]);
    let host = format!(r"\*|\[[0-9A-Fa-f:.]+\]|{}", host_name());
    let port = format!(r"\*|{}", from_one_to(u16::MAX.into()));
    // Printable ASCII without what a request or a pattern can't have.
    let element = r"[!$%&'()+,.0-9:;=@A-Z\[\]_a-z~-]+";
    let path = format!("/(?:{element}(?:/{element})*/?)?");
    text(&format!("(?:{scheme})://(?:{host})(?::(?:{port}))?(?:{path})?"))
}

/// A name or a glob of an interface.
pub(super) fn interface() -> Value {
    let other = format!("[^/ {CONTROL}]");
    text(&format!("!{other}+|[^!/ {CONTROL}]{other}*"))
}
