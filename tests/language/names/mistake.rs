//! Mistakes, as bad servers and attackers make them.

use qos_tests::generate::random::Random;

/// What changes the meaning of what stands around it.
const SIGNS: [u8; 16] = [0, 1, 2, 4, 5, 12, 16, 28, 33, 41, 0x3f, 0x40, 0x80, 0xc0, 0xc1, 0xff];

/// Changes `message` in up to three places.
pub(super) fn make(random: &mut Random, message: &mut Vec<u8>) {
    for _ in 0..random.within(1..=3) {
        let at = random.within(0..=message.len().saturating_sub(1));
        let end = (at + random.within(1..=20)).min(message.len());
        match random.within(0..=5) {
            0 if at < end => message[at] = *random.pick(&SIGNS),
            1 if at < end => message[at] ^= 1 << random.within(0..=7),
            2 => message.insert(at, *random.pick(&SIGNS)),
            3 => drop(message.drain(at..end)),
            4 => drop(message.splice(at..at, message[at..end].to_vec())),
            _ => message.truncate(end),
        }
    }
}
