//! What a stream makes of what a client sends, and whether two references say the same: `httparse`
//! and `tls-parser`, on whose answers the rest is plain string code.
//!
//! Of HTTP a stream must take all that the reference takes, but for the reasons in [`http`]. Of TLS it refuses
//! what the reference takes if a list is empty, or does not end where what holds it ends (RFC 8446,
//! section 3.4). Both take more than that: streams need not see all of it.

mod authority;
mod body;
mod drive;
mod expected;
mod hello;
mod http;
mod target;

use qos_common::request::stream::Progress;

/// How many requests of an input were accepted, and by whom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// By the stream and the reference, which agreed.
    pub both: usize,
    /// By the reference alone, for a reason that is known.
    pub reference: usize,
    /// By the stream alone.
    pub stream: usize,
}

/// Pushes `input` in several ways, and compares what comes of it with what the references say.
pub fn read(input: &[u8]) -> Tally {
    let events = drive::whole(input);
    drive::in_parts(input, &events);
    drive::with_holes(input);
    drive::again(input);
    let tally = if input.starts_with(&[22]) {
        hello::compare(input, &events)
    } else {
        http::compare(input, &events)
    };
    let complete = events.iter().filter(|event| event.progress == Progress::Complete).count();
    Tally { stream: complete.saturating_sub(tally.both), ..tally }
}
