//! What a packet carries already, and who may say so: `keep-marked` and `app-marking`, each with each.

use aya::programs::{TestRun as _, TestRunOptions};
use qos_loader::kernel::LinkKind;
use qos_tests::{
    generate::{machine::SyntheticMachine, packets, random::Random},
    oracle::{
        given,
        mark::Origin::{self, Forwarded, Socket},
        winner,
    },
    packet::{Link, Packet},
};

use crate::{
    kernel::{Kernel, ROOT_CGROUP, test_run_sender},
    set::{Set, arguments},
};

/// Where `struct __sk_buff` (include/uapi/linux/bpf.h) has what a test run may set.
const INGRESS_IFINDEX: usize = 36;
const SK_BUFF: usize = 192;

/// The loopback interface, where a test run's packets are.
const HERE: u32 = 1;

/// The interfaces that packets came in by, and what that says of them.
const CAME_BY: [(u32, Origin); 3] = [(0, Socket), (HERE, Socket), (7, Forwarded)];

const POLICIES: [&str; 5] = [
    "name=other,dscp=EF,user=4242",
    "name=marks,dscp=EF",
    "name=keeps,dscp=EF,keep-marked=true",
    "name=throttles,throttle=1000 gbit",
    "name=throttles and keeps,throttle=1000 gbit,keep-marked=true",
];

#[test]
fn a_packet_keeps_its_mark_or_not() {
    let machine = SyntheticMachine::new(ROOT_CGROUP);
    let mut kernel = Kernel::new();
    let mut random = Random::new(50);
    let (mut kept, mut cleared) = (0, 0);
    for policy in POLICIES {
        for ignores in [false, true] {
            let set = Set::new(arguments(&[policy]), &machine);
            kernel.replace(&if ignores { set.ignoring_marks() } else { set });
            let policies = arguments(&[policy]);
            for (came_by, origin) in CAME_BY {
                for traffic_class in 0..=255 {
                    let packet = Packet {
                        link: Link::Ethernet(Vec::new()),
                        traffic_class,
                        ..packets::packet(&mut random, &[])
                    };
                    let winner = winner(&policies, &packet.seen(test_run_sender()));
                    let given = given(winner, ignores, origin, traffic_class >> 2);
                    let left = leaves(&mut kernel, &packet.frame(), came_by);
                    let what = format!("{policy}, {ignores}, by {came_by}: {packet:?}");
                    assert_eq!(left, packet.frame_with(given), "{what}");
                    let was_marked = traffic_class >> 2 != 0;
                    kept += u32::from(was_marked && given.is_none());
                    cleared += u32::from(was_marked && given.is_some_and(|to| to.value() == 0));
                }
            }
        }
    }
    // Of 252 marked packets each: what clears is "other" and "throttles", of sockets, where marks are
    // ignored; what marks is "marks" alone.
    assert_eq!((kept, cleared), (252 * (5 * 6 - 6 - 4), 252 * 4));
}

/// The frame that leaves, of a packet that came in by an interface, or by none.
fn leaves(kernel: &mut Kernel, frame: &[u8], came_by: u32) -> Vec<u8> {
    let mut context = [0; SK_BUFF];
    context[INGRESS_IFINDEX..INGRESS_IFINDEX + 4].copy_from_slice(&came_by.to_ne_bytes());
    let mut left = vec![0; frame.len() + 64];
    let options = TestRunOptions {
        data_in: Some(frame),
        data_out: Some(&mut left),
        ctx_in: Some(&context),
        ..TestRunOptions::default()
    };
    let result = kernel.dataplane.program(LinkKind::Ethernet).unwrap().test_run(options).unwrap();
    left.truncate(usize::try_from(result.data_size_out).unwrap());
    left
}
