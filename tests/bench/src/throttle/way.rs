//! The ways between the two namespaces.

use core::fmt;

use qos_tests::netns::{FAR, FAR_V4, NEAR, NEAR_V4};

/// A way, which packets take for the addresses at its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// The pair of veths.
    Short,
    /// Two tun devices with a [`super::relay::Relay`] between them.
    Long,
}

/// Where it starts or ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct End {
    pub(super) device: &'static str,
    pub(super) address: &'static str,
}

impl Way {
    pub(super) const fn near(self) -> End {
        match self {
            Self::Short => End { device: NEAR, address: NEAR_V4 },
            Self::Long => End { device: "near1", address: "10.79.0.1" },
        }
    }

    pub(super) const fn far(self) -> End {
        match self {
            Self::Short => End { device: FAR, address: FAR_V4 },
            Self::Long => End { device: "far1", address: "10.79.0.2" },
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Short => "0.05 ms",
            Self::Long => "20 ms",
        })
    }
}
