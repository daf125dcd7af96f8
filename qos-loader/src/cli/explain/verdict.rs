//! What the compiled policy set, the same that the kernel reads, says of a described packet.

use qos_common::{
    policy_set::{self, cgroup::Search, layout, lookup, vector},
    sender::Sender,
};

use super::packet::Described;
use crate::{
    error::Result,
    policy::{
        CgroupPattern, Policy, UserMatch,
        compile::compile,
        rank::{self, Rank, Step},
        resolve::{Cgroup, Machine, Resolved, ThisMachine},
    },
};

/// The policies that match a packet.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    /// Their indices, the winner first.
    pub(super) matches: Vec<usize>,
    /// The step that decided between each and the next.
    pub(super) decided_by: Vec<Step>,
}

/// Finds what matches `packet`.
pub(super) fn find(policies: &[Policy], packet: &Described) -> Result<Verdict> {
    let world = World { machine: ThisMachine::new(), packet };
    let resolved = Resolved::new(policies, &world);
    let rules = rank::ranked(policies);
    let slots = vec![0; policies.len()];
    let image = compile(&rules, policies, &slots, &resolved, 1)?;

    let mut seen = vec![false; policies.len()];
    let first_of_policy = matching_rules(&image.words, &world)
        .into_iter()
        .filter(|&rule| !core::mem::replace(&mut seen[image.rules[rule]], true));
    let matching: Vec<usize> = first_of_policy.collect();
    let rank = |rule: usize| -> &Rank { &rules[rule].0 };
    let pairs = matching.iter().zip(matching.iter().skip(1));
    Ok(Verdict {
        decided_by: pairs.map(|(one, other)| rank(*one).compare(rank(*other)).1).collect(),
        matches: matching.iter().map(|&rule| image.rules[rule]).collect(),
    })
}

/// The rules that the packet satisfies, in winning order.
fn matching_rules(image: &[u64], world: &World<'_>) -> Vec<usize> {
    let mut search = Search::new(0);
    while !search.step(image, world) {}
    let vectors =
        lookup::vectors(image, &world.packet.flow, search.vector(image), Sender::user(world));
    let words = policy_set::Image::header(image, layout::SUMMARIES) * 64;
    let bits = |index: u32| {
        let word =
            vectors.iter().fold(u64::MAX, |word, &one| word & vector::rules(image, one, index));
        (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| index as usize * 64 + bit)
    };
    (0..words).flat_map(bits).collect()
}

/// This machine's users, and the packet's cgroup with its ancestors as the only ones there are:
/// what does not exist yet can be explained too.
struct World<'a> {
    machine: ThisMachine,
    packet: &'a Described,
}

impl World<'_> {
    fn lineage(&self) -> Vec<CgroupPattern> {
        self.packet.cgroup.iter().flat_map(CgroupPattern::lineage).collect()
    }
}

impl Machine for World<'_> {
    fn user(&self, name: &str) -> Option<u32> {
        // A user that this machine does not have is still the same user as itself.
        let stranger = || match &self.packet.user {
            Some(UserMatch::Name(own)) if own == name => Some(u32::MAX),
            _ => None,
        };
        self.machine.user(name).or_else(stranger)
    }

    fn cgroups(&self, pattern: &CgroupPattern) -> Vec<Cgroup> {
        let named = |path: &CgroupPattern| path.depth() == pattern.depth() && pattern.covers(path);
        let lineage = self.lineage().into_iter().zip(1..);
        lineage.filter(|(path, _)| named(path)).map(|(path, id)| Cgroup { path, id }).collect()
    }
}

impl Sender for World<'_> {
    fn user(&self) -> Option<u32> {
        match self.packet.user.as_ref()? {
            UserMatch::Id(id) => Some(*id),
            UserMatch::Name(name) => Machine::user(self, name),
        }
    }

    fn cgroup(&self, level: u32) -> Option<u64> {
        let depth = self.packet.cgroup.as_ref()?.depth() as u64;
        (u64::from(level) <= depth).then_some(u64::from(level) + 1)
    }
}
