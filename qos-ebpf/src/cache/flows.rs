//! A table of answers for packets that no socket knows the answer of: those of a socket that sends to
//! many, and those that are passed on. Packets that are found write nothing, so CPUs share its lines.

use aya_ebpf::{
    bindings::BPF_F_MMAPABLE, btf_maps::Array, helpers::generated::bpf_get_prandom_u32,
    macros::btf_map,
};
use qos_common::{
    action::Action,
    cache::{FLOW_SETS, FLOW_WAYS, FLOW_WORDS, FlowEntry, Question},
};

use super::sequence::Guarded;
use crate::verifier::opaque;

/// Both ways of a place stand in cache lines of their own: the memory of a map that can be mapped
/// starts with a page.
#[btf_map]
static FLOWS: Array<[FlowEntry; FLOW_WAYS], FLOW_SETS, { BPF_F_MMAPABLE as usize }> = Array::new();

/// Of how many packets that were not found one is kept: a flow is found after some packets, and one
/// that has no more of them hardly ever takes the place of another.
const ONE_OF: u32 = 8;

/// The place of a flow in the table.
#[derive(Clone, Copy)]
pub(crate) struct Place(*mut FlowEntry);

impl Place {
    #[inline(always)]
    pub(crate) fn of(question: &Question<'_>) -> Option<Self> {
        const MASK: u64 = FLOW_SETS as u64 - 1;
        let set = FLOWS.get_ptr_mut((question.tag() >> 40 & MASK) as u32)?;
        Some(Self(set.cast()))
    }

    /// One of the ways.
    #[inline(always)]
    fn way(self, number: u64) -> Guarded {
        const MASK: u64 = FLOW_WAYS as u64 - 1;
        // SAFETY: the entry is the map's, and nobody asks for other words.
        unsafe {
            let entry = self.0.add((number & MASK) as usize);
            Guarded::new(&raw mut (*entry).sequence, (&raw mut (*entry).answer).cast())
        }
    }

    /// The answer to `question`, if it is here.
    #[inline(always)]
    pub(crate) fn recall(self, question: &Question<'_>) -> Option<Action> {
        let recall = |way: Guarded| {
            way.read(|word| {
                question.recall(|index| if index < FLOW_WORDS { word(index) } else { 0 })
            })
        };
        recall(self.way(0)).or_else(|| recall(self.way(1)))
    }

    /// Keeps `action`, for some of the packets, in place of what an older set said or of either way.
    #[inline(always)]
    pub(crate) fn remember(self, question: &Question<'_>, action: Action) {
        // SAFETY: the helper has no conditions.
        let random = unsafe { bpf_get_prandom_u32() };
        if random % ONE_OF != 0 {
            return;
        }
        let is_free = self.way(0).word(0) != question.generation;
        let number = !is_free && random & ONE_OF != 0;
        // The verifier walks the write once for both, and may allow only offsets of one kind there.
        self.way(opaque(number.into())).write(|store| {
            question.answer(action, |index, word| {
                if index < FLOW_WORDS {
                    store(index, word);
                }
            });
        });
    }
}
