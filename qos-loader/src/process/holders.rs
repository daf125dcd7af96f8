//! Which processes hold a socket.

use std::{fs, path::Path};

/// The processes of which one can be seen to hold the socket of the number `inode`: the one first
/// that is most likely to send.
pub fn of_socket(inode: u32) -> Vec<u32> {
    let target = format!("socket:[{inode}]");
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let mut pids: Vec<u32> = pids.filter(|pid| holds(*pid, Path::new(&target))).collect();
    // Systemd keeps the sockets of the services that it starts when somebody connects.
    pids.sort_unstable_by_key(|pid| (*pid == 1, *pid));
    pids
}

fn holds(pid: u32, target: &Path) -> bool {
    let files = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    files.into_iter().any(|file| fs::read_link(file.path()).is_ok_and(|link| link == target))
}

#[cfg(test)]
mod tests {
    use std::{net::UdpSocket, os::fd::AsRawFd as _, process};

    use super::*;

    #[test]
    fn this_process_holds_its_own_socket_while_it_is_open() {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let link = fs::read_link(format!("/proc/self/fd/{}", socket.as_raw_fd())).unwrap();
        let inode = link.to_str().unwrap().strip_prefix("socket:[").unwrap();
        let inode: u32 = inode.strip_suffix(']').unwrap().parse().unwrap();
        assert_eq!(of_socket(inode), [process::id()]);
        drop(socket);
        assert!(of_socket(inode).is_empty());
    }
}
