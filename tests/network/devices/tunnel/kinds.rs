//! The kinds of tunnels.

use super::{
    Family::{V4, V6},
    Part, Tunnel, check,
};

#[test]
fn ipip() {
    check(&Tunnel {
        part: Part { name: "ipip tunnels", option: "CONFIG_NET_IPIP" },
        link: "ipip local HERE remote THERE",
        outer: V4,
        inner: &[V4],
        condition: "protocol = 4",
    });
}

#[test]
fn sit() {
    check(&Tunnel {
        part: Part { name: "sit tunnels", option: "CONFIG_IPV6_SIT" },
        link: "sit mode any local HERE remote THERE",
        outer: V4,
        inner: &[V4, V6],
        condition: "protocol = [4, 41]",
    });
}

pub(super) const GRE: Part = Part { name: "GRE tunnels", option: "CONFIG_NET_IPGRE" };

#[test]
fn gre() {
    check(&Tunnel {
        part: GRE,
        link: "gre local HERE remote THERE",
        outer: V4,
        inner: &[V4, V6],
        condition: "protocol = 47",
    });
}

#[test]
fn gre_with_ethernet() {
    check(&Tunnel {
        part: GRE,
        link: "gretap local HERE remote THERE",
        outer: V4,
        inner: &[V4, V6],
        condition: "protocol = 47",
    });
}

#[test]
fn ip6gre() {
    check(&Tunnel {
        part: Part { name: "GRE tunnels over IPv6", option: "CONFIG_IPV6_GRE" },
        link: "ip6gre local HERE remote THERE",
        outer: V6,
        inner: &[V4, V6],
        condition: "protocol = 47",
    });
}

#[test]
fn ip6tnl() {
    check(&Tunnel {
        part: Part { name: "tunnels over IPv6", option: "CONFIG_IPV6_TUNNEL" },
        link: "ip6tnl mode any local HERE remote THERE",
        outer: V6,
        inner: &[V4, V6],
        condition: "protocol = [4, 41]",
    });
}

pub(super) const VXLAN: Tunnel = Tunnel {
    part: Part { name: "VXLAN devices", option: "CONFIG_VXLAN" },
    link: "vxlan id 5 local HERE remote THERE dstport 4789 dev PORT",
    outer: V4,
    inner: &[V4, V6],
    condition: "protocol = \"udp\"\ndestination-port = 4789",
};

#[test]
fn vxlan() {
    check(&VXLAN);
}

#[test]
fn vxlan_over_ipv6() {
    check(&Tunnel { outer: V6, ..VXLAN });
}

#[test]
fn geneve() {
    check(&Tunnel {
        part: Part { name: "GENEVE devices", option: "CONFIG_GENEVE" },
        link: "geneve id 5 remote THERE",
        outer: V4,
        inner: &[V4, V6],
        condition: "protocol = \"udp\"\ndestination-port = 6081",
    });
}
