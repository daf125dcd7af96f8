//! Who a process is when it opens a socket.

use std::{fs, io, path::Path};

/// A process's user and groups, as our user namespace numbers them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ids {
    /// The owner of the sockets that it opens: its file system user.
    pub user: u32,
    /// Its file system group and its supplementary groups.
    pub groups: Vec<u32>,
}

pub(super) fn read(folder: &Path) -> io::Result<Ids> {
    // The name in it need not be text.
    let status = fs::read(folder.join("status"))?;
    let status = String::from_utf8_lossy(&status);
    parse(&status).ok_or_else(|| io::Error::other("it has no user, or no group"))
}

fn parse(status: &str) -> Option<Ids> {
    let numbers = |key: &str| -> Option<Vec<u32>> {
        let line = status.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?;
        line.split_ascii_whitespace().map(|number| number.parse().ok()).collect()
    };
    // The real one, the effective one, the saved one, and the file system's.
    let last = |key: &str| numbers(key)?.get(3).copied();
    let mut groups = vec![last("Gid")?];
    groups.extend(numbers("Groups")?);
    groups.sort_unstable();
    groups.dedup();
    Some(Ids { user: last("Uid")?, groups })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_is_the_file_system_users() {
        let status = "Name:\tUid: 7\\nUid:\nUmask:\t0022\nUid:\t1\t2\t3\t4\nGid:\t50\t60\t70\t80\n\
                      FDSize:\t64\nGroups:\t90 80 4294967294 \nNStgid:\t1\n";
        let ids = Ids { user: 4, groups: vec![80, 90, 4_294_967_294] };
        assert_eq!(parse(status), Some(ids));
    }

    #[test]
    fn a_process_may_have_no_supplementary_groups() {
        let status = "Uid:\t0\t0\t0\t0\nGid:\t5\t5\t5\t5\nGroups:\t \n";
        assert_eq!(parse(status), Some(Ids { user: 0, groups: vec![5] }));
    }
}
