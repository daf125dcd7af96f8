//! Messages of all kinds.

use std::collections::BTreeSet;

use qos_tests::generate::random::Random;

use super::{kind::Kind, writer::Writer};

const A: u16 = 1;
const CNAME: u16 = 5;
const TXT: u16 = 16;
const AAAA: u16 = 28;
const OPT: u16 = 41;
const IN: u16 = 1;

const LABELS: [&[u8]; 8] = [b"example", b"EXAMPLE", b"com", b"net", b"www", b"a", b"b-c", b"_srv"];
const ODD: [&[u8]; 4] = [b"a.b", b"\0", b"\xff\xfe", b"\xc0\x0c"];

/// A message, and what is odd about it.
pub(super) struct Made {
    pub(super) bytes: Vec<u8>,
    pub(super) kinds: BTreeSet<Kind>,
}

impl From<Vec<u8>> for Made {
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes, kinds: BTreeSet::new() }
    }
}

/// A name.
type Labels = Vec<Vec<u8>>;

/// A question, or mostly an answer.
pub(super) fn random(random: &mut Random) -> Made {
    let mut writer = Writer::new(&[random.byte(), random.byte(), 0x81, 0x80, 0, 1]);
    writer.bytes.extend([0; 6]);
    header(random, &mut writer);
    let asked = name(random, &mut writer.kinds);
    for _ in 0..writer.bytes[5] {
        writer.name(random, &asked);
        writer.number(*random.pick(&[A, AAAA, CNAME, 65]));
        writer.number(IN);
    }
    let question = writer.bytes.len();
    let mut answers = 0;
    if random.percent(90) {
        answers = records(random, &mut writer, &asked);
    }
    writer.bytes[7] = answers;
    if random.percent(30) {
        opt(random, &mut writer);
        writer.kinds.insert(Kind::Opt);
        writer.bytes[11] = 1;
    }
    cut(random, &mut writer, question);
    Made { bytes: writer.bytes, kinds: writer.kinds }
}

fn header(random: &mut Random, writer: &mut Writer) {
    if random.percent(10) {
        writer.bytes[2] &= 0x7f;
    }
    if random.percent(3) {
        writer.kinds.insert(Kind::Operation);
        writer.bytes[2] |= 8 * *random.pick(&[1, 2, 4, 5, 15]);
    }
    if random.percent(3) {
        writer.kinds.insert(Kind::Questions);
        writer.bytes[5] = *random.pick(&[0, 2, 3]);
    }
    if random.percent(5) {
        writer.kinds.insert(Kind::Failed);
        writer.bytes[3] |= *random.pick(&[1, 2, 3, 5]);
    }
}

fn name(random: &mut Random, kinds: &mut BTreeSet<Kind>) -> Labels {
    let most = if random.percent(5) { 12 } else { 4 };
    let labels = (0..random.within(0..=most)).map(|_| {
        if random.percent(2) {
            kinds.insert(Kind::OddLabel);
            random.pick(&ODD).to_vec()
        } else {
            random.pick(&LABELS).to_vec()
        }
    });
    labels.collect()
}

/// How many there are.
fn records(random: &mut Random, writer: &mut Writer, asked: &Labels) -> u8 {
    let mut names = vec![asked.clone()];
    for _ in 0..random.within(0..=3) * random.within(0..=2) {
        names.push(name(random, &mut writer.kinds));
    }
    if names.len() > 2 {
        writer.kinds.insert(Kind::AliasChain);
    }
    if random.percent(5) {
        writer.kinds.insert(Kind::AliasLoop);
        names.push(random.pick(&names).clone());
    }
    let mut count = 0;
    for two in names.windows(2) {
        start(random, writer, &two[0], CNAME);
        data(random, writer, |random, writer| writer.name(random, &two[1]));
        count += 1;
    }
    for _ in 0..random.within(0..=6) {
        let name = if random.percent(70) { names.last() } else { names.first() };
        address(random, writer, name.unwrap_or(asked));
        count += 1;
    }
    if random.percent(6) {
        other(random, writer, asked);
        count += 1;
    }
    if random.percent(2) {
        writer.kinds.insert(Kind::MisplacedOpt);
        opt(random, writer);
        count += 1;
    }
    if random.percent(2) {
        count += many_pointers(random, writer, asked);
    }
    count
}

/// A record's name, type, class and time.
fn start(random: &mut Random, writer: &mut Writer, name: &Labels, kind: u16) {
    writer.name(random, name);
    writer.number(kind);
    let class = if random.percent(1) { *random.pick(&[0, 3, 4, 255, 0x8001]) } else { IN };
    if class != IN {
        writer.kinds.insert(Kind::OtherClass);
    }
    writer.number(class);
    let time = if random.percent(2) {
        writer.kinds.insert(Kind::NegativeTime);
        random.half_bits() | 1 << 31
    } else {
        random.half_bits() >> random.within(1..=31)
    };
    writer.bytes.extend(time.to_be_bytes());
}

/// What `write` writes, behind its length, which is rarely wrong.
fn data(random: &mut Random, writer: &mut Writer, write: impl FnOnce(&mut Random, &mut Writer)) {
    let at = writer.bytes.len();
    writer.number(0);
    write(random, writer);
    let mut length = u16::try_from(writer.bytes.len() - at - 2).unwrap();
    if random.percent(1) {
        writer.kinds.insert(Kind::WrongData);
        length = length.wrapping_add(*random.pick(&[1, u16::MAX, 2, 100]));
    }
    writer.bytes[at..at + 2].copy_from_slice(&length.to_be_bytes());
}

fn address(random: &mut Random, writer: &mut Writer, name: &Labels) {
    let (kind, length) = if random.percent(50) { (A, 4) } else { (AAAA, 16) };
    start(random, writer, name, kind);
    let address: Vec<_> = (0..length).map(|_| random.byte()).collect();
    data(random, writer, |_, writer| writer.bytes.extend(address));
}

/// Of another type: a text, and one that nobody knows.
fn other(random: &mut Random, writer: &mut Writer, name: &Labels) {
    writer.kinds.insert(Kind::OtherType);
    let kind = *random.pick(&[TXT, 65_280]);
    start(random, writer, name, kind);
    data(random, writer, |_, writer| writer.bytes.extend(b"\x05hello"));
}

/// The root's, for sizes and options (RFC 6891).
fn opt(random: &mut Random, writer: &mut Writer) {
    writer.bytes.push(0);
    writer.number(OPT);
    writer.number(1_232);
    writer.bytes.extend([0, 0, 0x80, 0]);
    let cookie = b"\0\x0a\0\x08abcdefgh".as_slice();
    let options = if random.percent(50) { cookie } else { b"" };
    writer.number(u16::try_from(options.len()).unwrap());
    writer.bytes.extend(options);
}

/// Two records: what is in the data of the one leads to the name of the other.
fn many_pointers(random: &mut Random, writer: &mut Writer, name: &Labels) -> u8 {
    start(random, writer, name, 65_280);
    let at = writer.bytes.len();
    writer.number(0);
    let hops = *random.pick(&[126, 127, 128, 129, 160]);
    writer.hop(hops);
    let length = u16::try_from(writer.bytes.len() - at - 2).unwrap();
    writer.bytes[at..at + 2].copy_from_slice(&length.to_be_bytes());
    let last = writer.bytes.len() - 2;
    writer.number(0xc000 | u16::try_from(last).unwrap());
    for number in [A, IN, 0, 60, 4, 0x0a00, 1] {
        writer.number(number);
    }
    // One leads to the first, one is the record's, and there are those between.
    if hops + 2 > 127 {
        writer.kinds.insert(Kind::ManyPointers);
    }
    2
}

/// Cuts it, rarely, and where it says that it was truncated behind its question, which ends there.
fn cut(random: &mut Random, writer: &mut Writer, question: usize) {
    let is_truncated = random.percent(8);
    let rest = writer.bytes.len() - if is_truncated { question } else { 0 };
    let is_cut = random.percent(if is_truncated { 50 } else { 2 }) && writer.bytes[11] == 0;
    let cut = random.within(1..=20);
    let kind = match (is_truncated, is_cut && cut <= rest) {
        (true, true) => Kind::TruncatedAndCut,
        (true, false) => Kind::Truncated,
        (false, true) => Kind::Cut,
        (false, false) => return,
    };
    writer.kinds.insert(kind);
    if is_truncated {
        writer.bytes[2] |= 2;
    }
    if kind != Kind::Truncated {
        writer.bytes.truncate(writer.bytes.len() - cut);
    }
}
