//! What the tests share: an [`oracle`] that reads policies naively, [`packet`]s that are frames and
//! what policies see of them at once, and [`generate`], which makes random ones of both.
//! For tests with traffic: a [`netns::Lab`] of two joined namespaces, a [`capture`] on its far side,
//! a [`loader`] that runs there, [`sender`]s, and the [`kernel`] and its [`tc`] filters to ask. For
//! examples: the [`document`]s that have them.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

pub mod capture;
pub mod document;
pub mod executable;
pub mod generate;
pub mod kernel;
pub mod loader;
pub mod netns;
pub mod oracle;
pub mod packet;
pub mod patience;
pub mod privilege;
mod repeated;
pub mod sender;
pub mod tc;

pub use repeated::repeated;
