//! What is measured.

use crate::sets::SIZES;

/// What the packets meet at the device's egress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A program that does nothing.
    Empty,
    /// A program that only writes.
    Floor,
    /// One rule of nft, which only writes.
    NftRule,
    /// Our program.
    Ours,
    /// Our program without its table of flows.
    OursAnew,
    /// A verdict map of nft.
    NftMap,
    /// A rule of nft for each policy.
    NftList,
}

impl Subject {
    pub(crate) const ALL: [Self; 7] = [
        Self::Empty,
        Self::Floor,
        Self::NftRule,
        Self::Ours,
        Self::OursAnew,
        Self::NftMap,
        Self::NftList,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty program",
            Self::Floor => "floor",
            Self::NftRule => "nft, one rule for every packet",
            Self::Ours => "qos-loader",
            Self::OursAnew => "qos-loader, no table of flows",
            Self::NftMap => "nft, map",
            Self::NftList => "nft, list",
        }
    }

    /// Whether it marks by policies; what does not is measured once.
    pub(crate) const fn has_policies(self) -> bool {
        match self {
            Self::Empty | Self::Floor | Self::NftRule => false,
            Self::Ours | Self::OursAnew | Self::NftMap | Self::NftList => true,
        }
    }

    /// With how many sets it is measured, from the smallest on.
    pub(super) const fn sets(self) -> usize {
        if self.has_policies() { SIZES.len() } else { 1 }
    }
}

/// To whom packets are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Peers {
    /// To one, by a connected socket.
    One,
    /// To 4,096 in turn, by one unconnected socket.
    Many,
}

impl Peers {
    pub(crate) const ALL: [Self; 2] = [Self::One, Self::Many];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::One => "connected",
            Self::Many => "many destinations",
        }
    }
}
