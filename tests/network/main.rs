//! qos-loader as it is used: real senders in a network namespace, and on the far side of a veth
//! pair a capture that says what every packet carried. Needs root, as `cargo xtask test` has.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::tests_outside_test_module,
    clippy::unwrap_used,
    reason = "all of this is tests"
)]

mod app_marking;
mod bad_reload;
mod clsact;
mod connection;
mod degraded;
mod demo;
mod devices;
mod documents;
mod explain;
mod file_change;
mod fragments;
mod frames;
mod gso;
mod headers;
mod hosts;
mod ingress;
mod journal;
mod layers;
mod lifecycle;
mod log;
mod malformed;
mod marks;
mod no_sender;
mod plan;
mod privileges;
mod protocols;
mod reload;
mod scene;
mod sender;
mod senders;
mod stats;
mod status;
mod throttle;
mod tun;
mod urls;
mod watch;
mod window;
