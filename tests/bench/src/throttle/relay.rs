//! A long way: what leaves through a tun device enters by another one, some time later. Not all kernels
//! have netem.

use std::{
    fs::File,
    io::{Read as _, Write as _},
    os::fd::AsFd as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
        mpsc,
    },
    thread::{self, sleep},
    time::{Duration, Instant},
};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use qos_tests::{
    netns::{Lab, ip},
    sender::tun::Tun,
};

use super::way::{End, Way};

/// In each direction.
const TIME: Duration = Duration::from_millis(10);

/// Milliseconds after which its threads look whether it was stopped.
const PATIENCE: u16 = 100;

/// Relays until it is dropped.
pub(super) struct Relay {
    stop: Arc<AtomicBool>,
    _devices: [Tun; 2],
}

impl Relay {
    /// Makes the devices of [`Way::Long`] in the namespaces of `lab`.
    pub(super) fn start(lab: &Lab) -> Self {
        let near = device(Way::Long.near());
        let far = lab.in_far(|| device(Way::Long.far()));
        let stop = Arc::new(AtomicBool::new(false));
        for (from, to) in [(&near, &far), (&far, &near)] {
            relay(from.file(), to.file(), &stop);
        }
        Self { stop, _devices: [near, far] }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stop.store(true, Relaxed);
    }
}

/// With a queue that holds whatever its sender may have on the way.
fn device(End { device, address }: End) -> Tun {
    let tun = Tun::new(device);
    ip(&format!("address add {address}/24 dev {device}\nlink set {device} up txqueuelen 10000"));
    tun
}

fn relay(mut from: File, mut to: File, stop: &Arc<AtomicBool>) {
    let (sender, packets) = mpsc::channel::<(Instant, Vec<u8>)>();
    let stop = Arc::clone(stop);
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while !stop.load(Relaxed) {
            let mut ready = [PollFd::new(from.as_fd(), PollFlags::POLLIN)];
            if poll(&mut ready, PollTimeout::from(PATIENCE)) != Ok(1) {
                continue;
            }
            let Ok(length) = from.read(&mut buffer) else { break };
            if sender.send((Instant::now() + TIME, buffer[..length].to_vec())).is_err() {
                break;
            }
        }
    });
    thread::spawn(move || {
        for (due, packet) in packets {
            sleep(due.saturating_duration_since(Instant::now()));
            // The other namespace may be gone already.
            if to.write_all(&packet).is_err() {
                break;
            }
        }
    });
}
