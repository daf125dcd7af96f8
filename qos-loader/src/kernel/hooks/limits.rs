//! What can't be followed where a hook is missing.

use super::{super::tcp::OVER_TCP, HELD, Hook};

/// What can't be followed with these hooks, in words for people.
pub fn limits(hooks: &[Hook]) -> Vec<&'static str> {
    let mut limits = Vec::new();
    if hooks.iter().any(|hook| hook.name == HELD) {
        limits.extend(of_senders(hooks));
    }
    if hooks.iter().any(|hook| hook.name == OVER_TCP && !hook.is_attached()) {
        limits.push(
            "TCP sockets that listen already stay as they are when inbound-throughput-level is set, \
             changed or taken back",
        );
    }
    limits
}

/// Of who sends.
fn of_senders(hooks: &[Hook]) -> impl Iterator<Item = &'static str> {
    let is_attached =
        |name: &str| hooks.iter().any(|hook| hook.name.ends_with(name) && hook.is_attached());
    let before_every_send = is_attached("/security_socket_sendmsg");
    let after_every_send = is_attached("/sock_send_length");
    let limits = [
        (
            !is_attached("/sock_create") || !is_attached("/connect4"),
            "the first packets of a socket may be taken for another program's",
        ),
        (
            !before_every_send && !is_attached("/tcp_sendmsg_locked"),
            "the first data that a program sends on a TCP connection that it was handed is taken for \
             that of who had it before",
        ),
        (
            !before_every_send && after_every_send,
            "the first datagram on a UDP socket with a peer that a program was handed is taken for \
             that of who had it before",
        ),
        (
            !before_every_send && !after_every_send,
            "what a program sends on a socket that it was handed is taken for that of who had it \
             before",
        ),
        (
            !is_attached(HELD),
            "sockets that are older than the policies are nobody's until a program is seen to use them",
        ),
    ];
    limits.into_iter().filter_map(|(holds, limit)| holds.then_some(limit))
}

#[cfg(test)]
mod tests {
    use super::{
        super::{CGROUP, FUNCTIONS, State, TRACEPOINTS, name},
        *,
    };

    /// Hooks of which those that end like this are attached.
    fn limits_with(attached: &[&str]) -> Vec<&'static str> {
        let all = CGROUP.iter().chain(&FUNCTIONS).chain(&TRACEPOINTS);
        let mut names: Vec<String> = all.map(|(_, place, way)| name(place, *way)).collect();
        names.push(HELD.to_owned());
        let state = |name: &str| {
            if attached.iter().any(|end| name.ends_with(end)) {
                State::Attached
            } else {
                State::Missing("it is not there".to_owned())
            }
        };
        let hooks: Vec<Hook> =
            names.into_iter().map(|name| Hook { state: state(&name), name }).collect();
        limits(&hooks)
    }

    #[test]
    fn without_a_hook_something_is_not_followed() {
        assert_eq!(limits(&[]), [""; 0], "nobody asks");
        let base = ["/sock_create", "/connect4", HELD];
        let with = |more: &[&str]| limits_with(&[&base[..], more].concat()).len();
        assert_eq!(with(&["/security_socket_sendmsg"]), 0);
        assert_eq!(with(&["/tcp_sendmsg_locked", "/sock_send_length"]), 1);
        assert_eq!(with(&["/sock_send_length"]), 2);
        assert_eq!(with(&[]), 2);
        assert_eq!(limits_with(&["/security_socket_sendmsg"]).len(), 2);
    }
}
