//! How policies write the bytes of a path, which need not be text: `\xNN` (as systemd writes it)
//! stands for a byte and `\\` for a backslash.

/// The bytes that `text` writes; `None` if there is another backslash in it, or if it escapes what
/// no element of a path can have.
pub(super) fn read(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let byte;
        (byte, rest) = match (first, behind) {
            (b'\\', [b'\\', behind @ ..]) => (b'\\', behind),
            (b'\\', [b'x', high, low, behind @ ..]) => (escaped(*high, *low)?, behind),
            (b'\\', _) => return None,
            _ => (*first, behind),
        };
        bytes.push(byte);
    }
    Some(bytes)
}

fn escaped(high: u8, low: u8) -> Option<u8> {
    let digit = |digit: u8| char::from(digit).to_digit(16);
    let byte = u8::try_from(digit(high)? << 4 | digit(low)?).ok()?;
    (!matches!(byte, 0 | b'/')).then_some(byte)
}

/// The text that a policy file reads as `bytes` again.
pub(super) fn text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\\' => text.push_str("\\\\"),
                '*' | '?' => text.push_str(&escape(character as u8)),
                _ if character.is_control() => {
                    text.extend(character.encode_utf8(&mut [0; 4]).bytes().map(escape));
                }
                _ => text.push(character),
            }
        }
        text.extend(chunk.invalid().iter().copied().map(escape));
    }
    if is_of_windows(&text) { escape(text.as_bytes()[0]) + &text[1..] } else { text }
}

fn escape(byte: u8) -> String {
    format!("\\x{byte:02x}")
}

/// Whether it starts with a variable or a drive, which `\\` and `\xNN` behind it don't change.
pub(super) fn is_of_windows(text: &str) -> bool {
    text.starts_with('%') || matches!(text.as_bytes(), [b'a'..=b'z' | b'A'..=b'Z', b':', b'\\', ..])
}
