//! Random conditions.

use qos_loader::policy::{AddressMatch, Conditions, ProtocolMatch, UrlPattern};

use super::Shape;
use crate::generate::{
    lists::LISTS,
    machine::SyntheticMachine,
    pools::{self, Family},
    random::Random,
};

/// As many as `shape` wants.
pub(super) fn conditions(
    random: &mut Random,
    machine: &SyntheticMachine,
    shape: Shape,
) -> Conditions {
    loop {
        let mut conditions = enforced(random, machine, shape.longest);
        asked(random, &mut conditions, shape.longest);
        if !shape.enforced_only {
            of_process(random, &mut conditions, shape.longest);
        }
        beside_url(random, &mut conditions);
        if narrowing(&conditions) >= shape.least {
            return conditions;
        }
    }
}

/// How many conditions are set; `any` is none, and a URL is as good as three.
fn narrowing(conditions: &Conditions) -> usize {
    let any = [&conditions.source, &conditions.destination];
    let any = any.into_iter().filter(|list| list.contains(&AddressMatch::Any)).count();
    let set = LISTS.iter().filter(|list| list.length(conditions) > 0).count();
    set - any + if conditions.url.is_empty() { 0 } else { 2 }
}

/// Conditions that the policy file could hold, except that the lists of addresses may happen to
/// share no family.
fn enforced(random: &mut Random, machine: &SyntheticMachine, longest: usize) -> Conditions {
    let family = *random.pick(&[Family::V4, Family::V6, Family::Both]);
    let mut list = ListOf { random, longest };
    let user = list.values(12, pools::sender::user);
    let cgroup = list.values(15, |random| pools::sender::cgroup(random, machine));
    let source = list.values(35, |random| pools::address(random, family));
    let destination = list.values(40, |random| pools::address(random, family));
    let source_port = list.values(25, pools::ports);
    let destination_port = list.values(35, pools::ports);
    let with_ports = !source_port.is_empty() || !destination_port.is_empty();
    let protocol = list.values(40, |random| pools::protocol(random, with_ports));
    Conditions {
        user,
        cgroup,
        source,
        destination,
        source_port,
        destination_port,
        protocol,
        ..Conditions::default()
    }
}

/// Adds what is asked for, or of whom.
fn asked(random: &mut Random, conditions: &mut Conditions, longest: usize) {
    let mut list = ListOf { random, longest };
    conditions.destination_host = list.values(15, pools::host::pattern);
    conditions.url = list.values(20, pools::url::url);
}

/// Adds what only a process has.
fn of_process(random: &mut Random, conditions: &mut Conditions, longest: usize) {
    let mut list = ListOf { random, longest };
    conditions.group = list.values(12, pools::sender::group);
    conditions.application = list.values(15, pools::application::application);
}

/// Takes away what does not fit to a URL.
fn beside_url(random: &mut Random, conditions: &mut Conditions) {
    // Most policies for a URL have little else, so that requests are what decides.
    if !conditions.url.is_empty() && random.percent(70) {
        for list in LISTS.iter().filter(|list| list.key != "url") {
            if random.percent(85) {
                list.swap(conditions, &mut Conditions::default());
            }
        }
    }
    fit_to_url(conditions);
}

/// One key says for all URLs of a policy whether subdirectories count, and beside a URL a protocol
/// is TCP.
pub(super) fn fit_to_url(conditions: &mut Conditions) {
    if let [UrlPattern { subdirectories, .. }, others @ ..] = conditions.url.as_mut_slice() {
        for other in others {
            other.subdirectories = *subdirectories;
        }
        let tcp = [ProtocolMatch::TcpUdp, ProtocolMatch::Number(6)];
        for protocol in conditions.protocol.iter_mut().filter(|one| !tcp.contains(one)) {
            *protocol = ProtocolMatch::Number(6);
        }
    }
}

pub(super) struct ListOf<'a> {
    pub(super) random: &'a mut Random,
    pub(super) longest: usize,
}

impl ListOf<'_> {
    /// A list that is empty but for `percent` in a hundred; most have one value.
    pub(super) fn values<T>(&mut self, percent: u64, value: impl Fn(&mut Random) -> T) -> Vec<T> {
        let length = match (self.random.percent(percent), self.random.percent(60)) {
            (false, _) => 0,
            (true, true) => 1,
            (true, false) => self.random.within(1..=self.longest),
        };
        (0..length).map(|_| value(self.random)).collect()
    }
}
