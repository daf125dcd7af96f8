//! What is said over TCP (RFC 7766).

use std::{
    io::{Read as _, Write as _},
    net::{IpAddr, TcpListener, TcpStream},
};

use qos_tests::{
    netns::{FAR_V4, NEAR_V4, SINK_V4, SINK_V6},
    sender::{endpoint, tcp, udp},
};

use super::{
    Kind, NAMES, OTHER_SINK_V4, addresses_of, answer, mark, policy, question, receive, unseen,
    wait_for,
};
use crate::{
    scene::Scene,
    senders::flow::{Family, V4, V6},
};

/// A connection of a program to a name server.
pub(super) struct Connection {
    client: TcpStream,
    server: TcpStream,
    _listener: TcpListener,
}

impl Connection {
    pub(super) fn open(lab: &qos_tests::netns::Lab, family: Family) -> Self {
        let there = endpoint(family.far, NAMES);
        let listener = lab.in_far(|| TcpListener::bind(there).unwrap());
        let client = tcp::connect(there);
        let server = tcp::accept(&listener);
        client.set_nodelay(true).unwrap();
        server.set_nodelay(true).unwrap();
        Self { client, server, _listener: listener }
    }

    /// Has the program ask `questions`, in segments of this size at most.
    pub(super) fn ask(&mut self, questions: &[&[u8]], size: usize) {
        pass_on(&mut self.client, &mut self.server, questions, size);
    }

    /// Has the server answer.
    pub(super) fn answer(&mut self, answers: &[&[u8]], size: usize) {
        pass_on(&mut self.server, &mut self.client, answers, size);
    }
}

/// Sends messages behind their lengths. A segment goes when the one before has arrived.
fn pass_on(from: &mut TcpStream, to: &mut TcpStream, messages: &[&[u8]], size: usize) {
    let framed = messages.iter().flat_map(|message| {
        let length = u16::try_from(message.len()).unwrap();
        [&length.to_be_bytes(), *message].concat()
    });
    let bytes: Vec<u8> = framed.collect();
    for segment in bytes.chunks(size) {
        from.write_all(segment).unwrap();
        let mut received = vec![0; segment.len()];
        to.read_exact(&mut received).unwrap();
    }
}

fn kind(address: &str) -> Kind {
    if address.contains(':') { Kind::Aaaa } else { Kind::A }
}

/// Questions at once, answered in another order, in segments that end anywhere.
#[test]
fn several_questions_of_a_connection() {
    let scene = Scene::with(&policy("\"*.example.com\""));
    for (host, (family, size)) in
        [V4, V6].into_iter().flat_map(|it| [(it, 5), (it, 64), (it, 65_536)]).enumerate()
    {
        let names = [0, 1, 2].map(|index| format!("host{host}-{index}.example.com"));
        let addresses = [0, 1, 2].map(|index| match index {
            1 => format!("fd78::{}:{index}", 1 + host),
            _ => format!("10.78.{host}.{}", 100 + index),
        });
        let mut connection = Connection::open(&scene.lab, family);
        let questions = [0, 1, 2].map(|index| question(9, &names[index], kind(&addresses[index])));
        connection.ask(&questions.each_ref().map(Vec::as_slice), size);
        let answers = [2, 0, 1].map(|index| {
            let address = addresses[index].parse().unwrap();
            answer(&questions[index], &["node.example.net"], &[address], 60)
        });
        connection.answer(&answers.each_ref().map(Vec::as_slice), size);
        for (name, address) in names.iter().zip(&addresses) {
            wait_for(&scene, address, 10);
            assert_eq!(addresses_of(name), [address.as_str()], "{size} at {}", family.far);
        }
    }
    assert_eq!(unseen(), [0; 4]);
}

/// Longer than any datagram, so that the kernel hands it on in packets of many segments.
#[test]
fn a_long_answer() {
    let scene = Scene::with(&policy("\"*.example.com\""));
    for (family, sink) in [(V4, SINK_V4), (V6, SINK_V6)] {
        let mut connection = Connection::open(&scene.lab, family);
        let asked = question(7, "www.example.com", kind(sink));
        connection.ask(&[&asked], 65_536);
        let mut long = answer(&asked, &[], &[sink.parse().unwrap()], 60);
        // A text before the address.
        let text =
            [&b"\xc0\x0c\0\x10\0\x01\0\0\0\0"[..], &65_000_u16.to_be_bytes(), &vec![b'x'; 65_000]];
        let behind = asked.len();
        long.splice(behind..behind, text.concat());
        long[7] = 2;
        connection.answer(&[&long], 65_536);
        wait_for(&scene, sink, 10);
    }
    assert_eq!(unseen(), [0; 4]);
}

/// An answer that says that it was truncated counts for what it has; the program asks again over TCP.
#[test]
fn what_a_truncated_answer_leaves_out() {
    let scene = Scene::with(&policy("\"*.example.com\""));
    let asked = question(7, "www.example.com", Kind::A);
    let server = scene.lab.in_far(|| udp(FAR_V4, NAMES));
    let client = udp(NEAR_V4, 0);
    client.send_to(&asked, endpoint(FAR_V4, NAMES)).unwrap();
    let (_, from) = receive(&server);
    let both: [IpAddr; 2] = [SINK_V4, OTHER_SINK_V4].map(|address| address.parse().unwrap());
    let mut truncated = answer(&asked, &[], &both[..1], 60);
    truncated[2] |= 2;
    server.send_to(&truncated, from).unwrap();
    receive(&client);
    wait_for(&scene, SINK_V4, 10);
    assert_eq!(mark(&scene, OTHER_SINK_V4), 0);
    let mut connection = Connection::open(&scene.lab, V4);
    connection.ask(&[&asked], 65_536);
    connection.answer(&[&answer(&asked, &[], &both, 60)], 65_536);
    wait_for(&scene, OTHER_SINK_V4, 10);
    assert_eq!(unseen(), [0; 4]);
}

/// To nobody's question, with another number, to another name, and over the other protocol.
#[test]
fn answers_to_what_nobody_asked() {
    let scene = Scene::with(&policy("\"*.example.com\""));
    let forged = [OTHER_SINK_V4.parse().unwrap()];
    let mut connection = Connection::open(&scene.lab, V4);
    let asked = question(7, "www.example.com", Kind::A);
    connection.answer(&[&answer(&asked, &[], &forged, 60)], 65_536);
    connection.ask(&[&asked], 65_536);
    for (id, name) in [(8, "www.example.com"), (7, "other.example.com")] {
        let other = question(id, name, Kind::A);
        connection.answer(&[&answer(&other, &[], &forged, 60)], 65_536);
    }
    let server = scene.lab.in_far(|| udp(FAR_V4, NAMES));
    let client = udp(NEAR_V4, connection.client.local_addr().unwrap().port());
    let here = client.local_addr().unwrap();
    server.send_to(&answer(&asked, &[], &forged, 60), here).unwrap();
    receive(&client);
    let right = answer(&asked, &[], &[SINK_V4.parse().unwrap()], 60);
    connection.answer(&[&right, &right], 65_536);
    wait_for(&scene, SINK_V4, 10);
    assert_eq!(mark(&scene, OTHER_SINK_V4), 0);
    assert_eq!(addresses_of("www.example.com"), [SINK_V4]);
    // The one that came twice is one of them.
    assert_eq!(unseen(), [0, 0, 5, 0]);
}
