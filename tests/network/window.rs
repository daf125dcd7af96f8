//! `inbound-throughput-level`: how much others may send before it is acknowledged, as the near side's
//! packets say it, with the scale of the connection applied.

mod ending;
mod offer;
mod others;
mod reload;
mod transfer;

use std::net::TcpListener;

use qos_tests::{
    netns::{FAR_V4, FAR_V6, Lab, NEAR_V4, NEAR_V6},
    sender::{endpoint, tcp},
};

use crate::scene::Scene;
use offer::{offer_from, raise_limits};

/// Each level, the largest window, and the scale of connections under it.
const LEVELS: [(u8, u32, u8); 4] =
    [(0, 65_535, 0), (1, 262_143, 2), (2, 1_048_575, 4), (3, 16_777_215, 8)];

/// The scale without a level, of the limits that [`raise_limits`] sets.
const UNLIMITED: u8 = 11;

fn level(level: u8) -> String {
    format!("settings = {{ inbound-throughput-level = {level} }}\n")
}

/// A near side whose buffers would allow more than any level.
fn lab() -> Lab {
    let lab = Lab::new();
    raise_limits();
    lab
}

/// The scale in the SYN of a connection that the near side opens.
fn scale_of_client(scene: &Scene, far: &str, port: u16) -> u8 {
    let there = endpoint(far, port);
    let _listener = scene.lab.in_far(|| TcpListener::bind(there).unwrap());
    let _client = tcp::connect(there);
    offer_from(&scene.capture, |ip| ip.destination_port() == Some(port))
}

/// The scale in the SYN-ACK of a near side's listener.
fn scale_of(scene: &Scene, listener: &TcpListener) -> u8 {
    let here = listener.local_addr().unwrap();
    let _client = scene.lab.in_far(|| tcp::connect(here));
    offer_from(&scene.capture, |ip| ip.source_port() == Some(here.port()))
}

/// Whoever opens the connection, and whether the listener was there before or not.
#[test]
fn each_level() {
    for (number, _, scale) in LEVELS {
        let lab = lab();
        let older = [NEAR_V4, NEAR_V6].map(|near| TcpListener::bind(endpoint(near, 5001)).unwrap());
        let scene = Scene::in_lab(lab, &level(number));
        let newer = [NEAR_V4, NEAR_V6].map(|near| TcpListener::bind(endpoint(near, 5002)).unwrap());
        for listener in older.iter().chain(&newer) {
            assert_eq!(scale_of(&scene, listener), scale, "level {number}, {listener:?}");
        }
        for far in [FAR_V4, FAR_V6] {
            assert_eq!(scale_of_client(&scene, far, 5003), scale, "level {number}, to {far}");
        }
    }
}

/// Nothing is changed, nor attached, without the key.
#[test]
fn without_a_level() {
    let scene = Scene::in_lab(lab(), "");
    let listener = TcpListener::bind(endpoint(NEAR_V4, 5001)).unwrap();
    assert_eq!(scale_of(&scene, &listener), UNLIMITED);
    assert_eq!(scale_of_client(&scene, FAR_V4, 5002), UNLIMITED);
    let names = crate::senders::held::names(&scene.loader);
    assert!(!names.contains("qos_window") && !names.contains("qos_listeners"), "{names:?}");
}
