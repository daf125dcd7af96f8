//! Programs.

use super::Fault;
use crate::diagnostic::quoted;
use crate::policy::Application;
use crate::policy::parse::Value;

const RIGHT: &str = "write an executable's absolute path (\"/usr/bin/rsync\"), or its file name \
                     alone (\"rsync\") for any folder";

/// An absolute path, or a bare file name.
pub fn read(value: &Value) -> Result<Application, Fault> {
    let Value::Text(text) = value else {
        return Err(Fault::wrong_type("a program in quotation marks", value).hinted(RIGHT));
    };
    let fault = Fault::unreadable(format!("{} names no program", quoted(text)));
    if text.contains(char::is_control) {
        return Err(fault.hinted(RIGHT));
    }
    if text.contains(['*', '?']) {
        return Err(fault.hinted("a path is exact: `*` and `?` stand for nothing").hinted(RIGHT));
    }
    if text.contains('\\') || text.starts_with('%') {
        return Err(fault.hinted("this is a path of Windows").hinted(RIGHT));
    }
    Application::new(text).ok_or_else(|| match text.strip_prefix("~/") {
        Some(_) => fault.hinted("write the home folder out, such as \"/home/alice/bin/sync\""),
        None => fault.hinted(RIGHT),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_paths_and_bare_names_are_read() {
        let text = |text: &str| read(&Value::Text(text.to_owned()));
        let path = "/opt/Crash Plan/bin/CrashPlanService";
        assert_eq!(text(path), Ok(Application::Path(path.to_owned())));
        assert_eq!(text("rsync"), Ok(Application::Name("rsync".to_owned())));
        let wrong = ["", "/", "bin/rsync", "./a", "~/a", "/a//b", "/a/", "/a/../b", "..", "/bin/*"];
        for wrong in wrong.into_iter().chain(["%ProgramFiles%\\a.exe", "C:\\a.exe", "a\0"]) {
            text(wrong).unwrap_err();
        }
    }
}
