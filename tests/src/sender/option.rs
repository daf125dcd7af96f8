//! Socket options that nix does not have.

use std::{
    io,
    mem::MaybeUninit,
    os::fd::{AsFd, AsRawFd as _},
};

/// A type that any bytes are a value of.
pub(crate) trait Plain: Copy {}
impl Plain for i32 {}
impl Plain for u32 {}
impl Plain for libc::tpacket_stats {}
impl Plain for libc::sock_fprog {}
impl Plain for libc::tcp_info {}

pub(crate) fn set(socket: &impl AsFd, level: i32, name: i32, value: &impl Plain) {
    let (start, length) = ((&raw const *value).cast::<u8>(), size_of_val(value));
    // SAFETY: these are the value's bytes, and the kernel does not look at its padding.
    let bytes = unsafe { std::slice::from_raw_parts(start, length) };
    set_bytes(socket, level, name, bytes);
}

pub(crate) fn set_bytes(socket: &impl AsFd, level: i32, name: i32, value: &[u8]) {
    let (socket, length) = (socket.as_fd().as_raw_fd(), u32::try_from(value.len()).unwrap());
    // SAFETY: the value has this length and the kernel only reads it.
    let result = unsafe { libc::setsockopt(socket, level, name, value.as_ptr().cast(), length) };
    assert_eq!(result, 0, "setsockopt({level}, {name}): {}", io::Error::last_os_error());
}

pub(crate) fn get<T: Plain>(socket: &impl AsFd, level: i32, name: i32) -> T {
    let mut value = MaybeUninit::<T>::zeroed();
    let mut length = u32::try_from(size_of::<T>()).unwrap();
    let socket = socket.as_fd().as_raw_fd();
    // SAFETY: there is room for this length.
    let result = unsafe {
        libc::getsockopt(socket, level, name, value.as_mut_ptr().cast(), &raw mut length)
    };
    assert_eq!(result, 0, "getsockopt({level}, {name}): {}", io::Error::last_os_error());
    // SAFETY: any bytes are a value.
    unsafe { value.assume_init() }
}
