//! All flows at once, round after round, by a thread. Every packet ends with its flow's number and
//! the last set that was surely in force before it was sent.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use qos_tests::{
    netns::Lab,
    sender::{endpoint, tcp, udp},
};

use super::flows::{FLOWS, Flow, Kind};

/// Keeps the capture from falling behind on a small machine.
const PAUSE: Duration = Duration::from_micros(300);
const LARGE: usize = 4000;

#[derive(Debug, Default)]
struct Shared {
    confirmed: AtomicU64,
    rounds: AtomicU64,
    stop: AtomicBool,
}

pub(super) struct Traffic {
    shared: Arc<Shared>,
    thread: JoinHandle<()>,
}

enum Sender {
    Connected(UdpSocket),
    Unconnected(UdpSocket),
    Stream(TcpStream),
}

impl Traffic {
    /// Starts all flows in the lab's near namespace.
    pub(super) fn start(lab: &Lab) -> Self {
        let senders = FLOWS.map(|flow| (flow, Sender::new(&flow, lab)));
        let shared = Arc::<Shared>::default();
        let own = Arc::clone(&shared);
        let thread = thread::spawn(move || run(senders, &own));
        Self { shared, thread }
    }

    /// From now on no packet may have the mark of a set before this one.
    pub(super) fn confirm(&self, set: u64) {
        self.shared.confirmed.store(set, SeqCst);
    }

    /// Waits until the round that goes on has ended, and another one too: all packets that were
    /// sent in ignorance of what was confirmed are out.
    pub(super) fn wait_for_two_rounds(&self) {
        let now = self.shared.rounds.load(SeqCst);
        while self.shared.rounds.load(SeqCst) < now + 2 {
            assert!(!self.thread.is_finished(), "the traffic has stopped");
            thread::sleep(Duration::from_micros(100));
        }
    }

    /// Ends all flows; returns how many packets of each flow must have arrived.
    pub(super) fn stop(self) -> [u64; FLOWS.len()] {
        self.shared.stop.store(true, SeqCst);
        self.thread.join().unwrap();
        let rounds = self.shared.rounds.load(SeqCst);
        FLOWS.map(|flow| match flow.kind {
            Kind::ConnectedLarge => 3 * rounds,
            Kind::Connected | Kind::Unconnected | Kind::Stream => rounds,
        })
    }
}

fn run(mut senders: [(Flow, Sender); FLOWS.len()], shared: &Shared) {
    while !shared.stop.load(SeqCst) {
        for (flow, sender) in &mut senders {
            let confirmed = shared.confirmed.load(SeqCst);
            sender.send(flow, u64::from(flow.number) << 56 | confirmed);
        }
        shared.rounds.fetch_add(1, SeqCst);
        thread::sleep(PAUSE);
    }
}

impl Sender {
    fn new(flow: &Flow, lab: &Lab) -> Self {
        let there = endpoint(flow.destination, flow.destination_port());
        match flow.kind {
            Kind::Connected | Kind::ConnectedLarge => {
                let socket = udp(flow.source, flow.source_port());
                socket.connect(there).unwrap();
                Self::Connected(socket)
            }
            Kind::Unconnected => Self::Unconnected(udp(flow.source, flow.source_port())),
            Kind::Stream => {
                let listener = lab.in_far(|| TcpListener::bind(there).unwrap());
                let here = endpoint(flow.source, flow.source_port());
                let stream = tcp::connect_from(here, there);
                stream.set_nodelay(true).unwrap();
                let mut server = tcp::accept(&listener);
                thread::spawn(
                    move || while server.read(&mut [0; 4096]).is_ok_and(|got| got > 0) {},
                );
                Self::Stream(stream)
            }
        }
    }

    fn send(&mut self, flow: &Flow, tag: u64) {
        let tag = tag.to_be_bytes();
        match self {
            Self::Connected(socket) if flow.kind == Kind::ConnectedLarge => {
                // Fragments are cut at multiples of eight: each ends with a whole tag.
                socket.send(&tag.repeat(LARGE / tag.len())).unwrap();
            }
            Self::Connected(socket) => {
                socket.send(&tag).unwrap();
            }
            Self::Unconnected(socket) => {
                let there = endpoint(flow.destination, flow.destination_port());
                socket.send_to(&tag, there).unwrap();
            }
            Self::Stream(stream) => stream.write_all(&tag).unwrap(),
        }
    }
}
