//! Policies are read again when their file changes, without being told.

use nix::sys::signal::Signal;
use qos_tests::{
    capture::Capture,
    loader::Loader,
    netns::{FAR, Lab, NEAR, NEAR_V4, SINK_V4, ip},
    sender::{endpoint, udp},
};

use crate::scene::Scene;

fn policy(dscp: u8) -> String {
    format!("[[policy]]\nname = \"p\"\ndestination-port = 5000\ndscp = {dscp}\n")
}

/// A packet to port 5000 of the sink gets the mark.
pub(crate) fn assert_mark(scene: &Scene, mark: u8) {
    udp(NEAR_V4, 0).send_to(b"x", endpoint(SINK_V4, 5000)).unwrap();
    assert_eq!(scene.mark_of(5000), mark);
}

#[test]
fn puts_the_new_ones_in_force() {
    let scene = Scene::with(&policy(10));
    for mark in [20, 30, 40] {
        scene.loader.change_file(&policy(mark));
        scene.loader.wait_for_log("event=16501");
        assert_mark(&scene, mark);
    }
}

#[test]
fn with_a_mistake_in_it_changes_nothing() {
    let scene = Scene::with(&policy(10));
    scene.loader.change_file(&policy(64));
    scene.loader.wait_for_log("event=16700");
    assert_mark(&scene, 10);
    scene.loader.change_file(&policy(20));
    scene.loader.wait_for_log("event=16501");
    assert_mark(&scene, 20);
}

/// What else happens meanwhile must not make it forget that the file changed.
#[test]
fn is_noticed_while_other_things_happen() {
    let lab = Lab::new();
    let capture = lab.in_far(|| Capture::on(FAR));
    let loader = Loader::run_with(&["-i", NEAR, "-i", "late*"], &policy(10));
    let scene = Scene { loader, capture, lab };
    scene.loader.change_file(&policy(20));
    // Interfaces come and go, so that the loader is busy all the time until a writer would be done.
    let busy = std::thread::spawn(|| {
        for _ in 0..40 {
            ip("link add late0 type veth peer name other0\nlink delete late0");
        }
    });
    busy.join().unwrap();
    scene.loader.wait_for_log("event=16501");
    assert_mark(&scene, 20);
    assert!(scene.loader.end(Signal::SIGTERM).status.success());
}
