//! The values of a rule's conditions as ranges.

use ipnet::IpNet;
use itertools::iproduct;

use super::{NO_PORT, Range};
use crate::policy::PortRange;

pub(super) fn addresses(nets: &[IpNet], ipv6: bool) -> impl Iterator<Item = Range> + Clone {
    let all = (0, if ipv6 { u128::MAX } else { u32::MAX.into() });
    let range = move |net: &IpNet| match (net, ipv6) {
        (IpNet::V4(net), false) => {
            Some((net.network().to_bits().into(), net.broadcast().to_bits().into()))
        }
        (IpNet::V6(net), true) => Some((net.network().to_bits(), net.broadcast().to_bits())),
        (IpNet::V4(_), true) | (IpNet::V6(_), false) => None,
    };
    nets.iter().filter_map(range).chain(nets.is_empty().then_some(all))
}

pub(super) fn ports(ranges: &[PortRange]) -> impl Iterator<Item = Range> + Clone {
    let all = ranges.is_empty().then_some((0, NO_PORT));
    ranges.iter().map(|range| (range.low.into(), range.high.into())).chain(all)
}

pub(super) fn protocols(numbers: &[u8]) -> impl Iterator<Item = Range> + Clone {
    let all = numbers.is_empty().then_some((0, 255));
    numbers.iter().map(|&number| (number.into(), number.into())).chain(all)
}

/// What ranges of both have in common.
pub(super) fn common(
    one: impl Iterator<Item = Range>,
    other: impl Iterator<Item = Range> + Clone,
) -> impl Iterator<Item = Range> {
    let cut = |(one, other): (Range, Range)| (one.0.max(other.0), one.1.min(other.1));
    iproduct!(one, other).map(cut).filter(|(low, high)| low <= high)
}
