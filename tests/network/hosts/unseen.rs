//! What nothing was learned from is counted.

use nix::sys::{
    signal::Signal,
    wait::{WaitPidFlag, waitpid},
};
use qos_tests::{
    loader,
    netns::{FAR_V4, Lab, NEAR_V4, SINK_V4},
    sender::{endpoint, udp},
};

use super::{
    Kind, NAMES, addresses_of, answer, look_up, mark, policy, question, tcp::Connection, unseen,
    wait_for,
};
use crate::{scene::Scene, senders::flow::V4};

/// The last line of what `names` prints.
fn last_line() -> String {
    let output = loader::command().arg("names").output().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().last().unwrap_or_default().to_owned()
}

#[test]
fn unreadable_messages() {
    let scene = Scene::with(&policy("\"*.example.com\""));
    look_up(&scene, "www.example.com", &[], &[SINK_V4]);
    wait_for(&scene, SINK_V4, 10);
    assert!(last_line().starts_with("www.example.com"), "{}", last_line());
    let client = udp(NEAR_V4, 0);
    // A question that is cut, nothing, one for two names, and one for a name that no policy could have.
    let asked = question(7, "www.example.com", Kind::A);
    let mut two = asked.clone();
    two[5] = 2;
    for message in [&asked[..20], &[], &two, &question(7, "1.2.3.4", Kind::A)] {
        client.send_to(message, endpoint(FAR_V4, NAMES)).unwrap();
    }
    look_up(&scene, "www.example.com", &[], &["10.78.0.7"]);
    wait_for(&scene, "10.78.0.7", 10);
    assert_eq!(unseen(), [0, 3, 0, 0]);
    assert_eq!(last_line(), "not learned from: unreadable 3");
}

#[test]
fn connections_that_there_were() {
    let lab = Lab::new();
    let mut connection = Connection::open(&lab, V4);
    let scene = Scene::in_lab(lab, &policy("\"*.example.com\""));
    let asked = question(7, "www.example.com", Kind::A);
    connection.ask(&[&asked, &asked], 9);
    connection.answer(&[&answer(&asked, &[], &[SINK_V4.parse().unwrap()], 60)], 9);
    look_up(&scene, "mail.example.com", &[], &["10.78.0.7"]);
    wait_for(&scene, "10.78.0.7", 10);
    assert_eq!(mark(&scene, SINK_V4), 0);
    // Both directions.
    assert_eq!(unseen(), [0, 0, 0, 2]);
    assert_eq!(last_line(), "not learned from: streams 2");
}

/// While the loader does nothing, questions come that there is room for, and more.
#[test]
fn packets_without_room() {
    let scene = Scene::with(&policy("\"*.example.com\""));
    scene.loader.signal(Signal::SIGSTOP);
    waitpid(scene.loader.pid(), Some(WaitPidFlag::WUNTRACED)).unwrap();
    let client = udp(NEAR_V4, 0);
    for id in 0..300 {
        let asked = question(id, "www.example.com", Kind::A);
        client.send_to(&asked, endpoint(FAR_V4, NAMES)).unwrap();
    }
    scene.loader.signal(Signal::SIGCONT);
    // Until it has read what there was room for.
    while addresses_of("www.example.com").is_empty() {
        look_up(&scene, "www.example.com", &[], &[SINK_V4]);
    }
    wait_for(&scene, SINK_V4, 10);
    let [no_room, unreadable, _, streams] = unseen();
    assert!((100..320).contains(&no_room), "{no_room}");
    assert_eq!([unreadable, streams], [0; 2]);
    let said = format!("not learned from: no room {no_room}");
    assert!(last_line().starts_with(&said), "{}", last_line());
}
