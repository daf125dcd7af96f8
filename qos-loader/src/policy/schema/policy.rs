//! `[[policy]]`.

use serde_json::{Map, Value, json};

use super::form::{boolean, one_or_more};
use super::{described, network, value};
use crate::policy::check::key;

pub(super) fn schema() -> Value {
    let keys = key::POLICY.iter().map(|key| ((*key).to_owned(), of(key)));
    json!({
        "type": "object",
        "properties": keys.collect::<Map<String, Value>>(),
        "additionalProperties": false,
        "required": ["name"],
        "anyOf": [{ "required": ["dscp"] }, { "required": ["throttle"] }],
        "dependentRequired": { "subdirectories": ["url"] },
    })
}

fn of(key: &str) -> Value {
    let (description, schema) = match key {
        "name" => ("What it is called: 1 to 255 bytes, once in a layer", value::name()),
        "dscp" => ("The DSCP to set: a name of the IANA registry, or 0 to 63", value::dscp()),
        "throttle" => (
            "The most that all its packets together may take: KBps, MBps (1024 and 1024² bytes a \
             second) or kbit, mbit, gbit (decimal bits a second), such as \"512 KBps\"",
            value::rate(),
        ),
        "keep-marked" => {
            ("Whether packets that carry a DSCP other than 0 keep it; false if absent", boolean())
        }
        "user" => ("Who owns the socket: a name or a number", one_or_more(value::account)),
        "group" => (
            "A group of the socket's owner, primary or supplementary: a name or a number",
            one_or_more(value::account),
        ),
        "application" => (
            "The program that opened the socket: the absolute path of an executable, or its file \
             name alone; `\\xNN` stands for a byte, `\\\\` for a backslash",
            one_or_more(value::application),
        ),
        "cgroup" => (
            "The socket's cgroup or one above it: a path from the hierarchy's root, such as \
             /system.slice/backup.service; `*` is one element",
            one_or_more(value::cgroup),
        ),
        "source" => (
            "Where packets come from: IPv4 or IPv6 addresses or prefixes, or any",
            one_or_more(network::address),
        ),
        "destination" => (
            "Where packets go: IPv4 or IPv6 addresses or prefixes, or any",
            one_or_more(network::address),
        ),
        "destination-host" => {
            ("The name of the host where packets go, or *.example.com", one_or_more(network::host))
        }
        "source-port" => (
            "The port that packets come from, or a range \"low:high\" with both in it",
            one_or_more(network::port),
        ),
        "destination-port" => (
            "The port that packets go to, or a range \"low:high\" with both in it",
            one_or_more(network::port),
        ),
        "protocol" => {
            ("The transport protocol: a name or a number", one_or_more(network::protocol))
        }
        "url" => (
            "What an HTTP server here is asked for: http[s]://host[:port]/path; `*` is any host, \
             or any port",
            one_or_more(network::url),
        ),
        "subdirectories" => {
            ("Whether what lies below the URL's path is meant too; true if absent", boolean())
        }
        // A key without a schema would be refused.
        _ => return json!(false),
    };
    described(description, schema)
}
