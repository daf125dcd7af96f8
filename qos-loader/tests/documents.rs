//! README.md and docs/ stay true: their policy files are accepted, their commands print what they
//! say, their tables hold what the code has, and what they name exists. `BLESS=1` writes what the
//! commands print.

#![expect(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "all of this is tests")]

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

use clap::CommandFactory as _;
use qos_common::{counters, policy_set};
use qos_loader::cli::Cli;
use qos_loader::diagnostic::Text;
use qos_loader::policy::check::key;
use qos_loader::policy::layer::PolicySet;
use qos_loader::policy::source::{Form, Layer};
use qos_loader::policy::unenforced;

/// A policy and settings with every key, each with a value that asks for something.
const EVERY_KEY: &str = r#"
[settings]
interfaces = "eth0"
app-marking = "ignore"
inbound-throughput-level = 3
shaper = "htb"
[[policy]]
name = "all"
dscp = "EF"
throttle = "1 mbit"
keep-marked = true
user = "root"
group = "root"
application = "httpd"
cgroup = "/"
source = "192.0.2.1"
destination = "192.0.2.2"
destination-host = "example.com"
source-port = 443
destination-port = 50000
protocol = "tcp"
url = "http://example.com"
subdirectories = false
"#;

#[test]
fn policy_files_are_accepted() {
    let mut files = 0;
    for path in documents() {
        let text = read(&path);
        for block in blocks(&text, "toml") {
            policy_set(Text::new(&path, text[block].to_owned()));
            files += 1;
        }
    }
    assert!(files > 0);
}

#[test]
fn commands_print_what_the_documents_say() {
    let mut wrong = Vec::new();
    for path in documents() {
        let text = read(&path);
        let folder = tempfile::tempdir().unwrap();
        for block in blocks(&text, "toml") {
            let name = text[block.clone()].lines().next().unwrap().strip_prefix("# ");
            let name = name.expect("the first line of a policy file names it");
            fs::write(folder.path().join(name), &text[block]).unwrap();
        }
        let mut found = String::new();
        let mut end = 0;
        for block in blocks(&text, "console") {
            found += &text[end..block.start];
            found += &session(&text[block.clone()], folder.path());
            end = block.end;
        }
        found += &text[end..];
        if found != text && env::var_os("BLESS").is_some() {
            fs::write(root().join(&path), found).unwrap();
        } else if found != text {
            let differs = found.lines().zip(text.lines()).find(|(found, text)| found != text);
            wrong.push(format!("{} (BLESS=1 rewrites it): {differs:?}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_readme_has_the_code_points_with_a_name() {
    let printed = run("dscp --json", Path::new("/"));
    let printed: Vec<serde_json::Value> = serde_json::from_str(&printed).unwrap();
    let row = |one: &serde_json::Value| {
        let tos = one["tos"].as_u64().unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let numbers = vec![one["value"].to_string(), tos.to_string(), format!("{tos:#04x}")];
        let wmm = [&one["wmm"]["rfc8325"], &one["wmm"]["windows"]].map(text);
        [numbers, vec![text(&one["name"]), text(&one["class"])], wmm.to_vec()].concat()
    };
    let named: Vec<_> = printed.iter().filter(|one| !one["name"].is_null()).map(row).collect();
    assert_eq!(rows(&read("README.md"), "| DSCP |"), named);
}

#[test]
fn the_readme_has_every_command() {
    let cli = Cli::command();
    let commands = cli.get_subcommands().filter(|command| !command.is_hide_set());
    let commands: BTreeSet<String> = commands.map(|one| one.get_name().to_owned()).collect();
    assert_eq!(first_column(&read("README.md"), "| command |"), commands);
}

#[test]
fn every_key_is_explained() {
    let set = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<BTreeSet<_>>();
    let (readme, reference) = (read("README.md"), read("docs/policy.md"));
    assert_eq!(first_column(&reference, "| key of a policy |"), set(&key::POLICY));
    assert_eq!(first_column(&reference, "| key of `[settings]` |"), set(&key::SETTINGS));
    let mut in_readme = first_column(&readme, "| key |");
    in_readme.insert("name".to_owned());
    assert_eq!(in_readme, set(&key::POLICY));
}

#[test]
fn what_run_refuses_is_said() {
    let keys = EVERY_KEY.lines().filter_map(|line| Some(line.split_once(" = ")?.0));
    assert_eq!(keys.count(), key::POLICY.len() + key::SETTINGS.len());
    let refusal = |content: String| unenforced::refuse(&policy_set(Text::new("test", content)));
    refusal(EVERY_KEY.to_owned()).unwrap();
    let refused = rows(&read("docs/policy.md"), "| refused |");
    assert!(refused.len() >= 4);
    for row in refused {
        let value = row[1].trim_matches('`');
        let error =
            refusal(format!("[[policy]]\nname = \"test\"\ndscp = 1\n{value}\n")).unwrap_err();
        assert!(error.to_string().contains(&format!("`{value}` (\"test\", test:2)")), "{error}");
    }
}

/// Only these are tested: blocks in other languages would be examples that nothing runs.
#[test]
fn every_block_is_of_a_kind_that_is_tested() {
    for path in documents() {
        let text = read(&path);
        let tested: usize =
            ["toml", "console", "sh"].map(|language| blocks(&text, language).len()).iter().sum();
        let fences = text.lines().filter(|line| line.trim_start().starts_with("```")).count();
        assert_eq!(fences, 2 * tested, "{}", path.display());
    }
}

#[test]
fn every_event_is_explained() {
    let code = read("qos-loader/src/events.rs");
    let digits = |word: &&str| word.len() == 5 && word.starts_with("16");
    let in_code: BTreeSet<String> =
        code.split(|one: char| !one.is_ascii_digit()).filter(digits).map(str::to_owned).collect();
    assert_eq!(first_column(&read("docs/policy.md"), "| event |"), in_code);
}

#[test]
fn the_limits_are_those_of_the_code() {
    let limits: Vec<String> = rows(&read("docs/packet.md"), "| limit |")
        .into_iter()
        .map(|row| row[1].replace(',', ""))
        .collect();
    let code = [
        policy_set::vector::MAX_RULES,
        counters::MAX_POLICIES,
        policy_set::cgroup::MAX_LEVELS,
        policy_set::IMAGE_BYTES / 1024 / 1024,
    ];
    assert_eq!(limits[..code.len()], code.map(|number| number.to_string()));
}

#[test]
fn every_file_that_is_named_exists() {
    let is_path = |one: char| one.is_ascii_alphanumeric() || "_-./".contains(one);
    let folders = ["qos-common/", "qos-ebpf/", "qos-loader/", "xtask/", "tests/", "docs/"];
    for path in documents() {
        for word in read(&path).split(|one: char| !is_path(one)) {
            let named = word.trim_end_matches('.');
            if folders.iter().any(|folder| named.starts_with(folder)) {
                assert!(root().join(named).exists(), "{}: there is no {named}", path.display());
            }
        }
    }
}

#[test]
fn every_link_to_a_file_works() {
    for path in documents() {
        let text = read(&path);
        for (_, rest) in
            text.match_indices("](").map(|(start, open)| text.split_at(start + open.len()))
        {
            let (target, _) = rest.split_once(')').unwrap();
            if target.contains("://") {
                continue;
            }
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let file = if file.is_empty() { path.clone() } else { path.with_file_name(file) };
            assert!(root().join(&file).exists(), "{}: there is no {target}", path.display());
            let known = heading.is_empty() || headings(&read(&file)).contains(heading);
            assert!(known, "{}: there is no heading {target}", path.display());
        }
    }
}

/// The documents, as paths from the root.
fn documents() -> Vec<PathBuf> {
    let mut paths = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"].map(PathBuf::from).to_vec();
    let entries = fs::read_dir(root().join("docs")).unwrap();
    paths.extend(entries.map(|entry| Path::new("docs").join(entry.unwrap().file_name())));
    paths.sort();
    paths
}

/// The policies of a text that must be right.
fn policy_set(text: Text) -> PolicySet {
    let layer = Layer { name: "document".to_owned(), form: Form::File, texts: vec![text] };
    let set = PolicySet::of(&[layer]);
    set.unwrap_or_else(|diagnostics| panic!("{}", diagnostics.to_text(false)))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// Where the insides of the blocks in `language` stand.
fn blocks(text: &str, language: &str) -> Vec<Range<usize>> {
    let fence = format!("\n```{language}\n");
    let starts = text.match_indices(&fence).map(|(start, fence)| start + fence.len());
    starts.map(|start| start..start + text[start..].find("```").unwrap()).collect()
}

/// A console block with what its commands print now. Those that need root keep what they have.
fn session(block: &str, folder: &Path) -> String {
    let mut session = String::new();
    for part in
        block.split_inclusive('\n').collect::<Vec<_>>().chunk_by(|_, line| !line.starts_with("$ "))
    {
        let command =
            part[0].strip_prefix("$ ").expect("a console block starts with a command").trim_end();
        if let Some(arguments) = command.strip_prefix("qos-loader ") {
            session += part[0];
            session += &run(arguments, folder);
        } else {
            assert!(command.starts_with("sudo "), "{command}");
            session += &part.concat();
        }
    }
    session
}

/// What the command prints to standard output and standard error, as a terminal shows it.
fn run(arguments: &str, folder: &Path) -> String {
    let mut printed = tempfile::tempfile().unwrap();
    Command::new(env!("CARGO_BIN_EXE_qos-loader"))
        .args(words(arguments))
        .current_dir(folder)
        .env_remove("COLUMNS")
        .stdin(Stdio::null())
        .stdout(printed.try_clone().unwrap())
        .stderr(printed.try_clone().unwrap())
        .status()
        .unwrap();
    std::io::Seek::rewind(&mut printed).unwrap();
    std::io::read_to_string(printed).unwrap()
}

/// The words of a command line, in which `'` quotes.
fn words(line: &str) -> Vec<String> {
    let quoted = |(index, part): (usize, &str)| {
        if index % 2 == 1 { part.replace(' ', "\0") } else { part.to_owned() }
    };
    let line: String = line.split('\'').enumerate().map(quoted).collect();
    line.split_whitespace().map(|word| word.replace('\0', " ")).collect()
}

/// The cells of the table whose first line starts with `titles`.
fn rows(text: &str, titles: &str) -> Vec<Vec<String>> {
    let mut lines = text.lines().skip_while(|line| !line.starts_with(titles));
    assert!(lines.next().is_some(), "there is no table {titles}");
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
    };
    lines.skip(1).take_while(|line| line.starts_with('|')).map(cells).collect()
}

/// What stands in the first column, without backticks; several in a cell are each one.
fn first_column(text: &str, titles: &str) -> BTreeSet<String> {
    let rows = rows(text, titles);
    let cells = rows.iter().flat_map(|row| row[0].split(", "));
    cells.map(|cell| cell.trim_matches('`').to_owned()).collect()
}

/// The headings, as links name them.
fn headings(text: &str) -> BTreeSet<String> {
    let titles = text.lines().filter(|line| line.starts_with('#'));
    let link = |line: &str| {
        let title = line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        title.replace(|one: char| !one.is_alphanumeric() && !"-_".contains(one), "")
    };
    titles.map(link).collect()
}
