//! What a loader counted of packets, as `stats` prints it.

use std::collections::{BTreeMap, BTreeSet};

use qos_common::counters::{PolicyCounters, Totals};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    flows::HostCounts,
    kernel::{enforcement, shaping::Shaping},
    output::set::SetDocument,
};

/// What a loader counted since its policies, or those of the same names before, are in force.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// Its process, in its own PID namespace.
    pub pid: u32,
    /// In winning order.
    pub policies: Vec<OfPolicy>,
    /// The interfaces by name, and without one what was counted of others.
    pub interfaces: Vec<OfInterface>,
}

/// What was counted of a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfPolicy {
    /// Its name.
    pub name: String,
    /// Its rate, as the file has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throttle: Option<String>,
    /// What keeps it: where that differs by interface, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shaper: Option<String>,
    /// Packets that left.
    pub packets: u64,
    /// Their bytes on the wire.
    pub bytes: u64,
    /// Those that were given another DSCP; here and below, super-packets count as one.
    pub rewritten: u64,
    /// Those that had the right one, or whose policy gives none.
    pub unchanged: u64,
    /// Those that could not be written.
    pub failed: u64,
    /// Packets that did not leave, for the rate was used up.
    pub dropped: u64,
    /// Their bytes on the wire.
    pub dropped_bytes: u64,
    /// Its flows by the host that it names, if it names hosts and had any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<OfHost>,
}

/// What was counted of a host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfHost {
    /// Its name, or a pattern that the name matches.
    pub name: String,
    /// Connections, and what else is a flow.
    pub flows: u64,
}

/// What was counted of an interface.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfInterface {
    /// Its name; none of those that are not attached any more, or had no counters of their own.
    pub name: Option<String>,
    /// IP packets that no policy matches.
    pub unmatched: u64,
    /// Packets that are not IP.
    pub not_ip: u64,
    /// IP packets that contradict themselves.
    pub malformed: u64,
}

impl Counted {
    /// What process `pid` has `counted` of the set that is in force there, whose rates `shapers` keep, and of
    /// its `flows`.
    pub fn new(
        pid: u32,
        set: &SetDocument,
        counted: enforcement::Counted,
        shapers: &[Shaping],
        flows: &HostCounts,
    ) -> Self {
        let mut by_name: BTreeMap<String, PolicyCounters> = counted.policies.into_iter().collect();
        let shapers: BTreeSet<&str> = shapers.iter().map(|one| one.name.as_str()).collect();
        let shapers = Vec::from_iter(shapers).join(", ");
        let policy = |policy: &Map<String, Value>| {
            let text = |key| policy.get(key).and_then(Value::as_str).map(str::to_owned);
            let (name, throttle) = (text("name")?, text("throttle"));
            // One that the kernel can't enforce may have been left out.
            let counters = by_name.remove(&name)?;
            let PolicyCounters { packets, bytes, rewritten, unchanged, failed, .. } = counters;
            let PolicyCounters { dropped, dropped_bytes, .. } = counters;
            let shaper = throttle.as_ref().map(|_| shapers.clone());
            let hosts =
                flows.of(&name).map(|(host, flows)| OfHost { name: host.to_owned(), flows });
            Some(OfPolicy {
                hosts: hosts.collect(),
                name,
                throttle,
                shaper,
                packets,
                bytes,
                rewritten,
                unchanged,
                failed,
                dropped,
                dropped_bytes,
            })
        };
        let interface = |(name, totals)| {
            let Totals { unmatched, not_ip, malformed } = totals;
            OfInterface { name, unmatched, not_ip, malformed }
        };
        Self {
            pid,
            policies: set.policies.iter().filter_map(policy).collect(),
            interfaces: counted.interfaces.into_iter().map(interface).collect(),
        }
    }
}
