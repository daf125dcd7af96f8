//! What is left of a level when the loader ends.

use std::net::TcpListener;

use nix::sys::signal::Signal;
use qos_tests::{
    capture::Capture,
    kernel::has_tcx,
    loader::Loader,
    netns::{FAR, FAR_V4, NEAR, NEAR_V4},
    sender::endpoint,
};

use super::{UNLIMITED, lab, level, scale_of, scale_of_client};
use crate::{scene::Scene, senders::held};

/// The loader's programs and links go in any case, but for filters.
fn end(scene: Scene, signal: Signal) -> Scene {
    let Scene { loader, capture, lab } = scene;
    let (mut programs, links) = (held::programs(&loader), held::links(&loader));
    assert!(held::names(&loader).contains("qos_window"));
    if !has_tcx() {
        // Of what is killed they outlive their process; links (TCX, Linux 6.6) do not.
        programs.clear();
    }
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

/// What another loader has set holds until that ends too.
#[test]
fn of_one_of_two() {
    let lab = lab();
    let older = TcpListener::bind(endpoint(NEAR_V4, 5001)).unwrap();
    let first = Loader::run("lo", &level(1));
    let scene = Scene::in_lab(lab, &level(2));
    let newer = TcpListener::bind(endpoint(NEAR_V4, 5002)).unwrap();
    let assert_scale = |scale| {
        for listener in [&older, &newer] {
            assert_eq!(scale_of(&scene, listener), scale, "{listener:?}");
        }
    };
    // The last that was set.
    assert_eq!(scale_of(&scene, &older), 4);
    first.end(Signal::SIGTERM);
    assert_scale(4);
    let second = Loader::run("lo", &level(1));
    assert_eq!(scale_of(&scene, &older), 2);
    scene.loader.replace("");
    assert_scale(2);
    second.end(Signal::SIGTERM);
    assert_scale(UNLIMITED);
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
