//! Who sends on a socket, as the hooks that run in the sender's context record it in the socket's
//! storage. Hooks and packets of several CPUs meet there without a lock: [`Identity::version`] says
//! whether what a packet reads belongs together.

use crate::executable::{Executable, mix};

/// Words of bits for the groups that policies name.
pub const GROUP_WORDS: usize = 4;

/// The most groups that the policies of a set can name.
pub const MAX_GROUPS: u32 = 256;

const _: () = assert!(GROUP_WORDS * 64 == MAX_GROUPS as usize);

/// A bit for each group that policies name, which the loader numbers.
pub type GroupBits = [u64; GROUP_WORDS];

/// What is known of a socket's sender; all 0 if nothing is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Identity {
    /// [`Identity::version_of`] all that follows but the process; 0 if nothing is known.
    pub version: u64,
    /// What the process runs.
    pub executable: Executable,
    /// The groups that the process is in.
    pub groups: GroupBits,
    /// The id of its cgroup (v2).
    pub cgroup: u64,
    /// By which a hook sees that the process is still the same, running the same.
    pub process: Process,
}

/// A process between two calls of execve(2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Process {
    /// Where the kernel has its memory's description.
    pub memory: u64,
    /// Its number, and how often it and its ancestors called execve(2).
    pub image: u64,
}

const _: () = assert!(size_of::<Identity>() == 80);

impl Identity {
    /// A number for what is known: never 0, and another one for another sender.
    #[inline(always)]
    pub fn version_of(&self) -> u64 {
        let Executable { path, name } = self.executable;
        let [a, b, c, d] = self.groups;
        let words = [path, name, a, b, c, d, self.cgroup];
        words.into_iter().fold(0, mix) | 1 << 63
    }

    /// Whether it is known, and was not read while it was written.
    #[inline(always)]
    pub fn is_whole(&self) -> bool {
        self.version != 0 && self.version == self.version_of()
    }
}
