//! Feeds streams.

use qos_common::request::{
    HTTP, HTTPS, MAX_LABELS, Request, TOO_MANY_ELEMENTS,
    stream::{
        Progress::{self, Complete, More, Over},
        Stream,
    },
};

/// What a byte has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// How many bytes were read.
    pub(super) at: usize,
    pub(super) progress: Progress,
    /// What is complete.
    pub(super) request: Option<Request>,
}

/// Everything in one segment.
pub(super) fn whole(input: &[u8]) -> Vec<Event> {
    feed(input, usize::MAX, true, 8)
}

/// In other segments, with and without skipping, it must come to the same.
pub(super) fn in_parts(input: &[u8], expected: &[Event]) {
    let seed =
        input.iter().fold(input.len(), |sum, byte| sum.wrapping_mul(31) + usize::from(*byte));
    for (segment, skips, most) in [
        (1, false, 8),
        (1, true, 8),
        (2 + seed % 60, true, 8),
        (2 + seed % 900, false, 1 + seed % 8),
        (usize::MAX, true, 1),
    ] {
        let found = feed(input, segment, skips, most);
        assert_eq!(found, expected, "segments of {segment} {skips}, {most} at once");
    }
}

/// Bytes that are missing, and segments after them, may come to anything that is sound.
pub(super) fn with_holes(input: &[u8]) {
    let mut stream = Stream::default();
    for (index, segment) in input.chunks(1 + input.len() / 5).enumerate() {
        if index % 2 == 1 {
            stream.lose();
        }
        stream.begin_segment();
        let mut rest = segment;
        while !rest.is_empty() {
            let (taken, progress) = take(&mut stream, rest, 8);
            rest = &rest[taken..];
            event(&stream, index, progress);
        }
    }
}

/// Where a request has ended and none has begun, the same bytes come to the same, and leave the stream as it was.
pub(super) fn again(input: &[u8]) {
    let mut stream = Stream::default();
    for segment in [b"GET / HTTP/1.1\r\n\r\n".as_slice(), input] {
        events_of(&mut stream, segment);
    }
    for segment in [input, &input[..input.len() / 2]] {
        let before = stream;
        let is_between = before.is_between();
        let first = events_of(&mut stream, segment);
        let after = stream;
        if is_between && after.is_between() {
            assert_eq!(first, events_of(&mut stream, segment));
            assert_eq!(stream, after);
        }
    }
}

/// Of one segment.
fn events_of(stream: &mut Stream, segment: &[u8]) -> Vec<Event> {
    stream.begin_segment();
    let mut events = Vec::new();
    let mut at = 0;
    while at < segment.len() && stream.to_skip() != u64::MAX {
        let (taken, progress) = take(stream, &segment[at..], 8);
        at += taken;
        events.extend(event(stream, at, progress));
    }
    events
}

/// Until the stream reads no more: what it does then depends on where segments begin.
fn feed(input: &[u8], segment: usize, skips: bool, most: usize) -> Vec<Event> {
    let mut stream = Stream::default();
    let mut events = Vec::new();
    let (mut at, mut end) = (0, 0);
    while at < input.len() && stream.to_skip() != u64::MAX {
        if at >= end {
            stream.begin_segment();
            end = at.saturating_add(segment).min(input.len());
        }
        let to_skip = usize::try_from(stream.to_skip()).unwrap_or(usize::MAX).min(end - at);
        if skips && to_skip > 0 {
            stream.skip(to_skip as u64);
            at += to_skip;
            continue;
        }
        let (taken, progress) = take(&mut stream, &input[at..end], most);
        at += taken;
        events.extend(event(&stream, at, progress));
    }
    events
}

/// Has it take some of `input`, but no more than `most` bytes. How many it took.
fn take(stream: &mut Stream, input: &[u8], most: usize) -> (usize, Progress) {
    let mut word = [0; 8];
    let bytes = input.len().min(most);
    word[..bytes].copy_from_slice(&input[..bytes]);
    let (taken, progress) = stream.take(u64::from_le_bytes(word), u32::try_from(bytes).unwrap());
    let taken = usize::try_from(taken).unwrap();
    assert!((1..=bytes).contains(&taken));
    (taken, progress)
}

fn event(stream: &Stream, at: usize, progress: Progress) -> Option<Event> {
    let request = (progress == Complete).then(|| *stream.request());
    if let Some(request) = request {
        assert!(request.is_whole());
        assert!([HTTP, HTTPS].contains(&request.scheme));
        assert!(request.port <= 65_535);
        assert!(request.labels as usize <= MAX_LABELS);
        assert!(request.elements <= TOO_MANY_ELEMENTS);
        assert!(request.scheme == HTTP || stream.is_over());
    }
    assert!(progress != Over || stream.is_over());
    (progress != More).then_some(Event { at, progress, request })
}
