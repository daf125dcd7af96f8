//! Who sent a packet, as far as its socket tells.

use crate::{
    executable::Executable,
    identity::{GROUP_WORDS, GroupBits},
    request::Request,
};

/// The socket's owner, and the process that sends on it. A packet without a socket (forwarded, of a
/// connection that is gone) has none: then every answer is `None` and conditions on the sender do not
/// match.
pub trait Sender {
    /// The user that owns the socket.
    fn user(&self) -> Option<u32>;

    /// The id of the cgroup's ancestor at `level` (0 is the root), or of the cgroup itself at its own
    /// level.
    fn cgroup(&self, level: u32) -> Option<u64>;

    /// What the process runs.
    fn executable(&self) -> Option<Executable>;

    /// The groups that the process is in, of those that policies name; none if that is not known.
    fn groups(&self) -> GroupBits;

    /// The last request that came to the socket: what it sends now answers that.
    fn received(&self) -> Option<&Request>;

    /// What the socket asked of the server that it is connected to.
    fn sent(&self) -> Option<&Request>;
}

impl<S: Sender> Sender for Option<S> {
    #[inline(always)]
    fn user(&self) -> Option<u32> {
        self.as_ref().and_then(S::user)
    }

    #[inline(always)]
    fn cgroup(&self, level: u32) -> Option<u64> {
        self.as_ref().and_then(|sender| sender.cgroup(level))
    }

    #[inline(always)]
    fn executable(&self) -> Option<Executable> {
        self.as_ref().and_then(S::executable)
    }

    #[inline(always)]
    fn groups(&self) -> GroupBits {
        self.as_ref().map_or([0; GROUP_WORDS], S::groups)
    }

    #[inline(always)]
    fn received(&self) -> Option<&Request> {
        self.as_ref().and_then(S::received)
    }

    #[inline(always)]
    fn sent(&self) -> Option<&Request> {
        self.as_ref().and_then(S::sent)
    }
}
