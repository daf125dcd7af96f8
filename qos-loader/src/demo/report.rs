//! What was sent and what arrived, flow by flow.

use std::{collections::BTreeSet, net::SocketAddr};

use bytes::Bytes;
use qos_common::{
    dscp::{Dscp, ECN_MASK},
    wire::{self, Packet, link},
};
use serde_json::{Value, json};

use super::flows::Flow;
use crate::{output::table, policy::Policy};

/// The demo's result.
#[derive(Debug)]
pub struct Report {
    rows: Vec<Row>,
    policies: usize,
}

/// What arrived of a flow.
#[derive(Debug)]
struct Row {
    flow: Flow,
    packets: usize,
    dscps: BTreeSet<u8>,
    checksums_right: bool,
    ecn_kept: bool,
}

impl Row {
    fn new(flow: &Flow, frames: &[Bytes]) -> Self {
        let read = |frame: &Bytes| {
            let packet = wire::read(frame.as_ref(), link::ETHERNET).ok()?;
            belongs(&packet, flow).then(|| (packet, frame.clone()))
        };
        let packets: Vec<(Packet, Bytes)> = frames.iter().filter_map(read).collect();
        let ecn = |packet: &Packet| packet.traffic_class() & ECN_MASK;
        Self {
            flow: flow.clone(),
            packets: packets.len(),
            dscps: packets.iter().map(|(one, _)| one.traffic_class() >> 2).collect(),
            checksums_right: packets.iter().all(|(one, frame)| checksum_is_right(one, frame)),
            ecn_kept: packets.iter().all(|(one, _)| ecn(one) == flow.tos & ECN_MASK),
        }
    }

    /// Whether something arrived, and all of it as it should.
    fn is_right(&self) -> bool {
        self.dscps == BTreeSet::from([self.flow.expected]) && self.checksums_right && self.ecn_kept
    }
}

/// Whether the packet is one that the flow's program sent.
fn belongs(packet: &Packet, flow: &Flow) -> bool {
    packet.flow.protocol == u32::from(flow.transport.number())
        && packet.flow.source == flow.source.into()
        && packet.flow.ports.source == u32::from(flow.source_port)
}

/// Whether IPv4's header sums up to all ones (RFC 791); IPv6 has no checksum.
fn checksum_is_right(packet: &Packet, frame: &[u8]) -> bool {
    if packet.flow.is_ipv6() {
        return true;
    }
    let start = packet.offset as usize;
    let length = usize::from(frame[start] & 0x0f) * 4;
    let words = frame[start..start + length].chunks(2);
    let sum: u32 = words.map(|word| u32::from(word[0]) << 8 | u32::from(word[1])).sum();
    (sum & 0xffff) + (sum >> 16) == 0xffff
}

impl Report {
    /// Compares what `flows` should be with what was captured.
    pub fn new(policies: &[Policy], flows: &[Flow], frames: &[Bytes]) -> Self {
        let rows = flows.iter().map(|flow| Row::new(flow, frames)).collect();
        Self { rows, policies: policies.len() }
    }

    /// Whether every flow arrived as it should.
    pub fn is_right(&self) -> bool {
        self.rows.iter().all(Row::is_right)
    }

    /// The table for people.
    pub fn text(&self) -> String {
        let head = ["program", "to", "policy", "sent", "arrived", "packets", "checksum", "ECN", ""];
        let rows = self.rows.iter().map(|row| {
            let flow = &row.flow;
            let to = SocketAddr::new(flow.destination, flow.destination_port);
            let arrived: Vec<String> = row.dscps.iter().map(|value| name(*value)).collect();
            vec![
                flow.application.to_owned(),
                format!("{} {to}", flow.transport.name()),
                flow.policy.unwrap_or("-").to_owned(),
                name(flow.tos >> 2),
                if arrived.is_empty() { "nothing".to_owned() } else { arrived.join(", ") },
                row.packets.to_string(),
                verdict(row.checksums_right, "right", "WRONG"),
                verdict(row.ecn_kept, "kept", "CHANGED"),
                verdict(row.is_right(), "ok", "WRONG"),
            ]
        });
        let table = table::table(&head, &[5], rows.collect());
        let right = self.rows.iter().filter(|row| row.is_right()).count();
        format!(
            "{table}\n\n{} policies, {right} of {} flows arrived as they should",
            self.policies,
            self.rows.len()
        )
    }

    /// The document for `--json`.
    pub fn json(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            let flow = &row.flow;
            json!({
                "program": flow.application,
                "protocol": flow.transport.name(),
                "source": SocketAddr::new(flow.source, flow.source_port),
                "destination": SocketAddr::new(flow.destination, flow.destination_port),
                "policy": flow.policy,
                "sent": flow.tos >> 2,
                "expected": flow.expected,
                "arrived": row.dscps,
                "packets": row.packets,
                "checksums_right": row.checksums_right,
                "ecn_kept": row.ecn_kept,
                "right": row.is_right(),
            })
        });
        json!({ "flows": rows.collect::<Vec<_>>(), "right": self.is_right() })
    }
}

fn verdict(good: bool, yes: &str, no: &str) -> String {
    if good { yes } else { no }.to_owned()
}

/// The number and name of a code point.
fn name(value: u8) -> String {
    match Dscp::new(value).and_then(Dscp::name) {
        Some(name) => format!("{value} {name}"),
        None => value.to_string(),
    }
}
