//! Policies as the text of policy files, a text a layer.

use core::fmt::Display;

use qos_common::wire::ports::has_ports;
use qos_loader::{
    diagnostic::Text,
    policy::{
        AddressMatch, NameOrId, Policy, ProtocolMatch,
        source::{Form, Layer},
    },
};

/// The layers that say what `policies` say.
pub fn layers(policies: &[Policy]) -> Vec<Layer> {
    let highest = policies.iter().map(|policy| policy.origin.layer).max().unwrap_or(0);
    let layer = |number: usize| {
        let mut own: Vec<&Policy> =
            policies.iter().filter(|policy| policy.origin.layer == number).collect();
        own.sort_by_key(|policy| policy.origin.place);
        let content = own.into_iter().map(policy).collect::<Vec<_>>().join("\n");
        let name = format!("layer-{number}");
        Layer { form: Form::File, texts: vec![Text::new(name.clone(), content)], name }
    };
    (0..=highest).map(layer).collect()
}

/// A policy as the policy file writes it.
pub fn policy(policy: &Policy) -> String {
    let conditions = &policy.conditions;
    let mut lines = vec!["[[policy]]".to_owned(), format!("name = \"{}\"", policy.name)];
    lines.extend(policy.actions.dscp.map(|dscp| format!("dscp = {}", dscp.value())));
    lines.extend(policy.actions.throttle.map(|rate| format!("throttle = \"{rate}\"")));
    lines.extend(policy.actions.keep_marked.then(|| "keep-marked = true".to_owned()));
    lines.extend(list("user", accounts(&conditions.user)));
    lines.extend(list("group", accounts(&conditions.group)));
    lines.extend(list("application", quoted(&conditions.application)));
    lines.extend(list("cgroup", quoted(&conditions.cgroup)));
    lines.extend(list("source", quoted(&conditions.source)));
    lines.extend(list("destination", quoted(&conditions.destination)));
    lines.extend(list("destination-host", quoted(&conditions.destination_host)));
    lines.extend(list("source-port", quoted(&conditions.source_port)));
    lines.extend(list("destination-port", quoted(&conditions.destination_port)));
    lines.extend(list("protocol", quoted(&conditions.protocol)));
    lines.extend(list("url", quoted(&conditions.url)));
    let alone = conditions.url.first().is_some_and(|url| !url.subdirectories);
    lines.extend(alone.then(|| "subdirectories = false".to_owned()));
    lines.join("\n") + "\n"
}

fn accounts(accounts: &[NameOrId]) -> impl Iterator<Item = String> {
    accounts.iter().map(|account| match account {
        NameOrId::Name(name) => format!("\"{name}\""),
        NameOrId::Id(id) => id.to_string(),
    })
}

fn quoted<T: Display>(values: &[T]) -> impl Iterator<Item = String> {
    values.iter().map(|value| format!("\"{value}\""))
}

fn list(key: &str, values: impl Iterator<Item = String>) -> Option<String> {
    let values: Vec<String> = values.collect();
    (!values.is_empty()).then(|| format!("{key} = [{}]", values.join(", ")))
}

/// Whether the policy file may hold `policy`: it takes no contradictions.
pub fn is_writable(policy: &Policy) -> bool {
    let conditions = &policy.conditions;
    let may_be = |list: &[AddressMatch], v6: bool| {
        let may = |one: &AddressMatch| match one {
            AddressMatch::Any => true,
            AddressMatch::Prefix(net) => net.addr().is_ipv6() == v6,
        };
        list.is_empty() || list.iter().any(may)
    };
    let both = |v6| may_be(&conditions.source, v6) && may_be(&conditions.destination, v6);
    let (v4, v6) = (both(false), both(true));
    let with_ports = !conditions.source_port.is_empty() || !conditions.destination_port.is_empty();
    let protocol_fits = |one: &ProtocolMatch| match one {
        ProtocolMatch::TcpUdp | ProtocolMatch::Number(6) => true,
        ProtocolMatch::Number(_) if !conditions.url.is_empty() => false,
        ProtocolMatch::Number(1) => v4 && !with_ports,
        ProtocolMatch::Number(58) => v6 && !with_ports,
        ProtocolMatch::Number(number) => !with_ports || has_ports(*number),
    };
    let mut subdirectories = conditions.url.iter().map(|url| url.subdirectories);
    let first = subdirectories.next();
    (v4 || v6)
        && conditions.protocol.iter().all(protocol_fits)
        && subdirectories.all(|other| Some(other) == first)
}

/// A policy as the policy file writes it, and where it stands.
pub fn placed(one: &Policy) -> String {
    format!("# layer {}, place {}\n{}", one.origin.layer, one.origin.place, policy(one))
}
