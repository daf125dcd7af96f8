//! The tests that need a kernel, in the guests of several.

use std::{
    fs,
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use qos_vm_init::{Event, Outcome};

use super::{
    BOOT, Binaries, Content, Guest, Image, Kernels, Limits, Qemu, cache,
    kernels::{Kernel, Settings},
    report::{Report, Row},
    say,
};
use crate::{
    command::{cargo, run as run_command},
    workspace,
};

/// The test binaries.
pub(super) const TESTS: [&str; 2] = ["program", "network"];

/// Time for the guest itself, beside a test's.
const SLACK: Duration = Duration::from_mins(2);

/// Builds what guests run.
pub(super) fn build() -> Result<Binaries> {
    let tests = TESTS.map(|test| ["qos-tests", "--test", test]);
    let programs = [["qos-loader", "--bin", "qos-loader"], ["qos-tests", "--bin", "traffic"]];
    Binaries::build(&[&programs, &tests[..]].concat())
}

/// What the guest's processes have in their environment; the kernel hands it on.
pub(super) fn environment(settings: &Settings) -> Vec<String> {
    vec![
        format!("QOS_VM_LIMIT={}", settings.limit),
        format!("QOS_TESTS_PERCENT={}", settings.percent),
        "QOS_LOADER=/usr/local/bin/qos-loader".to_owned(),
        "PATH=/usr/local/bin:/usr/bin:/usr/sbin:/vm/tests".to_owned(),
        format!("QOS_VM_FOLDER={}", workspace::root().join("tests").display()),
    ]
}

/// Runs all tests on the kernels of these names, two guests at a time: each has one processor.
pub(crate) fn run(names: &[String]) -> Result<()> {
    // That what goes wrong would be seen.
    let planted = ["--package", "xtask", "planted::", "--", "--ignored"];
    run_command(cargo(["test", "--release", "--locked"]).args(planted))?;
    let kernels = Kernels::read()?;
    let chosen = kernels.select(names)?;
    fs::create_dir_all(cache::folder())?;
    let qemu = Qemu::get()?;
    let binaries = build()?;
    let queue = Mutex::new(chosen.iter());
    let next = || queue.lock().ok().and_then(|mut queue| queue.next());
    let rows: Mutex<Vec<Row>> = Mutex::default();
    let worker = || -> Result<()> {
        while let Some(kernel) = next() {
            let row = boot(kernel, &kernels, &qemu, &binaries)?;
            rows.lock().ok().context("a guest's thread panicked")?.push(row);
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(worker)).collect();
        let results =
            workers.into_iter().map(|worker| worker.join().ok().context("it panicked")?);
        results.collect::<Result<Vec<()>>>()
    })?;
    let mut rows = rows.into_inner().unwrap_or_default();
    rows.sort_by_key(|(name, ..)| chosen.iter().position(|kernel| kernel.name == *name));
    let report = Report(rows);
    eprintln!("\n{report}");
    let failures = report.failures();
    ensure!(failures.is_empty(), "failed on Linux {}", failures.join(", "));
    Ok(())
}

fn boot(kernel: &Kernel, kernels: &Kernels, qemu: &Qemu, binaries: &Binaries) -> Result<Row> {
    let (name, settings) = (&kernel.name, &kernels.guest);
    let image = Image::get(kernel, &settings.modules)?;
    let initramfs = cache::folder().join(format!("{name}.cpio"));
    let mut content = Content::new(&initramfs, binaries)?;
    content.machine(&image, settings, binaries)?;
    TESTS.iter().try_for_each(|test| content.tests(binaries, test))?;
    content.finish()?;
    let arguments = environment(settings);
    let command = qemu.command(&image.vmlinux(), &initramfs, settings.memory, &arguments);
    let log = cache::folder().join(format!("{name}.log"));
    let limits = Limits { boot: BOOT, silence: Duration::from_secs(settings.limit) + SLACK };
    say(format_args!(
        "Linux {name}: booting; its console goes to {}",
        workspace::relative(&log).display()
    ));
    let start = Instant::now();
    let mut output = Vec::new();
    let guest = Guest::run(command, limits, &log, |line, event| {
        show(name, line, event, &mut output);
    })?;
    if !matches!(guest.end, super::End::Done) {
        eprintln!("{name}: {}; its last lines:\n{}", guest.end, guest.console.tail());
    }
    Ok((name.clone(), guest, start.elapsed()))
}

/// Shows a line for each test, and beneath it what a test said that did not pass.
fn show(kernel: &str, line: &str, event: Option<&Event>, output: &mut Vec<String>) {
    match event {
        Some(Event::Ready { release, tests }) => eprintln!("{kernel}: {release}, {tests} tests"),
        Some(Event::End { test, duration, outcome }) => {
            let seconds = duration.as_secs_f64();
            eprintln!("{kernel}: {seconds:>6.1} s  {test}: {outcome}");
            if matches!(outcome, Outcome::Failed(_) | Outcome::Hung) {
                for line in &*output {
                    eprintln!("{kernel}:     {line}");
                }
            }
            output.clear();
        }
        None => output.push(line.to_owned()),
        Some(Event::Start(_) | Event::Exit(_) | Event::Done | Event::Broken(_)) => output.clear(),
    }
}
