//! What follows a head, by plain string code and `httparse`.

use httparse::{EMPTY_HEADER, Header, Status};

/// What stands behind a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// So many bytes.
    Bytes(u64),
    Chunks,
    /// Another protocol.
    Other,
}

impl Body {
    /// As the fields of a head say, or why a server should refuse it (RFC 9112, section 6.3).
    pub(super) fn of(method: &str, headers: &[Header<'_>]) -> Result<Self, &'static str> {
        let length = length(&values(headers, "content-length"))?;
        if method == "CONNECT" || !values(headers, "upgrade").is_empty() {
            return Ok(Self::Other);
        }
        let codings = values(headers, "transfer-encoding");
        if codings.is_empty() {
            return Ok(Self::Bytes(length));
        }
        let mut codings = codings.iter().flat_map(|value| value.split(|byte| *byte == b','));
        let is_there = |coding: &&[u8]| !coding.trim_ascii().is_empty();
        match codings.rfind(is_there) {
            Some(last) if trimmed(last).eq_ignore_ascii_case(b"chunked") => Ok(Self::Chunks),
            _ => Err("a transfer coding that has no end"),
        }
    }

    /// How long it is at the begin of `rest`, if that has the whole of it.
    pub(super) fn end(self, rest: &[u8]) -> Option<usize> {
        match self {
            Self::Bytes(length) => usize::try_from(length).ok().filter(|end| *end <= rest.len()),
            Self::Chunks => chunks(rest),
            Self::Other => None,
        }
    }
}

/// The values of the fields of this name.
pub(super) fn values<'a>(headers: &[Header<'a>], name: &str) -> Vec<&'a [u8]> {
    let named = headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name));
    named.map(|header| trimmed(header.value)).collect()
}

/// Without the whitespace of HTTP around it.
pub(super) fn trimmed(value: &[u8]) -> &[u8] {
    let is_sign = |byte: &u8| *byte != b' ' && *byte != b'\t';
    let start = value.iter().position(is_sign).unwrap_or(value.len());
    let end = value.iter().rposition(is_sign).map_or(start, |last| last + 1);
    &value[start..end]
}

fn length(values: &[&[u8]]) -> Result<u64, &'static str> {
    let mut lengths = Vec::new();
    for value in values {
        let text = str::from_utf8(value).ok().filter(|text| !text.starts_with('+'));
        let length = text.and_then(|text| text.parse().ok());
        lengths.push(length.filter(|length| *length <= 1 << 56).ok_or("a length that is none")?);
    }
    lengths.dedup();
    match lengths[..] {
        [] => Ok(0),
        [length] => Ok(length),
        _ => Err("lengths that differ"),
    }
}

fn chunks(rest: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let Ok(Status::Complete((line, size))) = httparse::parse_chunk_size(&rest[at..]) else {
            return None;
        };
        if !is_chunk_line(&rest[at..at + line]) {
            return None;
        }
        at += line;
        if size == 0 {
            let mut headers = [EMPTY_HEADER; 64];
            let trailer = httparse::parse_headers(&rest[at..], &mut headers);
            let Ok(Status::Complete((end, _))) = trailer else { return None };
            return Some(at + end);
        }
        at = at.checked_add(usize::try_from(size).ok()?)?;
        at += rest.get(at..)?.starts_with(b"\r\n").then_some(2)?;
    }
}

/// The reference takes a line without a size for 0, and any byte in an extension.
fn is_chunk_line(line: &[u8]) -> bool {
    let line = line.strip_suffix(b"\r\n").unwrap_or(line);
    let is_sign = |byte: &u8| *byte == b'\t' || !byte.is_ascii_control();
    line.first().is_some_and(u8::is_ascii_hexdigit) && line.iter().all(is_sign)
}
