//! Prints the CustomResourceDefinition; `make generate` commits it.

use std::io::Write;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    std::io::stdout().write_all(modstats_crds::crd_yaml()?.as_bytes())?;
    Ok(())
}
