//! TCP: every packet of a connection carries its policy's mark, whoever opens it, from the first
//! SYN to the last ACK.

use std::{
    io::{self, Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    thread,
};

use qos_tests::{
    capture::{Frame, dscps},
    netns::{FAR_V4, FAR_V6, NEAR_V4, NEAR_V6},
    patience::PATIENCE,
    sender::{endpoint, tcp},
};

use crate::scene::Scene;

const PORT: u16 = 5000;

/// One connection with some data each way; the client closes first.
pub(crate) fn talk(listener: &TcpListener, connect: impl FnOnce() -> TcpStream) {
    let mut client = connect();
    let mut server = tcp::accept(listener);
    client.write_all(b"question").unwrap();
    let mut question = [0; 8];
    server.read_exact(&mut question).unwrap();
    server.write_all(b"answer").unwrap();
    let mut answer = [0; 6];
    client.read_exact(&mut answer).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(server.read(&mut [0; 8]).unwrap(), 0);
    drop(server);
    assert_eq!(client.read(&mut [0; 8]).unwrap(), 0);
}

/// The near side's packets of one connection: all up to the FIN and the ACK of the other's FIN.
fn packets(scene: &Scene, last_is_fin: bool) -> Vec<Frame> {
    let mut packets = Vec::new();
    let is_fin = |frame: &Frame| frame.ip().is_some_and(|ip| ip.flags.1);
    let of_connection = |frame: &Frame| frame.ip().is_some_and(|ip| ip.protocol == 6);
    while !packets.iter().any(is_fin) {
        packets.extend(scene.capture.take(1, of_connection));
    }
    if !last_is_fin {
        packets.extend(scene.capture.take(1, of_connection));
    }
    packets
}

fn assert_whole_connection(packets: &[Frame], mark: u8, address: &str) {
    let first = packets[0].ip().unwrap();
    assert!(first.flags.0, "the first packet is no SYN: {first:?}");
    // SYN, data, FIN, and ACKs where they are not in one of these.
    assert!(packets.len() >= 3, "{packets:#?}");
    assert_eq!(dscps(packets), vec![mark; packets.len()], "{address}: {packets:#?}");
}

#[test]
fn that_is_opened_here() {
    let scene = Scene::with("[[policy]]\nname = \"to\"\ndestination-port = 5000\ndscp = 34\n");
    for address in [FAR_V4, FAR_V6] {
        let there = endpoint(address, PORT);
        let listener = scene.lab.in_far(|| TcpListener::bind(there).unwrap());
        talk(&listener, || tcp::connect(there));
        // The client has the last word: the ACK of the server's FIN.
        assert_whole_connection(&packets(&scene, false), 34, address);
    }
}

#[test]
fn that_is_opened_there() {
    let scene = Scene::with("[[policy]]\nname = \"from\"\nsource-port = 5000\ndscp = 18\n");
    for address in [NEAR_V4, NEAR_V6] {
        let here = endpoint(address, PORT);
        let listener = TcpListener::bind(here).unwrap();
        talk(&listener, || scene.lab.in_far(|| tcp::connect(here)));
        assert_whole_connection(&packets(&scene, true), 18, address);
    }
}

#[test]
fn that_is_refused() {
    let scene = Scene::with("[[policy]]\nname = \"from\"\nsource-port = 5000\ndscp = 18\n");
    for address in [NEAR_V4, NEAR_V6] {
        let here = endpoint(address, PORT);
        let refused = |error: io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
        let result = scene.lab.in_far(|| TcpStream::connect_timeout(&here, PATIENCE));
        assert!(result.is_err_and(refused));
        let reset = scene.capture.take(1, |frame| frame.ip().is_some_and(|ip| ip.flags.2));
        assert_eq!(dscps(&reset), [18], "{address}");
    }
}

#[test]
fn that_outlives_several_sets_of_policies() {
    let policy =
        |dscp: u8| format!("[[policy]]\nname = \"to\"\ndestination-port = 5000\ndscp = {dscp}\n");
    let scene = Scene::with(&policy(10));
    let there = endpoint(FAR_V4, PORT);
    let listener = scene.lab.in_far(|| TcpListener::bind(there).unwrap());
    let mut client = tcp::connect(there);
    let mut server = tcp::accept(&listener);
    let echo = thread::spawn(move || {
        let mut byte = [0];
        while server.read(&mut byte).unwrap() > 0 {
            server.write_all(&byte).unwrap();
        }
    });
    for dscp in [10, 20, 30, 0, 40] {
        if dscp != 10 {
            scene.loader.replace(&policy(dscp));
        }
        client.write_all(&[dscp]).unwrap();
        let is_ours = |frame: &Frame| frame.ip().is_some_and(|ip| ip.payload == [dscp].as_slice());
        assert_eq!(dscps(&scene.capture.take(1, is_ours)), [dscp]);
        client.read_exact(&mut [0]).unwrap();
    }
    drop(client);
    echo.join().unwrap();
}
