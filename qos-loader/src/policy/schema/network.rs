//! The schemas of interfaces, addresses, ports, protocols, hosts and URLs.

use serde_json::{Value, json};

use super::form::{names, number, text};
use super::pattern::{CONTROL, any_case, from_one_to, up_to, whole};
use crate::policy::check::protocol;
use crate::policy::condition::protocol::PROTOCOL_NAMES;

/// A name or a glob of an interface.
pub(super) fn interface() -> Value {
    let other = format!("[^/ {CONTROL}]");
    text(&format!("!{other}+|[^!/ {CONTROL}]{other}*"))
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
