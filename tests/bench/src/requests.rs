//! What it costs a web server that its clients' requests are read.

mod hook;
mod server;
mod wrk;

use std::{panic::resume_unwind, thread};

use anyhow::{Context as _, Result, ensure};
use qos_loader::policy::{
    Conditions, Policy, UrlPattern,
    condition::{HostName, Scheme, UrlHost},
};
use qos_tests::netns::{Lab, NEAR};

use crate::{
    cpus,
    enforced::Enforced,
    report::{Cell, Section, Table, Target, Unit},
    rounds::{Spread, interleaved},
    sets::{self, Kind},
};
use server::Server;

/// Each measures everything once; the first is left out.
const ROUNDS: usize = 8;

/// What of the requests a second must be left.
const LIMIT: f64 = 0.97;

/// How many policies have a URL.
const SIZES: [usize; 3] = [0, 1, 100];

const LEAD: &str = "`wrk` asks a small web server through a veth pair for a second, over four connections, the client on one \
    CPU and the server on another; the answer has 13 bytes. 64 policies of the friendly kind are in force, and so many with a URL, the last \
    of which matches. The ratio is to the same second of the round without qos-loader. *Packet* is what the hook takes of a packet that the \
    server receives, acknowledgements included, by the kernel's own statistics, in seconds of their own.";

/// Measures all, on a thread of its own, which goes to other namespaces.
pub(crate) fn section() -> Result<Section> {
    let measured = thread::spawn(measure).join().unwrap_or_else(|panic| resume_unwind(panic))?;
    let ratio = |own: &[f64]| {
        Spread::of(own.iter().zip(&measured.without).map(|(own, without)| own / without))
    };
    let row = |(size, seconds): (usize, &Seconds)| {
        let rate = Spread::of(seconds.requests.iter().copied());
        let packet = seconds.packet.clone();
        vec![
            Cell::Count(size as u64),
            Cell::Measured(rate, Unit::Whole),
            Cell::Measured(ratio(&seconds.requests), Unit::Ratio),
            packet.map_or(Cell::Absent, |spread| Cell::Measured(spread, Unit::Nanoseconds)),
        ]
    };
    let targets = SIZES.into_iter().zip(&measured.with).skip(1).map(|(size, seconds)| {
        let what = format!("requests a second with {size} URLs against without qos-loader");
        Target::at_least(LIMIT, what, ratio(&seconds.requests), Unit::Ratio)
    });
    Ok(Section {
        key: "requests",
        title: "Requests",
        lead: LEAD.to_owned(),
        tables: vec![Table {
            name: "a web server".to_owned(),
            titles: ["URLs", "requests a second", "ratio", "packet, ns"].map(str::to_owned).into(),
            rows: SIZES.into_iter().zip(&measured.with).map(row).collect(),
        }],
        targets: targets.collect(),
        plot: None,
    })
}

/// What was measured with a set.
struct Seconds {
    requests: Vec<f64>,
    /// Nanoseconds; none if no hook is there.
    packet: Option<Spread>,
}

struct Measured {
    without: Vec<f64>,
    with: Vec<Seconds>,
}

fn measure() -> Result<Measured> {
    cpus::stay_on_the_last()?;
    let lab = Lab::new();
    let server = Server::start()?;
    let second = |size: usize| wrk::second(&lab, server.port(), &host(size.max(1) - 1));
    let subjects: Vec<Option<usize>> = [None].into_iter().chain(SIZES.map(Some)).collect();
    let rounds = interleaved(&subjects, ROUNDS, |subject| {
        let Some(size) = *subject else { return second(0) };
        let mut ours = enforced(size)?;
        let requests = second(size)?;
        ensure!(size == 0 || ours.marked()? > 0, "no policy matched");
        Ok(requests)
    })?;
    let packets = interleaved(&SIZES, ROUNDS, |size| {
        let _ours = enforced(*size)?;
        hook::nanoseconds(|| second(*size).map(drop))
    })?;
    let mut rounds = rounds.into_iter();
    let without = rounds.next().context("nothing was measured")?;
    let with = rounds.zip(packets).map(|(requests, packets)| {
        let packets: Option<Vec<f64>> = packets.into_iter().collect();
        Seconds { requests, packet: packets.map(|packets| Spread::of(packets.into_iter())) }
    });
    Ok(Measured { without, with: with.collect() })
}

fn enforced(size: usize) -> Result<Enforced> {
    let mut ours = Enforced::new(&policies(size)?)?;
    ours.attach(NEAR)?;
    Ok(ours)
}

/// 64 policies without a URL, and `size` with one.
fn policies(size: usize) -> Result<Vec<Policy>> {
    let mut policies = Kind::Friendly.policies(64);
    for index in 0..size {
        let name = HostName::new(&host(index)).context("no host")?;
        let url = UrlPattern {
            scheme: Scheme::Http,
            host: UrlHost::Name(name),
            port: None,
            path: vec!["path".to_owned()],
            subdirectories: true,
        };
        let conditions = Conditions { url: vec![url], ..Conditions::default() };
        policies.push(sets::policy(policies.len(), conditions));
    }
    Ok(policies)
}

fn host(index: usize) -> String {
    format!("host{index}.example.com")
}
