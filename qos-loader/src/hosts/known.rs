//! What was learned of hosts, and until when it holds.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    time::{Duration, Instant},
};

use crate::policy::HostName;

/// How long an address is kept at least, whatever its time to live says: programs keep it too, and
/// answers that are to spread the load say a few seconds.
const LEAST: Duration = Duration::from_mins(5);

/// The most pairs of a name and an address that are kept. Then the oldest go.
const MOST: usize = 16_384;

/// The addresses of names.
#[derive(Debug, Default)]
pub struct Known(BTreeMap<(HostName, IpAddr), Times>);

#[derive(Clone, Copy, Debug)]
struct Times {
    /// When it was heard for the first time.
    since: Instant,
    /// Until when it holds.
    until: Instant,
}

/// A name and an address of it.
#[derive(Clone, Copy, Debug)]
pub struct KnownHost<'a> {
    /// The name.
    pub name: &'a HostName,
    /// Its address.
    pub address: IpAddr,
    /// How long ago it was heard for the first time.
    pub age: Duration,
}

impl Known {
    /// Learns `now` that `name` has `address` for `time`. Returns whether that is new.
    pub(super) fn learn(
        &mut self,
        name: HostName,
        address: IpAddr,
        time: Duration,
        now: Instant,
    ) -> bool {
        let until = now + time.max(LEAST);
        let key = (name, address);
        if let Some(times) = self.0.get_mut(&key) {
            times.until = times.until.max(until);
            return false;
        }
        if self.0.len() >= MOST {
            let oldest = self.0.iter().min_by_key(|(_, times)| times.since);
            if let Some(oldest) = oldest.map(|(key, _)| key.clone()) {
                self.0.remove(&oldest);
            }
        }
        self.0.insert(key, Times { since: now, until });
        true
    }

    /// The same for all that looking a name up has found.
    pub(super) fn learn_looked_up(&mut self, name: &HostName, addresses: &[IpAddr]) {
        let now = Instant::now();
        for address in addresses {
            self.learn(name.clone(), *address, LEAST, now);
        }
    }

    /// Forgets what does not hold any more `now`, but for addresses `in_use`.
    pub(super) fn forget_old(&mut self, now: Instant, in_use: impl FnOnce() -> BTreeSet<IpAddr>) {
        if self.0.values().all(|times| times.until > now) {
            return;
        }
        let in_use = in_use();
        self.0.retain(|(_, address), times| times.until > now || in_use.contains(address));
    }

    /// All of it.
    pub fn iter(&self) -> impl Iterator<Item = KnownHost<'_>> {
        let now = Instant::now();
        self.0.iter().map(move |((name, address), times)| KnownHost {
            name,
            address: *address,
            age: now - times.since,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn name(text: &str) -> HostName {
        HostName::new(text).unwrap()
    }

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    fn addresses(known: &Known) -> Vec<IpAddr> {
        known.iter().map(|one| one.address).collect()
    }

    #[test]
    fn an_address_is_kept_while_it_holds_or_is_in_use() {
        let (mut known, start) = (Known::default(), Instant::now());
        assert!(known.learn(name("a.example"), address(1), SECOND, start));
        assert!(known.learn(name("a.example"), address(2), SECOND, start));
        assert!(known.learn(name("b.example"), address(3), LEAST + 2 * SECOND, start));
        known.forget_old(start + LEAST / 2, || panic!("nothing is old"));
        known.forget_old(start + LEAST, || BTreeSet::from([address(2)]));
        assert_eq!(addresses(&known), [address(2), address(3)]);
        known.forget_old(start + LEAST + 2 * SECOND, BTreeSet::new);
        assert!(addresses(&known).is_empty());
    }

    #[test]
    fn what_is_heard_again_holds_longer_and_is_not_new() {
        let (mut known, start) = (Known::default(), Instant::now());
        assert!(known.learn(name("a.example"), address(1), SECOND, start));
        assert!(!known.learn(name("a.example"), address(1), SECOND, start + SECOND));
        known.forget_old(start + LEAST, BTreeSet::new);
        assert_eq!(addresses(&known), [address(1)]);
    }

    #[test]
    fn of_too_many_the_oldest_go() {
        let (mut known, start) = (Known::default(), Instant::now());
        for number in 0..=u32::try_from(MOST).unwrap() {
            let name = name(&format!("host{number}.example"));
            known.learn(name, address(1), LEAST, start + number * SECOND);
        }
        let names: BTreeSet<String> = known.iter().map(|one| one.name.to_string()).collect();
        assert_eq!(names.len(), MOST);
        assert!(!names.contains("host0.example") && names.contains("host1.example"));
    }
}
