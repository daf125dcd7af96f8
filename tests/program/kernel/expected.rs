//! What the program must have counted.

use qos_common::counters::{PolicyCounters, Totals};
use qos_loader::kernel::Dataplane;

/// All counters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) policies: Vec<PolicyCounters>,
    pub(crate) totals: Totals,
}

impl Counted {
    /// Nothing, of this many policies.
    pub(crate) fn nothing(policies: usize) -> Self {
        Self { policies: vec![PolicyCounters::default(); policies], totals: Totals::default() }
    }

    /// What the program counted since it was loaded.
    pub(crate) fn by(dataplane: &Dataplane) -> Self {
        Self { policies: dataplane.counters().unwrap(), totals: dataplane.totals().unwrap() }
    }

    /// `runs` of a packet that `policy` applies to and that leaves with another DSCP if
    /// `rewritten`: from the second run on it has the right one already.
    pub(crate) fn add(&mut self, policy: Option<usize>, rewritten: bool, runs: u32) {
        let runs = u64::from(runs);
        let Some(policy) = policy else {
            self.totals.unmatched += runs;
            return;
        };
        let counters = &mut self.policies[policy];
        counters.packets += runs;
        counters.rewritten += u64::from(rewritten);
        counters.unchanged += runs - u64::from(rewritten);
    }
}
