//! What the random cases came to: a test of what never happens tests nothing.

use core::fmt;

use qos_tests::{generate::lists::LISTS, oracle::Order};

#[derive(Debug, Default)]
pub(super) struct Tally {
    cases: u64,
    /// Cases in which some policy matched.
    matched: u64,
    /// Policies that won and others that matched, by the conditions that they have.
    won: [u64; LISTS.len()],
    also: [u64; LISTS.len()],
    /// Pairs of a winner and the next, and other pairs, by the step that decided.
    decided: [u64; 9],
    later: [u64; 9],
}

impl Tally {
    /// Counts one case.
    pub(super) fn count(&mut self, order: &Order<'_>) {
        self.cases += 1;
        self.matched += u64::from(!order.policies.is_empty());
        for (number, policy) in order.policies.iter().enumerate() {
            let counts = if number == 0 { &mut self.won } else { &mut self.also };
            for (count, list) in counts.iter_mut().zip(LISTS) {
                *count += u64::from(list.length(&policy.conditions) > 0);
            }
        }
        for (number, step) in order.decided_by.iter().enumerate() {
            let counts = if number == 0 { &mut self.decided } else { &mut self.later };
            counts[usize::from(step - 1)] += 1;
        }
    }

    /// Counts the cases of `other` too.
    pub(super) fn add(&mut self, other: &Self) {
        self.cases += other.cases;
        self.matched += other.matched;
        for (own, others) in [
            (&mut self.won[..], &other.won[..]),
            (&mut self.also, &other.also),
            (&mut self.decided, &other.decided),
            (&mut self.later, &other.later),
        ] {
            own.iter_mut().zip(others).for_each(|(own, other)| *own += other);
        }
    }

    /// Fails if there were too few of some kind of case.
    pub(super) fn assert_that_all_was_tested(&self) {
        assert!(self.cases >= 1_000_000);
        assert!(self.matched > self.cases / 4 && self.matched < self.cases * 9 / 10);
        for counts in [&self.won[..], &self.also, &self.decided, &self.later] {
            assert!(counts.iter().all(|count| *count >= 3_000), "too few of a kind: {counts:?}");
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} cases, some policy matched in {}", self.cases, self.matched)?;
        for ((list, won), also) in LISTS.iter().zip(self.won).zip(self.also) {
            let key = list.key;
            writeln!(f, "{key:<17} {won:>8} winners, {also:>8} others that matched")?;
        }
        for ((step, decided), later) in (1..).zip(self.decided).zip(self.later) {
            writeln!(
                f,
                "step {step}            {decided:>8} times for the winner, {later:>8} behind"
            )?;
        }
        Ok(())
    }
}
