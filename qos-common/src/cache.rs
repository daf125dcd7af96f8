//! Answers that are kept, with everything that they depend on: in a socket's storage, so that a packet
//! of a known flow costs two loads and a compare; and in a table of flows for packets whose socket
//! sends to many, or that have none.
//!
//! An entry's writers make its `sequence` odd while they write; a reader that saw an odd or a changed
//! one has read nothing.

use crate::{
    action::Action,
    executable::mix,
    flow::{Flow, Ports},
    identity::Identity,
    narrow::low_half,
    policy_set::asked::Asked,
};

/// What the socket's storage holds.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct SocketEntry {
    /// Odd while a CPU writes.
    pub sequence: u64,
    /// An answer's words, as [`Question::answer`] and [`Question::recall`] number them.
    pub answer: [u64; ANSWER_WORDS],
    /// The last [`Question::tag`] that was not answered for good, of a socket without a peer.
    pub seen: u64,
    /// Who sends.
    pub identity: Identity,
    /// The request that was received or sent last.
    pub asked: Asked,
    /// Whether answers are received, and sent, so that requests are not: 1, else 0.
    pub answers: [u32; 2],
}

/// An entry of the table of flows: a cache line.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct FlowEntry {
    /// Odd while a CPU writes.
    pub sequence: u64,
    /// The first words of an answer: a flow's question has 0 in the others.
    pub answer: [u64; FLOW_WORDS],
}

/// Words of an answer.
pub const ANSWER_WORDS: usize = 9;
/// Words of an answer to a packet that is not a fragment, whoever sends it.
pub const FLOW_WORDS: usize = 7;
/// The places in the table of flows where a flow may stand; a power of two.
pub const FLOW_SETS: usize = 16_384;
/// The entries at each place.
pub const FLOW_WAYS: usize = 2;

const _: () = assert!(size_of::<SocketEntry>() == 192 && size_of::<FlowEntry>() == 64);

/// What a packet asks.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The policy set's generation, never 0.
    pub generation: u64,
    /// The packet's flow.
    pub flow: &'a Flow,
    /// A number for the packet's sender, if the set has a policy for senders and the packet a socket;
    /// else 0.
    pub sender: u64,
}

impl Question<'_> {
    /// The number of a sender: of its [`Identity::version`] and its request's [`Asked::number`], each 0 if
    /// that is not known, and of the socket's owner, if policies ask for it. Never 0.
    #[inline(always)]
    pub const fn sender(version: u64, request: u64, user: u32) -> u64 {
        mix(mix(version, request), user as u64) | 1 << 63
    }

    /// Writes the answer `action`: calls `store` with each word and its index. Those that every
    /// question needs come first, for they share a cache line with the sequence.
    #[inline(always)]
    pub fn answer(&self, action: Action, mut store: impl FnMut(usize, u64)) {
        let [a, b, c, d] = self.addresses();
        store(0, self.generation);
        store(1, action.word());
        store(2, self.transport());
        store(3, a);
        store(4, c);
        store(5, b);
        store(6, d);
        store(7, self.flow.fragment.datagram());
        store(8, self.sender);
    }

    /// The action of the answer whose words `word` reads, if it answers this. A question and its
    /// answer have the same family and the same kind of fragment, by the transport, and both have a
    /// sender or none, by the generation: so where this one has nothing to compare, no more has that.
    #[inline(always)]
    pub fn recall(&self, word: impl Fn(usize) -> u64) -> Option<Action> {
        // Field by field, for the eBPF program has no room to read them all first.
        let flow = self.flow;
        let same = word(0) == self.generation
            && word(2) == self.transport()
            && word(3) == flow.source.0[0]
            && word(4) == flow.destination.0[0];
        if !same {
            return None;
        }
        let rest = flow.is_ipv6() || flow.fragment.datagram() != 0 || self.sender != 0;
        let same_rest = !rest
            || word(5) == flow.source.0[1]
                && word(6) == flow.destination.0[1]
                && word(7) == flow.fragment.datagram()
                && word(8) == self.sender;
        same_rest.then(|| Action::from_word(word(1)))
    }

    /// A number that tells most flows apart, in its upper bits too; never 0.
    #[inline(always)]
    pub fn tag(&self) -> u64 {
        // Independent products, which a processor computes at once.
        const FACTORS: [u64; 3] =
            [0x9e37_79b9_7f4a_7c15, 0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb];
        let [k0, k1, k2] = FACTORS;
        let [a, b, c, d] = self.addresses();
        let sum = (a ^ d.rotate_left(32)).wrapping_mul(k0)
            ^ (c ^ b.rotate_left(32)).wrapping_mul(k1)
            ^ self.transport().wrapping_mul(k2);
        (sum ^ sum >> 32).wrapping_mul(k0) | 1
    }

    #[inline(always)]
    const fn addresses(&self) -> [u64; 4] {
        addresses(self.flow)
    }

    #[inline(always)]
    fn transport(&self) -> u64 {
        let Ports { source, destination } = self.flow.ports;
        protocol(self.flow) | u64::from(source) << PORT_BITS | u64::from(destination)
    }
}

/// The action of an answer that the set of this generation gave, to whatever question.
#[inline(always)]
pub fn answered(generation: u64, word: impl Fn(usize) -> u64) -> Option<Action> {
    (word(0) == generation).then(|| Action::from_word(word(1)))
}

/// The ports of the datagram that `flow` is a later fragment of, from the words of an answer to its
/// first fragment, under whatever set that was given.
#[inline(always)]
pub fn datagram_ports(flow: &Flow, word: impl Fn(usize) -> u64) -> Option<Ports> {
    const PORT: u64 = (1 << PORT_BITS) - 1;
    let [a, b, c, d] = addresses(flow);
    let transport = word(2);
    let same = word(7) == flow.fragment.datagram()
        && word(3) == a
        && word(4) == c
        && word(5) == b
        && word(6) == d
        && transport >> (2 * PORT_BITS) == protocol(flow) >> (2 * PORT_BITS);
    let (source, destination) = (transport >> PORT_BITS & PORT, transport & PORT);
    same.then(|| Ports { source: low_half(source), destination: low_half(destination) })
}

/// A port, or [`Ports::UNKNOWN`].
const PORT_BITS: u32 = 17;

#[inline(always)]
const fn addresses(flow: &Flow) -> [u64; 4] {
    let ([a, b], [c, d]) = (flow.source.0, flow.destination.0);
    [a, b, c, d]
}

/// Family, protocol, and whether it is a fragment, above the bits of two ports.
#[inline(always)]
fn protocol(flow: &Flow) -> u64 {
    u64::from(flow.is_ipv6()) << 63
        | u64::from(flow.fragment.datagram() != 0) << 62
        | u64::from(flow.protocol) << (2 * PORT_BITS)
}
