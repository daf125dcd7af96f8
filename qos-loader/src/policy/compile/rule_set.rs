//! Sets of rules while the image is built.

/// A set of rules, by number.
#[derive(Clone, Debug)]
pub(super) struct RuleSet(Vec<u64>);

impl RuleSet {
    /// An empty set that can hold the numbers below `rules`.
    pub(super) fn new(rules: usize) -> Self {
        Self(vec![0; rules.div_ceil(64)])
    }

    pub(super) fn insert(&mut self, rule: usize) {
        self.0[rule / 64] |= 1 << (rule % 64);
    }

    pub(super) fn remove(&mut self, rule: usize) {
        self.0[rule / 64] &= !(1 << (rule % 64));
    }

    /// The set's bits.
    pub(super) fn words(&self) -> &[u64] {
        &self.0
    }

    /// This set and `rules`.
    pub(super) fn with(&self, rules: &[usize]) -> Self {
        let mut set = self.clone();
        for &rule in rules {
            set.insert(rule);
        }
        set
    }
}
