//! The matcher of qos-common over compiled sets, in user space: no kernel takes part.

use qos_common::{
    policy_set::{action, first_match},
    rewrite,
    sender::Sender,
    wire::{self, Unreadable},
};
use qos_loader::policy::Policy;
use qos_tests::{
    generate::{
        machine::{SentOn, SyntheticMachine},
        packets,
        random::Random,
        senders,
        sets::{as_read, random_policies},
        shrink::shrink,
        text,
    },
    oracle::{self, winner},
    packet::{Link, Network, Packet},
    repeated,
};

use crate::set::Set;

const SETS: u32 = 500;
const PACKETS: usize = 500;

#[test]
fn the_matcher_finds_the_oracles_winner() {
    let machine = SyntheticMachine::new(1);
    let mut matched = [0, 0];
    let mut unmatched = 0;
    let sets = u64::from(repeated(SETS));
    for seed in 0..sets {
        let mut random = Random::new(seed);
        let policies = random_policies(seed, &mut random, &machine, true);
        let set = Set::new(as_read(seed, &policies), &machine);
        for _packet in 0..PACKETS {
            let packet = packets::packet(&mut random, &policies);
            let sender = senders::sender(&mut random, &policies, &machine);
            let winner = winner(&policies, &packet.seen(sender.clone()));
            if let Some(difference) = difference(&set, winner, &packet, &sender, &machine) {
                explain(&difference, &policies, &packet, &sender, &machine);
            }
            match (winner, &packet.network) {
                (None, _) => unmatched += 1,
                (Some(_), Network::V4(_)) => matched[0] += 1,
                (Some(_), Network::V6(_)) => matched[1] += 1,
            }
        }
    }
    let pairs = u64::try_from(PACKETS).unwrap() * sets;
    let [v4, v6] = matched;
    println!("{pairs} pairs: {v4} IPv4 and {v6} IPv6 packets matched, {unmatched} did not");
    assert!(v4 + v6 + unmatched == pairs && pairs >= u64::from(repeated(200_000)));
    assert!([v4, v6, unmatched].iter().all(|count| *count > pairs / 10), "too one-sided");
}

/// The frame that leaves and the index of the policy that applied.
pub(crate) fn leaves<S: Sender>(
    set: &Set,
    link: u32,
    frame: &[u8],
    sender: &S,
) -> Result<(Vec<u8>, Option<usize>), Unreadable> {
    let packet = wire::read(frame, link)?;
    let image = set.image.words.as_slice();
    let mut frame = frame.to_vec();
    let Some(rule) = first_match(image, &packet.flow, sender) else { return Ok((frame, None)) };
    let action = action(image, Some(rule));
    let policy = usize::try_from(action.slot().unwrap()).unwrap();
    assert_eq!(policy, set.image.rules[usize::try_from(rule).unwrap()]);
    if let Some(dscp) = action.dscp() {
        let start = usize::try_from(packet.offset).unwrap();
        let words = if packet.flow.is_ipv6() {
            rewrite::ipv6(&packet.header, dscp).to_vec()
        } else {
            rewrite::ipv4(&packet.header, dscp).to_vec()
        };
        let bytes: Vec<u8> = words.into_iter().flat_map(u32::to_ne_bytes).collect();
        frame[start..start + bytes.len()].copy_from_slice(&bytes);
    }
    Ok((frame, Some(policy)))
}

/// The length of the link header.
pub(crate) const fn link_length(link: &Link) -> u32 {
    match link {
        Link::None => wire::link::NONE,
        Link::Ethernet(_) => wire::link::ETHERNET,
    }
}

/// What is not as it must be if `winner` applies to `packet`.
fn difference(
    set: &Set,
    winner: Option<&Policy>,
    packet: &Packet,
    sender: &oracle::Sender,
    machine: &SyntheticMachine,
) -> Option<String> {
    let sender = SentOn { machine, sender };
    let found = leaves(set, link_length(&packet.link), &packet.frame(), &sender);
    let (frame, policy) = match found {
        Ok(found) => found,
        Err(error) => return Some(format!("the packet is {error:?}")),
    };
    let found = policy.map(|index| set.policies[index].name.as_str());
    let expected = winner.map(|policy| policy.name.as_str());
    let expected_frame = packet.frame_with(winner.and_then(|policy| policy.actions.dscp));
    (found != expected || frame != expected_frame).then(|| {
        format!(
            "the winner is {found:?}, not {expected:?}; the frame is\n{frame:02x?}, not\n{expected_frame:02x?}"
        )
    })
}

/// Fails with the smallest set that shows a difference.
fn explain(
    first: &str,
    policies: &[Policy],
    packet: &Packet,
    sender: &oracle::Sender,
    machine: &SyntheticMachine,
) -> ! {
    let seen = packet.seen(sender.clone());
    let difference = |policies: &[Policy]| {
        let set = Set::new(policies.to_vec(), machine);
        difference(&set, winner(policies, &seen), packet, sender, machine)
    };
    let small = shrink(policies, |fewer| difference(fewer).is_some());
    let written: String = small.iter().map(text::placed).collect();
    panic!(
        "{first}\nin the smallest set: {:?}\n{written}\n{packet:?}\n{seen:?}",
        difference(&small)
    );
}
