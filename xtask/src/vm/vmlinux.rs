//! The kernel as QEMU starts it without a boot loader: what `vmlinuz` holds compressed.

use std::io::{Cursor, Read as _};

use anyhow::{Context as _, Result, bail};

/// Where the boot protocol (Documentation/arch/x86/boot.rst) has the count of set-up sectors, the
/// payload's offset behind them, and its length.
const SETUP_SECTORS: usize = 0x1f1;
const PAYLOAD_OFFSET: usize = 0x248;
const PAYLOAD_LENGTH: usize = 0x24c;
const SECTOR: usize = 512;

/// A compressed block of LZ4's legacy frames holds that much, the last one less.
const LZ4_BLOCK: usize = 8 << 20;

/// The ELF file inside a `vmlinuz`.
pub(super) fn unpack(vmlinuz: &[u8]) -> Result<Vec<u8>> {
    let vmlinux = decompress(payload(vmlinuz).context("this is no bzImage")?)?;
    if !vmlinux.starts_with(b"\x7fELF") {
        bail!("what it holds is no ELF file");
    }
    Ok(vmlinux)
}

fn payload(vmlinuz: &[u8]) -> Option<&[u8]> {
    let setup = (usize::from(*vmlinuz.get(SETUP_SECTORS)?) + 1) * SECTOR;
    let start = setup + number(vmlinuz, PAYLOAD_OFFSET)?;
    vmlinuz.get(start..start + number(vmlinuz, PAYLOAD_LENGTH)?)
}

fn number(bytes: &[u8], offset: usize) -> Option<usize> {
    let bytes = bytes.get(offset..)?.first_chunk()?;
    u32::from_le_bytes(*bytes).try_into().ok()
}

/// By the magic numbers of the formats.
pub(super) fn decompress(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut whole = Vec::new();
    match bytes {
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => {
            lzma_rs::xz_decompress(&mut Cursor::new(bytes), &mut whole)?;
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            ruzstd::decoding::StreamingDecoder::new(bytes)?.read_to_end(&mut whole)?;
        }
        [0x02, 0x21, 0x4c, 0x18, rest @ ..] => lz4_legacy(rest, &mut whole)?,
        _ => bail!("an unknown compression: {:02x?}", bytes.get(..6)),
    }
    Ok(whole)
}

fn lz4_legacy(mut rest: &[u8], whole: &mut Vec<u8>) -> Result<()> {
    // Behind the last block stands the length of the whole.
    while let Some(length) = number(rest, 0)
        && rest.len() > size_of::<u32>()
    {
        let block = rest.get(4..4 + length).context("a block is cut")?;
        whole.extend(lz4_flex::block::decompress(block, LZ4_BLOCK)?);
        rest = rest.get(4 + length..).unwrap_or_default();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_payload_is_where_the_header_says() {
        let mut vmlinuz = vec![0; 4096];
        vmlinuz[SETUP_SECTORS] = 3;
        vmlinuz[PAYLOAD_OFFSET] = 100;
        vmlinuz[PAYLOAD_LENGTH] = 5;
        vmlinuz[4 * SECTOR + 100..][..6].copy_from_slice(b"kernel");
        assert_eq!(payload(&vmlinuz), Some(&b"kerne"[..]));
        assert_eq!(payload(&vmlinuz[..2000]), None);
    }

    #[test]
    fn lz4_has_blocks_and_a_length() {
        // Two blocks that are literals alone: a token with their count, and the bytes.
        let file = b"\x02\x21\x4c\x18\x03\0\0\0\x20ab\x02\0\0\0\x10c\x03\0\0\0";
        assert_eq!(decompress(file).expect("decompressed"), b"abc");
    }

    #[test]
    fn what_is_not_known_is_an_error() {
        let error = decompress(b"GIF89a").expect_err("a picture").to_string();
        assert!(error.starts_with("an unknown compression"), "{error}");
        assert!(unpack(b"short").is_err());
    }
}
