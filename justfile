# `just` lists these; each line is also what you would type without it.

_default:
    @just --list --unsorted

# Everything that must hold before a change lands: exactly what CI runs.
check:
    .ci/run

# Format the code.
fmt:
    cargo fmt

# Lint everything, tests and benchmarks too.
lint:
    cargo clippy --all-targets -- -D warnings

# Run the tests, or those whose names contain a word: `just test hub`.
test *words:
    cargo test {{ words }}

# Build the documentation and fail on a broken link.
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps

# Check the dependencies: advisories, licenses, bans, unused ones.
deps:
    cargo deny check
    cargo shear

# Fuzz each target, or those named, for so many seconds (nightly and cargo-fuzz).
fuzz seconds="60" *targets:
    fuzz/run {{ seconds }} {{ targets }}

# Speak with llama.cpp's own server and a small model from PyPI, or with AGENTCARD_TEST_BASE_URL.
live-local:
    tests/live/run

# Measure against the floor; `just bench --report` prints the table of the README.
bench *flags:
    cargo bench --bench gate -- {{ flags }}

# Find out anew which functions a question takes, for build.rs to link them together (valgrind).
order:
    link/order

# Ask the practice Hub one question: no key, no network.
ask +question:
    cargo run --release -- ask --sandbox {{ quote(question) }}

# Talk with the practice Hub: no key, no network.
chat:
    cargo run --release -- chat --sandbox
