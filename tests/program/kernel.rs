//! The eBPF program over single frames (`BPF_PROG_TEST_RUN`), against the oracle.

pub(crate) mod cgroups;
mod damaged;
mod expected;
mod large;
mod random;

use aya::programs::{TestRun as _, TestRunOptions};
use qos_loader::kernel::{Dataplane, LinkKind, LogLevel};
use qos_tests::{generate::machine, oracle::Sender, packet::Link};

use crate::set::Set;

/// `TC_ACT_UNSPEC`: the packet goes on.
const GO_ON: u32 = u32::MAX;

/// The program in the kernel.
pub(crate) struct Kernel {
    pub(crate) dataplane: Dataplane,
}

impl Kernel {
    /// The program, with no set in force.
    pub(crate) fn new() -> Self {
        Self { dataplane: Dataplane::load(LogLevel::Off).unwrap() }
    }

    /// Puts `set` in force.
    pub(crate) fn replace(&mut self, set: &Set) {
        self.dataplane.replace(&set.image).unwrap();
    }

    /// The frame that leaves.
    pub(crate) fn leaves(&mut self, link: LinkKind, frame: &[u8]) -> Vec<u8> {
        self.leaves_after(link, frame, 1)
    }

    /// The frame that leaves when the program has seen it `repeat` times from the same socket.
    pub(crate) fn leaves_after(&mut self, link: LinkKind, frame: &[u8], repeat: u32) -> Vec<u8> {
        let mut left = vec![0; frame.len() + 64];
        let options = TestRunOptions {
            data_in: Some(frame),
            data_out: Some(&mut left),
            repeat,
            ..TestRunOptions::default()
        };
        let result = self.dataplane.program(link).unwrap().test_run(options);
        let result = result.unwrap_or_else(|error| panic!("{error:?} for {frame:02x?}"));
        assert_eq!(result.return_value, GO_ON);
        left.truncate(usize::try_from(result.data_size_out).unwrap());
        left
    }
}

/// Whether a test run takes the frame: it takes all for Ethernet and refuses what seems to be a cut
/// IP header (`net/bpf/test_run.c`).
pub(crate) fn is_runnable(frame: &[u8]) -> bool {
    match frame {
        [_, _, _, _, _, _, _, _, _, _, _, _, 0x08, 0x00, rest @ ..] => rest.len() >= 20,
        [_, _, _, _, _, _, _, _, _, _, _, _, 0x86, 0xdd, rest @ ..] => rest.len() >= 40,
        _ => frame.len() >= 14,
    }
}

/// The program for packets with this link layer.
pub(crate) const fn kind(link: &Link) -> LinkKind {
    match link {
        Link::None => LinkKind::Ip,
        Link::Ethernet(_) => LinkKind::Ethernet,
    }
}

/// The number of the root of the cgroup v2 hierarchy.
pub(crate) const ROOT_CGROUP: u64 = 1;

/// Who sends in a test run: the kernel makes a socket of user 0 in the test's own cgroup, of whose
/// ancestors a [`machine::SyntheticMachine`] knows the root alone.
pub(crate) fn test_run_sender() -> Sender {
    Sender {
        user: Some(0),
        user_names: machine::user_names(0),
        cgroup: Some(qos_loader::policy::CgroupPattern::root()),
        ..Sender::default()
    }
}
