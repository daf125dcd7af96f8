//! Layers as every machine has them: the three default directories, without `--file` and `--policy`.

mod config_map;
mod machine;

use std::{fs, os::unix::fs::symlink, path::Path};

use qos_tests::{
    capture::Capture,
    loader::{self, Loader},
    netns::{FAR, Lab, NEAR},
};
use serde_json::{Value, json};

use crate::{file_change::assert_mark, scene::Scene};
use machine::{ETC, RUN, USR, in_private};

/// A policy for the port that other tests send to.
fn policy(name: &str, dscp: u8) -> String {
    format!("[[policy]]\nname = \"{name}\"\ndscp = {dscp}\ndestination-port = 5000\n")
}

/// What `show` says with these options.
fn show(options: &[&str]) -> Value {
    let output = loader::command().args(["show", "--json"]).args(options).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// For each policy its name, DSCP, layer and file name, and the layers of those that it replaced.
fn summary(report: &Value) -> Vec<Value> {
    let policies = report["policies"].as_array().unwrap();
    let of = |policy: &Value| {
        let file = Path::new(policy["file"].as_str().unwrap()).file_name().unwrap();
        let replaced: Vec<&Value> =
            policy["replaced"].as_array().unwrap().iter().map(|one| &one["layer"]).collect();
        json!([policy["name"], policy["dscp"]["value"], policy["layer"], file.to_str(), replaced])
    };
    policies.iter().map(of).collect()
}

#[test]
fn each_default_directory_is_a_layer_above_those_before_it() {
    in_private(|| {
        fs::write(format!("{USR}/vendor.toml"), policy("everywhere", 1) + &policy("usr", 2))
            .unwrap();
        fs::write(format!("{ETC}/site.toml"), policy("everywhere", 3) + &policy("etc", 4)).unwrap();
        fs::write(format!("{RUN}/today.toml"), policy("everywhere", 5) + &policy("run", 6))
            .unwrap();
        let expected = [
            json!(["everywhere", 5, RUN, "today.toml", [ETC, USR]]),
            json!(["run", 6, RUN, "today.toml", []]),
            json!(["etc", 4, ETC, "site.toml", []]),
            json!(["usr", 2, USR, "vendor.toml", []]),
        ];
        assert_eq!(summary(&show(&[])), expected);
    });
}

#[test]
fn the_files_of_a_directory_are_one_layer_in_the_order_of_their_names() {
    in_private(|| {
        fs::write(format!("{ETC}/20.toml"), policy("second", 2)).unwrap();
        fs::write(format!("{ETC}/10.toml"), policy("first", 1)).unwrap();
        fs::write(format!("{ETC}/.05.toml"), policy("hidden", 3)).unwrap();
        fs::write(format!("{ETC}/05.txt"), policy("other", 4)).unwrap();
        let expected =
            [json!(["first", 1, ETC, "10.toml", []]), json!(["second", 2, ETC, "20.toml", []])];
        assert_eq!(summary(&show(&[])), expected);
    });
}

#[test]
fn an_empty_file_and_a_link_to_dev_null_mask_those_below() {
    in_private(|| {
        for directory in [USR, ETC] {
            for file in ["by-file", "by-link", "kept"] {
                fs::write(format!("{directory}/{file}.toml"), policy(file, 1)).unwrap();
            }
        }
        fs::write(format!("{RUN}/by-file.toml"), "").unwrap();
        symlink("/dev/null", format!("{RUN}/by-link.toml")).unwrap();
        assert_eq!(summary(&show(&[])), [json!(["kept", 1, ETC, "kept.toml", [USR]])]);

        // What is masked below may stand above again.
        fs::remove_file(format!("{RUN}/by-link.toml")).unwrap();
        fs::remove_file(format!("{ETC}/by-link.toml")).unwrap();
        symlink("/dev/null", format!("{ETC}/by-link.toml")).unwrap();
        fs::write(format!("{RUN}/by-link.toml"), policy("by-link", 2)).unwrap();
        let expected = [
            json!(["by-link", 2, RUN, "by-link.toml", []]),
            json!(["kept", 1, ETC, "kept.toml", [USR]]),
        ];
        assert_eq!(summary(&show(&[])), expected);
    });
}

#[test]
fn the_command_line_can_leave_them_out() {
    in_private(|| {
        fs::write(format!("{ETC}/site.toml"), policy("etc", 1)).unwrap();
        let file = format!("{RUN}/../other.toml");
        fs::write(&file, policy("file", 2)).unwrap();
        let names = |options: &[&str]| -> Vec<Value> {
            summary(&show(options)).iter().map(|policy| policy[0].clone()).collect()
        };
        assert_eq!(names(&[]), ["etc"]);
        assert_eq!(names(&["--no-default-layers"]), [""; 0]);
        assert_eq!(names(&["--file", &file]), ["file"]);
        assert_eq!(names(&["--policy", "dscp=3"]), ["cli-1"]);
        assert_eq!(names(&["--policy", "name=etc,dscp=3", "--file", &file]), ["file", "etc"]);
    });
}

#[test]
fn settings_are_merged_by_key() {
    in_private(|| {
        let low =
            "[settings]\ninterfaces = [\"eth*\"]\napp-marking = \"ignore\"\nshaper = \"htb\"\n";
        fs::write(format!("{USR}/vendor.toml"), low).unwrap();
        fs::write(format!("{ETC}/site.toml"), "[settings]\ninterfaces = [\"eth0\"]\n").unwrap();
        let high = "[settings]\ninbound-throughput-level = 2\n\nshaper = \"edt\"\n";
        fs::write(format!("{RUN}/today.toml"), high).unwrap();
        let report = show(&[]);
        let settings = json!({
            "interfaces": ["eth0"],
            "app-marking": "ignore",
            "inbound-throughput-level": 2,
            "shaper": "edt",
        });
        assert_eq!(report["settings"], settings);
        let from = |directory: &str, file: &str, line: u32| json!({ "layer": directory, "file": format!("{directory}/{file}"), "line": line });
        let from = json!({
            "interfaces": from(ETC, "site.toml", 2),
            "app-marking": from(USR, "vendor.toml", 3),
            "inbound-throughput-level": from(RUN, "today.toml", 2),
            "shaper": from(RUN, "today.toml", 4),
        });
        assert_eq!(report["settings_from"], from);
    });
}

/// `run` without anything but the machine's own files: also the interfaces are theirs.
#[test]
fn run_enforces_and_follows_them() {
    in_private(|| {
        fs::write(format!("{USR}/vendor.toml"), policy("p", 10)).unwrap();
        let settings = format!("[settings]\ninterfaces = [\"{NEAR}\"]\n");
        fs::write(format!("{ETC}/site.toml"), settings).unwrap();
        let lab = Lab::new();
        let capture = lab.in_far(|| Capture::on(FAR));
        let mut command = loader::command();
        command.arg("run");
        let scene = Scene { loader: Loader::start_command(command), capture, lab };
        assert_eq!(scene.loader.wait_until_ready(), format!("ready: 1 policies on {NEAR}"));
        assert_mark(&scene, 10);

        fs::write(format!("{RUN}/new"), policy("p", 20)).unwrap();
        fs::rename(format!("{RUN}/new"), format!("{RUN}/today.toml")).unwrap();
        scene.loader.wait_for_log("event=16501");
        assert_mark(&scene, 20);

        fs::remove_file(format!("{RUN}/today.toml")).unwrap();
        scene.loader.wait_for_log("event=16501");
        assert_mark(&scene, 10);

        symlink("/dev/null", format!("{RUN}/vendor.toml")).unwrap();
        scene.loader.wait_for_log("event=16501");
        assert_mark(&scene, 0);
    });
}
