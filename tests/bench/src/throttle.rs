//! How well rates are kept, and what that costs.

mod beside;
mod cost;
mod rates;
mod relay;
mod traffic;
mod way;

use std::{panic::resume_unwind, thread};

use anyhow::Result;

use crate::{
    cpus,
    report::{Section, Target},
};

const LEAD: &str = "A policy with a rate, and through a veth pair more than it allows: TCP by so many \
    connections that always have something to send, or UDP at twice the rate. *Wire* is what arrives with \
    all headers, *data* what the receiver reads, each as a share of the rate, over three seconds (and at \
    least a MiB) after the first burst is paid off. *Sent again* are TCP's retransmissions as a share of the segments, and *peak* is \
    the most that arrives in 10 ms, against the mean. A perfect shaper would give TCP 0.956 of the rate for \
    its data. The round trip of a veth pair takes some 0.05 ms, which is the worst case: what is dropped is not missed \
    before TCP's timer. The other way goes through two tun devices, and a relay that takes 10 ms in each direction. *Several* are two \
    policies at once, each with four connections. *Beside* is what a connection without a policy gets while another one has \
    10 MBps, against what it gets alone, in turn. *Cached packets* are measured as above, of a policy without a rate and of one whose \
    rate lets all of them through.";

/// Measures rates on a thread of its own, which goes to other namespaces.
pub(crate) fn section() -> Result<Section> {
    let in_namespaces = || -> Result<_> { Ok((rates::measure()?, beside::measure()?)) };
    let (rates, beside) =
        thread::spawn(in_namespaces).join().unwrap_or_else(|panic| resume_unwind(panic))?;
    cpus::stay_on_the_last()?;
    let cost = cost::measure()?;
    let targets: Vec<Target> =
        rates::targets(&rates).into_iter().chain(beside.targets()).chain([cost.target()]).collect();
    Ok(Section {
        key: "throttle",
        title: "Rates",
        lead: LEAD.to_owned(),
        tables: vec![rates::table(&rates), beside.table(), cost.table()],
        targets,
        plot: None,
    })
}
