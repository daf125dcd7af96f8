//! Policies with one condition each.

use core::fmt::Display;
use std::sync::atomic::{AtomicU32, Ordering};

/// A policy by `application`.
pub(crate) fn application(application: impl Display, dscp: u8) -> String {
    policy("application", application, dscp)
}

/// A policy by any one key, with a name that no other has. Conditions may be put behind it.
pub(crate) fn policy(key: &str, value: impl Display, dscp: u8) -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!("\n[[policy]]\nname = \"{number}\"\ndscp = {dscp}\n{key} = '{value}'\n")
}
