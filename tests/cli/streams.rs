//! Where things are read from and written to.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _},
    process::Stdio,
};

use insta::assert_snapshot;
use nix::pty::openpty;
use qos_tests::loader;

use crate::command::{qos_loader, qos_loader_reads, transcript};

const ESCAPE: char = '\u{1b}';
const MISTAKE: &str = "[[policy]]\nname = \"p\"\ndscp = 184\n";

#[test]
fn policies_from_standard_input() {
    let policies = "[[policy]]\nname = \"from a pipe\"\ndscp = \"LE\"\n";
    assert_snapshot!(qos_loader_reads(&["show", "-f", "-"], policies));
}

/// It is a layer where it is named, among the others.
#[test]
fn standard_input_between_a_file_and_an_argument() {
    let policies = "[[policy]]\nname = \"Web\"\ndscp = \"AF11\"\n[settings]\nshaper = \"edt\"\n";
    let arguments = ["show", "-f", "cli/policies", "-f", "-", "-p", "name=Web,dscp=AF31"];
    assert_snapshot!(qos_loader_reads(&arguments, policies));
}

#[test]
fn mistakes_on_standard_input() {
    assert_snapshot!(qos_loader_reads(&["check", "-f", "-"], MISTAKE));
}

/// Whoever reads only the first lines has what he wants.
#[test]
fn nobody_reads_standard_output() {
    for arguments in
        [&["dscp"][..], &["dscp", "--json"], &["show", "-f", "cli/policies"], &["--help"]]
    {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let mut command = loader::command();
        command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
        let output = command.stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
        let output = output.wait_with_output().unwrap();
        let ended = (output.status.code(), str::from_utf8(&output.stderr).unwrap());
        assert_eq!(ended, (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn standard_output_is_full() {
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut command = loader::command();
    let output = command.arg("dscp").stdout(full).stderr(Stdio::piped()).spawn().unwrap();
    assert_snapshot!(transcript(&["dscp"], &output.wait_with_output().unwrap()));
}

/// Its standard error is a terminal, on which there are colours unless `NO_COLOR` is set.
#[test]
fn colours_are_for_terminals_that_want_them() {
    let on_terminal = |no_color: bool| {
        let terminal = openpty(None, None).unwrap();
        let mut command = loader::command();
        command.args(["check", "-p", "dscp=184"]).stdout(Stdio::null()).stderr(terminal.slave);
        command.env_remove("NO_COLOR").env("TERM", "xterm");
        if no_color {
            command.env("NO_COLOR", "1");
        }
        assert_eq!(command.status().unwrap().code(), Some(2));
        // What is written to a terminal that nobody has open any more can still be read.
        drop(command);
        let mut shown = Vec::new();
        // Its end is an error (EIO).
        File::from(terminal.master).read_to_end(&mut shown).ok();
        String::from_utf8(shown).unwrap()
    };
    let [coloured, plain] = [false, true].map(on_terminal);
    assert!(coloured.contains("TOS 0xb8") && plain.contains("TOS 0xb8"), "{coloured}{plain}");
    assert!(coloured.contains(ESCAPE), "no colours on a terminal: {coloured}");
    assert!(!plain.contains(ESCAPE), "colours in spite of NO_COLOR: {plain}");
    assert!(!qos_loader(&["check", "-p", "dscp=184"]).contains(ESCAPE), "colours in a pipe");
}
