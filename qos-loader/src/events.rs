//! The numbers under which Policy-based QoS administrators know what happens to a policy set.

/// The set was read again and had not changed.
pub const REFRESHED_UNCHANGED: u16 = 16500;
/// The set was read again and is now in force.
pub const REFRESHED_CHANGED: u16 = 16501;
/// A policy file has a version that is not known.
pub const VERSION: u16 = 16602;
/// A policy gives neither a DSCP nor a throttle.
pub const NO_ACTION: u16 = 16604;
/// The set is more than the kernel's tables hold.
pub const QUOTA: u16 = 16606;
/// Two policies are equal in all that decides but their place.
pub const CONFLICT: u16 = 16608;
/// The path of a policy's application leads to no executable, or elsewhere.
pub const APPLICATION_UNRESOLVED: u16 = 16610;
/// The set could not be read or put in force.
pub const REFRESH_FAILED: u16 = 16700;
/// A policy's name is longer than 255 bytes.
pub const NAME_TOO_LONG: u16 = 16704;
/// A policy has no name, or an empty one.
pub const NAME_EMPTY: u16 = 16706;
/// A field of a policy can't be read.
pub const UNREADABLE_FIELD: u16 = 16710;
