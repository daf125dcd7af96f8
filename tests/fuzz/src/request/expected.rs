//! A request as the texts of its parts say it should be.

use qos_common::request::{MAX_ELEMENTS, Request, TOO_MANY_ELEMENTS, key};

use super::authority::Host;

/// A request of `host` and a path of these `elements`.
pub(super) fn request(scheme: u32, host: Option<&Host>, elements: &[&[u8]]) -> Request {
    let mut request = Request { scheme, ..Request::default() };
    if let Some(host) = host {
        request.port = u32::from(host.port);
        request.labels = u32::try_from(host.labels.len()).unwrap();
        for index in 0..host.labels.len() {
            request.suffixes[index] = key::host(&host.labels[index..].join("."));
        }
    }
    request.elements = u32::try_from(elements.len()).unwrap_or(u32::MAX).min(TOO_MANY_ELEMENTS);
    for index in 0..elements.len().min(MAX_ELEMENTS) {
        let texts = elements[..=index].iter().map(|element| str::from_utf8(element));
        request.path[index] = key::path(texts.map(|text| text.unwrap()));
    }
    request.version = request.version_of();
    request
}
