//! Parts of the kernel that it may be built without.

use qos_tests::kernel::{is_built_without, skipped};

/// A part of the kernel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// What it makes.
    pub(super) name: &'static str,
    /// What it is called where the kernel is built.
    pub(super) option: &'static str,
}

impl Part {
    /// Whether the kernel says that it was built without it; then the test is skipped. Where it was
    /// not, and still can't make such things, the test fails.
    pub(super) fn is_missing(self) -> bool {
        let is_missing = is_built_without(self.option);
        if is_missing {
            skipped(&format!("no {} ({} is not set)", self.name, self.option));
        }
        is_missing
    }
}
