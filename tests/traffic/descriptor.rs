//! File descriptors by number, which survive `exec`.

use std::os::fd::{AsRawFd as _, BorrowedFd, IntoRawFd as _, OwnedFd, RawFd};

use nix::unistd;

/// Gives what was opened a number of its own.
pub(crate) fn place(opened: &OwnedFd, number: RawFd) {
    assert_ne!(opened.as_raw_fd(), number, "it is in use");
    // SAFETY: whatever had the number, nothing here holds it.
    let placed = unsafe { unistd::dup2_raw(opened, number) }.unwrap();
    // It stays open, also for the next program.
    assert_eq!(placed.into_raw_fd(), number);
}

/// What has this number.
pub(crate) fn get(number: RawFd) -> BorrowedFd<'static> {
    // SAFETY: a step that names it comes before the one that closes it.
    unsafe { BorrowedFd::borrow_raw(number) }
}

/// Closes it.
pub(crate) fn close(number: RawFd) {
    unistd::close(number).unwrap();
}
