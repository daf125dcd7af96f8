//! Tunnels: the packet has a header of its own in another one, and each is marked by itself, where
//! the loader is attached to its device.

mod both;
mod fragments;
mod inside;
mod kinds;
mod outside;
mod to_many;
mod unwrap;
mod wireguard;

use qos_tests::{
    capture::Capture,
    netns::{FAR, FAR_V4, FAR_V6, Lab, NEAR, NEAR_V4, NEAR_V6},
};

use super::{Family, Part, TOP, connect};
use unwrap::inner;

/// A tunnel between the near side and the far one.
struct Tunnel {
    part: Part,
    /// What `ip link add` is told; `HERE` and `THERE` are the outer addresses, `PORT` the device below.
    link: &'static str,
    outer: Family,
    inner: &'static [Family],
    /// The condition of a policy that the outer packets satisfy.
    condition: &'static str,
}

/// What the outer packet's DSCP is, where nobody marks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tos {
    /// 0
    Default,
    /// The inner one's.
    Inherited,
}

impl Tos {
    const BOTH: [Self; 2] = [Self::Default, Self::Inherited];

    fn outer_dscp(self, inner: u8) -> u8 {
        if self == Self::Inherited { inner } else { 0 }
    }
}

impl Tunnel {
    /// The outer packet's ECN: by RFC 6040 in compatibility mode, where congestion that the inner
    /// packet met already is not told a second time. GRE over IPv6 copies it as it copies the DSCP.
    fn outer_ecn(&self, tos: Tos, inner: u8) -> u8 {
        match (self.link.starts_with("ip6gre"), tos) {
            (true, Tos::Default) => 0,
            (false, _) if inner == 3 => 2,
            _ => inner,
        }
    }
}

#[track_caller]
fn check(tunnel: &Tunnel) {
    if tunnel.part.is_missing() {
        return;
    }
    for tos in Tos::BOTH {
        let lab = lab(tunnel, tos);
        let capture = lab.in_far(|| Capture::on(FAR));
        inside::check(tunnel, tos, &lab, &capture);
        if tos == Tos::Default {
            outside::check(tunnel, &lab, &capture);
            both::check(tunnel, &lab, &capture);
        }
    }
}

fn lab(tunnel: &Tunnel, tos: Tos) -> Lab {
    let lab = Lab::new();
    let [near, far] = match tunnel.outer {
        Family::V4 => [NEAR_V4, FAR_V4],
        Family::V6 => [NEAR_V6, FAR_V6],
    };
    let commands = |port, here, there| {
        let link = tunnel.link.replace("THERE", there).replace("HERE", here);
        let link = link.replace("PORT", port);
        let tos = if tos == Tos::Inherited { "tos inherit" } else { "" };
        format!("link add {TOP} type {link} {tos}\nlink set {TOP} up")
    };
    connect(&lab, &commands(NEAR, near, far), &commands(FAR, far, near), TOP);
    lab
}
