//! A process's cgroup.

use std::{fs, io, path::Path};

/// Its path in the cgroup v2 hierarchy, from the root of our cgroup namespace.
pub(super) fn read(folder: &Path) -> io::Result<Option<String>> {
    let memberships = fs::read(folder.join("cgroup"))?;
    // Names need not be text; no policy names those that are not.
    Ok(parse(&String::from_utf8_lossy(&memberships)).map(str::to_owned))
}

/// `0` is the number of v2; v1's hierarchies may stand beside it.
fn parse(memberships: &str) -> Option<&str> {
    memberships.lines().find_map(|line| line.strip_prefix("0::"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn v2_may_stand_beside_v1() {
        let hybrid = "12:pids:/user.slice\n1:name=systemd:/a::b\n0::/user.slice/a::b c.scope\n";
        assert_eq!(parse(hybrid), Some("/user.slice/a::b c.scope"));
        assert_eq!(parse("10:cpu:/\n1:name=systemd:/\n"), None);
    }
}
