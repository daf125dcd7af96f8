//! A policy and its way from a file into the kernel: [`source`] finds the texts of all layers,
//! [`parse`] and [`check`] make policies of them, [`layer`] lets a higher layer replace a lower
//! one's, [`expand`] splits lists into rules, [`rank`] puts the rules into the winning order,
//! [`conflict`] finds rules that only their place decides and [`shadow`] policies that never win,
//! [`resolve`] turns names into this machine's numbers, [`mod@warnings`] says what may not do what
//! was meant, and [`compile`] makes the image that the kernel reads. [`explain`] asks that image of
//! a described packet, [`difference`] says what another set would change, and [`schema`] describes
//! the file to editors.

pub mod check;
pub mod compile;
pub mod condition;
pub mod conflict;
pub mod difference;
pub mod expand;
pub mod explain;
pub mod layer;
mod limits;
mod nearby;
pub mod overlap;
pub mod parse;
pub mod rank;
pub mod region;
pub mod resolve;
pub mod schema;
pub mod settings;
pub mod shadow;
pub mod source;
pub mod throttle;
pub mod unenforced;
pub mod warnings;

use qos_common::dscp::Dscp;

pub use condition::{
    AddressMatch, Application, CgroupPattern, Conditions, HostName, HostPattern, NameOrId,
    PortRange, ProtocolMatch, UrlPattern,
};
pub use source::Origin;
pub use throttle::Rate;

/// A uniquely named set of conditions and actions, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// 1 to 255 bytes without control characters.
    pub name: String,
    /// What packets must satisfy.
    pub conditions: Conditions,
    /// What becomes of those that do.
    pub actions: Actions,
    /// Where the policy stands.
    pub origin: Origin,
}

/// What becomes of a policy's packets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Actions {
    /// The code point that they get.
    pub dscp: Option<Dscp>,
    /// The summed rate at which they leave at most.
    pub throttle: Option<Rate>,
    /// Whether those that carry a code point other than 0 keep it.
    pub keep_marked: bool,
}
