//! Attaching where there is no TCX, as before Linux 6.6: a filter of the clsact qdisc. The kernel
//! may have TCX; for these loaders it answers as if it had none.

mod ending;
mod interfaces;
mod killed;
mod others;

use std::process::Command;

use qos_tests::{
    capture::Capture,
    kernel::hide_tcx,
    loader::{self, Loader},
    netns::{FAR, Lab, NEAR, NEAR_V4, NEAR_V6, SINK_V4, SINK_V6},
    sender::{endpoint, udp},
    tc::{self, Filter},
};

use crate::scene::Scene;

/// The program, for which there is no TCX.
pub(crate) fn command() -> Command {
    let mut command = loader::command();
    hide_tcx(&mut command);
    command
}

/// A policy that marks what goes to a port.
fn policy(port: u16, dscp: u8) -> String {
    format!("[[policy]]\nname = \"p\"\ndestination-port = {port}\ndscp = {dscp}\n")
}

/// A loader on the near interface that is ready.
fn run(policies: &str) -> Loader {
    let loader = Loader::start_by(command(), &["-i", NEAR], policies);
    loader.wait_until_ready();
    loader
}

/// A lab whose far side is captured, and a loader in it.
fn scene(policies: &str) -> Scene {
    let lab = Lab::new();
    let capture = lab.in_far(|| Capture::on(FAR));
    Scene { loader: run(policies), capture, lab }
}

/// The mark of what is sent to a port now, of both families.
fn marks(capture: &Capture, port: u16) -> [u8; 2] {
    [(NEAR_V4, SINK_V4), (NEAR_V6, SINK_V6)].map(|(from, to)| {
        udp(from, 0).send_to(b"x", endpoint(to, port)).unwrap();
        capture.to_port(port, 1)[0].ip().unwrap().dscp()
    })
}

/// The filters that loaders made.
fn ours() -> Vec<Filter> {
    let ours = |filter: &Filter| {
        filter.program.as_ref().is_some_and(|(name, _)| name.starts_with("qos-loader"))
    };
    tc::filters(NEAR).into_iter().filter(ours).collect()
}
