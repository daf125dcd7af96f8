//! Copies of executables.

use std::{
    fs,
    io::ErrorKind,
    path::Path,
    process::{Command, Stdio},
    thread,
};

/// Makes a copy that can be run at once.
pub fn copy(from: &Path, to: &Path) {
    fs::copy(from, to).unwrap();
    // What other threads start has all our files open for a moment, and a file that is open for
    // writing can't be run.
    loop {
        match Command::new(to).arg("--version").stdout(Stdio::null()).status() {
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => thread::yield_now(),
            ended => return assert!(ended.unwrap().success(), "{}", to.display()),
        }
    }
}
