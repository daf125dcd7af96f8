//! GRE to no host in particular, or to a group: what the program would see begins with the outer
//! header.

use std::process::Stdio;

use qos_tests::{
    loader,
    netns::{Lab, NEAR_V4, ip},
};

use super::{TOP, kinds::GRE};

#[test]
fn is_refused() {
    if GRE.is_missing() {
        return;
    }
    for remote in ["", "remote 239.0.0.1 dev near0"] {
        let _lab = Lab::new();
        ip(&format!("link add {TOP} type gre local {NEAR_V4} {remote}\nlink set {TOP} up"));
        let mut command = loader::command();
        command.args(["run", "-i", TOP, "--policy", "dscp=46"]);
        let output = command.stdout(Stdio::piped()).output().unwrap();
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{remote}: {message}");
        assert!(message.contains("top0 carries neither Ethernet nor plain IP frames"), "{message}");
    }
}
