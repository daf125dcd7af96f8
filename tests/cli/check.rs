//! `qos-loader check`

use std::os::unix::ffi::OsStrExt as _;

use insta::assert_snapshot;

use crate::command::{qos_loader, qos_loader_reads};

#[test]
fn valid() {
    assert_snapshot!(qos_loader(&["check", "-f", "cli/policies/20-site.toml"]));
}

#[test]
fn valid_json() {
    assert_snapshot!(qos_loader(&["check", "--json", "-f", "cli/policies/20-site.toml"]));
}

#[test]
fn nothing() {
    assert_snapshot!(qos_loader(&["check", "--no-default-layers"]));
}

#[test]
fn a_directory_is_one_layer() {
    assert_snapshot!(qos_loader(&["check", "-f", "cli/policies"]));
}

#[test]
fn mistakes() {
    assert_snapshot!(qos_loader(&["check", "-f", "policies/invalid/all-at-once.toml"]));
}

#[test]
fn mistakes_json() {
    assert_snapshot!(qos_loader(&["check", "--json", "-f", "policies/invalid/all-at-once.toml"]));
}

#[test]
fn mistakes_of_arguments() {
    let wrong =
        ["dscp=184", "dscp=EF,port=80", "name=x", "destination-port=0|70000,dscp=1", "dscp"];
    let options = wrong.iter().flat_map(|policy| ["--policy", policy]);
    let arguments: Vec<&str> = ["check"].into_iter().chain(options).collect();
    assert_snapshot!(qos_loader(&arguments));
}

#[test]
fn mistakes_of_several_files() {
    let [one, other] = ["policies/invalid/no-dscp.toml", "policies/invalid/name-twice.toml"];
    assert_snapshot!(qos_loader(&["check", "-f", one, "-f", other]));
}

/// No machine has these.
const ABSENT: &str =
    "name=absent,dscp=1,user=no-such-user,group=no-such-group,cgroup=/no-such.slice";

#[test]
fn names_that_stand_for_nothing() {
    assert_snapshot!(qos_loader(&["check", "-p", ABSENT]));
}

#[test]
fn names_that_stand_for_nothing_json() {
    assert_snapshot!(qos_loader(&["check", "--json", "-p", ABSENT]));
}

const CONFLICT: [&str; 5] = [
    "check",
    "-p",
    "name=one,dscp=1,destination-port=80:90",
    "-p",
    "name=two,dscp=2,destination-port=85:95",
];

#[test]
fn conflict() {
    assert_snapshot!(qos_loader(&CONFLICT));
}

#[test]
fn conflict_json() {
    assert_snapshot!(qos_loader(&[&CONFLICT[..], &["--json"]].concat()));
}

/// One policy more than the kernel's tables hold.
#[test]
fn too_many() {
    let policy = |index| format!("[[policy]]\nname = \"{index}\"\ndscp = 1\n");
    let policies: String = (0..=10000).map(policy).collect();
    assert_snapshot!(qos_loader_reads(&["check", "-f", "-"], &policies));
}

/// The kernel's side has a bit for each.
#[test]
fn more_groups_than_there_is_room_for() {
    let groups = |count: u32| {
        let groups: Vec<String> = (1000..1000 + count).map(|group| group.to_string()).collect();
        format!("[[policy]]\nname = \"p\"\ndscp = 1\ngroup = [{}]\n", groups.join(", "))
    };
    assert_snapshot!(qos_loader_reads(&["check", "-f", "-"], &groups(257)));
}

/// Two halves hide a whole between them, and a name hides nothing of a path.
#[test]
fn never_wins() {
    assert_snapshot!(qos_loader_reads(
        &["check", "-f", "-"],
        r#"policy = [
    { name = "lower half", dscp = 1, destination = "10.0.0.0/25" },
    { name = "upper half", dscp = 2, destination = "10.0.0.128/25" },
    { name = "whole", dscp = 3, destination = "10.0.0.0/24" },
    { name = "all but one", dscp = 4, destination = ["10.0.0.0/24", "10.0.1.0/32"] },
    { name = "by name", dscp = 5, application = "rsync", protocol = "tcp" },
    { name = "by path", dscp = 6, application = "/no/such/rsync" },
]
"#
    ));
}

/// An executable, a link to it, a folder, and nothing.
#[test]
fn paths_of_applications() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::copy("/bin/true", path("program")).unwrap();
    std::os::unix::fs::symlink(path("program"), path("link")).unwrap();
    let warned = |path: &str| {
        let policy = format!("name=x,dscp=1,application={path}");
        qos_loader(&["check", "--json", "-p", &policy])
    };
    assert!(warned(&path("program")).contains("\"warnings\": []"));
    let link = warned(&path("link"));
    let leads = format!("{} leads to {} by a symbolic link", path("link"), path("program"));
    assert!(link.contains(&leads) && link.contains("\"event\": 16610"), "{link}");
    std::fs::remove_file(path("link")).unwrap();
    let latin = std::ffi::OsStr::from_bytes(b"b\xfcro");
    std::os::unix::fs::symlink("program", folder.path().join(latin)).unwrap();
    let link = warned(&path(r"b\xfcro"));
    let leads = format!(r"{} leads to {}", path(r"b\\xfcro"), path("program"));
    assert!(link.contains(&leads), "{link}");
    for (path, reason) in [
        (folder.path().to_str().unwrap().to_owned(), "what stands there is no executable file"),
        (path("nothing"), "No such file or directory"),
    ] {
        let none = warned(&path);
        assert!(none.contains(&format!("there is no executable {path}: {reason}")), "{none}");
        assert!(none.contains("\"event\": 16610"), "{none}");
    }
    assert!(
        warned("no-such-program-anywhere").contains("\"warnings\": []"),
        "names are not looked up"
    );
}
