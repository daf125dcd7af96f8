//! A program that sends what it is told to, for tests of who sends. Each line of its standard input
//! is one step; it prints `ok` when it has started and when it has done a step, and ends at the
//! first that fails. Sockets have the numbers of file descriptors that the steps name.

#![expect(
    clippy::exit,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a step that fails ends the program, and a child does one step"
)]

mod descriptor;
mod identity;
mod place;
mod socket;
mod transfer;

use std::{
    io::{self, Write as _},
    process::{self, Command},
};

use nix::{
    sys::wait::{WaitStatus, waitpid},
    unistd::{ForkResult, fork},
};

fn main() {
    answer();
    // Nothing is read ahead: the next line comes after the answer, also for who is executed next.
    for line in io::stdin().lines() {
        step(&line.unwrap());
        answer();
    }
}

fn answer() {
    let mut output = io::stdout().lock();
    output.write_all(b"ok\n").unwrap();
    output.flush().unwrap();
}

/// Does one step: its name, and what it takes.
fn step(line: &str) {
    let words: Vec<&str> = line.split(' ').collect();
    match words[..] {
        ["fork", ..] => in_child(line.split_once(' ').unwrap().1),
        ["exec", path] => execute(path),
        ["udp", socket, here] => socket::udp(number(socket), here),
        ["tcp", socket, here] => socket::tcp(number(socket), here),
        ["raw", socket, here] => socket::raw(number(socket), here),
        ["connect", socket, there] => socket::connect(number(socket), there),
        ["listen", socket] => socket::listen(number(socket)),
        ["accept", listener, socket] => socket::accept(number(listener), number(socket)),
        ["send", socket, text] => socket::send(number(socket), text),
        ["send-to", socket, there, text] => socket::send_to(number(socket), there, text),
        ["send-file", socket, path] => socket::send_file(number(socket), path),
        ["receive", socket, text] => socket::receive(number(socket), text),
        ["reply", socket, text] => socket::reply(number(socket), text),
        ["shutdown", socket] => socket::shutdown(number(socket)),
        ["ended", socket] => socket::ended(number(socket)),
        ["close", socket] => descriptor::close(number(socket)),
        ["mailbox", socket, path] => transfer::mailbox(number(socket), path),
        ["give", socket, path] => transfer::give(number(socket), path),
        ["take", mailbox, socket] => transfer::take(number(mailbox), number(socket)),
        ["activated", socket] => transfer::activated(number(socket)),
        ["user", user] => identity::user(number(user)),
        ["groups", ref groups @ ..] => identity::groups(groups.iter().copied().map(number)),
        ["group-range", primary, first, count] => {
            let first = number(first);
            let groups = first..first + number::<u32>(count);
            identity::groups([number(primary)].into_iter().chain(groups));
        }
        ["user-namespace"] => identity::user_namespace(),
        ["cgroup-namespace"] => identity::cgroup_namespace(),
        ["mount-namespace"] => place::mount_namespace(),
        ["folder", path] => place::folder(path),
        ["copy", from, to] => place::copy(from, to),
        ["mount", kind, place, options] => place::mount(kind, place, options),
        ["bind", from, to] => place::bind(from, to),
        ["chroot", root] => place::chroot(root),
        ["pivot-root", root] => place::pivot_root(root),
        _ => panic!("no such step: {line:?}"),
    }
}

fn number<T: std::str::FromStr<Err: core::fmt::Debug>>(word: &str) -> T {
    word.parse().unwrap()
}

/// Does a step in a child, and waits for its end.
fn in_child(line: &str) {
    // SAFETY: the program has one thread.
    match unsafe { fork() }.unwrap() {
        ForkResult::Child => {
            step(line);
            process::exit(0);
        }
        ForkResult::Parent { child } => {
            assert_eq!(waitpid(child, None), Ok(WaitStatus::Exited(child, 0)));
        }
    }
}

/// Becomes another program of this kind, which has the same sockets.
fn execute(path: &str) {
    use std::os::unix::process::CommandExt as _;
    let error = Command::new(path).exec();
    panic!("{path}: {error}");
}
