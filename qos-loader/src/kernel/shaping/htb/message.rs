//! The messages that make HTB's qdisc and classes (`linux/pkt_sched.h`): the crate for such messages does
//! not know their options.

use qos_common::shaper::{HANDLE, class as number};
use rtnetlink::{
    packet_core::{DefaultNla, Emitable as _, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE},
    packet_route::{
        RouteNetlinkMessage::{
            self, DelQueueDiscipline, DelTrafficClass, NewQueueDiscipline, NewTrafficClass,
        },
        tc::{TcAttribute, TcHandle, TcMessage},
    },
};

/// The kind of the qdisc and of its classes.
pub(in super::super) const KIND: &str = "htb";
/// That of the queue in each class, whose limit is in bytes.
const QUEUE: &str = "bfifo";

/// Attributes.
const TCA_OPTIONS: u16 = 2;
const TCA_HTB_PARMS: u16 = 1;
const TCA_HTB_INIT: u16 = 2;
const TCA_HTB_DIRECT_QLEN: u16 = 5;
const TCA_HTB_RATE64: u16 = 6;
const TCA_HTB_CEIL64: u16 = 7;

/// `struct tc_htb_glob`: version, rate2quantum, defcls, debug, `direct_pkts`. Without a default class
/// packets leave directly.
const GLOBAL: [u32; 5] = [3, 10, 0, 0, 0];

/// How many packets without a class may wait; a device can say 0 of itself, which would be none.
const DIRECT_QUEUE: u32 = 1_000;

/// In which the length of a packet is what it is (`TC_LINKLAYER_ETHERNET`): no table of costs is asked for.
const LINK_LAYER: u8 = 1;

/// How long a class may send as fast as it can, after it could not for as long: timers are late. In the
/// kernel's ticks of 64 ns.
const BURST: u32 = 20_000_000 / 64;

/// What a class may send before another one's turn.
const QUANTUM: u32 = 60_000;

/// A message and its flags.
pub(super) type Request = (RouteNetlinkMessage, u16);

/// Puts the qdisc in the place of the kernel's default, and of no other: that takes `NLM_F_REPLACE`.
pub(super) fn root(index: u32) -> Request {
    let options = [
        DefaultNla::new(TCA_HTB_INIT, words(&GLOBAL)),
        DefaultNla::new(TCA_HTB_DIRECT_QLEN, words(&[DIRECT_QUEUE])),
    ];
    let message = message(index, QDISC, TcHandle::ROOT, KIND, options_of(&options));
    (NewQueueDiscipline(message), NLM_F_CREATE | NLM_F_EXCL)
}

/// Takes it away, if it is still there.
pub(super) fn delete(index: u32) -> RouteNetlinkMessage {
    DelQueueDiscipline(plain(index, QDISC, TcHandle::ROOT))
}

/// Makes or changes a policy's class and its queue.
pub(super) fn class(index: u32, slot: u32, rate: u64) -> [Request; 2] {
    let handle = handle(slot);
    let options = [
        DefaultNla::new(TCA_HTB_PARMS, parameters(rate)),
        DefaultNla::new(TCA_HTB_RATE64, rate.to_ne_bytes().into()),
        DefaultNla::new(TCA_HTB_CEIL64, rate.to_ne_bytes().into()),
    ];
    let class = message(index, handle, QDISC, KIND, options_of(&options));
    let queue = message(index, TcHandle::UNSPEC, handle, QUEUE, words(&[limit(rate)]));
    [
        (NewTrafficClass(class), NLM_F_CREATE),
        // It replaces the queue of another kind that classes come with.
        (NewQueueDiscipline(queue), NLM_F_CREATE | NLM_F_REPLACE),
    ]
}

/// Takes a policy's class away.
pub(super) fn delete_class(index: u32, slot: u32) -> RouteNetlinkMessage {
    DelTrafficClass(plain(index, handle(slot), QDISC))
}

const QDISC: TcHandle = TcHandle { major: HANDLE, minor: 0 };

const fn handle(slot: u32) -> TcHandle {
    TcHandle { major: HANDLE, minor: number(slot) }
}

/// `struct tc_htb_opt`
fn parameters(rate: u64) -> Vec<u8> {
    let [a, b, c, d] = u32::try_from(rate).unwrap_or(u32::MAX).to_ne_bytes();
    // `struct tc_ratespec`, of both the rate and the ceiling.
    let rate = [0, LINK_LAYER, 0, 0, 0, 0, 0, 0, a, b, c, d];
    // The level is the kernel's to say, and all classes are of one priority.
    [rate.as_slice(), &rate, &words(&[BURST, BURST, QUANTUM, 0, 0])].concat()
}

/// What may wait in a class, in bytes: more than twice what the program lets through at once, so that
/// nothing is dropped here that was charged.
fn limit(rate: u64) -> u32 {
    const LEAST: u64 = 512 * 1024;
    u32::try_from((rate / 2).max(LEAST)).unwrap_or(u32::MAX)
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_ne_bytes()).collect()
}

fn options_of(options: &[DefaultNla]) -> Vec<u8> {
    let mut bytes = vec![0; options.buffer_len()];
    options.emit(&mut bytes);
    bytes
}

fn message(
    index: u32,
    handle: TcHandle,
    parent: TcHandle,
    kind: &str,
    options: Vec<u8>,
) -> TcMessage {
    let mut message = plain(index, handle, parent);
    let options = TcAttribute::Other(DefaultNla::new(TCA_OPTIONS, options));
    message.attributes = vec![TcAttribute::Kind(kind.to_owned()), options];
    message
}

fn plain(index: u32, handle: TcHandle, parent: TcHandle) -> TcMessage {
    let mut message = TcMessage::with_index(index.cast_signed());
    (message.header.handle, message.header.parent) = (handle, parent);
    message
}
