//! The windows of a connection that would like to be fast.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    thread,
};

use qos_tests::{
    capture::Frame,
    netns::{FAR_V4, NEAR_V4},
    sender::{endpoint, tcp},
};

use super::{LEVELS, UNLIMITED, lab, level, offer::offer};
use crate::scene::Scene;

const PORT: u16 = 5000;

/// So much that buffers grow as far as they may.
const BYTES: usize = 24 << 20;

/// The largest window that the near side offers while the far side sends it a lot, and the scale.
fn largest(scene: &Scene, near: TcpStream, mut far: TcpStream) -> (u32, u8) {
    let receiver = thread::spawn(move || {
        let mut buffer = vec![0; 1 << 20];
        let mut near = near;
        let mut left = BYTES;
        while left > 0 {
            left -= near.read(&mut buffer).unwrap();
        }
    });
    far.write_all(&vec![0; BYTES]).unwrap();
    receiver.join().unwrap();
    drop(far);
    // The near side's last packet is its FIN.
    let mut windows = Vec::new();
    let mut is_over = false;
    while !is_over {
        let of_connection = |frame: &Frame| frame.ip().is_some_and(|ip| ip.protocol == 6);
        let frame = scene.capture.take(1, of_connection).remove(0);
        windows.extend(offer(&frame));
        is_over = frame.ip().unwrap().flags.1;
    }
    let [(first, Some(scale)), rest @ ..] = windows.as_slice() else {
        panic!("the first is no SYN: {:?}", windows.first())
    };
    let scaled = rest.iter().map(|(window, _)| window << scale);
    (scaled.chain([*first]).max().unwrap(), *scale)
}

fn opened_here(scene: &Scene) -> (u32, u8) {
    let there = endpoint(FAR_V4, PORT);
    let listener = scene.lab.in_far(|| TcpListener::bind(there).unwrap());
    let near = tcp::connect(there);
    let far = tcp::accept(&listener);
    largest(scene, near, far)
}

fn opened_there(scene: &Scene) -> (u32, u8) {
    let here = endpoint(NEAR_V4, PORT);
    let listener = TcpListener::bind(here).unwrap();
    let far = scene.lab.in_far(|| tcp::connect(here));
    let near = tcp::accept(&listener);
    largest(scene, near, far)
}

#[test]
fn never_more_than_the_level() {
    for opened in [opened_here, opened_there] {
        for (number, most, scale) in LEVELS {
            let scene = Scene::in_lab(lab(), &level(number));
            let (window, of) = opened(&scene);
            assert_eq!(of, scale, "level {number}");
            assert!(window <= most, "level {number}: {window} is more than {most}");
        }
    }
}

/// Else the test above would say nothing of the lowest levels.
#[test]
fn more_without_one() {
    for opened in [opened_here, opened_there] {
        let (window, scale) = opened(&Scene::in_lab(lab(), ""));
        assert_eq!(scale, UNLIMITED);
        assert!(window > 262_143, "{window}");
    }
}
