//! Values that are one of a few names.

/// A value that a policy file writes as one of a few names.
pub trait KnownName: Copy + 'static {
    /// All there are.
    const ALL: &'static [Self];

    /// As the policy file writes it.
    fn name(self) -> &'static str;
}
