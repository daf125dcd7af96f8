//! `wrk`, on the far side.

use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};
use qos_tests::netns::{Lab, NEAR_V4};

/// What a connection's client asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// The same again and again, byte for byte.
    Same,
    /// Each time for something else.
    Others,
}

impl Asked {
    pub(super) const ALL: [Self; 2] = [Self::Same, Self::Others];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Same => "the same",
            Self::Others => "others",
        }
    }

    /// Where `wrk` is told so.
    const fn script(self) -> Option<&'static str> {
        match self {
            Self::Same => None,
            Self::Others => Some(concat!(env!("CARGO_MANIFEST_DIR"), "/src/requests/others.lua")),
        }
    }
}

/// One that asks, until this value goes, but no longer than twenty minutes.
pub(super) struct Wrk(Child);

impl Wrk {
    /// Starts it on the thread's CPU.
    pub(super) fn start(lab: &Lab, port: u16, host: &str, asked: Asked) -> Result<Self> {
        let mut wrk = Command::new("wrk");
        wrk.args(["--threads", "1", "--connections", "4"]);
        wrk.args(["--duration", "20m", "--header", &format!("Host: {host}")]);
        wrk.args(asked.script().map(|script| format!("--script={script}")));
        wrk.arg(format!("http://{NEAR_V4}:{port}/path/to/something")).stdout(Stdio::null());
        lab.in_far(|| wrk.spawn()).map(Self).context("starting wrk")
    }
}

impl Drop for Wrk {
    fn drop(&mut self) {
        // It has ended, if it can't be ended.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}
