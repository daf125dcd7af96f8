//! Sockets that go from one process to another.

use std::{
    env,
    io::{IoSlice, IoSliceMut},
    os::{
        fd::{AsRawFd as _, FromRawFd as _, OwnedFd, RawFd},
        unix::net::UnixDatagram,
    },
    process,
};

use nix::sys::socket::{ControlMessage, ControlMessageOwned, MsgFlags, UnixAddr, recvmsg, sendmsg};

use crate::descriptor::{get, place};

/// A place where sockets are handed over.
pub(crate) fn mailbox(number: RawFd, path: &str) {
    place(&UnixDatagram::bind(path).unwrap().into(), number);
}

/// Hands a socket over (`SCM_RIGHTS`), and keeps it.
pub(crate) fn give(number: RawFd, path: &str) {
    let sender = UnixDatagram::unbound().unwrap();
    let there = UnixAddr::new(path).unwrap();
    let (data, rights) = ([IoSlice::new(b"x")], [number]);
    let control = [ControlMessage::ScmRights(&rights)];
    let sent = sendmsg(sender.as_raw_fd(), &data, &control, MsgFlags::empty(), Some(&there));
    assert_eq!(sent, Ok(1));
}

/// Takes the next socket that was handed over.
pub(crate) fn take(mailbox: RawFd, number: RawFd) {
    let mut byte = [0];
    let mut data = [IoSliceMut::new(&mut byte)];
    let mut control = nix::cmsg_space!([RawFd; 1]);
    let taken = recvmsg::<()>(mailbox, &mut data, Some(&mut control), MsgFlags::empty()).unwrap();
    let Some(ControlMessageOwned::ScmRights(rights)) = taken.cmsgs().unwrap().next() else {
        panic!("nothing was handed over");
    };
    // SAFETY: it is new, and nobody else's.
    place(&unsafe { OwnedFd::from_raw_fd(rights[0]) }, number);
}

/// Takes the socket that the service manager opened (`sd_listen_fds(3)`).
pub(crate) fn activated(number: RawFd) {
    let is = |name, value: u32| env::var(name).is_ok_and(|text| text == value.to_string());
    assert!(is("LISTEN_PID", process::id()), "it is for somebody else");
    assert!(is("LISTEN_FDS", 1), "there is not one");
    let first: RawFd = 3;
    place(&get(first).try_clone_to_owned().unwrap(), number);
    crate::descriptor::close(first);
}
