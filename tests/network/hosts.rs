//! `destination-host`: what is sent to a host is marked as soon as somebody has looked its name up.

mod forged;
mod local;
mod message;
mod said;
mod tcp;
mod third_party;
mod unseen;

use std::{
    net::{IpAddr, UdpSocket},
    thread,
    time::{Duration, Instant},
};

use nix::sys::signal::Signal;
use qos_tests::{
    document::Document,
    loader,
    netns::{FAR_V4, FAR_V6, NEAR_V4, NEAR_V6, SINK_V4, SINK_V6},
    patience::PATIENCE,
    sender::{endpoint, udp},
};
use serde_json::Value;

use crate::{documents::NAMES as LISTED, scene::Scene};
use message::{Kind, answer, question};

/// The port of name servers.
const NAMES: u16 = 53;

/// Where nothing else is sent to.
const OTHER_SINK_V4: &str = "10.78.0.9";

pub(crate) fn policy(hosts: &str) -> String {
    format!("[[policy]]\nname = \"site\"\ndestination-host = {hosts}\ndscp = 10\n")
}

/// Has a program ask the far side for `name`, and the far side answer.
pub(crate) fn look_up(scene: &Scene, name: &str, aliases: &[&str], addresses: &[&str]) {
    let addresses: Vec<IpAddr> = addresses.iter().map(|one| one.parse().unwrap()).collect();
    let (near, far, kind) = match addresses[0] {
        IpAddr::V4(_) => (NEAR_V4, FAR_V4, Kind::A),
        IpAddr::V6(_) => (NEAR_V6, FAR_V6, Kind::Aaaa),
    };
    let server = scene.lab.in_far(|| udp(far, NAMES));
    let client = udp(near, 0);
    client.send_to(&question(7, name, kind), endpoint(far, NAMES)).unwrap();
    let (asked, from) = receive(&server);
    server.send_to(&answer(&asked, aliases, &addresses, 60), from).unwrap();
    receive(&client);
}

fn receive(socket: &UdpSocket) -> (Vec<u8>, std::net::SocketAddr) {
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut bytes = vec![0; 4_096];
    let (length, from) = socket.recv_from(&mut bytes).unwrap();
    bytes.truncate(length);
    (bytes, from)
}

/// What a datagram to an address is marked with.
pub(crate) fn mark(scene: &Scene, address: &str) -> u8 {
    let near = if address.contains(':') { NEAR_V6 } else { NEAR_V4 };
    udp(near, 0).send_to(b"data", endpoint(address, 5_000)).unwrap();
    scene.mark_of(5_000)
}

/// Waits until datagrams to an address are marked so.
#[track_caller]
pub(crate) fn wait_for(scene: &Scene, address: &str, dscp: u8) {
    let end = Instant::now() + PATIENCE;
    while mark(scene, address) != dscp {
        assert!(Instant::now() < end, "what is sent to {address} is not marked {dscp}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// What `names` prints.
fn document() -> Value {
    let output = loader::command().args(["names", "--json"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What it lists.
fn names() -> Vec<Value> {
    document()["names"].as_array().unwrap().clone()
}

/// What it says that nothing was learned from: packets without room, what is unreadable, answers without a
/// question, streams.
fn unseen() -> [u64; 4] {
    let unseen = &document()["unseen"][0];
    assert!(unseen["pid"].is_u64());
    ["no_room", "unreadable", "unasked", "streams"].map(|key| unseen[key].as_u64().unwrap())
}

/// The addresses of a name in it.
fn addresses_of(name: &str) -> Vec<String> {
    let of_name = names().into_iter().filter(|one| one["name"] == name);
    of_name.map(|one| one["address"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn of_both_families_by_all_names_below_one() {
    let scene = Scene::with(&policy("\"*.example.com\""));
    for address in [SINK_V4, SINK_V6] {
        assert_eq!(mark(&scene, address), 0);
        look_up(&scene, "www.example.com", &[], &[address]);
        wait_for(&scene, address, 10);
    }
    look_up(&scene, "example.com", &[], &[OTHER_SINK_V4]);
    look_up(&scene, "www.example.com", &[], &["10.78.0.3"]);
    // The name itself is not below it, and was heard before.
    wait_for(&scene, "10.78.0.3", 10);
    assert_eq!(mark(&scene, OTHER_SINK_V4), 0);
    assert_eq!(addresses_of("example.com"), [OTHER_SINK_V4]);
    let site = names().into_iter().find(|one| one["address"] == SINK_V4).unwrap();
    assert_eq!((&site["name"], &site["policies"][0]), (&"www.example.com".into(), &"site".into()));
    assert!(scene.loader.end(Signal::SIGTERM).status.success());
}

#[test]
fn by_the_name_that_was_asked_for_and_by_those_that_it_stands_for() {
    for pattern in ["\"WWW.example.com\"", "\"*.edge.example.net\"", "\"node.example.org.\""] {
        let scene = Scene::with(&policy(pattern));
        let aliases = ["site.edge.example.net", "node.example.org"];
        look_up(&scene, "www.example.com", &aliases, &[SINK_V4, "10.78.0.3"]);
        wait_for(&scene, SINK_V4, 10);
        wait_for(&scene, "10.78.0.3", 10);
    }
}

/// What was learned is there for policies that come later; what they do not name is not marked.
#[test]
fn follows_the_policies() {
    let scene = Scene::with(&policy("\"a.example.com\""));
    look_up(&scene, "b.example.com", &[], &[OTHER_SINK_V4]);
    look_up(&scene, "a.example.com", &[], &[SINK_V4]);
    wait_for(&scene, SINK_V4, 10);
    assert_eq!(mark(&scene, OTHER_SINK_V4), 0);
    scene.loader.replace(&policy("\"b.example.com\""));
    assert_eq!([SINK_V4, OTHER_SINK_V4].map(|address| mark(&scene, address)), [0, 10]);
}

/// An address prefix is narrower, and beside a host it is another condition.
#[test]
fn counts_as_a_destination() {
    let narrower = "[[policy]]\nname = \"net\"\ndestination = \"10.78.0.0/30\"\ndscp = 20\n";
    let both = "[[policy]]\nname = \"both\"\ndestination-host = \"*.example.com\"\n\
                destination = \"10.78.1.0/24\"\ndscp = 30\n";
    let scene = Scene::with(&[&policy("\"*.example.com\""), narrower, both].concat());
    look_up(&scene, "www.example.com", &[], &[SINK_V4, OTHER_SINK_V4, "10.78.1.1"]);
    wait_for(&scene, OTHER_SINK_V4, 10);
    let marks = [SINK_V4, "10.78.1.1", "10.78.1.2"].map(|address| mark(&scene, address));
    assert_eq!(marks, [20, 30, 0]);
}

#[test]
fn are_listed_as_the_document_says() {
    let policy = "[[policy]]\nname = \"Site\"\ndestination-host = \"*.example.com\"\ndscp = 1\n";
    let scene = Scene::with(policy);
    look_up(&scene, "www.example.com", &["node.example.net"], &["198.51.100.7"]);
    look_up(&scene, "www.example.com", &[], &["2001:db8:7::7"]);
    let document = Document::read("docs/commands.md");
    let blocks = document.blocks("console");
    let said = blocks.iter().find_map(|block| block.strip_prefix(LISTED)).unwrap();
    let said = listed(said);
    let end = Instant::now() + PATIENCE;
    loop {
        let output = loader::command().arg("names").output().unwrap();
        let listed = listed(&String::from_utf8(output.stdout).unwrap());
        if listed == said {
            break;
        }
        assert!(Instant::now() < end, "{listed:?}, not {said:?}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// The lines, without those of this machine's /etc/hosts and the numbers of seconds.
fn listed(text: &str) -> Vec<String> {
    let lines =
        text.trim().lines().filter(|line| line.contains("example.") || line.contains("NAME"));
    let words = lines.map(|line| line.split_whitespace());
    let lines = words.map(|words| {
        words.filter(|word| word.parse::<u64>().is_err()).collect::<Vec<_>>().join(" ")
    });
    lines.collect()
}
