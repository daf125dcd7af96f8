//! Devices that hand the packet itself to the one below, with another link header: the same IP
//! header is on the wire, whichever of the devices it was marked at.

mod checks;

use super::Part;
use checks::check;

const VLAN: Part = Part { name: "802.1Q devices", option: "CONFIG_VLAN_8021Q" };
const MACVLAN: Part = Part { name: "macvlan devices", option: "CONFIG_MACVLAN" };
const IPVLAN: Part = Part { name: "ipvlan devices", option: "CONFIG_IPVLAN" };
pub(super) const BRIDGE: Part = Part { name: "bridges", option: "CONFIG_BRIDGE" };

/// Ethertypes of tags.
const C_TAG: u16 = 0x8100;
const S_TAG: u16 = 0x88a8;

/// A device on top of the port.
struct Stack {
    part: Part,
    /// The commands of `ip` that make it; `PORT` is the port below.
    commands: &'static str,
    /// Whether the far side needs the same device to understand it.
    both_sides: bool,
    /// The devices between it and the port.
    between: &'static [&'static str],
    /// The tags on the wire.
    tags: &'static [u16],
}

/// A device that only the near side has.
const fn one_sided(part: Part, commands: &'static str) -> Stack {
    Stack { part, commands, both_sides: false, between: &[], tags: &[] }
}

/// A device that tags, with all between.
const fn tagged(commands: &'static str, between: &'static [&'static str]) -> Stack {
    let tags: &[u16] = if between.is_empty() { &[C_TAG] } else { &[S_TAG, C_TAG] };
    Stack { part: VLAN, commands, both_sides: true, between, tags }
}

/// The tag is beside the frame: the device below would insert it.
#[test]
fn vlan() {
    check(&tagged("link add link PORT name top0 type vlan id 5", &[]));
}

/// The tag is in the frame, at the device itself already.
#[test]
fn vlan_with_its_tag_in_the_frame() {
    check(&tagged("link add link PORT name top0 type vlan id 5 reorder_hdr off", &[]));
}

/// At the port the inner tag is in the frame, and the outer beside it.
#[test]
fn qinq() {
    let commands = "link add link PORT name mid0 type vlan proto 802.1ad id 5
        link add link mid0 name top0 type vlan id 6";
    check(&tagged(commands, &["mid0"]));
}

/// At the port both are in the frame.
#[test]
fn qinq_with_its_tags_in_the_frame() {
    let commands = "link add link PORT name mid0 type vlan proto 802.1ad id 5 reorder_hdr off
        link add link mid0 name top0 type vlan id 6 reorder_hdr off";
    check(&tagged(commands, &["mid0"]));
}

#[test]
fn bridge() {
    check(&one_sided(BRIDGE, "link add top0 type bridge\nlink set PORT master top0"));
}

#[test]
fn macvlan() {
    check(&one_sided(MACVLAN, "link add link PORT name top0 type macvlan mode bridge"));
}

#[test]
fn ipvlan_l2() {
    check(&one_sided(IPVLAN, "link add link PORT name top0 type ipvlan mode l2"));
}

/// It sends by the routes of the port.
#[test]
fn ipvlan_l3() {
    check(&one_sided(IPVLAN, "link add link PORT name top0 type ipvlan mode l3"));
}

#[test]
fn ipvlan_l3s() {
    check(&one_sided(IPVLAN, "link add link PORT name top0 type ipvlan mode l3s"));
}
