//! Container images of our own programs.

use std::path::PathBuf;

use super::command::output;
use crate::run::run;
use crate::tools;

/// An archive with a program of this workspace and what it needs to run, nothing else; see
/// `tools/image.py`.
pub async fn image(program: &str, reference: &str) -> PathBuf {
    let archive = run().new_folder("image").join("image.tar");
    let mut command = run().command(tools::image_script());
    command
        .arg("--binary")
        .arg(tools::program(program))
        .args(["--reference", reference, "--out"])
        .arg(&archive);
    output(command).await.must_succeed();
    archive
}
