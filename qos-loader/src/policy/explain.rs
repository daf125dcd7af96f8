//! What the policies say of a described packet, answered by the compiled policy set that the kernel
//! reads.

mod world;

use core::{
    iter,
    ops::{BitAnd, BitOr},
};

use qos_common::{
    flow::Flow,
    policy_set::{self, layout, lookup, vector},
    sender::Sender as _,
};

use super::{
    Application, CgroupPattern, HostName, NameOrId, Policy,
    compile::{Keys, PolicyImage, compile},
    condition::UrlRequest,
    expand::Rule,
    rank::{self, Rank, Step},
    resolve::{Machine, Resolved},
};
use crate::error::Result;
use world::World;

/// What a packet does not carry in its headers. What is not known satisfies no condition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// The socket's owner.
    pub user: Option<NameOrId>,
    /// Groups of the owner, besides those that the machine knows of.
    pub groups: Vec<NameOrId>,
    /// The program that opened the socket, by its path.
    pub application: Option<Application>,
    /// The socket's cgroup.
    pub cgroup: Option<CgroupPattern>,
    /// The name that the destination is called by.
    pub destination_host: Option<HostName>,
    /// The request that the packet answers.
    pub url: Option<UrlRequest>,
}

/// The policies that match a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Their indices, the winner first.
    pub matches: Vec<usize>,
    /// The step that decided between each and the next.
    pub decided_by: Vec<Step>,
}

/// Explains the packets of one sender.
pub struct Explainer<'a> {
    world: World<'a>,
    rules: Vec<(Rank, Rule)>,
    image: PolicyImage,
}

impl<'a> Explainer<'a> {
    /// Compiles `policies` for a machine of that sender.
    pub fn new(
        policies: &[Policy],
        identity: &'a Identity,
        machine: &'a dyn Machine,
    ) -> Result<Self> {
        let mut world = World::new(machine, identity);
        let rules = rank::ranked(policies);
        let resolved = Resolved::new(policies, &world);
        let keys = Keys::alone(&resolved, 1)?;
        world.join(&keys.groups);
        let image = compile(&rules, policies, &vec![0; policies.len()], &resolved, &keys)?;
        Ok(Self { world, rules, image })
    }

    /// The index of the policy that a packet gets, found as the kernel finds it.
    pub fn winner(&self, flow: &Flow) -> Option<usize> {
        let rule = policy_set::first_match(self.image.words.as_slice(), flow, &self.world)?;
        Some(self.image.rules[rule as usize])
    }

    /// All policies that a packet satisfies.
    pub fn verdict(&self, flow: &Flow) -> Verdict {
        let mut matching = self.matching_rules(flow);
        let mut seen = std::collections::BTreeSet::new();
        matching.retain(|rule| seen.insert(self.image.rules[*rule]));
        let rank = |rule: usize| -> &Rank { &self.rules[rule].0 };
        let pairs = matching.iter().zip(matching.iter().skip(1));
        Verdict {
            decided_by: pairs.map(|(one, other)| rank(*one).compare(rank(*other)).1).collect(),
            matches: matching.iter().map(|&rule| self.image.rules[rule]).collect(),
        }
    }

    /// The rules that a packet satisfies, in winning order.
    fn matching_rules(&self, flow: &Flow) -> Vec<usize> {
        let image = self.image.words.as_slice();
        let sent = lookup::sender_vectors(image, flow, &self.world);
        let [vectors @ .., none] = lookup::vectors(image, flow, sent);
        let mut left = self.world.groups();
        let groups: Vec<u32> = iter::from_fn(|| lookup::take_group(&mut left))
            .map(|bit| lookup::group_vector(image, bit))
            .chain([none])
            .collect();
        let words = policy_set::Image::header(image, layout::GROUPS) * vector::SPAN;
        let bits = |index: u32| {
            let rules = |one: &u32| vector::rules(image, *one, index);
            let of_groups = groups.iter().map(rules).fold(0, BitOr::bitor);
            let word = vectors.iter().map(rules).fold(of_groups, BitAnd::bitand);
            (0..64)
                .filter(move |bit| word >> bit & 1 == 1)
                .map(move |bit| index as usize * 64 + bit)
        };
        (0..words).flat_map(bits).collect()
    }
}
