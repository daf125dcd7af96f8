//! What the kernel allows to know of a send, by the programs that the loader has in it.

use qos_tests::loader::Loader;

use super::held;

/// When a sender becomes known that is another than the socket's last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// Before its first packet.
    Before,
    /// With its second: the hook runs behind the first.
    Behind,
}

/// For datagrams of a connected socket. fentry is refused on some machines, and the tracepoint
/// that is left (`sock_send_length`, 6e6eda44b939, Linux 6.3) runs when the datagram has left.
pub(crate) fn of_connected_datagrams(loader: &Loader) -> Known {
    let names = held::names(loader);
    if names.contains("qos_security_se") {
        return Known::Before;
    }
    assert!(names.contains("qos_send_length"), "no hook at sends: {names:?}");
    Known::Behind
}

/// For segments. The tracepoint `tcp_sendmsg_locked` (Linux 6.16) runs before them.
pub(crate) fn of_segments(loader: &Loader) -> Known {
    let names = held::names(loader);
    if names.contains("qos_security_se") || names.contains("qos_tcp_sendmsg") {
        return Known::Before;
    }
    assert!(names.contains("qos_send_length"), "no hook at sends: {names:?}");
    Known::Behind
}
