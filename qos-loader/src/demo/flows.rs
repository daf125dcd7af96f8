//! Which programs send what, and what should arrive.

use std::net::IpAddr;

/// The transport of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// A connection.
    Tcp,
    /// Datagrams.
    Udp,
}

impl Transport {
    /// Its protocol number.
    pub const fn number(self) -> u8 {
        match self {
            Self::Tcp => 6,
            Self::Udp => 17,
        }
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

/// What one program sends, and the demo's expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// The program, for people.
    pub application: &'static str,
    /// Whether it runs in the backup service's cgroup.
    pub in_backup_cgroup: bool,
    /// TCP or UDP.
    pub transport: Transport,
    /// Its own address.
    pub source: IpAddr,
    /// Tells it from the other flows in the capture.
    pub source_port: u16,
    /// Where it sends to.
    pub destination: IpAddr,
    /// Where it sends to.
    pub destination_port: u16,
    /// The TOS byte or Traffic Class that the program sets itself: DSCP and ECN.
    pub tos: u8,
    /// The policy that should apply.
    pub policy: Option<&'static str>,
    /// The DSCP that should arrive.
    pub expected: u8,
}

struct Program {
    application: &'static str,
    transport: Transport,
    host: usize,
    port: u16,
    tos: u8,
    policy: Option<&'static str>,
    expected: u8,
}

/// The home server and the meeting server, each by both families, with our address towards it.
const HOSTS: [[(&str, &str); 2]; 2] = [
    [("192.0.2.1", "192.0.2.2"), ("2001:db8::1", "2001:db8::2")],
    [("198.51.100.1", "198.51.100.7"), ("2001:db8:7::1", "2001:db8:7::7")],
];

const BACKUP: &str = "backup";
const CALLS: Option<&str> = Some("Calls");

#[rustfmt::skip]
const PROGRAMS: [Program; 7] = {
    use Transport::{Tcp, Udp};
    [
        Program { application: BACKUP, transport: Tcp, host: 0, port: 443, tos: 0, policy: Some("Backup"), expected: 8 },
        Program { application: "browser", transport: Tcp, host: 0, port: 443, tos: 0, policy: None, expected: 0 },
        Program { application: "phone, signalling", transport: Udp, host: 0, port: 5060, tos: 0, policy: CALLS, expected: 46 },
        Program { application: "phone, voice", transport: Udp, host: 0, port: 16_386, tos: 0x02, policy: CALLS, expected: 46 },
        Program { application: "meeting", transport: Tcp, host: 1, port: 8801, tos: 0, policy: Some("Meetings"), expected: 34 },
        Program { application: "names", transport: Udp, host: 0, port: 53, tos: 0, policy: None, expected: 0 },
        Program { application: "game, marks itself", transport: Udp, host: 0, port: 3074, tos: 0x28, policy: None, expected: 10 },
    ]
};

/// Every program over IPv4 and over IPv6.
pub fn all() -> Vec<Flow> {
    let pairs = PROGRAMS.iter().flat_map(|program| [(program, 0), (program, 1)]);
    pairs
        .zip(40_000..)
        .filter_map(|((program, family), port)| flow(program, family, port))
        .collect()
}

fn flow(program: &Program, family: usize, source_port: u16) -> Option<Flow> {
    let (source, destination) = HOSTS[program.host][family];
    Some(Flow {
        application: program.application,
        in_backup_cgroup: program.application == BACKUP,
        transport: program.transport,
        source: source.parse().ok()?,
        source_port,
        destination: destination.parse().ok()?,
        destination_port: program.port,
        tos: program.tos,
        policy: program.policy,
        expected: program.expected,
    })
}

/// Our addresses, and those of the servers.
pub fn addresses() -> [Vec<IpAddr>; 2] {
    let pairs = || HOSTS.iter().flatten();
    [
        pairs().filter_map(|(near, _)| near.parse().ok()).collect(),
        pairs().filter_map(|(_, far)| far.parse().ok()).collect(),
    ]
}
