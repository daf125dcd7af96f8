//! A policy and its way from a file into the kernel: [`source`] finds the texts of all layers,
//! [`parse`] and [`check`] make policies of them, [`layer`] lets a higher layer replace a lower
//! one's, [`expand`] splits lists into rules, [`rank`] puts the rules into the winning order,
//! [`conflict`] finds rules that only their place decides, [`resolve`] turns names into this
//! machine's numbers, [`mod@warnings`] says what may not do what was meant, and [`compile`] makes
//! the image that the kernel reads.

pub mod check;
pub mod compile;
pub mod condition;
pub mod conflict;
pub mod expand;
pub mod layer;
pub mod parse;
pub mod rank;
pub mod resolve;
pub mod source;
pub mod warnings;

use qos_common::dscp::Dscp;

pub use condition::{AddressMatch, CgroupPattern, PortRange, ProtocolMatch, UserMatch};
pub use source::Origin;

/// A uniquely named set of conditions and actions, checked: what it holds can be enforced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// 1 to 255 bytes without control characters.
    pub name: String,
    /// What packets must satisfy.
    pub conditions: Conditions,
    /// The code point that they get.
    pub dscp: Option<Dscp>,
    /// Where the policy stands.
    pub origin: Origin,
}

/// The conditions of a policy. A list is a union; an empty one is a condition that is not set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// Owners of the socket.
    pub user: Vec<UserMatch>,
    /// Cgroups of the socket, or ancestors of it.
    pub cgroup: Vec<CgroupPattern>,
    /// Source addresses.
    pub source: Vec<AddressMatch>,
    /// Destination addresses.
    pub destination: Vec<AddressMatch>,
    /// Source ports.
    pub source_port: Vec<PortRange>,
    /// Destination ports.
    pub destination_port: Vec<PortRange>,
    /// Transport protocols.
    pub protocol: Vec<ProtocolMatch>,
}
