//! Policies with the keys of the file.

use core::fmt;

use qos_common::dscp::{Dscp, wmm_rfc8325, wmm_windows};
use serde_json::{Map, Value, json};

use crate::policy::{
    AddressMatch, CgroupPattern, Conditions, Origin, Policy, PortRange, ProtocolMatch, UserMatch,
};

/// The conditions that are set, by key, in the order in which the winning order compares them.
pub fn conditions(conditions: &Conditions) -> Map<String, Value> {
    let Conditions { user, cgroup, source, destination, source_port, destination_port, protocol } =
        conditions;
    let keys = [
        ("user", list(user)),
        ("cgroup", list(cgroup)),
        ("source", list(source)),
        ("destination", list(destination)),
        ("source-port", list(source_port)),
        ("destination-port", list(destination_port)),
        ("protocol", list(protocol)),
    ];
    keys.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}

/// A policy with the keys of the file and where it stands.
pub fn document(policy: &Policy) -> Map<String, Value> {
    let mut keys = Map::new();
    keys.insert("name".to_owned(), json!(policy.name));
    if let Some(code_point) = policy.dscp {
        keys.insert("dscp".to_owned(), dscp(code_point));
        keys.insert("wmm".to_owned(), wmm(code_point));
    }
    keys.append(&mut conditions(&policy.conditions));
    keys.append(&mut origin(&policy.origin));
    keys
}

/// `{"value":46,"name":"EF","tos":184}`
pub fn dscp(dscp: Dscp) -> Value {
    json!({ "value": dscp.value(), "name": dscp.name(), "tos": dscp.tos() })
}

/// The Wi-Fi access category by RFC 8325 and by Windows' table.
pub fn wmm(dscp: Dscp) -> Value {
    json!({ "rfc8325": wmm_rfc8325(dscp).name(), "windows": wmm_windows(dscp).name() })
}

/// The layer, file and line of a policy.
pub fn origin(origin: &Origin) -> Map<String, Value> {
    let keys = [
        ("layer", json!(origin.layer_name)),
        ("file", json!(origin.file.display().to_string())),
        ("line", json!(origin.line)),
    ];
    keys.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// A value as the file writes it: a single one plain, several as a list, none not at all.
fn list<T: Written>(values: &[T]) -> Option<Value> {
    match values {
        [] => None,
        [only] => Some(only.written()),
        several => Some(several.iter().map(Written::written).collect()),
    }
}

/// How a file writes a value.
trait Written: fmt::Display {
    fn written(&self) -> Value {
        json!(self.to_string())
    }
}

impl Written for AddressMatch {}
impl Written for CgroupPattern {}

impl Written for UserMatch {
    fn written(&self) -> Value {
        match self {
            Self::Name(name) => json!(name),
            Self::Id(id) => json!(id),
        }
    }
}

impl Written for PortRange {
    fn written(&self) -> Value {
        if self.low == self.high { json!(self.low) } else { json!(self.to_string()) }
    }
}

impl Written for ProtocolMatch {
    fn written(&self) -> Value {
        let text = self.to_string();
        text.parse::<u8>().map_or_else(|_| json!(text), |number| json!(number))
    }
}
