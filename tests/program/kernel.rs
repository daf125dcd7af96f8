//! The eBPF program over single frames (`BPF_PROG_TEST_RUN`), against the oracle.

pub(crate) mod cgroups;
mod damaged;
mod expected;
mod large;
mod random;

use aya::programs::{TestRun as _, TestRunOptions};
use caps::Capability;
use qos_loader::kernel::{Dataplane, LinkKind, LogLevel};
use qos_tests::{generate::machine, oracle::Sender, packet::Link, privilege::thread_with};

use crate::set::Set;

/// `TC_ACT_UNSPEC`: the packet goes on.
const GO_ON: u32 = u32::MAX;
/// `TC_ACT_SHOT`: it does not.
const DROP: u32 = 2;

/// Where `struct __sk_buff` (include/uapi/linux/bpf.h) has what a test run may set.
const WIRE_LEN: usize = 160;
const GSO_SEGS: usize = 164;
const SK_BUFF: usize = 192;

/// What the kernel knows of a frame beside its bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    /// The bytes that it takes on the wire.
    pub(crate) length: u32,
    /// The packets that it becomes there.
    pub(crate) segments: u32,
}

/// The program in the kernel.
pub(crate) struct Kernel {
    pub(crate) dataplane: Dataplane,
}

impl Kernel {
    /// The program, with no set in force.
    pub(crate) fn new() -> Self {
        Self { dataplane: Dataplane::load(LogLevel::Off).unwrap() }
    }

    /// The same as a loader without `CAP_PERFMON` loads it.
    pub(crate) fn without_perfmon() -> Self {
        thread_with(&[Capability::CAP_BPF, Capability::CAP_NET_ADMIN], || {
            let mut kernel = Self::new();
            for kind in [LinkKind::Ethernet, LinkKind::Ip] {
                kernel.dataplane.program(kind).unwrap();
            }
            kernel
        })
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
        let (verdict, left) = self.run(link, frame, None, repeat);
        assert_eq!(verdict, GO_ON);
        left
    }

    /// The frame that leaves, if the program lets it, when it has seen it `repeat` times.
    pub(crate) fn passes(
        &mut self,
        link: LinkKind,
        frame: &[u8],
        known: Known,
        repeat: u32,
    ) -> Option<Vec<u8>> {
        let mut context = [0; SK_BUFF];
        let mut put = |offset: usize, value: u32| {
            context[offset..offset + 4].copy_from_slice(&value.to_ne_bytes());
        };
        put(WIRE_LEN, known.length);
        put(GSO_SEGS, known.segments);
        match self.run(link, frame, Some(&context), repeat) {
            (GO_ON, left) => Some(left),
            (DROP, left) => {
                assert_eq!(left, frame, "it was written to and dropped");
                None
            }
            (other, _) => panic!("the verdict is {other}"),
        }
    }

    fn run(
        &mut self,
        link: LinkKind,
        frame: &[u8],
        context: Option<&[u8]>,
        repeat: u32,
    ) -> (u32, Vec<u8>) {
        let mut left = vec![0; frame.len() + 64];
        let options = TestRunOptions {
            data_in: Some(frame),
            data_out: Some(&mut left),
            ctx_in: context,
            repeat,
            ..TestRunOptions::default()
        };
        let result = self.dataplane.program(link).unwrap().test_run(options);
        let result = result.unwrap_or_else(|error| panic!("{error:?} for {frame:02x?}"));
        left.truncate(usize::try_from(result.data_size_out).unwrap());
        (result.return_value, left)
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
