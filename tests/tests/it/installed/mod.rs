//! The product as a user installs it: the chart, real pods, a database of CloudNativePG.

mod node;
