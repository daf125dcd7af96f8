//! Counts what arrives by flow and set, while it arrives.

use std::{
    collections::BTreeMap,
    sync::mpsc::{self, Sender, TryRecvError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use qos_tests::{
    capture::{Capture, Frame, Ip},
    patience::PATIENCE,
};

use super::flows::{FLOWS, Flow, Kind, SETS};

const TAG: usize = 8;

/// Packets by flow and set.
pub(super) type Counts = BTreeMap<(u8, u64), u64>;

pub(super) struct Tally {
    expected: Sender<Vec<u64>>,
    thread: JoinHandle<(Counts, Vec<String>)>,
}

impl Tally {
    pub(super) fn start(capture: Capture) -> Self {
        let (expected, coming) = mpsc::channel();
        let thread = thread::spawn(move || {
            let mut counter = Counter::default();
            let mut expected: Option<Vec<u64>> = None;
            let mut last = Instant::now();
            loop {
                if let Some(frame) = capture.next(Duration::from_millis(10)) {
                    counter.count(&frame);
                    last = Instant::now();
                }
                match coming.try_recv() {
                    Ok(totals) => expected = Some(totals),
                    Err(TryRecvError::Empty | TryRecvError::Disconnected) => {}
                }
                let complete = expected.as_ref().is_some_and(|sent| counter.has_all(sent));
                if complete || last.elapsed() > PATIENCE {
                    break;
                }
            }
            assert_eq!(capture.lost(), 0, "the capture lost frames");
            let complete = expected.as_ref().is_some_and(|sent| counter.has_all(sent));
            assert!(complete, "of {expected:?} there arrived {:?}", counter.totals);
            (counter.counts, counter.faults)
        });
        Self { expected, thread }
    }

    /// Waits for all that was sent; returns the counts, and what is wrong with packets.
    pub(super) fn finish(self, sent: &[u64]) -> (Counts, Vec<String>) {
        self.expected.send(sent.to_vec()).ok();
        self.thread.join().unwrap()
    }
}

#[derive(Default)]
struct Counter {
    counts: Counts,
    faults: Vec<String>,
    /// By flow. Of a stream not its packets count, but the tags in them.
    totals: [u64; FLOWS.len()],
}

impl Counter {
    /// Whether all that was sent has arrived, and nothing more; TCP may send something twice.
    fn has_all(&self, sent: &[u64]) -> bool {
        FLOWS.iter().zip(self.totals).zip(sent).all(|((flow, arrived), sent)| match flow.kind {
            Kind::Stream => arrived >= *sent,
            Kind::Connected | Kind::Unconnected | Kind::ConnectedLarge => arrived == *sent,
        })
    }

    fn count(&mut self, frame: &Frame) {
        let Some((flow, ip)) = flow(frame) else { return };
        frame.assert_checksums();
        let number = usize::from(flow.number);
        self.totals[number] += match flow.kind {
            Kind::Stream => (ip.payload.len() / TAG) as u64,
            Kind::Connected | Kind::Unconnected | Kind::ConnectedLarge => 1,
        };
        let Some(set) = (0..SETS).find(|set| flow.mark(*set) == ip.dscp()) else {
            return self.faults.push(format!("{flow:?} has mark {}: {ip:?}", ip.dscp()));
        };
        *self.counts.entry((flow.number, set)).or_default() += 1;
        let confirmed = last_tag(&ip).map_or(0, |tag| tag & 0xff_ffff);
        // TCP may send again, and together, what was written before.
        let is_new = set == confirmed % SETS || set == (confirmed + 1) % SETS;
        if flow.kind != Kind::Stream && !is_new {
            let fault = format!("{flow:?} has the mark of set {set} after {confirmed}: {ip:?}");
            self.faults.push(fault);
        }
    }
}

/// The flow of a packet; a later fragment has no ports, but its tag says.
fn flow(frame: &Frame) -> Option<(Flow, Ip)> {
    let ip = frame.ip()?;
    let number = match ip.destination_port() {
        Some(port) => u64::from(port.checked_sub(5000)?),
        None if ip.is_fragment => last_tag(&ip)? >> 56,
        None => return None,
    };
    let flow = FLOWS.into_iter().find(|flow| u64::from(flow.number) == number)?;
    Some((flow, ip))
}

/// The tag that the packet ends with.
fn last_tag(ip: &Ip) -> Option<u64> {
    ip.payload.last_chunk::<TAG>().map(|tag| u64::from_be_bytes(*tag))
}
