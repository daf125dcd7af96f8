//! Runs a command, and makes one text of all that it did.

use std::{
    io::Write as _,
    process::{Command, Output, Stdio},
};

use nix::unistd::geteuid;
use qos_tests::loader;

/// Runs it in the folder of the tests.
pub(crate) fn qos_loader(arguments: &[&str]) -> String {
    qos_loader_reads(arguments, "")
}

/// The same with something on standard input.
pub(crate) fn qos_loader_reads(arguments: &[&str], input: &str) -> String {
    transcript(arguments, &output(loader::command(), arguments, input.as_bytes()))
}

/// The same without any privileges, whoever runs the tests.
pub(crate) fn qos_loader_without_privileges(arguments: &[&str]) -> String {
    if !geteuid().is_root() {
        return qos_loader(arguments);
    }
    let (_folder, program) = loader::copy_for_everybody();
    let mut setpriv = Command::new("setpriv");
    setpriv.args(["--reuid=65534", "--clear-groups", "--inh-caps=-all"]).arg(program);
    transcript(arguments, &output(setpriv, arguments, b""))
}

/// How it ended, with nothing in its environment that changes what it prints.
pub(crate) fn output(mut command: Command, arguments: &[&str], input: &[u8]) -> Output {
    for name in
        ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES", "TERM", "NOTIFY_SOCKET"]
    {
        command.env_remove(name);
    }
    command.current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It need not read to the end.
    child.stdin.take().unwrap().write_all(input).ok();
    child.wait_with_output().unwrap()
}

/// All of it as one text.
pub(crate) fn transcript(arguments: &[&str], output: &Output) -> String {
    let words: Vec<String> = arguments.iter().map(|word| quoted(word)).collect();
    let [stdout, stderr] =
        [&output.stdout, &output.stderr].map(|bytes| str::from_utf8(bytes).unwrap());
    let code = output.status.code().unwrap();
    let mut text = format!("$ qos-loader {}\nexit code {code}", words.join(" "));
    for (name, content) in [("standard output", stdout), ("standard error", stderr)] {
        if !content.is_empty() {
            text = format!("{text}\n--- {name}\n{content}");
        }
    }
    text
}

fn quoted(word: &str) -> String {
    let is_plain = !word.is_empty() && !word.contains(|one: char| " '|;*()[]<>$".contains(one));
    if is_plain { word.to_owned() } else { format!("'{word}'") }
}
