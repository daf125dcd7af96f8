//! Prints an input that a panic is about.

use std::thread;

/// An input of bytes.
pub(crate) struct Shown<'a>(pub(crate) &'a [u8]);

impl Drop for Shown<'_> {
    #[expect(clippy::print_stderr, reason = "the test fails")]
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("input: {}", self.0.escape_ascii());
        }
    }
}
