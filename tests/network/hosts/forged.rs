//! What looks like an answer and is none.

use qos_tests::{
    netns::{FAR_V4, NEAR_V4, SINK_V4},
    sender::{endpoint, udp},
};

use super::{
    Kind, NAMES, OTHER_SINK_V4, addresses_of, answer, look_up, mark, policy, question, receive,
    wait_for,
};
use crate::scene::Scene;

/// To nobody's question, to another name, and with another number.
#[test]
fn answers_to_what_nobody_asked() {
    let scene = Scene::with(&policy("\"*.example.com\""));
    let server = scene.lab.in_far(|| udp(FAR_V4, NAMES));
    let client = udp(NEAR_V4, 0);
    let forged = [OTHER_SINK_V4.parse().unwrap()];
    let asked = question(7, "www.example.com", Kind::A);
    let here = client.local_addr().unwrap();
    server.send_to(&answer(&asked, &[], &forged, 60), here).unwrap();
    receive(&client);
    client.send_to(&asked, endpoint(FAR_V4, NAMES)).unwrap();
    receive(&server);
    for (id, name) in [(8, "www.example.com"), (7, "other.example.com")] {
        let other = answer(&question(id, name, Kind::A), &[], &forged, 60);
        server.send_to(&other, here).unwrap();
        receive(&client);
    }
    // The right one, which comes last.
    server.send_to(&answer(&asked, &[], &[SINK_V4.parse().unwrap()], 60), here).unwrap();
    wait_for(&scene, SINK_V4, 10);
    assert_eq!(mark(&scene, OTHER_SINK_V4), 0);
    assert_eq!(addresses_of("www.example.com"), [SINK_V4]);
}

/// Whoever makes a network namespace can be its name server.
#[test]
fn answers_in_another_network_namespace() {
    let scene = Scene::with(&policy("\"*.example.com\""));
    scene.lab.in_far(|| {
        let [server, client] = [NAMES, 0].map(|port| udp(FAR_V4, port));
        let asked = question(7, "www.example.com", Kind::A);
        client.send_to(&asked, endpoint(FAR_V4, NAMES)).unwrap();
        let (asked, from) = receive(&server);
        let forged = answer(&asked, &[], &[OTHER_SINK_V4.parse().unwrap()], 60);
        server.send_to(&forged, from).unwrap();
        receive(&client);
    });
    look_up(&scene, "mail.example.com", &[], &[SINK_V4]);
    wait_for(&scene, SINK_V4, 10);
    assert_eq!(mark(&scene, OTHER_SINK_V4), 0);
    assert_eq!(addresses_of("www.example.com"), [""; 0]);
}

/// Bytes that no server sends do no harm.
#[test]
fn nonsense() {
    let scene = Scene::with(&policy("\"*.example.com\""));
    let server = scene.lab.in_far(|| udp(FAR_V4, NAMES));
    let client = udp(NEAR_V4, 0);
    let asked = question(7, "www.example.com", Kind::A);
    client.send_to(&asked, endpoint(FAR_V4, NAMES)).unwrap();
    let (asked, from) = receive(&server);
    let mut looped = answer(&asked, &["www.example.com"], &[], 60);
    for length in [0, 1, 11, 12, asked.len() - 1] {
        server.send_to(&asked[..length], from).unwrap();
        receive(&client);
    }
    server.send_to(&vec![0xff; 1_400], from).unwrap();
    receive(&client);
    // The last name is a pointer to itself.
    let end = u8::try_from(looped.len()).unwrap();
    looped.extend([0xc0, end, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 1, 2, 3, 4]);
    looped[7] = 2;
    server.send_to(&looped, from).unwrap();
    receive(&client);
    drop(server);
    look_up(&scene, "mail.example.com", &[], &[SINK_V4]);
    wait_for(&scene, SINK_V4, 10);
}
