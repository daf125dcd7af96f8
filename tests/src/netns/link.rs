//! Network interfaces of the thread's namespace.

use std::{
    fs,
    io::Write as _,
    mem::MaybeUninit,
    os::fd::AsRawFd as _,
    process::{Command, Stdio},
};

use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};

/// linux/ethtool.h
const ETHTOOL_STXCSUM: u32 = 0x17;
/// linux/sockios.h; the type of the one in libc is not what musl's `ioctl` takes.
const SIOCETHTOOL: libc::Ioctl = 0x8946;

/// Runs commands of `ip`, one a line, then those that start with `-6`: they are for IPv6 where
/// nothing else in them says so.
pub fn ip(commands: &str) {
    let of_ipv6 = |line: &&str| line.trim_start().starts_with("-6 ");
    let (v6, others): (Vec<&str>, Vec<&str>) = commands.lines().partition(of_ipv6);
    run(&["-batch", "-"], &others.join("\n"));
    if !v6.is_empty() {
        run(&["-6", "-batch", "-"], &v6.join("\n").replace("-6 ", ""));
    }
}

fn run(arguments: &[&str], commands: &str) {
    let mut command = Command::new("ip");
    command.args(arguments).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("there is no program `ip` (package iproute2)");
    child.stdin.take().unwrap().write_all(commands.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "ip: {message}in:\n{commands}");
}

/// How many packets the device had to drop when it was to send them.
pub fn dropped(interface: &str) -> u64 {
    let devices = fs::read_to_string("/proc/thread-self/net/dev").unwrap();
    let of_device = |line: &str| {
        line.trim_start().strip_prefix(interface)?.strip_prefix(':').map(str::to_owned)
    };
    let counters = devices.lines().find_map(of_device).unwrap();
    // Eight of what was received, then those of what was sent: bytes, packets, errors, drops.
    counters.split_whitespace().nth(8 + 3).unwrap().parse().unwrap()
}

/// Whether the device computes the transport checksums of what it sends. Veth computes none and
/// leaves them out; without this the stack computes them, and segments what the device would.
pub fn set_transmit_checksums(interface: &str, device: bool) {
    /// `struct ethtool_value`
    #[repr(C)]
    struct Value {
        command: u32,
        data: u32,
    }
    let mut value = Value { command: ETHTOOL_STXCSUM, data: device.into() };
    let mut request = interface_request(interface);
    request.ifr_ifru.ifru_data = (&raw mut value).cast();
    let socket =
        socket(AddressFamily::Inet, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None).unwrap();
    // SAFETY: the request and the value that it points to live until the call returns.
    let result = unsafe { libc::ioctl(socket.as_raw_fd(), SIOCETHTOOL, &raw mut request) };
    assert_eq!(result, 0, "ethtool: {}", std::io::Error::last_os_error());
}

/// A request about an interface, with nothing else in it.
pub(crate) fn interface_request(interface: &str) -> libc::ifreq {
    // SAFETY: all bytes 0 is a valid request.
    let mut request: libc::ifreq = unsafe { MaybeUninit::zeroed().assume_init() };
    assert!(interface.len() < request.ifr_name.len());
    for (to, from) in request.ifr_name.iter_mut().zip(interface.bytes()) {
        *to = from.cast_signed();
    }
    request
}

pub(super) fn mac_text(address: [u8; 6]) -> String {
    address.map(|byte| format!("{byte:02x}")).join(":")
}
