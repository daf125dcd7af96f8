//! The eBPF program and the matcher that it shares with user space, frame by frame: what leaves is
//! what an oracle over the policies says. Needs `CAP_BPF` and `CAP_NET_ADMIN`, as `cargo xtask test`
//! has.

#![expect(clippy::unwrap_used, clippy::panic, reason = "all of this is tests")]

mod budget;
mod classes;
mod corpus;
mod counters;
mod flows;
mod kernel;
mod log_level;
mod marks;
mod precedence;
mod set;
mod swap;
mod terms;
mod throttle;
mod user_space;
