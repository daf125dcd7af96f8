//! Every command as scripts and people see it: what it prints, where, and its exit code. Needs no
//! privileges. `INSTA_UPDATE=always cargo xtask test --only cli` writes the snapshots anew.

#![expect(clippy::unwrap_used, clippy::tests_outside_test_module, reason = "all of this is tests")]

mod check;
mod command;
mod demo;
mod dscp;
mod explain;
mod help;
mod plan;
mod round_trip;
mod run;
mod schema;
mod show;
mod streams;
mod usage;
