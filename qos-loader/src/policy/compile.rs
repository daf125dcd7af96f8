//! From rules in winning order to the image that the kernel reads ([`qos_common::policy_set`]):
//! [`arena`] holds its memory and interns bit vectors, [`ports`], [`prefixes`] (with [`trie`]) and [`hash`] build the tables that lead
//! to them, by the [`keys`] of senders, and for [`urls`] and [`names`].

mod arena;
mod hash;
mod keys;
mod names;
mod ports;
mod prefixes;
mod rule_set;
mod trie;
mod urls;

use std::collections::{BTreeMap, BTreeSet};

use qos_common::{
    action::Action,
    executable::{self, Executable},
    identity::MAX_GROUPS,
    policy_set::{Dimension, IMAGE_WORDS, layout},
    throttle::Pace,
};

use super::{Actions, Application, Policy, expand::Rule, rank::Rank, resolve::Resolved};
use crate::{
    error::{Error, Result},
    events::QUOTA,
};
use arena::Arena;
pub use keys::{GroupNumbers, Keys};
use rule_set::RuleSet;

/// From how many rules on a packet is sooner found in the table of flows than matched
/// (`docs/performance.md`, many destinations: even at 1,000 policies, slower at 64).
const FLOWS_PAY_FROM: usize = 512;

/// A policy set as the kernel reads it, and what the numbers in it stand for.
#[derive(Clone, Debug)]
pub struct PolicyImage {
    /// The image's words.
    pub words: Vec<u64>,
    /// For each rule, in winning order, the index of its policy.
    pub rules: Vec<usize>,
}

/// Compiles `rules` in winning order. `slots` are the policies' counter slots.
pub fn compile(
    rules: &[(Rank, Rule)],
    policies: &[Policy],
    slots: &[u32],
    resolved: &Resolved,
    keys: &Keys,
) -> Result<PolicyImage> {
    let rule_list: Vec<&Rule> = rules.iter().map(|(_, rule)| rule).collect();
    let mut builder = Builder::new(&rule_list);
    builder.protocols();
    builder.addresses();
    builder.ports();
    builder.users(resolved);
    builder.cgroups(resolved);
    builder.applications(keys.seed);
    builder.groups(resolved, &keys.groups);
    builder.urls();
    builder.names(resolved);
    let actions = builder.actions(policies, slots);
    let actions = rule_list.iter().map(|rule| actions[rule.policy].word());
    let words = builder.finish(actions, keys.generation);
    if words.len() > IMAGE_WORDS {
        let (is, limit) = (words.len() * 8, IMAGE_WORDS * 8);
        let message = format!(
            "the policy set takes {is} bytes in the kernel, more than the limit of {limit}"
        );
        return Err(Error::usage(message).with_event(QUOTA));
    }
    Ok(PolicyImage { words, rules: rule_list.iter().map(|rule| rule.policy).collect() })
}

impl PolicyImage {
    /// The same, where packets that no policy gives a code point leave with 0.
    #[must_use]
    pub fn ignoring_marks(mut self) -> Self {
        self.words[layout::UNMARKED as usize] = Action::CLEAR.word();
        self
    }
}

/// What the kernel is told of the actions of `policy`.
fn action(slot: u32, policy: &Policy) -> Action {
    let Actions { dscp, keep_marked, .. } = policy.actions;
    let mut action = Action::new(slot, dscp);
    if keep_marked {
        action = action.keeping_marked();
    }
    if !policy.conditions.destination_host.is_empty() {
        action = action.naming_host();
    }
    action
}

/// The image while it grows.
struct Builder<'a> {
    rules: &'a [&'a Rule],
    arena: Arena,
}

impl<'a> Builder<'a> {
    fn new(rules: &'a [&'a Rule]) -> Self {
        let mut arena = Arena::new(rules.len());
        let mut all = RuleSet::new(rules.len());
        (0..rules.len()).for_each(|rule| all.insert(rule));
        let offset = arena.intern(&mut all);
        arena.set_header(layout::ALL_RULES, offset.into());
        Self { rules, arena }
    }

    /// The rules that do not set a condition, which the image has; marks `dimension` as used if
    /// some rule does.
    fn indifferent(&mut self, dimension: Dimension, sets: impl Fn(&Rule) -> bool) -> RuleSet {
        let mut set = RuleSet::new(self.rules.len());
        for (index, rule) in self.rules.iter().enumerate() {
            if sets(rule) {
                self.arena.mark_used(dimension);
            } else {
                set.insert(index);
            }
        }
        self.arena.intern(&mut set);
        set
    }

    /// For each value that some rule lists, the rules that list it.
    fn by_value<K: Ord, I: IntoIterator<Item = K>>(
        &self,
        values: impl Fn(&'a Rule) -> I,
    ) -> BTreeMap<K, Vec<usize>> {
        let mut map: BTreeMap<K, Vec<usize>> = BTreeMap::new();
        for (index, rule) in self.rules.iter().enumerate() {
            for value in values(rule) {
                map.entry(value).or_default().push(index);
            }
        }
        map
    }

    fn protocols(&mut self) {
        let mut base = self.indifferent(Dimension::Protocol, |rule| !rule.protocols.is_empty());
        let map = self.by_value(|rule| &rule.protocols);
        let mut entries = vec![self.arena.intern(&mut base); 256];
        for (protocol, rules) in map {
            entries[usize::from(*protocol)] = self.arena.intern(&mut base.with(rules));
        }
        let table = self.arena.push_entries(&entries);
        self.arena.set_header(layout::PROTOCOLS, table.into());
    }

    fn addresses(&mut self) {
        let base = self.indifferent(Dimension::Source, |rule| !rule.sources.is_empty());
        let nets = self.rules.iter().map(|rule| rule.sources.as_slice());
        let [v4, v6] = prefixes::build(&mut self.arena, &base, nets);
        self.arena.set_header(layout::SOURCES_V4, v4.into());
        self.arena.set_header(layout::SOURCES_V6, v6.into());
        let base = self.indifferent(Dimension::Destination, |rule| !rule.destinations.is_empty());
        let nets = self.rules.iter().map(|rule| rule.destinations.as_slice());
        let [v4, v6] = prefixes::build(&mut self.arena, &base, nets);
        self.arena.set_header(layout::DESTINATIONS_V4, v4.into());
        self.arena.set_header(layout::DESTINATIONS_V6, v6.into());
    }

    fn ports(&mut self) {
        let base = self.indifferent(Dimension::SourcePort, |rule| !rule.source_ports.is_empty());
        let ranges = self.rules.iter().map(|rule| rule.source_ports.as_slice());
        let table = ports::build(&mut self.arena, base, ranges);
        self.arena.set_header(layout::SOURCE_PORTS, table.into());
        let base =
            self.indifferent(Dimension::DestinationPort, |rule| !rule.destination_ports.is_empty());
        let ranges = self.rules.iter().map(|rule| rule.destination_ports.as_slice());
        let table = ports::build(&mut self.arena, base, ranges);
        self.arena.set_header(layout::DESTINATION_PORTS, table.into());
    }

    fn users(&mut self, resolved: &Resolved) {
        let base = self.indifferent(Dimension::User, |rule| !rule.users.is_empty());
        let ids = |rule: &Rule| -> BTreeSet<u64> {
            rule.users.iter().filter_map(|user| resolved.user(user)).map(u64::from).collect()
        };
        let map = self.by_value(ids);
        let sets = map.into_iter().map(|(id, rules)| (id, base.with(rules)));
        hash::build(&mut self.arena, layout::USERS, &base, sets);
    }

    /// A cgroup's set holds the rules of its ancestors too: a packet asks for its deepest only.
    fn cgroups(&mut self, resolved: &Resolved) {
        let base = self.indifferent(Dimension::Cgroup, |rule| !rule.cgroups.is_empty());
        let patterns = self.by_value(|rule| &rule.cgroups);
        let mut levels = 0_u64;
        let sets = resolved.cgroups.iter().map(|(path, id)| {
            levels |= 1 << path.depth();
            let covering = patterns.iter().filter(|(pattern, _)| pattern.covers(path));
            (*id, base.with(covering.flat_map(|(_, rules)| rules).copied()))
        });
        hash::build(&mut self.arena, layout::CGROUPS, &base, sets);
        self.arena.set_header(layout::CGROUP_LEVELS, levels);
    }

    /// A path's set holds the rules for its name too.
    fn applications(&mut self, seed: u64) {
        let base = self.indifferent(Dimension::Application, |rule| !rule.applications.is_empty());
        let map = self.by_value(|rule| &rule.applications);
        let none = Vec::new();
        let sets = map.iter().map(|(application, rules)| match application {
            Application::Path(_) => {
                let by_name = map.get(&application.by_name()).unwrap_or(&none);
                let path = Executable::of(seed, application.bytes()).path;
                (path, base.with(rules.iter().chain(by_name).copied()))
            }
            Application::Name(_) => {
                let name = executable::name_of(seed, application.bytes());
                (name, base.with(rules.iter().copied()))
            }
        });
        hash::build(&mut self.arena, layout::APPLICATIONS, &base, sets);
    }

    fn groups(&mut self, resolved: &Resolved, numbers: &GroupNumbers) {
        let mut base = self.indifferent(Dimension::Group, |rule| !rule.groups.is_empty());
        let ids = |rule: &Rule| -> BTreeSet<u32> {
            rule.groups.iter().filter_map(|group| resolved.group(group)).collect()
        };
        let map = self.by_value(ids);
        let none = self.arena.intern(&mut base);
        let mut entries = vec![none; MAX_GROUPS as usize];
        for (group, rules) in map {
            if let Some(bit) = numbers.get(group) {
                entries[bit as usize] = self.arena.intern(&mut base.with(rules));
            }
        }
        let table = self.arena.push_entries(&entries);
        self.arena.set_header(layout::MEMBERS, table.into());
        self.arena.set_header(layout::NO_MEMBER, none.into());
    }

    /// The policies' actions; has their throttles in the image.
    fn actions(&mut self, policies: &[Policy], slots: &[u32]) -> Vec<Action> {
        let mut paces: Vec<u64> = Vec::new();
        // There are fewer throttles than 2^16, for there are not so many policies.
        let mut numbers = 0_u16..;
        let actions = policies.iter().zip(slots).map(|(policy, slot)| {
            let action = action(*slot, policy);
            let Some(rate) = policy.actions.throttle else { return action };
            paces.extend(Pace::new(rate.bytes_per_second()).words());
            numbers.next().map_or(action, |number| action.throttled(number))
        });
        let actions = actions.collect();
        let table = self.arena.push_words(&paces);
        self.arena.set_header(layout::THROTTLES, table.into());
        actions
    }

    fn finish(mut self, actions: impl Iterator<Item = u64>, generation: u64) -> Vec<u64> {
        let actions: Vec<u64> = actions.collect();
        let table = self.arena.push_words(&actions);
        self.arena.set_header(layout::ACTIONS, table.into());
        self.arena.set_header(layout::GENERATION, generation);
        let keeps_flows = self.rules.len() >= FLOWS_PAY_FROM;
        self.arena.set_header(layout::KEEPS_FLOWS, keeps_flows.into());
        self.arena.finish()
    }
}
