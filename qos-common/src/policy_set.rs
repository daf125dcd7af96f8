//! The immutable policy set: one image of 64-bit words that user space builds and the kernel reads.
//!
//! Rules stand in winning order. For each [`Dimension`] a table leads from the packet's value to a
//! bit vector of the rules that this value satisfies ([`vector`]). The vectors are combined under
//! a summary ([`scan`]), and the first set bit is the rule that wins.

pub mod asked;
pub mod cgroup;
pub mod layout;
pub mod lookup;
pub mod names;
pub mod scan;
pub mod table;
pub mod trie;
pub mod url;
pub mod vector;

use crate::{action::Action, flow::Flow, narrow::low_half, sender::Sender, throttle::Pace};
use scan::Scan;

/// The most bytes that an image has: 16 MiB.
pub const IMAGE_BYTES: u32 = 1 << 24;

/// The most words that an image has.
pub const IMAGE_WORDS: usize = IMAGE_BYTES as usize / size_of::<u64>();

/// What a rule can look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Dimension {
    /// Destination address.
    Destination,
    /// Source address.
    Source,
    /// Destination port.
    DestinationPort,
    /// Source port.
    SourcePort,
    /// Transport protocol.
    Protocol,
    /// The socket's cgroup or one of its ancestors.
    Cgroup,
    /// The socket's user.
    User,
    /// What the sender runs.
    Application,
    /// A group that the sender is in.
    Group,
    /// Scheme and host of the request that is answered.
    UrlHost,
    /// Its port.
    UrlPort,
    /// Its path.
    UrlPath,
    /// The destination's name.
    Host,
}

impl Dimension {
    /// All, in the order in which their vectors are combined: those first that tell most rules apart.
    pub const ALL: [Self; DIMENSIONS] = [
        Self::Application,
        Self::Destination,
        Self::DestinationPort,
        Self::Source,
        Self::SourcePort,
        Self::Protocol,
        Self::Cgroup,
        Self::User,
        Self::UrlHost,
        Self::UrlPort,
        Self::UrlPath,
        Self::Host,
        Self::Group,
    ];

    /// Those that are the sender's, as bits of the header's word [`layout::USED`].
    pub const SENDER: u64 = Self::Cgroup.bit()
        | Self::User.bit()
        | Self::Application.bit()
        | Self::Group.bit()
        | Self::UrlHost.bit()
        | Self::UrlPort.bit()
        | Self::UrlPath.bit()
        | Self::Host.bit();

    /// The bit of this dimension in the header's word [`layout::USED`].
    #[inline(always)]
    pub const fn bit(self) -> u64 {
        1 << (self as u8)
    }
}

/// The number of dimensions.
pub const DIMENSIONS: usize = 13;

/// Random access to an image's words.
pub trait Image {
    /// The word at `index`; any index is safe to ask for, and beyond the image nothing is promised.
    fn word(&self, index: u32) -> u64;

    /// `value` itself. The eBPF program hides it from the verifier, which walks what follows anew
    /// for all that it knows to differ, and which in Linux 6.1 walks a `bpf_loop` callback once from
    /// the caller's constants and drops what is dead for them.
    #[inline(always)]
    fn opaque(&self, value: u64) -> u64 {
        value
    }

    /// Calls `step` up to `most` times, until it is done. The eBPF program may leave that to the kernel.
    #[inline(always)]
    fn repeat(&self, most: u32, mut step: impl FnMut() -> bool) {
        for _step in 0..most {
            if step() {
                break;
            }
        }
    }

    /// The 32-bit entry at `index` of the table that starts at word `table`.
    #[inline(always)]
    fn entry(&self, table: u32, index: u32) -> u32 {
        let word = self.word(table.wrapping_add(index >> 1));
        low_half(if index & 1 == 0 { word } else { word >> 32 })
    }

    /// The header's word at `index`, where it holds an offset or a small number.
    #[inline(always)]
    fn header(&self, index: u32) -> u32 {
        low_half(self.word(index))
    }
}

impl Image for [u64] {
    fn word(&self, index: u32) -> u64 {
        self.get(index as usize).copied().unwrap_or(0)
    }
}

/// The action for a packet of which `rule` is the first that it satisfies.
#[inline(always)]
pub fn action<I: Image + ?Sized>(image: &I, rule: Option<u32>) -> Action {
    let word = |rule| image.word(image.header(layout::ACTIONS).wrapping_add(rule));
    let of_rule = rule.map_or(Action::NONE, |rule| Action::from_word(word(rule)));
    of_rule.or_unmarked(Action::from_word(image.word(layout::UNMARKED)))
}

/// The throttle of this number.
#[inline(always)]
pub fn pace<I: Image + ?Sized>(image: &I, number: u32) -> Pace {
    let first = Pace::WORDS.wrapping_mul(number);
    let index = image.header(layout::THROTTLES).wrapping_add(first);
    Pace::from_words([0, 1].map(|word| image.word(index.wrapping_add(word))))
}

/// The number of the first rule in `image` that `flow` from `sender` satisfies. The eBPF program
/// does the same with its own loops.
pub fn first_match<I: Image + ?Sized, S: Sender + ?Sized>(
    image: &I,
    flow: &Flow,
    sender: &S,
) -> Option<u32> {
    let sent = lookup::sender_vectors(image, flow, sender);
    let mut scan = Scan::new(lookup::vectors(image, flow, sent));
    let mut groups = sender.groups();
    loop {
        if let Some(bit) = lookup::take_group(&mut groups) {
            scan.restart_in_group(image, bit);
        }
        while !scan.step(image) {}
        if lookup::is_empty(&groups) {
            return scan.found();
        }
    }
}
