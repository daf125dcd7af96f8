//! What the eBPF program counts, per CPU.

/// What happened to the packets of one policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct PolicyCounters {
    /// Packets that the policy applied to; a GSO packet counts as its segments.
    pub packets: u64,
    /// Their bytes on the wire, all headers included.
    pub bytes: u64,
    /// Socket buffers whose DSCP was changed.
    pub rewritten: u64,
    /// Socket buffers that carried the right DSCP already, or whose policy does not mark.
    pub unchanged: u64,
    /// Socket buffers that could not be written; they left as they came.
    pub failed: u64,
}

/// What happened to packets of no policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Totals {
    /// IP packets that no policy matches.
    pub unmatched: u64,
    /// Packets that are not IP.
    pub not_ip: u64,
    /// IP packets that contradict themselves.
    pub malformed: u64,
    /// IP packets of this machine, not of a program: some policy asks who sends, and no socket tells.
    pub no_sender: u64,
}

/// The number of policies that a set can hold, and so the number of counter slots.
pub const MAX_POLICIES: u32 = 10_000;

const _: () = assert!(size_of::<PolicyCounters>() == 40 && size_of::<Totals>() == 32);
