//! The words of an image's header. Offsets count words from the image's start.

/// The header's length in words; offset 0 to this is never a table.
pub const HEADER_WORDS: u32 = 64;

/// When the set was built: `CLOCK_BOOTTIME`, nanoseconds. Never the same for two sets, so that a
/// cached answer of another set is never taken for one of this.
pub const GENERATION: u32 = 0;
/// Bits of the [`super::Dimension`]s that some rule looks at.
pub const USED: u32 = 1;
/// The number of groups in each vector, 0 to [`super::vector::GROUPS`].
pub const GROUPS: u32 = 2;
/// Bits of the cgroup levels (0 is the root) that some policy names.
pub const CGROUP_LEVELS: u32 = 3;
/// The table of the rules' actions, a word a rule.
pub const ACTIONS: u32 = 4;
/// The table of protocols: 256 entries.
pub const PROTOCOLS: u32 = 5;
/// The table of source ports: 65,537 entries, the last for "no port".
pub const SOURCE_PORTS: u32 = 6;
/// The table of destination ports, likewise.
pub const DESTINATION_PORTS: u32 = 7;
/// The trie of IPv4 source addresses.
pub const SOURCES_V4: u32 = 8;
/// The trie of IPv6 source addresses.
pub const SOURCES_V6: u32 = 9;
/// The trie of IPv4 destination addresses.
pub const DESTINATIONS_V4: u32 = 10;
/// The trie of IPv6 destination addresses.
pub const DESTINATIONS_V6: u32 = 11;
/// The hash table of cgroup ids: its offset, the mask of its slots, the vector of the absent.
pub const CGROUPS: super::table::HashHeader = super::table::HashHeader { start: 12 };
/// The hash table of users.
pub const USERS: super::table::HashHeader = super::table::HashHeader { start: 15 };
/// The hash table of executables, by path and by name ([`crate::executable`]).
pub const APPLICATIONS: super::table::HashHeader = super::table::HashHeader { start: 20 };
/// The table of groups: an entry for each bit of [`crate::identity::GroupBits`].
pub const MEMBERS: u32 = 23;
/// The vector of a sender that is in none of the groups.
pub const NO_MEMBER: u32 = 24;
/// The hash table of schemes and hosts of URLs ([`super::url::host_key`]).
pub const URL_HOSTS: super::table::HashHeader = super::table::HashHeader { start: 32 };
/// The hash table of ports of URLs ([`super::url::port_key`]).
pub const URL_PORTS: super::table::HashHeader = super::table::HashHeader { start: 35 };
/// The hash table of paths of URLs ([`super::url::path_key`]).
pub const URL_PATHS: super::table::HashHeader = super::table::HashHeader { start: 38 };
/// The hash table of names of destinations ([`super::names::key`]).
pub const NAMES: super::table::HashHeader = super::table::HashHeader { start: 41 };
/// The trie of the IPv4 addresses that names are known to have.
pub const NAMED_V4: u32 = 44;
/// The trie of the IPv6 addresses that names are known to have.
pub const NAMED_V6: u32 = 45;
/// The table of throttles: the words of a [`crate::throttle::Pace`] each, by number.
pub const THROTTLES: u32 = 28;
/// The action for packets that no policy gives a code point ([`crate::action::Action::or_unmarked`]).
pub const UNMARKED: u32 = 25;
/// 1 if the table of flows ([`crate::cache::FlowEntry`]) pays for this set, else 0.
pub const KEEPS_FLOWS: u32 = 19;
/// The vector of all rules: stands in for a dimension that no rule looks at.
pub const ALL_RULES: u32 = 18;
