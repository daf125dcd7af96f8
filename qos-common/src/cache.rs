//! The answer that a socket keeps, with everything that the answer depends on, so that a packet of
//! a known flow costs two loads and a compare.

use crate::{
    action::Action,
    flow::{Flow, Ports},
    narrow::low_half,
};

/// What the socket's storage holds. Writers make `sequence` odd while they write; a reader that
/// saw an odd or a changed one has read nothing.
#[derive(Clone, Copy, Debug, Default)]
#[repr(C)]
pub struct Entry {
    /// Odd while a CPU writes.
    pub sequence: u64,
    /// The last [`Question::tag`] that was not answered for good, of a socket without a peer.
    pub seen: u64,
    /// An answer's words, as [`Question::answer`] and [`Question::recall`] number them.
    pub answer: [u64; ANSWER_WORDS],
}

/// Words of an answer.
pub const ANSWER_WORDS: usize = 9;

const _: () = assert!(size_of::<Entry>() == 88);

/// What a packet asks its socket.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The policy set's generation, never 0.
    pub generation: u64,
    /// The packet's flow.
    pub flow: &'a Flow,
    /// The socket's user; 0 where the set has no policy for users.
    pub user: u32,
}

impl Question<'_> {
    /// Writes the answer `action`: calls `store` with each word and its index.
    #[inline(always)]
    pub fn answer(&self, action: Action, mut store: impl FnMut(usize, u64)) {
        let [a, b, c, d] = self.addresses();
        store(0, self.generation);
        store(1, action.word());
        store(2, a);
        store(3, b);
        store(4, c);
        store(5, d);
        store(6, self.transport());
        store(7, self.flow.fragment.datagram);
        store(8, u64::from(self.user));
    }

    /// The action of the answer whose words `word` reads, if it answers this.
    #[inline(always)]
    pub fn recall(&self, word: impl Fn(usize) -> u64) -> Option<Action> {
        let [a, b, c, d] = self.addresses();
        let same = word(0) == self.generation
            && word(2) == a
            && word(3) == b
            && word(4) == c
            && word(5) == d
            && word(6) == self.transport()
            && word(7) == self.flow.fragment.datagram
            && word(8) == u64::from(self.user);
        same.then(|| Action::from_word(word(1)))
    }

    /// A number that tells most flows apart, never 0.
    #[inline(always)]
    pub fn tag(&self) -> u64 {
        let mix = |sum: u64, word: u64| (sum ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.addresses().into_iter().fold(mix(0, self.transport()), mix) | 1
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

/// The ports of the datagram that `flow` is a later fragment of, from the words of an answer to its
/// first fragment, under whatever set that was given.
#[inline(always)]
pub fn datagram_ports(flow: &Flow, word: impl Fn(usize) -> u64) -> Option<Ports> {
    const PORT: u64 = (1 << PORT_BITS) - 1;
    let [a, b, c, d] = addresses(flow);
    let transport = word(6);
    let same = word(7) == flow.fragment.datagram
        && word(2) == a
        && word(3) == b
        && word(4) == c
        && word(5) == d
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

/// Family and protocol, above the bits of two ports.
#[inline(always)]
fn protocol(flow: &Flow) -> u64 {
    u64::from(flow.ipv6) << 63 | u64::from(flow.protocol) << (2 * PORT_BITS)
}
