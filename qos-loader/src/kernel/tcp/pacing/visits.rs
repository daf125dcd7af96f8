//! Goes through the TCP sockets of this network namespace.

use std::{collections::BTreeMap, time::Instant};

use anyhow::{Context as _, Result};
use aya::{
    Ebpf,
    maps::{Array, MapData},
};
use qos_common::pacing::{self, Tally, Visit};

use super::super::{
    super::{
        hooks::{self, Hook},
        layout,
    },
    attach,
};

/// What is run for each socket.
const PROGRAM: &str = "qos_pacing";

/// As `status` has it, beside an iterator for other ends.
const NAME: &str = "iter/tcp, pacing";

/// Visits, one a second or so.
#[derive(Debug)]
pub(super) struct Visits {
    hook: Hook,
    /// Where a `struct tcp_sock` has how many bytes it sent.
    bytes_sent: u64,
    last: Instant,
    /// By the policies' slots, what there was at the last one, and at which rate in bytes a second.
    tallies: BTreeMap<u32, (u64, Tally)>,
}

impl Visits {
    /// Makes ready for them.
    pub(super) fn new(ebpf: &mut Ebpf) -> Self {
        let (hook, bytes_sent) = match layout::offset("tcp_sock", "bytes_sent") {
            Ok(offset) => (attach::load_iterator(ebpf, PROGRAM), offset),
            Err(error) => (Hook::new(String::new(), Err(error)), 0),
        };
        let hook = Hook { name: NAME.to_owned(), ..hook };
        Self { hook, bytes_sent, last: Instant::now(), tallies: BTreeMap::new() }
    }

    /// What became of its hook.
    pub(super) fn hook(&self) -> &Hook {
        &self.hook
    }

    /// Gives sockets back what they had.
    pub(super) fn release(&self, ebpf: &mut Ebpf) -> Result<()> {
        self.visit(ebpf, Visit::Release)
    }

    /// Sees what sockets sent, and gives each its share of its policy's rate.
    pub(super) fn share(&mut self, ebpf: &mut Ebpf, rates: &BTreeMap<u32, u64>) -> Result<()> {
        let now = Instant::now();
        let passed = now.duration_since(self.last).as_millis().try_into().unwrap_or(u64::MAX);
        let before = std::mem::take(&mut self.tallies);
        self.last = now;
        for (slot, rate) in rates {
            let known = before.get(slot).filter(|(of, _)| of == rate);
            let (_, tally) = known.copied().unwrap_or_default();
            let tally = tally.count(pacing::rate(*rate), passed);
            tallies(ebpf)?.set(*slot, tally.words(), 0)?;
        }
        self.visit(ebpf, Visit::Count)?;
        for (slot, rate) in rates {
            let mut map = tallies(ebpf)?;
            let tally = Tally::from_words(map.get(slot, 0)?).give(pacing::rate(*rate), passed);
            map.set(*slot, tally.words(), 0)?;
            self.tallies.insert(*slot, (*rate, tally));
        }
        self.visit(ebpf, Visit::Give)
    }

    fn visit(&self, ebpf: &mut Ebpf, visit: Visit) -> Result<()> {
        if !self.hook.is_attached() {
            return Ok(());
        }
        let map = ebpf.map_mut("PACING").context("the eBPF object has no map PACING")?;
        let mut map: Array<&mut MapData, [u64; 2]> = map.try_into()?;
        map.set(0, [visit as u64, self.bytes_sent], 0)?;
        hooks::iterate(ebpf, PROGRAM).context("pacing TCP sockets")
    }
}

fn tallies(ebpf: &mut Ebpf) -> Result<Array<&mut MapData, [u64; Tally::WORDS]>> {
    let map = ebpf.map_mut("TALLIES").context("the eBPF object has no map TALLIES")?;
    Ok(map.try_into()?)
}
