//! The numbers under which Policy-based QoS administrators know what happens to a policy set, as
//! Windows' event log has them for a computer's policies.

/// The set was read again and had not changed.
pub const REFRESHED_UNCHANGED: u16 = 16500;
/// The set was read again and is now in force.
pub const REFRESHED_CHANGED: u16 = 16501;
/// `inbound-throughput-level` is not set: the receive windows are left alone.
pub const INBOUND_THROUGHPUT_NOT_SET: u16 = 16504;
/// `inbound-throughput-level` is 0, the least.
pub const INBOUND_THROUGHPUT_0: u16 = 16505;
/// `inbound-throughput-level` is 1.
pub const INBOUND_THROUGHPUT_1: u16 = 16506;
/// `inbound-throughput-level` is 2.
pub const INBOUND_THROUGHPUT_2: u16 = 16507;
/// `inbound-throughput-level` is 3, the most.
pub const INBOUND_THROUGHPUT_3: u16 = 16508;
/// `app-marking` is not set: applications may set DSCPs.
pub const APP_MARKING_NOT_SET: u16 = 16509;
/// `app-marking` has the DSCPs that applications set cleared.
pub const APP_MARKING_IGNORED: u16 = 16510;
/// `app-marking` lets applications set DSCPs.
pub const APP_MARKING_ALLOWED: u16 = 16511;
/// A policy file's version is not one that is known here.
pub const VERSION: u16 = 16602;
/// A policy gives neither a DSCP nor a throttle.
pub const NO_ACTION: u16 = 16604;
/// The set is more than the kernel's tables hold.
pub const QUOTA: u16 = 16606;
/// Two policies are equal in all that decides but their place.
pub const CONFLICT: u16 = 16608;
/// The path of a policy's application leads nowhere.
pub const APPLICATION_UNRESOLVED: u16 = 16610;
/// The set could not be read or put in force.
pub const REFRESH_FAILED: u16 = 16700;
/// A policy's name is longer than 255 bytes.
pub const NAME_TOO_LONG: u16 = 16704;
/// A policy has no name, or an empty one.
pub const NAME_EMPTY: u16 = 16706;
/// A field of a policy can't be read.
pub const UNREADABLE_FIELD: u16 = 16710;

/// The event that says what `inbound-throughput-level` is, of 0 to 3. Any above is the most too.
pub const fn inbound_throughput(level: Option<u8>) -> u16 {
    match level {
        None => INBOUND_THROUGHPUT_NOT_SET,
        Some(0) => INBOUND_THROUGHPUT_0,
        Some(1) => INBOUND_THROUGHPUT_1,
        Some(2) => INBOUND_THROUGHPUT_2,
        Some(3..) => INBOUND_THROUGHPUT_3,
    }
}

/// The event that says what `app-marking` is: whether applications are allowed to set DSCPs.
pub const fn app_marking(allowed: Option<bool>) -> u16 {
    match allowed {
        None => APP_MARKING_NOT_SET,
        Some(false) => APP_MARKING_IGNORED,
        Some(true) => APP_MARKING_ALLOWED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_throughput_level_has_its_number() {
        let levels = [None, Some(0), Some(1), Some(2), Some(3)];
        assert_eq!(levels.map(inbound_throughput), [16504, 16505, 16506, 16507, 16508]);
    }

    #[test]
    fn each_way_with_applications_marks_has_its_number() {
        assert_eq!([None, Some(false), Some(true)].map(app_marking), [16509, 16510, 16511]);
    }
}
