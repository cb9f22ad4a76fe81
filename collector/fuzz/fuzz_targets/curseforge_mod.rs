#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| modstats_collector_fuzz::curseforge_mod(bytes));
