//! Another level counts at once for new connections, also of listeners that there are.

use std::net::TcpListener;

use qos_tests::{
    netns::{FAR_V4, NEAR_V4},
    sender::endpoint,
};

use super::{LEVELS, UNLIMITED, lab, level, scale_of, scale_of_client};
use crate::scene::Scene;

#[test]
fn changes_the_level() {
    let lab = lab();
    let older = TcpListener::bind(endpoint(NEAR_V4, 5001)).unwrap();
    let scene = Scene::in_lab(lab, "");
    let newer = TcpListener::bind(endpoint(NEAR_V4, 5002)).unwrap();
    let levels = LEVELS.map(|(number, _, scale)| (level(number), scale));
    let [a, b, c, d] = levels;
    let none = (String::new(), UNLIMITED);
    let mut port = 5003;
    for (settings, scale) in [c, a, d.clone(), none, b, d] {
        scene.loader.replace(&settings);
        for listener in [&older, &newer] {
            assert_eq!(scale_of(&scene, listener), scale, "{settings:?}, {listener:?}");
        }
        port += 1;
        assert_eq!(scale_of_client(&scene, FAR_V4, port), scale, "{settings:?}");
    }
}

/// One with a mistake changes nothing.
#[test]
fn that_fails_keeps_the_level() {
    let scene = Scene::in_lab(lab(), &level(1));
    let listener = TcpListener::bind(endpoint(NEAR_V4, 5001)).unwrap();
    scene.loader.reload(&level(9));
    scene.loader.wait_for_log("event=16700");
    assert_eq!(scale_of(&scene, &listener), 2);
    assert_eq!(scale_of_client(&scene, FAR_V4, 5002), 2);
}
