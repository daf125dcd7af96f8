//! `ClientHello`s (RFC 8446, section 4.1.2), as browsers send them, in records.

use qos_tests::generate::random::Random;

use super::text;

const SERVER_NAME: u16 = 0;
const ALPN: u16 = 16;
const PADDING: u16 = 21;
const SUPPORTED_VERSIONS: u16 = 43;
const KEY_SHARE: u16 = 51;
const RENEGOTIATION: u16 = 65_281;

/// X25519 with ML-KEM-768, and the bytes of such a share.
const POST_QUANTUM: (u16, usize) = (0x11ec, 1_216);
const X25519: (u16, usize) = (0x001d, 32);

/// What a client sends first.
pub(super) fn records(random: &mut Random) -> Vec<u8> {
    let message = message(random);
    let size = match random.within(0..=9) {
        0 => random.within(1..=9),
        1..=2 => random.within(10..=600),
        _ => 16_384,
    };
    let version = *random.pick(&[1, 1, 1, 3]);
    let record = |bytes: &[u8]| [&[22, 3, version], &counted::<2>(bytes)[..]].concat();
    message.chunks(size).flat_map(record).collect()
}

fn message(random: &mut Random) -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend((0..32).map(|_| random.byte()));
    let session = if random.percent(80) { 32 } else { 0 };
    body.extend(counted::<1>(&random_bytes(random, session)));
    let ciphers = 2 * random.within(1..=20);
    body.extend(counted::<2>(&random_bytes(random, ciphers)));
    body.extend(counted::<1>(&[0]));
    if random.percent(98) {
        body.extend(counted::<2>(&extensions(random)));
    }
    [&[1], &counted::<3>(&body)[..]].concat()
}

fn extensions(random: &mut Random) -> Vec<u8> {
    let mut extensions = vec![
        extension(grease(random), &[]),
        extension(
            ALPN,
            &counted::<2>(&[&counted::<1>(b"h2")[..], &counted::<1>(b"http/1.1")].concat()),
        ),
        extension(SUPPORTED_VERSIONS, &counted::<1>(&[3, 4, 3, 3])),
        extension(KEY_SHARE, &key_share(random)),
        extension(RENEGOTIATION, &[0]),
        extension(grease(random), &[0]),
    ];
    if random.percent(85) {
        extensions.push(extension(SERVER_NAME, &server_names(random)));
    }
    if random.percent(30) {
        let padding = random.within(0..=300);
        extensions.push(extension(PADDING, &vec![0; padding]));
    }
    for last in (1..extensions.len()).rev() {
        extensions.swap(last, random.within(0..=last));
    }
    extensions.truncate(random.within(1..=12));
    extensions.concat()
}

fn server_names(random: &mut Random) -> Vec<u8> {
    let count = if random.percent(90) { 1 } else { 2 };
    let names = (0..count).flat_map(|_| {
        let name = if random.percent(90) { text::name(random) } else { text::host(random) };
        let name = if name.is_empty() { "a".to_owned() } else { name };
        [&[0], &counted::<2>(name.as_bytes())[..]].concat()
    });
    counted::<2>(&names.collect::<Vec<_>>())
}

fn key_share(random: &mut Random) -> Vec<u8> {
    let mut shares = Vec::new();
    for (group, length) in [(grease(random), 1), POST_QUANTUM, X25519] {
        if group != POST_QUANTUM.0 || random.percent(50) {
            shares.extend(group.to_be_bytes());
            shares.extend(counted::<2>(&random_bytes(random, length)));
        }
    }
    counted::<2>(&shares)
}

/// A number that means nothing (RFC 8701).
fn grease(random: &mut Random) -> u16 {
    let nibble = u16::from(random.byte() & 0xf0) | 0x0a;
    nibble << 8 | nibble
}

fn extension(kind: u16, content: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes(), &counted::<2>(content)[..]].concat()
}

/// `content` behind its length, which has so many bytes.
fn counted<const BYTES: usize>(content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&length[4 - BYTES..], content].concat()
}

fn random_bytes(random: &mut Random, count: usize) -> Vec<u8> {
    (0..count).map(|_| random.byte()).collect()
}
