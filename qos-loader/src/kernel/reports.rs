//! What the program tells of flows that it has classified.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::{Duration, SystemTime},
};

use aya::{
    Ebpf,
    maps::{Array, MapData},
};
use qos_common::{
    action::Action,
    classified::{
        ACTION, COOKIE, DESTINATION, EXECUTABLE, HEADERS, HOST, Headers, LABELS, LOST, NOBODY,
        OWNER, PORTS, REPORTS_ALL, SOURCE, TIME, WORDS,
    },
    executable::Executable,
    flow::Version,
};

use super::{Dataplane, boot_time, ring::Ring};
use crate::error::{Error, Result};

/// A flow of which no cache knew the answer, or got another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowReport {
    /// When its packet came.
    pub time: SystemTime,
    /// What was found for it.
    pub action: Action,
    /// The number of the packet's socket, if it has one.
    pub socket: Option<u64>,
    /// Where the packet comes from.
    pub source: IpAddr,
    /// Where it goes.
    pub destination: IpAddr,
    /// The source and the destination port; none if the protocol, or the fragment, has none.
    pub ports: [Option<u16>; 2],
    /// What its headers say besides.
    pub headers: Headers,
    /// The user that owns the socket, as policies number users.
    pub user: Option<u32>,
    /// The process, as the initial PID namespace numbers it, and hashes of what it runs, if hooks
    /// recorded it.
    pub process: Option<(u32, Executable)>,
    /// Keys of the host that the connection names or is asked for
    /// ([`qos_common::request::Request::suffixes`]), if that is known.
    pub host: Vec<u64>,
}

impl FlowReport {
    /// From an entry of the ring.
    fn read(entry: &[u8]) -> Option<Self> {
        let words = entry.chunks_exact(size_of::<u64>());
        let words: Vec<u64> =
            words.filter_map(|word| word.try_into().ok()).map(u64::from_ne_bytes).collect();
        let words: &[u64; WORDS] = words.as_slice().try_into().ok()?;
        let headers = Headers::from_word(words[HEADERS]);
        let age = Duration::from_nanos(boot_time().ok()?.saturating_sub(words[TIME]));
        let [user, process] = halves(words[OWNER]);
        let executable = Executable { path: words[EXECUTABLE], name: words[EXECUTABLE + 1] };
        let labels = usize::try_from(words[LABELS]).ok()?;
        let [destination_port, source_port] = halves(words[PORTS]);
        Some(Self {
            time: SystemTime::now() - age,
            action: Action::from_word(words[ACTION]),
            socket: (words[COOKIE] != 0).then_some(words[COOKIE]),
            source: address(headers.version, [words[SOURCE], words[SOURCE + 1]]),
            destination: address(headers.version, [words[DESTINATION], words[DESTINATION + 1]]),
            ports: [source_port, destination_port].map(|port| u16::try_from(port).ok()),
            headers,
            user: (user != NOBODY).then_some(user),
            process: (process != 0).then_some((process, executable)),
            host: words[HOST..].get(..labels)?.to_vec(),
        })
    }
}

/// The lower and the upper half.
fn halves(word: u64) -> [u32; 2] {
    let [a, b, c, d, e, f, g, h] = word.to_le_bytes();
    [[a, b, c, d], [e, f, g, h]].map(u32::from_le_bytes)
}

/// As [`qos_common::flow::Address`] has it.
fn address(version: Version, [upper, lower]: [u64; 2]) -> IpAddr {
    match version {
        Version::V4 => Ipv4Addr::from(halves(upper)[1]).into(),
        Version::V6 => Ipv6Addr::from(u128::from(upper) << 64 | u128::from(lower)).into(),
    }
}

/// The reports, as they come.
pub struct FlowReports(Ring);

impl FlowReports {
    /// Those of a loaded object, once; needs a tokio runtime.
    pub(super) fn open(ebpf: &mut Ebpf) -> Result<Self> {
        Ring::open(ebpf, "CLASSIFIED").map(Self)
    }

    /// Waits for some. May be dropped and called again.
    pub async fn next(&mut self) -> Result<Vec<FlowReport>> {
        self.0.next(FlowReport::read).await
    }
}

impl Dataplane {
    /// Has all flows reported from now on, or those alone whose policies name hosts.
    pub fn report_all(&mut self, all: bool) -> Result<()> {
        let mut map: Array<&mut MapData, u64> = self.map_mut("REPORTING")?;
        map.set(REPORTS_ALL, u64::from(all), 0).map_err(Error::runtime)
    }

    /// How many flows were not reported, for the reports before had not been taken.
    pub fn lost_reports(&self) -> Result<u64> {
        let map: Array<&MapData, u64> = self.map("REPORTING")?;
        map.get(&LOST, 0).map_err(Error::runtime)
    }
}
