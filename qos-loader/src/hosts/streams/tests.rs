use super::{
    super::packet::{Ends, Protocol},
    *,
};

/// From a client.
fn ends(port: u16) -> Ends {
    let (from, to) = (([192, 0, 2, 1], port).into(), ([192, 0, 2, 53], 53).into());
    Ends { protocol: Protocol::Tcp, from, to }
}

/// Close to where numbers begin again.
const FIRST: u32 = u32::MAX - 5;

/// What a client says, from the beginning on.
struct Client(Streams);

impl Client {
    fn new() -> Self {
        let mut client = Self(Streams::default());
        client.begin(FIRST);
        client
    }

    fn begin(&mut self, sequence: u32) {
        let segment = Segment { sequence, begins: true, data: b"" };
        assert!(self.0.push(ends(4_000), segment).is_empty());
    }

    /// Says `data`, so many bytes behind the first one.
    fn say(&mut self, at: u32, data: &[u8]) -> Vec<Vec<u8>> {
        let segment = Segment { sequence: FIRST.wrapping_add(at), begins: false, data };
        self.0.push(ends(4_000), segment)
    }
}

/// Two messages, and one without bytes.
const STREAM: &[u8] = b"\x00\x04aaaa\x00\x00\x00\x02bb";

fn messages() -> Vec<Vec<u8>> {
    [b"aaaa".as_slice(), b"", b"bb"].map(<[u8]>::to_vec).into()
}

#[test]
fn segments_end_anywhere() {
    for size in 1..=STREAM.len() {
        let mut client = Client::new();
        let segments = STREAM.chunks(size).zip((0..).step_by(size));
        let said: Vec<_> = segments.flat_map(|(data, at)| client.say(at, data)).collect();
        assert_eq!(said, messages(), "{size}");
        assert_eq!(client.0.given_up(), 0);
    }
}

#[test]
fn segments_come_twice_and_in_another_order() {
    let mut client = Client::new();
    assert!(client.say(8, &STREAM[8..]).is_empty());
    assert!(client.say(0, &STREAM[..3]).is_empty());
    assert!(client.say(0, &STREAM[..3]).is_empty());
    client.begin(FIRST);
    // They overlap.
    assert_eq!(client.say(1, &STREAM[1..9]), messages());
    assert!(client.say(0, STREAM).is_empty());
    assert_eq!(client.0.given_up(), 0);
}

#[test]
fn what_is_far_from_where_the_stream_is_counts_for_nothing() {
    let mut client = Client::new();
    for at in [1 << 20, 1 << 31, 0_u32.wrapping_sub(1 << 20)] {
        assert!(client.say(at, b"\x00\x01x").is_empty());
    }
    assert_eq!(client.say(0, STREAM), messages());
}

#[test]
fn a_stream_with_a_gap_is_given_up_once() {
    let mut client = Client::new();
    for at in 0..20 {
        client.say(1 + 4_096 * at, &[0; 4_096]);
    }
    assert_eq!(client.0.given_up(), 1);
    assert!(client.say(0, STREAM).is_empty());
    // The next connection from there is another one.
    client.begin(FIRST.wrapping_add(1 << 20));
    assert_eq!(client.say(1 << 20, STREAM), messages());
    assert_eq!(client.0.given_up(), 1);
}

#[test]
fn many_small_segments_behind_a_gap_are_bounded() {
    let mut client = Client::new();
    (1..=65).for_each(|at| assert!(client.say(at, b"x").is_empty()));
    assert_eq!(client.0.given_up(), 1);
}

#[test]
fn a_stream_without_a_beginning_is_given_up_once() {
    let mut streams = Streams::default();
    let segment = Segment { sequence: 7, begins: false, data: STREAM };
    assert!(streams.push(ends(4_000), segment).is_empty());
    assert!(streams.push(ends(4_000), segment).is_empty());
    assert_eq!(streams.given_up(), 1);
    // Of what nobody here began, nothing is kept.
    assert!(streams.push(ends(4_001).turned(), Segment { begins: true, ..segment }).is_empty());
    assert_eq!((streams.given_up(), streams.connections.len()), (1, 1));
}

#[test]
fn both_ends_are_heard() {
    let mut client = Client::new();
    let segment = Segment { sequence: 9, begins: true, data: STREAM };
    assert_eq!(client.0.push(ends(4_000).turned(), segment), messages());
    assert_eq!(client.say(0, STREAM), messages());
}

#[test]
fn of_too_many_the_one_goes_that_said_nothing_for_longest() {
    let mut streams = Streams::default();
    let begin = Segment { sequence: 0, begins: true, data: &STREAM[..3] };
    for port in 0..=u16::try_from(MOST).unwrap() {
        streams.push(ends(port), begin);
    }
    assert_eq!((streams.connections.len(), streams.given_up()), (MOST, 1));
    let rest = Segment { sequence: 3, begins: false, data: &STREAM[3..] };
    assert_eq!(streams.push(ends(1), rest), messages());
}
