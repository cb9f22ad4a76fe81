//! The harness's own clusters do what they promise.

mod control_plane;
mod node;
mod proxy;
