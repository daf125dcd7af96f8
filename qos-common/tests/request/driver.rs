//! Feeds a stream in several ways, which must all come to the same.

use qos_common::request::{
    MAX_ELEMENTS, MAX_LABELS, Request, key,
    stream::{
        Progress::{self, Complete, Malformed, More, Over},
        Stream,
    },
};

/// What happened, and after how many bytes.
pub(crate) type Event = (usize, Progress, Option<Request>);

/// What happens until a stream reads no more.
pub(crate) fn events(input: &[u8]) -> Vec<Event> {
    let whole = feed(input, input.len(), false, 8);
    // Miri is slow, and looks for other mistakes.
    let segments: &[usize] = if cfg!(miri) { &[] } else { &[1, 2, 5, 64] };
    for &segment in segments {
        for (skips, most) in [(false, 1), (true, 1), (false, 3), (true, 8)] {
            let found = feed(input, segment, skips, most);
            assert_eq!(whole, found, "{segment} {skips} {most} {input:?}");
        }
    }
    whole
}

/// The requests of `input`, in which nothing is malformed.
pub(crate) fn requests(input: impl AsRef<[u8]>) -> Vec<Request> {
    let input = input.as_ref();
    let request = |(at, progress, request): Event| {
        assert_eq!(progress, Complete, "{at}: {}", String::from_utf8_lossy(input));
        request.unwrap()
    };
    events(input).into_iter().map(request).collect()
}

/// The only request of `input`.
pub(crate) fn request(input: impl AsRef<[u8]>) -> Request {
    let requests = requests(&input);
    assert_eq!(requests.len(), 1, "{}", String::from_utf8_lossy(input.as_ref()));
    requests[0]
}

/// How `input` ends, which is no request.
pub(crate) fn refused(input: impl AsRef<[u8]>) -> Progress {
    events(input.as_ref()).last().map_or(More, |(_, progress, _)| *progress)
}

pub(crate) fn host(request: &Request) -> Option<u64> {
    let labels = request.labels as usize;
    assert!(labels <= MAX_LABELS);
    (labels > 0).then(|| request.suffixes[0])
}

#[expect(clippy::unnecessary_wraps, reason = "it is compared with what may be none")]
pub(crate) fn named(text: &str) -> Option<u64> {
    Some(key::host(text))
}

/// Asserts that the request has this path and no other.
pub(crate) fn assert_path(request: &Request, elements: &[&str]) {
    assert!(elements.len() <= MAX_ELEMENTS);
    assert_eq!(request.elements as usize, elements.len(), "{elements:?}");
    for (index, found) in request.path.iter().take(elements.len()).enumerate() {
        let expected = key::path(elements[..=index].iter().copied());
        assert_eq!(*found, expected, "{elements:?} {index}");
    }
}

/// Has `stream` take some of `input`, but no more than `most` bytes. How many it took.
fn take(stream: &mut Stream, input: &[u8], most: usize) -> (usize, Progress) {
    let mut word = [0; 8];
    let bytes = input.len().min(most);
    word[..bytes].copy_from_slice(&input[..bytes]);
    let (taken, progress) = stream.take(u64::from_le_bytes(word), u32::try_from(bytes).unwrap());
    let taken = usize::try_from(taken).unwrap();
    assert!((1..=bytes).contains(&taken));
    (taken, progress)
}

/// What is not [`More`] of a segment.
pub(crate) fn push(stream: &mut Stream, segment: &str) -> Vec<Progress> {
    stream.begin_segment();
    let mut rest = segment.as_bytes();
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (taken, progress) = take(stream, rest, 8);
        rest = &rest[taken..];
        found.extend(Some(progress).filter(|progress| *progress != More));
    }
    found
}

/// In segments of so many bytes, of which the stream is given at most so many at once.
fn feed(input: &[u8], segment: usize, skips: bool, most: usize) -> Vec<Event> {
    let mut stream = Stream::default();
    let mut events = Vec::new();
    let mut at = 0;
    let mut next_segment = 0;
    // What may come of a lost stream depends on its segments.
    while at < input.len() && stream.to_skip() != u64::MAX {
        if at >= next_segment {
            stream.begin_segment();
            next_segment = at + segment;
        }
        let skipped = stream.to_skip().min((next_segment.min(input.len()) - at) as u64);
        if skips && skipped > 0 {
            stream.skip(skipped);
            at += usize::try_from(skipped).unwrap();
            continue;
        }
        let end = next_segment.min(input.len());
        let (taken, progress) = take(&mut stream, &input[at..end], most);
        at += taken;
        match progress {
            More => continue,
            Complete => assert!(stream.request().is_whole()),
            Malformed | Over => {}
        }
        assert!(progress != Over || stream.is_over());
        events.push((at, progress, (progress == Complete).then(|| *stream.request())));
    }
    events
}
