//! The style and the script of the pages, as they are committed.

use std::collections::BTreeSet;
use std::path::Path;

use modstats_tests::run;

/// A browser reads the compressed files, so they must hold the same.
const UNPACK: &str = "
    const { readFileSync, writeFileSync } = require('fs');
    const { brotliDecompressSync, gunzipSync } = require('zlib');
    const [packed, out] = process.argv.slice(1);
    const unpack = packed.endsWith('.br') ? brotliDecompressSync : gunzipSync;
    writeFileSync(out, unpack(readFileSync(packed)));";

fn names(folder: &Path) -> BTreeSet<String> {
    let files = std::fs::read_dir(folder).unwrap();
    files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect()
}

fn is_plain(file: &str) -> bool {
    !file.ends_with(".br") && !file.ends_with(".gz")
}

#[test]
fn they_are_made_from_their_sources_and_compressed() {
    let dashboard = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dashboard");
    let (run, out) = (run::run(), run::run().new_folder("assets"));
    let build = dashboard.join("web/build.sh");
    let built = run.command(&build).arg(&out).status().unwrap();
    assert!(built.success(), "{}: {built}", build.display());
    let (made, kept) = (names(&out), names(&dashboard.join("assets")));
    let others: Vec<_> = made.symmetric_difference(&kept).collect();
    assert_eq!(others, ["logo.svg"], "run `make generate`");
    for file in made.iter().filter(|file| is_plain(file)) {
        let committed = dashboard.join("assets").join(file);
        let bytes = std::fs::read(&committed).unwrap();
        assert!(
            bytes == std::fs::read(out.join(file)).unwrap(),
            "{file} is not made from dashboard/web/src: run `make generate`"
        );
        for ending in ["br", "gz"] {
            let packed = format!("{}.{ending}", committed.display());
            let unpacked = out.join("unpacked");
            let node = ["-e", UNPACK, &packed, unpacked.to_str().unwrap()];
            let status = run.command("node").args(node).status().unwrap();
            assert!(status.success(), "{packed} can't be unpacked");
            assert!(
                bytes == std::fs::read(&unpacked).unwrap(),
                "{packed} holds something else: run `make generate`"
            );
        }
    }
}
