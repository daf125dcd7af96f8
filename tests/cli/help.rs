//! The manual.

use insta::assert_snapshot;

use crate::command::qos_loader;

/// Each command has a short and a long help.
macro_rules! help {
    ($($command:ident)*) => {
        $(
            #[test]
            fn $command() {
                let command = stringify!($command);
                assert_snapshot!(format!("{command}_short"), qos_loader(&[command, "-h"]));
                assert_snapshot!(format!("{command}_long"), qos_loader(&[command, "--help"]));
            }
        )*

        /// The commands of the help above, so that none is forgotten.
        const COMMANDS: &[&str] = &[$(stringify!($command)),*];
    };
}

help!(run status stats watch names plan check show explain schema dscp demo);

#[test]
fn of_the_program() {
    assert_snapshot!("program_short", qos_loader(&["-h"]));
    assert_snapshot!("program_long", qos_loader(&["--help"]));
}

#[test]
fn of_a_command_in_another_way() {
    let [one, other] = [&["help", "check"][..], &["check", "--help"]].map(qos_loader);
    let text = |transcript: &str| transcript.split_once('\n').unwrap().1.to_owned();
    assert_eq!(text(&one), text(&other));
}

#[test]
fn no_command_is_forgotten_here() {
    let help = qos_loader(&["-h"]);
    let list = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names: Vec<&str> = list
        .lines()
        .filter_map(|line| {
            line.strip_prefix("  ")?.split(' ').next().filter(|name| !name.is_empty())
        })
        .filter(|name| *name != "help")
        .collect();
    assert_eq!(names, COMMANDS);
}

#[test]
fn version() {
    let transcript = qos_loader(&["--version"]);
    insta::with_settings!({ filters => [(r"\d+\.\d+\.\d+( \(no eBPF object\))?", "[VERSION]")] }, {
        assert_snapshot!(transcript);
    });
}
