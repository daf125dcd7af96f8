//! What is left of a level when the loader ends.

use std::net::TcpListener;

use nix::sys::signal::Signal;
use qos_tests::{
    capture::Capture,
    loader::Loader,
    netns::{FAR, FAR_V4, NEAR, NEAR_V4},
    sender::endpoint,
};

use super::{UNLIMITED, lab, level, scale_of, scale_of_client};
use crate::{scene::Scene, senders::held};

/// The loader's programs and links go in any case.
fn end(scene: Scene, signal: Signal) -> Scene {
    let Scene { loader, capture, lab } = scene;
    let (programs, links) = (held::programs(&loader), held::links(&loader));
    assert!(held::names(&loader).contains("qos_window"));
    loader.end(signal);
    held::assert_gone(&programs, &links);
    drop(capture);
    let capture = lab.in_far(|| Capture::on(FAR));
    // Another one, which has no level, so that there is one to ask for.
    let loader = Loader::run(NEAR, "");
    Scene { loader, capture, lab }
}

#[test]
fn nothing() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let lab = lab();
        let older = TcpListener::bind(endpoint(NEAR_V4, 5001)).unwrap();
        let scene = Scene::in_lab(lab, &level(0));
        let newer = TcpListener::bind(endpoint(NEAR_V4, 5002)).unwrap();
        let scene = end(scene, signal);
        for listener in [&older, &newer] {
            assert_eq!(scale_of(&scene, listener), UNLIMITED, "{listener:?}");
        }
        assert_eq!(scale_of_client(&scene, FAR_V4, 5003), UNLIMITED);
    }
}

/// Nobody is left to give listeners back what they had: until another loader does.
#[test]
fn listeners_when_it_is_killed() {
    let scene = Scene::in_lab(lab(), &level(1));
    let listener = TcpListener::bind(endpoint(NEAR_V4, 5001)).unwrap();
    let scene = end(scene, Signal::SIGKILL);
    assert_eq!(scale_of_client(&scene, FAR_V4, 5003), UNLIMITED);
    assert_eq!(scale_of(&scene, &listener), 2);
    scene.loader.replace(&level(2));
    assert_eq!(scale_of(&scene, &listener), 4);
    let scene = end(scene, Signal::SIGTERM);
    assert_eq!(scale_of(&scene, &listener), UNLIMITED);
}
