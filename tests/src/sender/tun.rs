//! A tun device: its frames start with the IP header, and this side reads what leaves through it.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _},
    os::fd::{AsFd as _, AsRawFd as _},
};

use bytes::Bytes;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::netns::interface_request;

/// A tun device of the thread's network namespace. It goes when this is dropped.
#[derive(Debug)]
pub struct Tun(File);

impl Tun {
    /// Makes it.
    pub fn new(name: &str) -> Self {
        let device = OpenOptions::new().read(true).write(true).open("/dev/net/tun");
        let device = device.expect("there is no tun driver");
        let mut request = interface_request(name);
        request.ifr_ifru.ifru_flags = (libc::IFF_TUN | libc::IFF_NO_PI).try_into().unwrap();
        // SAFETY: the request lives until the call returns.
        let result = unsafe { libc::ioctl(device.as_raw_fd(), libc::TUNSETIFF, &raw mut request) };
        assert_eq!(result, 0, "TUNSETIFF: {}", io::Error::last_os_error());
        Self(device)
    }

    /// The device itself: each read is a packet that leaves through it, each write one that enters.
    pub fn file(&self) -> File {
        self.0.try_clone().unwrap()
    }

    /// Has it say that it is of another kind (`ARPHRD_…`); it must be down.
    pub fn set_link_type(&self, kind: u16) {
        // SAFETY: this request takes a number.
        let result =
            unsafe { libc::ioctl(self.0.as_raw_fd(), libc::TUNSETLINK, libc::c_ulong::from(kind)) };
        assert_eq!(result, 0, "TUNSETLINK: {}", io::Error::last_os_error());
    }

    /// The next packet that leaves through the device.
    pub fn next(&self) -> Bytes {
        let mut ready = [PollFd::new(self.0.as_fd(), PollFlags::POLLIN)];
        let count = poll(&mut ready, PollTimeout::from(10_000_u16)).unwrap();
        assert_eq!(count, 1, "nothing leaves through the tun device");
        let mut buffer = vec![0; 1 << 16];
        let length = (&self.0).read(&mut buffer).unwrap();
        buffer.truncate(length);
        buffer.into()
    }
}
