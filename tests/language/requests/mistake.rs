//! Mistakes, as bad clients and attackers make them.

use qos_tests::generate::random::Random;

use super::text;

/// What changes the meaning of what stands around it.
const SIGNS: &[u8] = b"\r\n \t:/?#@[].,;%\0\x7f\x16\x03\x80\xff09afAZ*-";

const TEXTS: [&str; 14] = [
    "\r\n",
    "\n",
    " ",
    "\r\n\r\n",
    "Host: x\r\n",
    " HTTP/1.1\r\n",
    "Content-Length: 5\r\n",
    "Content-Length: 6\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: x\r\n",
    "Upgrade: a\r\n",
    "http://h/",
    "//",
    "GET / HTTP/1.1\r\n",
];

/// Changes `input` in up to three places.
pub(super) fn make(random: &mut Random, input: &mut Vec<u8>) {
    for _ in 0..random.within(1..=3) {
        let at = random.within(0..=input.len().saturating_sub(1));
        let end = (at + random.within(1..=20)).min(input.len());
        match random.within(0..=6) {
            0 if at < end => input[at] = *random.pick(SIGNS),
            1 if at < end => input[at] = random.byte(),
            2 => input.insert(at, *random.pick(SIGNS)),
            3 => drop(input.drain(at..end)),
            4 => drop(input.splice(at..at, input[at..end].to_vec())),
            5 => drop(input.splice(at..at, text::pick(random, &TEXTS).bytes())),
            _ => input.truncate(end),
        }
    }
}
