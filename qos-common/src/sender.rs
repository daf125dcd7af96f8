//! Who sent a packet, as far as its socket tells.

/// The socket's owner. A packet without a socket (forwarded, of a connection that is gone) has
/// none: then every answer is `None` and conditions on the sender do not match.
pub trait Sender {
    /// The user that owns the socket.
    fn user(&self) -> Option<u32>;

    /// The id of the socket's cgroup's ancestor at `level` (0 is the root), or of the cgroup
    /// itself at its own level.
    fn cgroup(&self, level: u32) -> Option<u64>;
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
}
