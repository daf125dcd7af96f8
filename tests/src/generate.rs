//! Random policy sets and packets that often meet: values come from small pools, and most packets
//! are drawn at the edges of a policy's conditions.

pub mod lists;
pub mod machine;
pub mod packets;
pub mod policies;
pub mod pools;
pub mod random;
pub mod senders;
pub mod sets;
pub mod shrink;
pub mod text;
