//! Requests beside `httparse`, one after the other.

use httparse::{EMPTY_HEADER, Header, Status};
use qos_common::request::{HTTP, Request, stream::Progress};

use super::{
    Tally,
    authority::Host,
    body::{Body, values},
    drive::Event,
    expected,
    target::Target,
};

/// The longest head that a stream reads, in bytes, with the empty lines before it.
const LONGEST: usize = 16_384;

/// A request as the reference reads it.
struct Reference {
    /// Where its head ends.
    end: usize,
    /// Where the stream should know it.
    known: usize,
    request: Request,
    body: Body,
}

pub(super) fn compare(input: &[u8], events: &[Event]) -> Tally {
    let mut tally = Tally::default();
    let mut events = events.iter().copied();
    let mut start = 0;
    while let Some(answer) = parse(input, start) {
        let ours = events.next();
        let reference = match answer {
            Ok(reference) => reference,
            Err(_reason) => {
                tally.reference += 1;
                return tally;
            }
        };
        let shown = input[start..].escape_ascii();
        let expected = Event {
            at: reference.known,
            progress: Progress::Complete,
            request: Some(reference.request),
        };
        assert_eq!(ours, Some(expected), "{shown}");
        tally.both += 1;
        let Some(length) = reference.body.end(&input[reference.end..]) else { return tally };
        start = reference.end + length;
    }
    tally
}

/// The request that begins at `start`, if there is one, or why the stream refuses it.
fn parse(input: &[u8], start: usize) -> Option<Result<Reference, &'static str>> {
    let mut headers = [EMPTY_HEADER; 128];
    let mut parsed = httparse::Request::new(&mut headers);
    let Ok(Status::Complete(length)) = parsed.parse(&input[start..]) else { return None };
    let (method, target) = (parsed.method?, parsed.path?);
    let end = start + length;
    let headers = &*parsed.headers;
    Some(reference(input, end, method, target, headers).and_then(|reference| {
        if length > LONGEST { Err("a head that is too long") } else { Ok(reference) }
    }))
}

fn reference(
    input: &[u8],
    end: usize,
    method: &str,
    target: &str,
    headers: &[Header<'_>],
) -> Result<Reference, &'static str> {
    let is_sign = |byte: u8| byte.is_ascii_uppercase() || byte == b'-';
    if method.len() > 16 || !method.bytes().all(is_sign) {
        return Err("a method that is none in use");
    }
    let target = Target::of(method, target).ok_or("a target of no form")?;
    let hosts = values(headers, "host");
    if hosts.windows(2).any(|two| !words(two[0]).eq(&words(two[1]))) {
        return Err("hosts that differ");
    }
    let body = Body::of(method, headers)?;
    let host = target.authority.or(hosts.first().copied()).and_then(Host::of);
    let request = expected::request(HTTP, host.as_ref(), &target.elements);
    let known = headers.iter().find(|header| header.name.eq_ignore_ascii_case("host"));
    let known = known.map_or(end, |header| end_of_line(input, header));
    Ok(Reference { end, known, request, body })
}

/// In which case they are, and how much space is in them, makes no difference.
fn words(value: &[u8]) -> Vec<Vec<u8>> {
    let words = value.split(|byte| *byte == b' ' || *byte == b'\t');
    words.filter(|word| !word.is_empty()).map(<[u8]>::to_ascii_lowercase).collect()
}

fn end_of_line(input: &[u8], header: &Header<'_>) -> usize {
    let name = header.name.as_ptr().addr() - input.as_ptr().addr();
    let length = input[name..].iter().position(|byte| *byte == b'\n');
    length.map_or(input.len(), |length| name + length + 1)
}
