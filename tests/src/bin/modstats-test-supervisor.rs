//! Ends everything that a test run started, see [`modstats_tests::run`].

fn main() -> std::io::Result<()> {
    modstats_tests::run::supervise(std::io::stdin())
}
