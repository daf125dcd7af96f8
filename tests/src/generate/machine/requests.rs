//! Requests as they are read from a connection, by their hashes.

use qos_common::request::{HTTP, HTTPS, MAX_ELEMENTS, MAX_LABELS, Request, key};

use crate::oracle;

/// What a server is asked.
pub(super) fn received(request: &oracle::Request) -> Request {
    let mut read = Request {
        scheme: if request.scheme == "https" { HTTPS } else { HTTP },
        port: request.port.map_or(0, u32::from),
        ..named(&request.host)
    };
    let mut hash = key::EMPTY;
    for element in request.path.split('/').skip(1).filter(|element| !element.is_empty()) {
        hash = key::text(hash, element.as_bytes());
        if let Some(place) = read.path.get_mut(usize::try_from(read.elements).unwrap()) {
            *place = hash;
        }
        read.elements =
            read.elements.saturating_add(1).min(u32::try_from(MAX_ELEMENTS).unwrap() + 1);
    }
    Request { version: read.version_of(), ..read }
}

/// What a connection says of the host that it calls.
pub(super) fn sent(host: &str) -> Request {
    let read = Request { scheme: HTTPS, ..named(host) };
    Request { version: read.version_of(), ..read }
}

/// Of a host with too many labels nothing is known, as of none.
fn named(host: &str) -> Request {
    let mut read = Request::default();
    if host.is_empty() {
        return read;
    }
    let labels: Vec<u64> = if host.starts_with('[') {
        vec![key::label(host)]
    } else {
        host.split('.').map(key::label).collect()
    };
    if labels.len() <= MAX_LABELS {
        read.labels = u32::try_from(labels.len()).unwrap();
        read.suffixes[..labels.len()].copy_from_slice(&labels);
        key::join(&mut read.suffixes, read.labels);
    }
    read
}
