//! What a [`Stream`](super::stream::Stream) remembers of what it has read.

/// It speaks HTTP/1.x, as far as is known: what is no request is passed over. All else is of one request.
pub(super) const KNOWN: u32 = 1;
/// A request line, or the header of a TLS record, was right: this is no chance.
pub(super) const CERTAIN: u32 = 1 << 1;
/// It was said that the request is complete.
pub(super) const COMPLETE: u32 = 1 << 2;
/// The last byte was a CR.
pub(super) const RETURN: u32 = 1 << 3;
/// The method is `CONNECT`.
pub(super) const CONNECT: u32 = 1 << 4;
/// The request's target names the host.
pub(super) const AUTHORITY: u32 = 1 << 5;
/// There was a field `Host`.
pub(super) const HOST: u32 = 1 << 6;
/// There was a field `Content-Length`.
pub(super) const LENGTH: u32 = 1 << 7;
/// There was a field `Transfer-Encoding`.
pub(super) const CODING: u32 = 1 << 8;
/// There was a field `Upgrade`.
pub(super) const UPGRADE: u32 = 1 << 9;
/// The fields follow the last chunk.
pub(super) const TRAILER: u32 = 1 << 10;
/// The field's value has begun.
pub(super) const BEGUN: u32 = 1 << 11;
/// The last byte of the field's value is whitespace.
pub(super) const GAP: u32 = 1 << 12;
