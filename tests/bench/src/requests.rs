//! What it costs a web server that its clients' requests are read.

mod hook;
mod server;
mod wrk;

use std::{mem::replace, panic::resume_unwind, thread, time::Duration};

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
use wrk::{Asked, Wrk};

/// In each everything is measured with qos-loader, and right before and after without; the first is left out.
/// They are many and short, for what a machine can do changes from second to second.
const ROUNDS: usize = 62;

/// The same, for what the hook takes.
const HOOK_ROUNDS: usize = 8;

/// Until what was begun has its effect, and what was ended is cleared away.
const SETTLE: Duration = Duration::from_millis(100);

/// How long answers are counted.
const WINDOW: Duration = Duration::from_millis(200);

/// What of the requests a second must be left.
const LIMIT: f64 = 0.97;

/// How many policies have a URL.
const SIZES: [usize; 3] = [0, 1, 100];

const LEAD: &str = "`wrk` asks a small web server through a veth pair, over four connections: for the same each \
    time, or for another path than before. Both are on one CPU, so that what the client's packets cost counts too. The \
    answer has 13 bytes. 64 policies of the friendly kind are in force, and so many with a URL, the last of which \
    matches. The answers of a fifth of a second are counted with the policies in force, and right before and after \
    without qos-loader; the ratio to their mean is to be 0.97. *Packet* is what the hook takes of a packet that either \
    receives, acknowledgements included, by the kernel's own statistics, in rounds of their own.";

/// Measures all, on a thread of its own, which goes to other namespaces.
pub(crate) fn section() -> Result<Section> {
    let measured = thread::spawn(measure).join().unwrap_or_else(|panic| resume_unwind(panic))?;
    let targets = measured.iter().filter(|one| one.size > 0).map(|one| {
        let (size, asked) = (one.size, one.asked.name());
        let what =
            format!("requests a second with {size} URLs, {asked}, against without qos-loader");
        Target::at_least(LIMIT, what, one.ratio.clone(), Unit::Ratio)
    });
    Ok(Section {
        key: "requests",
        title: "Requests",
        lead: LEAD.to_owned(),
        targets: targets.collect(),
        tables: vec![Table {
            name: "a web server".to_owned(),
            titles: ["asked for", "URLs", "requests a second", "ratio", "packet, ns"]
                .map(str::to_owned)
                .into(),
            rows: measured.into_iter().map(Measured::row).collect(),
        }],
        plot: None,
    })
}

/// What was measured with a set.
#[derive(Clone)]
struct Measured {
    asked: Asked,
    /// How many policies have a URL.
    size: usize,
    /// A second.
    requests: Spread,
    /// To those without qos-loader.
    ratio: Spread,
    /// Nanoseconds; none if no hook is there.
    packet: Option<Spread>,
}

impl Measured {
    fn row(self) -> Vec<Cell> {
        let packet = self.packet.map(|spread| Cell::Measured(spread, Unit::Nanoseconds));
        vec![
            Cell::Text(self.asked.name().to_owned()),
            Cell::Count(self.size as u64),
            Cell::Measured(self.requests, Unit::Whole),
            Cell::Measured(self.ratio, Unit::Ratio),
            packet.unwrap_or(Cell::Absent),
        ]
    }
}

fn measure() -> Result<Vec<Measured>> {
    cpus::stay_on_the_last()?;
    let lab = Lab::new();
    let server = Server::start()?;
    let asked = Asked::ALL.into_iter().map(|asked| measure_while(&lab, &server, asked));
    Ok(asked.collect::<Result<Vec<_>>>()?.concat())
}

/// What is measured while clients ask.
fn measure_while(lab: &Lab, server: &Server, asked: Asked) -> Result<Vec<Measured>> {
    let _wrk = Wrk::start(lab, server.port(), &host(0), asked)?;
    let answered = || {
        thread::sleep(SETTLE);
        server.rate(WINDOW)
    };
    let mut without = answered();
    let rates = interleaved(&SIZES, ROUNDS, |size| {
        let mut ours = enforced(*size)?;
        let with = answered();
        ensure!(*size == 0 || ours.marked()? > 0, "no policy matched");
        drop(ours);
        let before = replace(&mut without, answered());
        Ok((with, with / f64::midpoint(before, without)))
    })?;
    let packets = interleaved(&SIZES, HOOK_ROUNDS, |size| {
        let _ours = enforced(*size)?;
        hook::nanoseconds(answered)
    })?;
    let measured = SIZES.into_iter().zip(rates).zip(packets).map(|((size, rates), packets)| {
        let packets: Option<Vec<f64>> = packets.into_iter().collect();
        Measured {
            asked,
            size,
            requests: Spread::of(rates.iter().map(|(with, _)| *with)),
            ratio: Spread::of(rates.iter().map(|(_, ratio)| *ratio)),
            packet: packets.map(|packets| Spread::of(packets.into_iter())),
        }
    });
    Ok(measured.collect())
}

fn enforced(size: usize) -> Result<Enforced> {
    let mut ours = Enforced::new(&policies(size)?)?;
    ours.attach(NEAR)?;
    Ok(ours)
}

/// 64 policies without a URL, and `size` with one.
fn policies(size: usize) -> Result<Vec<Policy>> {
    let mut policies = Kind::Friendly.policies(64);
    for index in (0..size).rev() {
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
