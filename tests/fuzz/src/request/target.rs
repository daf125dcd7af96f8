//! A request's target, by plain string code.

/// What a target says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target<'a> {
    /// The host and port, if it names them.
    pub(super) authority: Option<&'a [u8]>,
    /// The elements of the path.
    pub(super) elements: Vec<&'a [u8]>,
}

impl<'a> Target<'a> {
    /// Of `text`, if that is one of the four forms that there are (RFC 9112, section 3.2).
    pub(super) fn of(method: &str, text: &'a str) -> Option<Self> {
        if method == "CONNECT" {
            let is_right =
                !text.is_empty() && !text.contains(['/', '?', '#']) && !text.ends_with('@');
            let authority = Some(host_of(text.as_bytes()));
            return is_right.then_some(Self { authority, elements: Vec::new() });
        }
        if text == "*" {
            return Some(Self { authority: None, elements: Vec::new() });
        }
        if text.starts_with('/') {
            return Some(Self { authority: None, elements: elements(text) });
        }
        let (scheme, rest) = text.split_once("://")?;
        let mut signs = scheme.chars();
        let is_right = signs.next()?.is_ascii_alphabetic()
            && signs.all(|sign| sign.is_ascii_alphanumeric() || "+-.".contains(sign));
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let authority = Some(host_of(authority.as_bytes()));
        is_right.then(|| Self { authority, elements: elements(path) })
    }
}

/// Behind the userinfo.
fn host_of(authority: &[u8]) -> &[u8] {
    authority.rsplit(|byte| *byte == b'@').next().unwrap_or(authority)
}

fn elements(text: &str) -> Vec<&[u8]> {
    let path = text.split(['?', '#']).next().unwrap_or(text);
    let Some(path) = path.strip_prefix('/') else { return Vec::new() };
    let mut elements: Vec<_> = path.split('/').map(str::as_bytes).collect();
    if elements.last().is_some_and(|last| last.is_empty()) {
        elements.pop();
    }
    elements
}
