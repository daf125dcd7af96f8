//! One packet, as the oracle and as the product see it.

use qos_common::flow::{Flow, Fragment, Ports, Version};
use qos_loader::policy::{
    Policy,
    explain::{Explainer, Identity},
};
use qos_tests::{
    generate::{machine::SyntheticMachine, shrink::shrink, text},
    oracle::{Order, Seen, matching},
};

pub(super) struct Case<'a> {
    pub(super) packet: &'a Seen,
    pub(super) identity: &'a Identity,
    pub(super) machine: &'a SyntheticMachine,
}

impl Case<'_> {
    /// What `explainer`, which was made of `product`, says otherwise than it must.
    pub(super) fn difference(
        &self,
        product: &[Policy],
        explainer: &Explainer<'_>,
        expected: &Order<'_>,
    ) -> Option<String> {
        let flow = flow(self.packet);
        let winner = explainer.winner(&flow).map(|index| &product[index].name);
        let verdict = explainer.verdict(&flow);
        let matches: Vec<&String> =
            verdict.matches.iter().map(|&index| &product[index].name).collect();
        let steps: Vec<u8> = verdict.decided_by.iter().map(|step| step.number()).collect();
        let names: Vec<&String> = expected.policies.iter().map(|policy| &policy.name).collect();
        let is_same =
            winner == names.first().copied() && matches == names && steps == expected.decided_by;
        (!is_same).then(|| {
            format!(
                "the matcher finds {winner:?}; explain\n{matches:?} by {steps:?}; the oracle\n\
                 {names:?} by {:?}",
                expected.decided_by
            )
        })
    }

    /// Fails with the smallest set that shows a difference.
    pub(super) fn fail(&self, first: &str, seed: u64, policies: &[Policy]) -> ! {
        let difference = |policies: &[Policy]| {
            let explainer = Explainer::new(policies, self.identity, self.machine).unwrap();
            self.difference(policies, &explainer, &matching(policies, self.packet))
        };
        let small = shrink(policies, |fewer| difference(fewer).is_some());
        let written: String = small.iter().map(text::placed).collect();
        let found = difference(&small);
        let found = found.as_deref().unwrap_or("no difference, unless it is read from text");
        panic!(
            "set {seed}: {first}\nin the smallest set: {found}\n{written}\n{:?}\n{:?}",
            self.packet, self.identity
        );
    }
}

/// A packet as the reader of frames would describe it.
fn flow(packet: &Seen) -> Flow {
    let port = |port: Option<u16>| port.map_or(Ports::UNKNOWN, u32::from);
    Flow {
        source: packet.source.into(),
        destination: packet.destination.into(),
        version: if packet.source.is_ipv6() { Version::V6 } else { Version::V4 },
        protocol: packet.protocol.into(),
        ports: Ports {
            source: port(packet.source_port),
            destination: port(packet.destination_port),
        },
        fragment: Fragment::WHOLE,
    }
}
