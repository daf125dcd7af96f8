//! Programs.

use qos_common::executable;

use super::Fault;
use crate::diagnostic::quoted;
use crate::policy::Application;
use crate::policy::parse::Value;

const RIGHT: &str = "write an executable's absolute path (\"/usr/bin/rsync\"), or its file name \
                     alone (\"rsync\") for any folder";
const ESCAPES: &str = "`\\xNN` stands for a byte, `\\\\` for a backslash; in TOML such a path is \
                       between single quotes";

/// The most bytes in a file's name (`NAME_MAX`).
pub const MAX_ELEMENT: usize = executable::MAX_ELEMENT as usize;
/// The most bytes in a path (`PATH_MAX` counts the zero behind it).
pub const MAX_PATH: usize = 4095;

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
    if Application::is_of_windows(text) {
        return Err(fault.hinted("this is a path of Windows").hinted(RIGHT));
    }
    match Application::new(text) {
        Some(application) => check_length(application),
        None if text.starts_with("~/") => {
            Err(fault.hinted("write the home folder out, such as \"/home/alice/bin/sync\""))
        }
        None if text.contains('\\') && text.starts_with('/') => Err(fault.hinted(ESCAPES)),
        None if text.contains('\\') => {
            Err(fault.hinted("this is a path of Windows").hinted(ESCAPES).hinted(RIGHT))
        }
        None => Err(fault.hinted(RIGHT)),
    }
}

fn check_length(application: Application) -> Result<Application, Fault> {
    let length = application.bytes().len();
    if let Some(long) = application.elements().find(|element| element.len() > MAX_ELEMENT) {
        let message = format!("a file's name in this program has {} bytes", long.len());
        return Err(Fault::unreadable(message)
            .hinted(format!("a file's name has at most {MAX_ELEMENT} bytes")));
    }
    if length > MAX_PATH {
        let message = format!("the path of this program has {length} bytes");
        return Err(
            Fault::unreadable(message).hinted(format!("a path has at most {MAX_PATH} bytes"))
        );
    }
    Ok(application)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_paths_and_bare_names_are_read() {
        let text = |text: &str| read(&Value::Text(text.to_owned()));
        let path = "/opt/Crash Plan/bin/CrashPlanService";
        assert_eq!(text(path), Ok(Application::Path(path.into())));
        assert_eq!(text("rsync"), Ok(Application::Name("rsync".into())));
        let wrong = ["", "/", "bin/rsync", "./a", "~/a", "/a//b", "/a/", "/a/../b", "..", "/bin/*"];
        for wrong in wrong.into_iter().chain(["%ProgramFiles%\\a.exe", "C:\\a.exe", "a\0"]) {
            text(wrong).unwrap_err();
        }
    }

    #[test]
    fn any_bytes_are_read_as_they_are_shown() {
        let names: [(&[u8], &str); 8] = [
            (b"/opt/\\\xff\x01*", r"/opt/\\\xff\x01\x2a"),
            (b"a\\b?", r"a\\b\x3f"),
            ("\u{85}\u{e4}".as_bytes(), r"\xc2\x85ä"),
            // What looks like Windows, and what does not.
            (b"%a", r"\x25a"),
            (b"C:\\a", r"\x43:\\a"),
            (b"x:\x7f", r"\x78:\x7f"),
            (b"x:y", "x:y"),
            (b"/:\\", r"/:\\"),
        ];
        for (bytes, shown) in names {
            let application = Application::from_bytes(bytes.to_vec()).unwrap();
            assert_eq!(application.to_string(), shown);
            assert_eq!(read(&Value::Text(shown.to_owned())), Ok(application));
        }
        let wrong = [
            r"\x4",
            r"\xg0",
            r"\X41",
            r"/opt\sync",
            r"a\",
            r"\x00",
            r"a\x2fb",
            r"C:\xffa",
            r"C:\\a",
        ];
        for wrong in wrong {
            read(&Value::Text(wrong.to_owned())).unwrap_err();
        }
    }

    #[test]
    fn what_no_file_system_holds_is_too_long() {
        let text = |text: &str| read(&Value::Text(text.to_owned()));
        let element = r"\xff".repeat(MAX_ELEMENT);
        text(&element).unwrap();
        let hints = |wrong: &str| text(wrong).unwrap_err().hints;
        assert_eq!(hints(&format!("/a{element}/b")), ["a file's name has at most 255 bytes"]);
        let path = format!("/{}", "a/".repeat(MAX_PATH / 2 - 1));
        text(&format!("{path}ab")).unwrap();
        assert_eq!(hints(&format!("{path}abc")), ["a path has at most 4095 bytes"]);
    }
}
