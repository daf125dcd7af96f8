//! Traffic that always has more to send than a rate allows.

use std::{
    ffi::OsString,
    fmt,
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    thread::{self, sleep},
    time::{Duration, Instant},
};

use anyhow::Result;
use nix::sys::socket::{setsockopt, sockopt};
use qos_tests::{
    netns::Lab,
    sender::{endpoint, tcp, tcp_retransmissions, udp},
};

use super::way::Way;

/// The data of a datagram that fills a packet.
const DATAGRAM: usize = 1_472;

#[derive(Clone, Copy, Debug)]
pub(super) enum Traffic {
    Tcp {
        control: &'static str,
        flows: usize,
    },
    /// At twice the rate.
    Udp,
}

impl fmt::Display for Traffic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp { control, flows } => write!(f, "TCP, {control}, {flows}"),
            Self::Udp => f.write_str("UDP"),
        }
    }
}

/// Traffic that goes on until it is stopped.
pub(super) struct Running {
    read: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    clients: Vec<TcpStream>,
}

impl Running {
    /// The bytes of data that were read so far.
    pub(super) fn read(&self) -> u64 {
        self.read.load(Relaxed)
    }

    /// The segments that were sent again so far.
    pub(super) fn sent_again(&self) -> u64 {
        self.clients.iter().map(|client| u64::from(tcp_retransmissions(client))).sum()
    }

    pub(super) fn stop(self) {
        self.stop.store(true, Relaxed);
        for client in self.clients {
            // A connection that has ended by itself has nothing to end.
            client.shutdown(Shutdown::Both).unwrap_or_default();
        }
    }
}

/// Starts it, between the namespaces of `lab`, to a `port` of the far one.
pub(super) fn start(
    lab: &Lab,
    (way, port): (Way, u16),
    traffic: Traffic,
    rate: u64,
) -> Result<Running> {
    let running = Running { read: Arc::default(), stop: Arc::default(), clients: Vec::new() };
    match traffic {
        Traffic::Tcp { control, flows } => connections(running, lab, (way, port), control, flows),
        Traffic::Udp => {
            datagrams(&running, lab, (way, port), 2 * rate)?;
            Ok(running)
        }
    }
}

fn connections(
    mut running: Running,
    lab: &Lab,
    (way, port): (Way, u16),
    control: &str,
    flows: usize,
) -> Result<Running> {
    let there = endpoint(way.far().address, port);
    let listener = lab.in_far(|| TcpListener::bind(there))?;
    for _flow in 0..flows {
        let client = tcp::connect(there);
        setsockopt(&client, sockopt::TcpCongestion, &OsString::from(control))?;
        client.set_write_timeout(None)?;
        running.clients.push(client);
        let mut server = tcp::accept(&listener);
        server.set_read_timeout(None)?;
        let read = Arc::clone(&running.read);
        thread::spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            while let Ok(bytes @ 1..) = server.read(&mut buffer) {
                read.fetch_add(bytes as u64, Relaxed);
            }
        });
    }
    // Only now, for what uses up the rate would keep the next from connecting.
    for client in &running.clients {
        let (mut client, stop) = (client.try_clone()?, Arc::clone(&running.stop));
        thread::spawn(
            move || {
                while !stop.load(Relaxed) && client.write_all(&[0; 16_384]).is_ok() {}
            },
        );
    }
    Ok(running)
}

fn datagrams(running: &Running, lab: &Lab, (way, port): (Way, u16), rate: u64) -> Result<()> {
    let there = endpoint(way.far().address, port);
    let receiver = lab.in_far(|| udp(way.far().address, port));
    receiver.set_read_timeout(Some(Duration::from_secs(1)))?;
    let (read, stop) = (Arc::clone(&running.read), Arc::clone(&running.stop));
    thread::spawn(move || {
        let mut buffer = [0; DATAGRAM];
        while !stop.load(Relaxed) {
            if let Ok(bytes) = receiver.recv(&mut buffer) {
                read.fetch_add(bytes as u64, Relaxed);
            }
        }
    });
    let sender = udp(way.near().address, 0);
    sender.connect(there)?;
    let stop = Arc::clone(&running.stop);
    thread::spawn(move || {
        let (start, mut sent) = (Instant::now(), 0_u128);
        while !stop.load(Relaxed) {
            if sent * 1_000_000 > u128::from(rate) * start.elapsed().as_micros() {
                sleep(Duration::from_micros(500));
            } else if sender.send(&[0; DATAGRAM]).is_ok() {
                sent += DATAGRAM as u128;
            }
        }
    });
    Ok(())
}
