//! `host:port`, by plain string code.

use qos_common::request::MAX_LABELS;

/// A host's name, and the port behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Host {
    pub(super) labels: Vec<String>,
    pub(super) port: u16,
}

impl Host {
    /// Of the value of `Host`, or of a URL's authority behind the userinfo.
    pub(super) fn of(text: &[u8]) -> Option<Self> {
        let text = str::from_utf8(text).ok()?;
        if text.starts_with('[') {
            let (literal, rest) = text.split_at(text.find(']')? + 1);
            let port = if rest.is_empty() { 0 } else { port(rest.strip_prefix(':')?)? };
            let inner = literal.trim_start_matches('[').trim_end_matches(']');
            let is_address = |sign: char| sign.is_ascii_hexdigit() || sign == ':' || sign == '.';
            let is_right = literal.len() == inner.len() + 2 && inner.chars().all(is_address);
            return is_right.then(|| Self { labels: vec![literal.to_owned()], port });
        }
        let (name, port) = match text.split_once(':') {
            Some((name, text)) => (name, port(text)?),
            None => (text, 0),
        };
        Some(Self { labels: labels(name)?, port })
    }

    /// Of what TLS calls a server, which has no port.
    pub(super) fn of_server(name: &[u8]) -> Option<Self> {
        Some(Self { labels: labels(str::from_utf8(name).ok()?)?, port: 0 })
    }
}

fn labels(name: &str) -> Option<Vec<String>> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let labels: Vec<_> = name.split('.').map(str::to_owned).collect();
    let is_sign = |sign: char| sign.is_ascii_alphanumeric() || sign == '-' || sign == '_';
    let is_label = |label: &String| !label.is_empty() && label.chars().all(is_sign);
    (labels.len() <= MAX_LABELS && labels.iter().all(is_label)).then_some(labels)
}

fn port(text: &str) -> Option<u16> {
    let digits = text.trim_start_matches('0');
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if digits.is_empty() { Some(0) } else { digits.parse().ok() }
}
