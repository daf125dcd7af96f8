//! What is left of TCP's throughput.

mod iperf;

use std::{panic::resume_unwind, thread};

use anyhow::{Context as _, Result, ensure};
use qos_loader::policy::Policy;
use qos_tests::{
    netns::{FAR_V4, Lab, NEAR, NEAR_V4, address, set_transmit_checksums},
    oracle::{self, Seen, Sender},
};

use crate::{
    cpus,
    enforced::Enforced,
    nft,
    report::{Cell, Section, Table, Target, Unit},
    rounds::{Spread, interleaved},
    sets::Kind,
    tools,
};
use iperf::bits_per_second;

/// Each measures everything once; the first is left out.
const ROUNDS: usize = 16;

/// How many policies are in force.
const SIZE: usize = 10_000;

/// What of the throughput without the program must be left.
const LIMIT: f64 = 0.98;

/// The first port that is tried.
const PORT: u16 = 5_201;
const TCP: u8 = 6;

/// What is at the egress of the sending device.
#[derive(Clone, Copy, Debug)]
enum Egress {
    Nothing,
    Ours,
    NftRule,
}

impl Egress {
    const ALL: [Self; 3] = [Self::Nothing, Self::Ours, Self::NftRule];

    const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Ours => "qos-loader",
            Self::NftRule => "nft, one rule for every packet",
        }
    }
}

/// Measures all, on a thread of its own, which goes to other namespaces.
pub(crate) fn section() -> Result<Section> {
    let rounds = thread::spawn(measure).join().unwrap_or_else(|panic| resume_unwind(panic))?;
    let [without, with, _] = &rounds;
    let ratio = |own: &[f64]| Spread::of(own.iter().zip(without).map(|(own, base)| own / base));
    let what = format!("throughput with {SIZE} policies against without");
    let row = |(egress, own): (Egress, &Vec<f64>)| {
        let (bits, name) = (Spread::of(own.iter().copied()), Cell::from(egress.name()));
        vec![
            name,
            Cell::Measured(bits, Unit::BitsPerSecond),
            Cell::Measured(ratio(own), Unit::Ratio),
        ]
    };
    let table = Table {
        name: "TCP".to_owned(),
        titles: ["at the egress", "Gbit/s", "ratio"].map(str::to_owned).into(),
        rows: Egress::ALL.into_iter().zip(&rounds).map(row).collect(),
    };
    Ok(Section {
        key: "throughput",
        title: "TCP throughput",
        lead: format!(
            "`iperf3` sends for a second over one TCP connection through a veth pair that segments \
             itself, so that what is at the egress sees super-packets. {SIZE} policies of the \
             friendly kind are in force, one of which matches all of these packets. The ratio is to \
             the second of the same round with nothing at the egress."
        ),
        tables: vec![table],
        targets: vec![Target::at_least(LIMIT, what, ratio(with), Unit::Ratio)],
        plot: None,
    })
}

/// Bits a second of each, in each round.
fn measure() -> Result<[Vec<f64>; 3]> {
    let policies = Kind::Friendly.policies(SIZE);
    let port = port(&policies)?;
    let [first, last] = cpus::ends()?;
    let lab = Lab::new();
    // With checksums the device segments too.
    set_transmit_checksums(NEAR, true);
    let mut ours = Enforced::new(&policies)?;
    let measure = || bits_per_second(&lab, port, [last, first]);
    let rounds = interleaved(&Egress::ALL, ROUNDS, |egress| match egress {
        Egress::Nothing => measure(),
        Egress::Ours => {
            ours.attach(NEAR)?;
            let measured = measure();
            ours.detach(NEAR)?;
            measured
        }
        Egress::NftRule => {
            tools::nft(&nft::one_rule(NEAR))?;
            let measured = measure();
            tools::nft("flush ruleset")?;
            measured
        }
    })?;
    ensure!(ours.marked()? > 0, "no policy matched");
    rounds.try_into().map_err(|_| anyhow::anyhow!("not all were measured"))
}

/// A port such that some policy matches the TCP packets that go there.
fn port(policies: &[Policy]) -> Result<u16> {
    let seen = |port| Seen {
        source: address(NEAR_V4),
        destination: address(FAR_V4),
        protocol: TCP,
        source_port: None,
        destination_port: Some(port),
        sender: Sender::default(),
    };
    let matches = |port: &u16| oracle::winner(policies, &seen(*port)).is_some();
    (PORT..=u16::MAX).find(matches).context("no policy matches TCP packets")
}
