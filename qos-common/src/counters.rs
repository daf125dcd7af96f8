//! What the eBPF program counts, per CPU.

/// What happened to the packets of one policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct PolicyCounters {
    /// Packets that the policy applied to and that went on; a GSO packet counts as its segments.
    pub packets: u64,
    /// Their bytes on the wire, all headers included.
    pub bytes: u64,
    /// Socket buffers whose DSCP was changed.
    pub rewritten: u64,
    /// Socket buffers that carried the right DSCP already, or whose policy does not mark.
    pub unchanged: u64,
    /// Socket buffers that could not be written; they left as they came.
    pub failed: u64,
    /// Packets that did not go on, for the policy's rate was used up; counted as `packets`.
    pub dropped: u64,
    /// Their bytes, counted as `bytes`.
    pub dropped_bytes: u64,
}

/// What happened to packets that no policy applies to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Totals {
    /// IP packets that no policy matches.
    pub unmatched: u64,
    /// Packets that are not IP.
    pub not_ip: u64,
    /// IP packets that contradict themselves.
    pub malformed: u64,
}

/// The totals of an interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct InterfaceTotals {
    /// The interface's number, or 0 if nothing was counted here yet.
    pub interface: u64,
    /// What happened to its packets.
    pub totals: Totals,
}

impl InterfaceTotals {
    /// The elements that are interfaces' own; one more is for those that find theirs taken.
    pub const OWN: u32 = 1024;

    /// The element that is for an interface.
    #[inline(always)]
    pub const fn element(interface: u32) -> u32 {
        interface % Self::OWN
    }
}

/// The number of policies that a set can hold, and so the number of counter slots.
pub const MAX_POLICIES: u32 = 10_000;

const _: () = assert!(size_of::<PolicyCounters>() == 56 && size_of::<InterfaceTotals>() == 32);
