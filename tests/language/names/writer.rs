//! Writes names as servers do: with pointers to ends that stand already somewhere.

use std::collections::BTreeSet;

use qos_tests::generate::random::Random;

use super::kind::Kind;

/// The farthest that a pointer leads.
const FARTHEST: usize = 0x3fff;

/// A message that grows.
pub(super) struct Writer {
    pub(super) bytes: Vec<u8>,
    pub(super) kinds: BTreeSet<Kind>,
    /// Ends of names, and where they stand.
    ends: Vec<(Vec<Vec<u8>>, usize)>,
    /// Where pointers stand.
    pointers: Vec<usize>,
}

impl Writer {
    /// Behind a header.
    pub(super) fn new(header: &[u8]) -> Self {
        Self {
            bytes: header.to_vec(),
            kinds: BTreeSet::new(),
            ends: Vec::new(),
            pointers: Vec::new(),
        }
    }

    pub(super) fn number(&mut self, number: u16) {
        self.bytes.extend(number.to_be_bytes());
    }

    /// A name, or rarely what is none.
    pub(super) fn name(&mut self, random: &mut Random, labels: &[Vec<u8>]) {
        if random.percent(1) {
            return self.broken(random);
        }
        for index in 0..labels.len() {
            let rest = &labels[index..];
            let known = self.ends.iter().find(|(end, _)| is_same(end, rest)).map(|(_, at)| *at);
            if let Some(at) = known
                && random.percent(80)
            {
                return self.pointer(random, at);
            }
            self.ends.push((rest.to_vec(), self.bytes.len()));
            self.bytes.push(u8::try_from(labels[index].len()).unwrap());
            self.bytes.extend(&labels[index]);
        }
        self.bytes.push(0);
    }

    /// To the end that stands `at` a place, or to a pointer to somewhere.
    fn pointer(&mut self, random: &mut Random, at: usize) {
        let to = if random.percent(5) && !self.pointers.is_empty() {
            self.kinds.insert(Kind::PointerToPointer);
            *random.pick(&self.pointers)
        } else {
            self.kinds.insert(Kind::Pointer);
            at
        };
        self.point(to);
    }

    fn point(&mut self, to: usize) {
        self.pointers.push(self.bytes.len());
        self.number(0xc000 | u16::try_from(to.min(FARTHEST)).unwrap());
    }

    fn broken(&mut self, random: &mut Random) {
        let here = self.bytes.len();
        match random.within(0..=3) {
            0 => {
                self.kinds.insert(Kind::Loop);
                self.point(here);
            }
            1 => {
                self.kinds.insert(Kind::Loop);
                self.bytes.extend(b"\x01a");
                self.point(here);
            }
            2 => {
                self.kinds.insert(Kind::Loop);
                self.point(here + random.within(1..=20));
            }
            _ => {
                self.kinds.insert(Kind::LongName);
                self.bytes.extend([b"\x3f".as_slice(), &[b'a'; 63]].concat().repeat(4));
                self.bytes.push(0);
            }
        }
    }

    /// A name by way of so many pointers, which stand here first as what no record says is read.
    pub(super) fn hop(&mut self, count: usize) {
        let first = self.bytes.len();
        self.point(12);
        (0..count).for_each(|index| self.point(first + 2 * index));
    }
}

/// In any case.
fn is_same(one: &[Vec<u8>], other: &[Vec<u8>]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|(one, other)| one.eq_ignore_ascii_case(other))
}
