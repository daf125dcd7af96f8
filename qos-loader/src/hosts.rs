//! The addresses of the hosts that policies name: what name servers told programs of this machine
//! ([`mod@packet`], [`streams`], [`message`], [`questions`]), `/etc/hosts` ([`mod@file`]), and what [`lookup`] finds for names without
//! `*`. [`known`] keeps it, for as long as it holds or some socket has such a [`peers`] address.

mod file;
mod known;
mod lookup;
mod message;
mod packet;
mod peers;
mod questions;
mod streams;
mod unseen;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    time::{Duration, Instant},
};

use tokio::time::{sleep_until, timeout};
use tracing::debug;

use crate::{
    kernel::names::NamePacket,
    policy::{HostName, HostPattern},
};
pub use known::Known;
use lookup::Lookups;
use message::{Message, Record};
use packet::{Carried, Ends};
use questions::Questions;
use streams::Streams;
pub use unseen::Unseen;

/// How often names are looked up again, and what is old goes.
const EVERY: Duration = Duration::from_secs(30);

/// What is known of the hosts that policies name.
#[derive(Debug)]
pub struct Hosts {
    patterns: BTreeSet<HostPattern>,
    file: BTreeSet<(HostName, IpAddr)>,
    known: Known,
    questions: Questions,
    streams: Streams,
    unseen: Unseen,
    lookups: Lookups,
    /// When it is time again.
    next: Instant,
}

impl Default for Hosts {
    fn default() -> Self {
        Self {
            patterns: BTreeSet::new(),
            file: BTreeSet::new(),
            known: Known::default(),
            questions: Questions::default(),
            streams: Streams::default(),
            unseen: Unseen::default(),
            lookups: Lookups::default(),
            next: Instant::now(),
        }
    }
}

impl Hosts {
    /// Looks for the hosts that `patterns` name from now on; needs a tokio runtime.
    pub fn follow(&mut self, patterns: &BTreeSet<HostPattern>) {
        if self.patterns != *patterns {
            self.patterns.clone_from(patterns);
            self.look();
        }
    }

    /// Reads the file of hosts, and starts to look names up.
    fn look(&mut self) {
        self.next = Instant::now() + EVERY;
        if self.patterns.is_empty() {
            return;
        }
        self.file = file::read().unwrap_or_else(|error| {
            debug!("{error:#}");
            BTreeSet::new()
        });
        for pattern in &self.patterns {
            if let HostPattern::Exact(name) = pattern {
                self.lookups.start(name);
            }
        }
    }

    /// Waits until all names have been looked up that are being looked up, but not longer than
    /// `patience`.
    pub async fn settle(&mut self, patience: Duration) {
        let all = async {
            while let Some((name, addresses)) = self.lookups.next().await {
                self.known.learn_looked_up(&name, &addresses);
            }
        };
        timeout(patience, all).await.ok();
    }

    /// Waits until something is found or is too old. May be dropped and called again.
    pub async fn changed(&mut self) {
        loop {
            tokio::select! {
                Some((name, addresses)) = self.lookups.next() => {
                    self.known.learn_looked_up(&name, &addresses);
                    return;
                }
                () = sleep_until(self.next.into()), if !self.patterns.is_empty() => {
                    self.look();
                    self.known.forget_old(Instant::now(), peers::addresses);
                    return;
                }
                else => core::future::pending().await,
            }
        }
    }

    /// Learns from a packet from or to a name server. Returns whether that says something new of hosts
    /// that policies name.
    pub fn hear(&mut self, packet: &NamePacket) -> bool {
        match packet::read(packet) {
            Some((ends, Carried::Message(bytes))) => self.hear_message(ends, bytes),
            Some((ends, Carried::Segment(segment))) => {
                let messages = self.streams.push(ends, segment);
                messages.iter().fold(false, |is_new, bytes| self.hear_message(ends, bytes) | is_new)
            }
            None => {
                self.unseen.unreadable += 1;
                false
            }
        }
    }

    fn hear_message(&mut self, ends: Ends, bytes: &[u8]) -> bool {
        match message::read(ends, bytes) {
            Some(Message::Question(asked)) => self.questions.add(asked),
            Some(Message::Answer(asked, records)) if self.questions.take(&asked) => {
                let (now, mut is_new) = (Instant::now(), false);
                for Record { name, address, time } in records {
                    let is_named = self.is_named(&name);
                    is_new |= self.known.learn(name, address, time, now) && is_named;
                }
                return is_new;
            }
            Some(Message::Answer(..)) => self.unseen.unasked += 1,
            Some(Message::Other) => {}
            None => self.unseen.unreadable += 1,
        }
        false
    }

    /// What nothing was learned from, but for packets that `no_room` was for, which the kernel counts.
    pub const fn unseen(&self, no_room: u64) -> Unseen {
        Unseen { no_room, streams: self.streams.given_up(), ..self.unseen }
    }

    fn is_named(&self, name: &HostName) -> bool {
        let exact = HostPattern::Exact(name.clone());
        self.patterns.iter().any(|pattern| pattern.covers(&exact))
    }

    /// The addresses of the hosts that each pattern names.
    pub fn addresses(
        &self,
        patterns: &BTreeSet<HostPattern>,
    ) -> BTreeMap<HostPattern, BTreeSet<IpAddr>> {
        let mut addresses: BTreeMap<_, BTreeSet<IpAddr>> = BTreeMap::new();
        let known = self.known.iter().map(|one| (one.name, one.address));
        for (name, address) in known.chain(self.file.iter().map(|(name, one)| (name, *one))) {
            let exact = HostPattern::Exact(name.clone());
            for pattern in patterns.iter().filter(|pattern| pattern.covers(&exact)) {
                addresses.entry(pattern.clone()).or_default().insert(address);
            }
        }
        addresses
    }

    /// What was learned, and what the file says.
    pub fn learned(&self) -> impl Iterator<Item = (&HostName, IpAddr, Option<Duration>)> {
        let known = self.known.iter().map(|one| (one.name, one.address, Some(one.age)));
        known.chain(self.file.iter().map(|(name, address)| (name, *address, None)))
    }
}
