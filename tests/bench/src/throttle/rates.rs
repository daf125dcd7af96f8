//! Rates, each with all kinds of traffic.

use std::{
    fs::{self, File},
    io::{Read as _, Seek as _},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use qos_tests::{loader::Loader, netns::Lab};

use super::{
    relay::Relay,
    traffic::{self, Traffic},
    way::Way,
};
use crate::{
    report::{Cell, Table, Target, Unit},
    rounds::Spread,
};

/// As a policy file has them, in bytes a second.
const RATES: [(&str, u64); 4] = [
    ("64 KBps", 64 << 10),
    ("512 KBps", 512 << 10),
    ("10 MBps", 10 << 20),
    ("100 MBps", 100 << 20),
];
const FLOWS: [usize; 3] = [1, 4, 32];
/// Where all of it goes.
const PORT: u16 = 5_000;
/// At least; slow rates longer, for TCP's packets are up to 64 KiB long.
const TIME: Duration = Duration::from_secs(3);
const LEAST: u64 = 1 << 20;
const BIN: Duration = Duration::from_millis(10);
/// A segment on the wire.
const SEGMENT: f64 = 1_514.0;

/// What came of a rate and a kind of traffic.
pub(super) struct Measured {
    way: Way,
    rate: &'static str,
    traffic: Traffic,
    wire: f64,
    data: f64,
    /// None of UDP.
    sent_again: Option<f64>,
    peak: f64,
}

pub(super) fn measure() -> Result<Vec<Measured>> {
    let controls = fs::read_to_string("/proc/sys/net/ipv4/tcp_available_congestion_control")?;
    let controls = ["cubic", "bbr"].into_iter().filter(|name| controls.contains(name));
    let tcp = controls.flat_map(|control| FLOWS.map(|flows| Traffic::Tcp { control, flows }));
    let traffics: Vec<Traffic> = tcp.chain([Traffic::Udp]).collect();
    let mut measured = Vec::new();
    for (way, rates) in [(Way::Short, &RATES[..]), (Way::Long, &RATES[1..])] {
        for (rate, traffic) in itertools::iproduct!(rates, &traffics) {
            measured.push(one(way, *rate, *traffic)?);
        }
    }
    Ok(measured)
}

fn one(way: Way, (name, rate): (&'static str, u64), traffic: Traffic) -> Result<Measured> {
    let lab = Lab::new();
    let _relay = (way == Way::Long).then(|| Relay::start(&lab));
    let policies =
        format!("[[policy]]\nname = \"rate\"\ndestination-port = {PORT}\nthrottle = \"{name}\"\n");
    let _loader = Loader::run(way.near().device, &policies);
    let mut counter = lab.in_far(|| File::open("/proc/thread-self/net/dev"))?;
    let running = traffic::start(&lab, (way, PORT), traffic, rate)?;
    // The burst, in as many seconds as TCP may take to find its pace.
    let burst = Duration::from_secs((128 << 10) / rate);
    sleep(burst + Duration::from_secs(2));
    let (start, first) = (Instant::now(), arrived(&mut counter, way)?);
    let (read, again) = (running.read(), running.sent_again());
    let time = TIME.max(Duration::from_secs(LEAST / rate));
    let (mut last, mut largest, mut bins) = (first, 0, 0_u32);
    while start.elapsed() < time {
        bins += 1;
        sleep((start + BIN * bins).saturating_duration_since(Instant::now()));
        let now = arrived(&mut counter, way)?;
        largest = largest.max(now - last);
        last = now;
    }
    let seconds = start.elapsed().as_secs_f64();
    let (read, again) = (running.read() - read, running.sent_again() - again);
    running.stop();
    #[expect(clippy::cast_precision_loss, reason = "numbers of bytes are smaller")]
    let [wire, data, largest, again, rate] =
        [last - first, read, largest, again, rate].map(|number| number as f64);
    Ok(Measured {
        way,
        rate: name,
        traffic,
        wire: wire / seconds / rate,
        data: data / seconds / rate,
        sent_again: matches!(traffic, Traffic::Tcp { .. }).then(|| again * SEGMENT / wire),
        peak: largest * f64::from(bins) / wire,
    })
}

/// The bytes that have arrived at the far device.
fn arrived(counter: &mut File, way: Way) -> Result<u64> {
    counter.rewind()?;
    let mut text = String::new();
    counter.read_to_string(&mut text)?;
    let device = format!("{}:", way.far().device);
    let line = text.lines().find_map(|line| line.trim_start().strip_prefix(&device));
    let bytes = line.and_then(|line| line.split_whitespace().next()).context("no device")?;
    Ok(bytes.parse()?)
}

pub(super) fn table(measured: &[Measured]) -> Table {
    let ratio = |value: f64| Cell::Measured(Spread::of([value].into_iter()), Unit::Ratio);
    let row = |one: &Measured| {
        let names = [one.way.to_string(), one.rate.to_owned(), one.traffic.to_string()];
        let names = names.map(Cell::Text);
        let again = one.sent_again.map_or(Cell::Absent, ratio);
        names
            .into_iter()
            .chain([ratio(one.wire), ratio(one.data), again, ratio(one.peak)])
            .collect()
    };
    Table {
        name: "rates".to_owned(),
        titles: ["round trip", "rate", "traffic", "wire", "data", "sent again", "peak"]
            .map(str::to_owned)
            .into(),
        rows: measured.iter().map(row).collect(),
    }
}

/// Of the worst case of TCP.
pub(super) fn targets(measured: &[Measured]) -> Vec<Target> {
    let tcp = || measured.iter().filter(|one| one.sent_again.is_some());
    let least = tcp().map(|one| one.data).fold(f64::INFINITY, f64::min);
    let most = tcp().map(|one| one.data).fold(0.0, f64::max);
    let again = measured.iter().filter_map(|one| one.sent_again).fold(0.0, f64::max);
    let of = |value: f64| Spread::of([value].into_iter());
    let what = |what: &str| format!("rates, TCP, the worst case: {what}");
    vec![
        Target::at_least(0.93, what("data of the rate, at least"), of(least), Unit::Ratio),
        Target::at_most(1.01, what("data of the rate, at most"), of(most), Unit::Ratio),
        Target::at_most(0.001, what("segments that were sent again"), of(again), Unit::Ratio),
    ]
}
