//! URLs, as a server is asked for them.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::Fault;
use crate::diagnostic::quoted;
use crate::policy::condition::{HostName, Scheme, UrlHost, UrlPattern, UrlRequest};
use crate::policy::parse::{Value, digits};

const RIGHT: &str = "write \"http://host/path\" or \"https://host:8443/\"; `*` may stand for the \
                     whole host or the whole port";

/// `http[s]://host[:port]/path`; whether subdirectories count is another key's business, and true
/// here.
pub fn read(value: &Value) -> Result<UrlPattern, Fault> {
    let Value::Text(text) = value else {
        return Err(Fault::wrong_type("a URL in quotation marks", value).hinted(RIGHT));
    };
    let Written { scheme, host, port, path } =
        parse(text).map_err(|hint| unreadable(text, &hint))?;
    let port = match port {
        Port::Any => None,
        Port::Implied => Some(scheme.port()),
        Port::Given(port) => Some(port),
    };
    Ok(UrlPattern { scheme, host, port, path, subdirectories: true })
}

/// The URL that one request is for.
pub fn read_request(text: &str) -> Result<UrlRequest, Fault> {
    let Written { scheme, host, port, path } =
        parse(text).map_err(|hint| unreadable(text, &hint))?;
    let port = match port {
        Port::Any => None,
        Port::Implied => Some(None),
        Port::Given(port) => Some(Some(port)),
    };
    let Some(port) = port.filter(|_| host != UrlHost::Any) else {
        return Err(unreadable(text, "a request names one host and one port"));
    };
    Ok(UrlRequest { scheme, host, port, path })
}

fn unreadable(text: &str, hint: &str) -> Fault {
    Fault::unreadable(format!("{} is no URL of a server", quoted(text))).hinted(hint)
}

/// What a URL says.
struct Written {
    scheme: Scheme,
    host: UrlHost,
    port: Port,
    path: Vec<String>,
}

#[derive(Clone, Copy)]
enum Port {
    /// None is written.
    Implied,
    Any,
    Given(u16),
}

/// The hint says what would be right.
fn parse(text: &str) -> Result<Written, String> {
    let (scheme, rest) = text.split_once("://").ok_or(RIGHT)?;
    let schemes = [Scheme::Http, Scheme::Https];
    let scheme = schemes
        .into_iter()
        .find(|one| one.name().eq_ignore_ascii_case(scheme))
        .ok_or("a URL starts with `http://` or `https://`")?;
    if let Some(odd) =
        rest.chars().find(|one| !one.is_ascii_graphic() || "\\\"<>^`{|}".contains(*one))
    {
        return Err(format!("{odd:?} is no character of a URL: requests have it as %XX"));
    }
    if rest.contains(['?', '#']) {
        return Err("a policy looks at the path alone: leave out what `?` or `#` begins".to_owned());
    }
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    if authority.contains('@') {
        return Err("a request's host has no user: leave out what stands before `@`".to_owned());
    }
    if authority.parse::<Ipv6Addr>().is_ok() {
        return Err(format!("an address of IPv6 stands in brackets: \"[{authority}]\""));
    }
    let (host, port) = split_port(authority);
    Ok(Written {
        scheme,
        host: self::host(host)?,
        port: port.map_or(Ok(Port::Implied), self::port)?,
        path: self::path(path)?,
    })
}

/// The host, and the text behind the colon of the port.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        // A colon inside of brackets is the address's own.
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

fn host(text: &str) -> Result<UrlHost, String> {
    if text == "*" {
        return Ok(UrlHost::Any);
    }
    if let Some(inside) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let address: Result<Ipv6Addr, _> = inside.parse();
        return address
            .map(UrlHost::V6)
            .map_err(|_| format!("{} is no IPv6 address", quoted(inside)));
    }
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        return Ok(UrlHost::V4(address));
    }
    HostName::new(text).map(UrlHost::Name).ok_or_else(|| match text {
        "" => "the host is missing; `*` stands for any".to_owned(),
        _ if text.contains('*') => "`*` stands for the whole host, not for a part of it".to_owned(),
        _ => format!("{} is no host", quoted(text)),
    })
}

fn port(text: &str) -> Result<Port, String> {
    if text == "*" {
        return Ok(Port::Any);
    }
    let number = digits(text).and_then(|number| u16::try_from(number).ok());
    let number = number.filter(|number| *number > 0);
    number.map(Port::Given).ok_or_else(|| "a port is 1 to 65535, or `*`".to_owned())
}

fn path(text: &str) -> Result<Vec<String>, String> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let text = text.strip_suffix('/').unwrap_or(text);
    let elements: Vec<String> = text.split('/').map(str::to_owned).collect();
    if elements.iter().any(|element| matches!(element.as_str(), "" | "." | "..")) {
        return Err("a path has no empty elements, `.` or `..`".to_owned());
    }
    if elements.iter().any(|element| element.contains('*')) {
        return Err("`*` stands for no part of a path; `subdirectories` does".to_owned());
    }
    Ok(elements)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Result<UrlPattern, Fault> {
        read(&Value::Text(text.to_owned()))
    }

    #[test]
    fn urls_print_as_they_are_compared() {
        for (written, printed) in [
            ("https://training", "https://training/"),
            ("HTTP://HRWeb.corp:80/Training/", "http://hrweb.corp/Training"),
            ("https://*:*/ebooks/tech", "https://*:*/ebooks/tech"),
            ("http://[2001:db8::1]:8080/", "http://[2001:db8::1]:8080/"),
            ("http://192.0.2.1", "http://192.0.2.1/"),
            ("https://video:443", "https://video/"),
        ] {
            assert_eq!(text(written).unwrap().to_string(), printed);
        }
    }

    #[test]
    fn what_is_no_url_is_told_what_would_be_right() {
        let hint = |written: &str| text(written).unwrap_err().hints.remove(0);
        assert_eq!(hint("training/video"), RIGHT);
        assert_eq!(hint("ftp://a/"), "a URL starts with `http://` or `https://`");
        assert_eq!(hint("https://my*site/"), "`*` stands for the whole host, not for a part of it");
        assert!(hint("http://2001:db8::1/").ends_with("in brackets: \"[2001:db8::1]\""));
        for wrong in ["http:///a", "http://a:/", "http://a:0/", "http://a:x/", "http://a/b c"]
            .into_iter()
            .chain([
                "http://a/?q",
                "http://u@a/",
                "http://a//b",
                "http://a//",
                "http://a/*",
                "http://[a]/",
            ])
        {
            text(wrong).unwrap_err();
        }
    }
}
