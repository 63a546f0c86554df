//! Replays what fuzzing knows, without fuzzing: every file of every corpus through its target's body.
//!
//! To fuzz, from the repository's root, with a nightly toolchain and `cargo install cargo-fuzz`:
//!
//! ```sh
//! cargo +nightly fuzz run --fuzz-dir tests/fuzz line
//! ```
//!
//! A finding becomes a file in the corpus, and a test by name where its subject is tested.

mod bodies;

use std::path::Path;

#[test]
fn the_corpus_holds() {
    for (target, _) in bodies::TARGETS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fuzz/corpus")
            .join(target);
        let files: Vec<_> = std::fs::read_dir(folder).unwrap().collect();
        assert!(files.len() > 5, "{target}: {} files", files.len());
        for file in files {
            let path = file.unwrap().path();
            eprintln!("{}", path.display());
            bodies::run(target, &std::fs::read(&path).unwrap());
        }
    }
}
