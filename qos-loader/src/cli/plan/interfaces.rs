//! Which interfaces would be attached, and which no more.

use serde::Serialize;

/// The names of interfaces, by what becomes of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct InterfaceDifference {
    /// Those that are not attached and would be.
    pub(super) added: Vec<String>,
    /// Those that are attached and would not be.
    pub(super) removed: Vec<String>,
    /// Those that are attached and would stay so.
    pub(super) unchanged: Vec<String>,
}

impl InterfaceDifference {
    /// From those that are `attached` to those that are `wanted`.
    pub(super) fn between(attached: &[String], wanted: &[String]) -> Self {
        let (unchanged, removed) = attached.iter().cloned().partition(|name| wanted.contains(name));
        let added = wanted.iter().filter(|name| !attached.contains(name)).cloned().collect();
        Self { added, removed, unchanged }
    }

    /// Whether all stay as they are.
    pub(super) const fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}
