//! What the reference shows of `watch`.

use qos_tests::{
    document::Document,
    netns::{NEAR_V4, SINK_V4},
};

use super::{Watch, send};
use crate::{
    documents::WATCH,
    hosts::{look_up, wait_for},
    scene::Scene,
};

const OTHER_V4: &str = "10.78.0.9";

/// The words of a line without times, ends and who sends, which are others.
fn words(line: &str) -> Vec<String> {
    let is_other =
        |word: &str| word.contains([':', '/']) || ["root", "-", "tcp", "udp"].contains(&word);
    line.split_whitespace().filter(|word| !is_other(word)).map(str::to_owned).collect()
}

#[test]
fn lines_are_told_as_the_document_says() {
    let document = Document::read("docs/commands.md");
    let blocks = document.blocks("console");
    let said = blocks.iter().find_map(|block| block.strip_prefix(WATCH)).unwrap();
    let policy = "[[policy]]\nname = \"Site\"\ndestination-host = \"*.example.com\"\ndscp = 1\n";
    let scene = Scene::with(policy);
    look_up(&scene, "www.example.com", &[], &[SINK_V4]);
    wait_for(&scene, SINK_V4, 1);
    let watch = Watch::start(&[]);
    for address in [SINK_V4, OTHER_V4] {
        send(NEAR_V4, 0, address, 5000);
        watch.line(address);
    }
    let printed = watch.lines.all();
    let [printed, said]: [Vec<_>; 2] = [
        printed.iter().map(|line| words(line)).collect(),
        said.trim().lines().map(words).collect(),
    ];
    assert_eq!(printed, said);
}
