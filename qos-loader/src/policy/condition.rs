//! The values that conditions compare with, a file for each kind. Each prints as the policy file
//! writes it. Where one value can hold more than another, `covers` says so.

mod account;
mod address;
mod application;
mod cgroup;
mod host;
mod known;
mod port;
pub mod protocol;
mod request;
mod url;

pub use account::NameOrId;
pub use address::AddressMatch;
pub use application::Application;
pub use cgroup::CgroupPattern;
pub use host::{HostName, HostPattern};
pub use known::KnownName;
pub use port::PortRange;
pub use protocol::ProtocolMatch;
pub use request::UrlRequest;
pub use url::{Scheme, UrlHost, UrlPattern};

/// The conditions of a policy, in the order in which the winning order compares them. A list is a
/// union; an empty one is a condition that is not set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// Owners of the socket.
    pub user: Vec<NameOrId>,
    /// Groups of the socket's owner, primary or supplementary.
    pub group: Vec<NameOrId>,
    /// Programs that opened the socket.
    pub application: Vec<Application>,
    /// Cgroups of the socket, or ancestors of it.
    pub cgroup: Vec<CgroupPattern>,
    /// Source addresses.
    pub source: Vec<AddressMatch>,
    /// Destination addresses.
    pub destination: Vec<AddressMatch>,
    /// Names of the destination.
    pub destination_host: Vec<HostPattern>,
    /// Source ports.
    pub source_port: Vec<PortRange>,
    /// Destination ports.
    pub destination_port: Vec<PortRange>,
    /// Transport protocols.
    pub protocol: Vec<ProtocolMatch>,
    /// URLs that a response answers.
    pub url: Vec<UrlPattern>,
}

impl Conditions {
    /// Whether they look at what only the process that sends can tell.
    pub fn ask_process(&self) -> bool {
        !self.application.is_empty() || !self.group.is_empty()
    }
}
