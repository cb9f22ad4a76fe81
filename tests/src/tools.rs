//! Where the tools are: named by the environment, else built by `make tools`.

use std::path::{Path, PathBuf};

const HERE: &str = env!("CARGO_MANIFEST_DIR");

fn built(name: &str) -> PathBuf {
    Path::new(HERE).join("../target/tools").join(name)
}

/// `path` if it exists, else a panic that says how to get it.
fn found(path: PathBuf, variable: &str) -> PathBuf {
    made("tools", path, variable)
}

fn made(target: &str, path: PathBuf, variable: &str) -> PathBuf {
    path.canonicalize().unwrap_or_else(|error| {
        panic!(
            "{}: {error}. Run `make {target}`, or let {variable} name what the machine has.",
            path.display()
        )
    })
}

/// The folder that holds `initdb` and `postgres`.
pub fn postgres() -> PathBuf {
    let folder = std::env::var_os("PGBIN").map_or_else(|| built("postgres/bin"), PathBuf::from);
    for program in ["initdb", "postgres"] {
        found(folder.join(program), "PGBIN");
    }
    found(folder, "PGBIN")
}

pub fn chromium() -> PathBuf {
    let program =
        std::env::var_os("CHROME").map_or_else(|| built("chromium/chromium"), PathBuf::from);
    found(program, "CHROME")
}

/// Libraries and fonts, as far as the machine has none of its own.
pub fn chromium_environment() -> impl Iterator<Item = (&'static str, PathBuf)> {
    [
        ("LD_LIBRARY_PATH", "chromium/lib"),
        ("FONTCONFIG_FILE", "chromium/fonts.conf"),
    ]
    .into_iter()
    .map(|(variable, name)| (variable, built(name)))
    .filter(|(_, path)| path.exists())
}

/// A program of Kubernetes by its name.
pub fn kubernetes(name: &str) -> PathBuf {
    let named = std::env::var_os("KUBEBUILDER_ASSETS").map(|folder| Path::new(&folder).join(name));
    // The folder that envtest fills has no controllers.
    let program = named.filter(|program| program.exists());
    found(
        program.unwrap_or_else(|| built("kubernetes/bin").join(name)),
        "KUBEBUILDER_ASSETS",
    )
}

pub fn kubectl() -> PathBuf {
    std::env::var_os("KUBECTL").map_or_else(|| kubernetes("kubectl"), PathBuf::from)
}

pub fn helm() -> PathBuf {
    let program =
        std::env::var_os("HELM").map_or_else(|| built("kubernetes/bin/helm"), PathBuf::from);
    found(program, "HELM")
}

pub fn nginx() -> PathBuf {
    for_benchmarks("nginx", "NGINX")
}

/// The load generator.
pub fn wrk() -> PathBuf {
    for_benchmarks("wrk", "WRK")
}

fn for_benchmarks(name: &str, variable: &str) -> PathBuf {
    let named = std::env::var_os(variable).map(PathBuf::from);
    let program = named.unwrap_or_else(|| built("bench/bin").join(name));
    made("bench", program, variable)
}

/// Libraries of the benchmarks' programs, as far as these are not the machine's own.
pub fn benchmarks_environment() -> impl Iterator<Item = (&'static str, PathBuf)> {
    [("LD_LIBRARY_PATH", built("bench/lib"))]
        .into_iter()
        .filter(|(_, path)| path.exists())
}

/// Something that only a Kubernetes node needs.
pub fn node(name: &str) -> PathBuf {
    found(built("node").join(name), "MODSTATS_TEST_KUBECONFIG")
}

pub fn node_script(name: &str) -> PathBuf {
    Path::new(HERE).join("tools/node").join(name)
}

pub fn image_script() -> PathBuf {
    Path::new(HERE).join("tools/image.py")
}

/// The folder whose `node_modules` holds Playwright.
pub fn npm() -> PathBuf {
    found(built("npm"), "nothing else")
}

pub fn browser_script() -> PathBuf {
    Path::new(HERE).join("tools/browser.mjs")
}

/// A program of this workspace, from the build that the running test belongs to.
pub fn program(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("the running program has a path");
    let folder = test.parent().expect("a program lies in a folder");
    let folder = if folder.ends_with("deps") {
        folder.parent().expect("deps lies in the build's folder")
    } else {
        folder
    };
    let program = folder.join(name);
    assert!(
        program.exists(),
        "{} is missing. Run `make build`.",
        program.display()
    );
    program
}
