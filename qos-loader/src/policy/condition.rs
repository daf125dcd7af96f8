//! The values that conditions compare with. Each prints as the policy file writes it.

use core::fmt;

use ipnet::IpNet;

/// An address prefix, or any address (which counts as no condition).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressMatch {
    /// Every address of both families.
    Any,
    /// The addresses of a prefix; its host bits are 0.
    Prefix(IpNet),
}

impl fmt::Display for AddressMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::Prefix(net) if net.prefix_len() == net.max_prefix_len() => {
                write!(f, "{}", net.addr())
            }
            Self::Prefix(net) => write!(f, "{net}"),
        }
    }
}

/// Ports from `low` to `high`, both included; 1 ≤ low ≤ high.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortRange {
    /// The first port.
    pub low: u16,
    /// The last port.
    pub high: u16,
}

impl PortRange {
    /// How many ports it has.
    pub fn width(self) -> u32 {
        u32::from(self.high) - u32::from(self.low) + 1
    }

    /// Whether `port` is one of them.
    pub fn contains(self, port: u16) -> bool {
        (self.low..=self.high).contains(&port)
    }
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.low == self.high {
            write!(f, "{}", self.low)
        } else {
            write!(f, "{}:{}", self.low, self.high)
        }
    }
}

/// A transport protocol, or two of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProtocolMatch {
    /// `tcp+udp`.
    TcpUdp,
    /// The protocol of a number of the IANA registry.
    Number(u8),
}

/// The names that a policy file has for protocol numbers.
pub const PROTOCOL_NAMES: &[(&str, u8)] =
    &[("tcp", 6), ("udp", 17), ("icmp", 1), ("icmpv6", 58), ("sctp", 132)];

impl ProtocolMatch {
    /// The numbers that it stands for.
    pub const fn numbers(&self) -> &[u8] {
        match self {
            Self::TcpUdp => &[6, 17],
            Self::Number(number) => core::slice::from_ref(number),
        }
    }
}

impl fmt::Display for ProtocolMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TcpUdp => f.write_str("tcp+udp"),
            Self::Number(number) => match PROTOCOL_NAMES.iter().find(|(_, n)| n == number) {
                Some((name, _)) => f.write_str(name),
                None => write!(f, "{number}"),
            },
        }
    }
}

/// A user, by name or number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UserMatch {
    /// A name that the system's user database resolves.
    Name(String),
    /// A user id.
    Id(u32),
}

impl fmt::Display for UserMatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Id(id) => write!(f, "{id}"),
        }
    }
}

/// A path of the cgroup v2 hierarchy, where an element `*` stands for any one element. It matches
/// that cgroup and all below it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CgroupPattern {
    elements: Vec<String>,
}

impl CgroupPattern {
    /// From an absolute path without empty, `.` or `..` elements; `None` for any other text.
    pub fn new(path: &str) -> Option<Self> {
        let rest = path.strip_prefix('/')?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let elements: Vec<String> = match rest {
            "" => Vec::new(),
            _ => rest.split('/').map(str::to_owned).collect(),
        };
        let proper = |element: &String| !matches!(element.as_str(), "" | "." | "..");
        elements.iter().all(proper).then_some(Self { elements })
    }

    /// The hierarchy's root.
    pub const fn root() -> Self {
        Self { elements: Vec::new() }
    }

    /// The cgroup called `name` in this one.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        let mut elements = self.elements.clone();
        elements.push(name.to_owned());
        Self { elements }
    }

    /// This cgroup's ancestors from the root down, and itself.
    pub fn lineage(&self) -> impl Iterator<Item = Self> {
        (0..=self.depth()).map(|depth| Self { elements: self.elements[..depth].to_vec() })
    }

    /// The number of elements: 0 for the root.
    pub fn depth(&self) -> usize {
        self.elements.len()
    }

    /// The elements from the root down.
    pub fn elements(&self) -> &[String] {
        &self.elements
    }

    /// Whether the cgroup at `path` is one that the pattern names, or below one.
    pub fn covers(&self, path: &Self) -> bool {
        self.elements.len() <= path.elements.len()
            && self.elements.iter().zip(&path.elements).all(|(own, one)| own == "*" || own == one)
    }
}

impl fmt::Display for CgroupPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}", self.elements.join("/"))
    }
}
