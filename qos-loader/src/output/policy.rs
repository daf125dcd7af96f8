//! Policies with the keys of the file.

use core::fmt;

use qos_common::dscp::{Dscp, wmm_rfc8325, wmm_windows};
use serde_json::{Map, Value, json};

use crate::policy::{
    Actions, AddressMatch, Application, CgroupPattern, Conditions, HostPattern, NameOrId, Origin,
    Policy, PortRange, ProtocolMatch, UrlPattern,
    condition::KnownName as _,
    settings::{Setting, Settings},
};

/// The conditions that are set, by key, in the order in which the winning order compares them.
pub fn conditions(conditions: &Conditions) -> Map<String, Value> {
    let subdirectories = conditions.url.first().is_none_or(|url| url.subdirectories);
    let keys = [
        ("user", list(&conditions.user)),
        ("group", list(&conditions.group)),
        ("application", list(&conditions.application)),
        ("cgroup", list(&conditions.cgroup)),
        ("source", list(&conditions.source)),
        ("destination", list(&conditions.destination)),
        ("destination-host", list(&conditions.destination_host)),
        ("source-port", list(&conditions.source_port)),
        ("destination-port", list(&conditions.destination_port)),
        ("protocol", list(&conditions.protocol)),
        ("url", list(&conditions.url)),
        ("subdirectories", (!subdirectories).then(|| json!(false))),
    ];
    set(keys)
}

/// A policy with the keys of the file.
pub fn keys(policy: &Policy) -> Map<String, Value> {
    let Actions { dscp: code_point, throttle, keep_marked } = policy.actions;
    let mut keys = set([
        ("name", Some(json!(policy.name))),
        ("dscp", code_point.map(dscp)),
        ("throttle", throttle.map(|rate| json!(rate.to_string()))),
        ("keep-marked", keep_marked.then(|| json!(true))),
    ]);
    keys.append(&mut conditions(&policy.conditions));
    keys
}

/// A policy with the keys of the file, what Wi-Fi makes of its code point, and where it stands.
pub fn document(policy: &Policy) -> Map<String, Value> {
    let mut document = keys(policy);
    if let Some(code_point) = policy.actions.dscp {
        document.insert("wmm".to_owned(), wmm(code_point));
    }
    document.append(&mut origin(&policy.origin));
    document
}

/// The settings that are set, by key.
pub fn settings(settings: &Settings) -> Map<String, Value> {
    let Settings { interfaces, app_marking, inbound_throughput_level, shaper } = settings;
    set([
        ("interfaces", interfaces.as_ref().map(|one| json!(one.value))),
        ("app-marking", app_marking.as_ref().map(|one| json!(one.value.name()))),
        ("inbound-throughput-level", inbound_throughput_level.as_ref().map(|one| json!(one.value))),
        ("shaper", shaper.as_ref().map(|one| json!(one.value.name()))),
    ])
}

/// Where each of the settings stands, by key.
pub fn settings_from(settings: &Settings) -> Map<String, Value> {
    fn from<T>(setting: Option<&Setting<T>>) -> Option<Value> {
        let Setting { layer, place, .. } = setting?;
        let file = place.file.display().to_string();
        Some(json!({ "layer": layer, "file": file, "line": place.line }))
    }
    set([
        ("interfaces", from(settings.interfaces.as_ref())),
        ("app-marking", from(settings.app_marking.as_ref())),
        ("inbound-throughput-level", from(settings.inbound_throughput_level.as_ref())),
        ("shaper", from(settings.shaper.as_ref())),
    ])
}

/// The keys that have a value.
fn set<const N: usize>(keys: [(&str, Option<Value>); N]) -> Map<String, Value> {
    keys.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
}

/// `{"value":46,"name":"EF","tos":184}`
pub fn dscp(dscp: Dscp) -> Value {
    json!({ "value": dscp.value(), "name": dscp.name(), "tos": dscp.tos() })
}

/// The Wi-Fi access category by RFC 8325 and by Windows' table.
pub fn wmm(dscp: Dscp) -> Value {
    json!({ "rfc8325": wmm_rfc8325(dscp).name(), "windows": wmm_windows(dscp).name() })
}

/// A name or a number.
pub fn account(account: &NameOrId) -> Value {
    match account {
        NameOrId::Name(name) => json!(name),
        NameOrId::Id(id) => json!(id),
    }
}

/// The layer, file and line of a policy.
pub fn origin(origin: &Origin) -> Map<String, Value> {
    set([
        ("layer", Some(json!(origin.layer_name))),
        ("file", Some(json!(origin.file.display().to_string()))),
        ("line", Some(json!(origin.line))),
    ])
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
impl Written for Application {}
impl Written for CgroupPattern {}
impl Written for HostPattern {}
impl Written for UrlPattern {}

impl Written for NameOrId {
    fn written(&self) -> Value {
        account(self)
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
