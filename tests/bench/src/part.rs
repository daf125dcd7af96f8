//! The parts of the bench, by the names that `--only` takes; `xtask` reads this file too.

use std::fmt;

use clap::ValueEnum;

/// One part; they run in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// The program alone over packets, beside the least that a program can do
    TestRun,
    /// What it takes to know who sends
    Senders,
    /// Two CPUs at once
    TwoCpus,
    /// From a socket through a veth pair, beside nft
    EndToEnd,
    /// What is left of TCP's throughput
    Throughput,
    /// What it costs a web server that requests are read
    Requests,
    /// How well rates are kept
    Throttle,
    /// From policy files to what is in force
    ControlPlane,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}
