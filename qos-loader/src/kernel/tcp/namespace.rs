//! The number by which programs know a network namespace.

use anyhow::{Context as _, Result};
use nix::{
    getsockopt_impl, sockopt_impl,
    sys::socket::{AddressFamily, SockFlag, SockType, getsockopt, socket},
};

sockopt_impl!(
    /// The cookie of the socket's network namespace.
    Cookie,
    GetOnly,
    libc::SOL_SOCKET,
    libc::SO_NETNS_COOKIE,
    u64
);

/// The cookie of the thread's network namespace.
pub(super) fn cookie() -> Result<u64> {
    let any = socket(AddressFamily::Unix, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None)?;
    getsockopt(&any, Cookie).context("asking which network namespace this is")
}
