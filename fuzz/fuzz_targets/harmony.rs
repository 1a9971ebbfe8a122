//! What `agentcard::fuzzing::harmony` checks, for whatever bytes libFuzzer comes up with.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| agentcard::fuzzing::harmony(bytes));
