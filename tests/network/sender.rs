//! Conditions on who sends, and what senders set themselves.

pub(crate) mod cgroup;
mod ecn;
mod user;
