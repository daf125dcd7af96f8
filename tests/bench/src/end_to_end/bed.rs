//! A veth pair for each of the subjects: so all of them are ready at once, and measured in turn.

use std::time::Duration;

use anyhow::Result;
use aya::programs::{LinkOrder, TcAttachType, tc::TcAttachOptions};
use qos_tests::netns::{FAR, FAR_V4, Lab, NEAR, ip};

use super::{
    sender::{Sender, Trace},
    subject::{Peers, Subject},
    traffic::Traffic,
};
use crate::{enforced::Enforced, nft, programs::Programs, tools};

/// A veth pair, what is at its egress, and the sockets that send through it.
pub(super) struct Bed {
    pub(super) lab: Lab,
    one: Sender,
    many: Sender,
    /// Ours, attached as long as this lives.
    _ours: Option<Enforced>,
}

impl Bed {
    /// A pair with `subject` at its egress, or nothing. At the far end a program takes every packet
    /// before the stack there sees it, which would cost more than all that is measured.
    pub(super) fn new(
        programs: &mut Programs,
        subject: Option<Subject>,
        traffic: &Traffic,
    ) -> Result<Self> {
        let lab = Lab::new();
        lab.without_ipv6();
        ip(&format!("route add default via {FAR_V4}"));
        lab.in_far(|| attach(programs, "sink", FAR, TcAttachType::Ingress))?;
        let policies = &traffic.policies;
        let mut ours = None;
        match subject {
            None => {}
            Some(Subject::Empty) => attach(programs, "empty", NEAR, TcAttachType::Egress)?,
            Some(Subject::Floor) => attach(programs, "floor_v4", NEAR, TcAttachType::Egress)?,
            Some(Subject::Ours) => ours.insert(Enforced::new(policies)?).attach(NEAR)?,
            Some(Subject::OursAnew) => {
                ours.insert(Enforced::with_flows(policies, false)?).attach(NEAR)?;
            }
            Some(Subject::NftRule) => tools::nft(&nft::one_rule(NEAR))?,
            Some(Subject::NftMap) => tools::nft(&nft::map(NEAR, policies))?,
            Some(Subject::NftList) => tools::nft(&nft::list(NEAR, policies))?,
        }
        let (one, many) = (Sender::connected(traffic.one)?, Sender::new()?);
        Ok(Self { lab, one, many, _ours: ours })
    }

    /// Nanoseconds that a packet takes, once the caches know what it meets: those to many
    /// destinations need a whole trace for that.
    pub(super) fn measure(&mut self, peers: Peers, trace: &Trace) -> Result<f64> {
        let (warm, slice) = match peers {
            Peers::One => (1, 5),
            Peers::Many => (12, 10),
        };
        let sender = self.sender(peers);
        sender.measure(trace, Duration::from_millis(warm))?;
        sender.measure(trace, Duration::from_millis(slice))
    }

    pub(super) fn sender(&mut self, peers: Peers) -> &mut Sender {
        match peers {
            Peers::One => &mut self.one,
            Peers::Many => &mut self.many,
        }
    }
}

/// Attaches one of the programs to an interface of the thread's namespace, for as long as all of
/// them live.
fn attach(programs: &mut Programs, name: &str, interface: &str, hook: TcAttachType) -> Result<()> {
    let order = TcAttachOptions::TcxOrder(LinkOrder::first());
    programs.program(name)?.attach_with_options(interface, hook, order)?;
    Ok(())
}
