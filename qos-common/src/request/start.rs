//! Whether a connection is worth a [`Stream`] at all, by its first bytes.

use super::{hello, stream::Stream};

impl Stream {
    /// Whether a segment that begins so may be the begin of a request or of a `ClientHello`: with a method
    /// in use (RFC 9110 and 5789, `WebDAV` and its kin, `UPnP`, those of caches), or a record's header.
    #[inline(always)]
    pub fn is_start(bytes: [u8; 3]) -> bool {
        match bytes {
            [hello::RECORD, 3, minor] => minor <= 4,
            [b'\r', b'\n', _] => true,
            bytes => is_method(bytes),
        }
    }

    /// Whether a segment that begins so is the begin of an HTTP server's answer (RFC 9112, 4).
    #[inline(always)]
    pub fn is_answer(bytes: [u8; 8]) -> bool {
        u64::from_le_bytes(bytes) & 0x00ff_ffff_ffff_ffff == u64::from_le_bytes(*b"HTTP/1.\0")
    }

    /// [`Stream::is_start`] for one of which only the first byte is there yet.
    #[inline(always)]
    pub const fn is_first(byte: u8) -> bool {
        byte.is_ascii_uppercase() || byte == b'\r' || byte == hello::RECORD
    }
}

#[inline(always)]
const fn is_method(bytes: [u8; 3]) -> bool {
    matches!(
        &bytes,
        b"ACL"
            | b"BAS"
            | b"BIN"
            | b"CHE"
            | b"CON"
            | b"COP"
            | b"DEL"
            | b"GET"
            | b"HEA"
            | b"LAB"
            | b"LIN"
            | b"LOC"
            | b"M-S"
            | b"MER"
            | b"MKA"
            | b"MKC"
            | b"MKR"
            | b"MKW"
            | b"MOV"
            | b"NOT"
            | b"OPT"
            | b"ORD"
            | b"PAT"
            | b"POS"
            | b"PRO"
            | b"PUR"
            | b"PUT"
            | b"QUE"
            | b"REB"
            | b"REP"
            | b"SEA"
            | b"SUB"
            | b"TRA"
            | b"UNB"
            | b"UNC"
            | b"UNL"
            | b"UNS"
            | b"UPD"
            | b"VER"
    )
}
