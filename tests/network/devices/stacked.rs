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
struct Stack<'a> {
    part: Part,
    /// The commands of `ip` that make it; `PORT` is the port below.
    commands: &'a str,
    /// Those of the far side, so that it understands what arrives.
    far_commands: &'static str,
    /// The devices between it and the port.
    between: &'static [&'static str],
    /// The tags on the wire.
    tags: &'static [u16],
}

/// A device that only the near side has.
const fn one_sided(part: Part, commands: &str) -> Stack<'_> {
    Stack { part, commands, far_commands: "", between: &[], tags: &[] }
}

/// A device that tags, with all between.
const fn tagged(commands: &'static str, between: &'static [&'static str]) -> Stack<'static> {
    let tags: &[u16] = if between.is_empty() { &[C_TAG] } else { &[S_TAG, C_TAG] };
    Stack { part: VLAN, commands, far_commands: commands, between, tags }
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

/// The inner tag is in the frame at the device itself already. (If both devices were to have theirs
/// there, the kernel would insert each of them twice.)
#[test]
fn qinq_with_its_inner_tag_in_the_frame() {
    let commands = "link add link PORT name mid0 type vlan proto 802.1ad id 5
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

/// It sends by the routes of the port, which by their rule are for nothing else here, and nobody
/// asks who its neighbours are.
fn by_routes(mode: &str) {
    let device = format!(
        "link add link PORT name top0 type ipvlan mode {mode}
        rule add oif PORT lookup 5
        -6 rule add oif PORT lookup 5
        route add 10.79.0.0/16 dev PORT table 5
        route add fd79::/16 dev PORT table 5
        neighbour add 10.79.0.2 lladdr 02:00:00:00:00:02 dev PORT nud permanent
        neighbour add fd79::2 lladdr 02:00:00:00:00:02 dev PORT nud permanent"
    );
    let far_commands = "neighbour add 10.79.0.1 lladdr 02:00:00:00:00:01 dev PORT nud permanent
        neighbour add fd79::1 lladdr 02:00:00:00:00:01 dev PORT nud permanent";
    check(&Stack { far_commands, ..one_sided(IPVLAN, &device) });
}

#[test]
fn ipvlan_l3() {
    by_routes("l3");
}

#[test]
fn ipvlan_l3s() {
    by_routes("l3s");
}
