//! A TLS `ClientHello` (RFC 8446, 4.1.2), as clients make it.

/// The extensions that come before and after the server's name.
pub(crate) struct Hello<'a> {
    /// None for a client that names no server.
    pub(crate) name: Option<&'a str>,
    /// Bytes of its key shares: 1,216 of a hybrid with ML-KEM-768.
    pub(crate) key_share: usize,
    /// Whether the name comes last.
    pub(crate) name_is_last: bool,
}

impl Hello<'_> {
    /// The bytes of its record.
    pub(crate) fn record(&self) -> Vec<u8> {
        let mut extensions = Vec::new();
        let name = self.name.map(|name| {
            let entry = [&[0], counted(name.as_bytes()).as_slice()].concat();
            extension(0, &counted(&entry))
        });
        let others = [
            extension(0x0a0a, &[]),
            extension(10, &counted(&[0x11, 0xec, 0x00, 0x1d])),
            extension(16, &counted(b"\x02h2\x08http/1.1")),
            extension(43, &[4, 3, 4, 3, 3]),
            extension(
                51,
                &counted(&[&[0x11, 0xec], counted(&vec![7; self.key_share]).as_slice()].concat()),
            ),
        ];
        if !self.name_is_last {
            extensions.extend(name.clone().unwrap_or_default());
        }
        extensions.extend(others.concat());
        if self.name_is_last {
            extensions.extend(name.unwrap_or_default());
        }
        let body = [
            &[3, 3],
            [5; 32].as_slice(),
            &[32],
            &[6; 32],
            &counted(&[0x13, 0x01, 0x13, 0x02]),
            &[1, 0],
            &counted(&extensions),
        ]
        .concat();
        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        let handshake = [&[1], &length[1..], &body].concat();
        [&[22, 3, 1], counted(&handshake).as_slice()].concat()
    }
}

/// Behind its length in two bytes.
fn counted(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    [&length.to_be_bytes(), bytes].concat()
}

fn extension(kind: u16, content: &[u8]) -> Vec<u8> {
    [kind.to_be_bytes().as_slice(), &counted(content)].concat()
}
