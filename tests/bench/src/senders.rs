//! What it takes to know who sends.

mod calls;
mod packets;

use anyhow::Result;
use qos_loader::policy::{Application, Conditions, Policy};

use crate::{
    cpus,
    report::Section,
    sets::{self, Kind},
};

/// Policies in the sets that are compared.
const SIZE: usize = 64;

const LEAD: &str = "*Cached packets* are measured as above, with a set of 64 friendly policies, and with \
    the same and one more for an application, so that each packet asks who sends. *Calls* of a \
    process are measured without hooks and with those that such a policy has attached: a socket is made \
    and closed, a datagram is sent on a connected socket, or to an address, over loopback to a port \
    where nobody listens for it any more than its buffer holds. What the hooks take of a call is the \
    difference.";

/// Measures packets and system calls.
pub(crate) fn section() -> Result<Section> {
    cpus::stay_on_the_last()?;
    let packets = packets::measure()?;
    let calls = calls::measure()?;
    Ok(Section {
        key: "senders",
        title: "Who sends",
        lead: LEAD.to_owned(),
        tables: vec![packets.table(), calls::table(&calls)],
        targets: packets.targets(),
        plot: None,
    })
}

/// The policies without one for an application, and with it.
fn policies() -> [Vec<Policy>; 2] {
    let without = Kind::Friendly.policies(SIZE);
    let application = Application::new("/usr/bin/measured").into_iter().collect();
    let one = sets::policy(SIZE, Conditions { application, ..Conditions::default() });
    let with = without.iter().cloned().chain([one]).collect();
    [without, with]
}
