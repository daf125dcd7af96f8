//! Who sends decides: applications, users, groups and cgroups, as they really are. The program that
//! sends is our own ([`program`]), which the tests copy, start and lead step by step.

pub(crate) mod flow;
pub(crate) mod held;
mod hooks;
mod one_cpu;
pub(crate) mod policies;
pub(crate) mod program;

mod activated;
mod ancestors;
mod application;
mod bulk;
mod cgroup;
mod cgroup_move;
mod child;
mod container;
mod dual_stack;
mod ending;
mod fewer_hooks;
mod group;
mod group_change;
mod handed_over;
mod hidden;
mod names;
mod nobody;
mod older;
mod raw;
mod reload;
mod replaced;
mod third_party;
mod user;
