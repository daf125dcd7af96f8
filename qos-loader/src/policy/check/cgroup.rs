//! Cgroup paths.

use super::Fault;
use crate::diagnostic::quoted;
use crate::policy::CgroupPattern;
use crate::policy::parse::Value;

/// As many ancestors as the kernel side looks at.
pub const MAX_DEPTH: usize = 31;

/// Where the hierarchy is mounted, which is no part of a path.
pub const MOUNT: &str = "/sys/fs/cgroup";
const RIGHT: &str =
    "write the path from the hierarchy's root, such as \"/system.slice/ssh.service\"";

/// An absolute path of at most 31 elements; `*` stands for one of them.
pub fn read(value: &Value) -> Result<CgroupPattern, Fault> {
    let Value::Text(path) = value else {
        return Err(Fault::wrong_type("a cgroup's path in quotation marks", value).hinted(RIGHT));
    };
    let fault = || Fault::unreadable(format!("{} is no cgroup's path", quoted(path)));
    let inside = path.strip_prefix(MOUNT).filter(|rest| rest.is_empty() || rest.starts_with('/'));
    if let Some(rest) = inside {
        let rest = quoted(if rest.is_empty() { "/" } else { rest });
        let hint = format!("the path starts at the hierarchy's root: did you mean {rest}?");
        return Err(fault().hinted(hint));
    }
    let Some(pattern) = CgroupPattern::new(path) else {
        let absolute = format!("/{path}");
        return Err(match CgroupPattern::new(&absolute) {
            Some(_) if !path.is_empty() => {
                fault().hinted(format!("did you mean {}?", quoted(&absolute)))
            }
            _ => fault().hinted(RIGHT),
        });
    };
    check_elements(pattern, fault)
}

fn check_elements(
    pattern: CgroupPattern,
    fault: impl Fn() -> Fault,
) -> Result<CgroupPattern, Fault> {
    if pattern.depth() > MAX_DEPTH {
        let message = format!("this path has {} elements", pattern.depth());
        return Err(
            Fault::unreadable(message).hinted(format!("at most {MAX_DEPTH} can be told apart"))
        );
    }
    let elements = pattern.elements();
    if elements.iter().any(|element| element.contains(char::is_control)) {
        return Err(fault().hinted(RIGHT));
    }
    if elements.iter().any(|element| element.contains('*') && element != "*") {
        return Err(fault().hinted("`*` stands for a whole element: \"/user.slice/*/app.slice\""));
    }
    Ok(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Result<CgroupPattern, Fault> {
        read(&Value::Text(text.to_owned()))
    }

    #[test]
    fn paths_from_the_root_are_read() {
        for path in ["/", "/a.slice", "/user.slice/*/app.slice"] {
            assert_eq!(text(path).unwrap().to_string(), path);
        }
        assert!(text(&"/a".repeat(MAX_DEPTH)).is_ok());
    }

    #[test]
    fn what_is_no_path_is_told_what_would_be_right() {
        let hint = |path: &str| text(path).unwrap_err().hints.remove(0);
        assert_eq!(hint("backup.slice"), "did you mean \"/backup.slice\"?");
        assert!(hint("/sys/fs/cgroup/a.slice").ends_with("did you mean \"/a.slice\"?"));
        assert!(hint("/sys/fs/cgroup").ends_with("did you mean \"/\"?"));
        assert!(hint("/user-*.slice").starts_with("`*` stands for a whole element"));
        assert_eq!(hint(&"/a".repeat(MAX_DEPTH + 1)), "at most 31 can be told apart");
        for wrong in ["", "//", "/a//b", "/a/../b", "/a\n"] {
            assert_eq!(hint(wrong), RIGHT);
        }
    }
}
