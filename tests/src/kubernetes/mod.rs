//! Kubernetes, as much of it as a test needs.
//!
//! A [`ControlPlane`] is there in five seconds and knows everything but pods that run: the test
//! says itself how they ended, see [`finish_pod`]. A [`Node`] runs them.

mod audit;
mod cluster;
mod cnpg;
mod command;
mod component;
mod configuration;
mod control_plane;
mod given;
mod image;
mod network;
mod node;
mod own_node;
mod pod;
mod proxy;

pub use audit::{AuditEvent, AuditObject, AuditUser};
pub use cluster::{Cluster, client_of};
pub use command::{Output, helm, kubectl};
pub use control_plane::{ControlPlane, control_plane};
pub use image::image;
pub use node::{Node, node};
pub use pod::finish_pod;
pub use proxy::{ApiRequest, Failure, FaultProxy, Held, Moment};

use component::Component;
