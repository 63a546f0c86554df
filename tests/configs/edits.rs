//! Every kind of change on every configuration: `patch` applies it, HAProxy takes it, and nothing else changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use hapline::config::Config;
use hapline::config::edit::{Change, Patch, Refusal, Way};

use super::changes::{every, may_touch};
use super::facts::{differences, facts};
use super::tools::{apply, haproxy_refuses, has_haproxy, has_patch};
use super::{all_files, root};

/// Reads a file as `haproxy.cfg`, as it lies in the folder in which it is patched.
fn read(path: &Path) -> Config {
    Config::parse("haproxy.cfg", &fs::read(path).unwrap()).unwrap()
}

/// Each fact that changed is one that a change was about, and each change that was made changed one.
fn assert_only_asked(before: &Config, patch: &Patch, changes: &[Change], name: &str) {
    let made: Vec<&Change> = changes
        .iter()
        .enumerate()
        .filter(|(number, _)| patch.refused.iter().all(|(refused, _)| refused != number))
        .map(|(_, change)| change)
        .collect();
    let changed = differences(&facts(before), &facts(&patch.config));
    for fact in &changed {
        let is_asked = made.iter().any(|change| may_touch(change, fact));
        assert!(is_asked, "{name}: {fact} changed by {made:?}");
    }
    if let [change] = made[..] {
        assert!(!changed.is_empty(), "{name}: nothing changed by {change:?}");
    }
    let mut texts = patch.files.iter().map(|file| file.text());
    assert!(
        texts.all(|text| text == patch.config.syntax().print()),
        "{name}"
    );
}

#[test]
fn each_change_alone_changes_what_was_asked() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for path in all_files() {
        let config = read(&path);
        for change in every(&config) {
            let changes = [change];
            let patch = config.patch(&changes);
            assert_only_asked(&config, &patch, &changes, &path.display().to_string());
            let outcome = match patch.refused.first() {
                None => "made".to_owned(),
                Some((_, refusal)) => kind(refusal),
            };
            *counts.entry(outcome).or_default() += 1;
        }
    }
    let of = |outcome: &str| counts.get(outcome).copied().unwrap_or_default();
    assert!(of("made") > 2500, "{counts:?}");
    assert_eq!(
        of("Unreadable") + of("NoValue") + of("NoProxy"),
        0,
        "{counts:?}"
    );
    println!("{counts:?}");
}

/// The name of a refusal, without what it is about.
fn kind(refusal: &Refusal) -> String {
    let text = format!("{refusal:?}");
    text.split([' ', '(']).next().unwrap_or_default().to_owned()
}

#[test]
fn changes_are_applied_by_patch_and_taken_by_haproxy() {
    if !has_patch() {
        return;
    }
    for (number, path) in all_files().into_iter().enumerate() {
        let config = read(&path);
        let changes = every(&config);
        let patch = config.patch(&changes);
        assert_only_asked(&config, &patch, &changes, &path.display().to_string());
        let was_taken = is_taken(&path);
        must_be_taken(&path, &patch, was_taken);
        // Some of them alone: of the next file, others.
        for change in changes.into_iter().skip(number % 23).step_by(23) {
            must_be_taken(&path, &config.patch(&[change]), was_taken);
        }
    }
}

#[test]
fn several_files_are_applied_from_the_root() {
    if !has_patch() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for file in fs::read_dir(root("tests/configs/several")).unwrap() {
        let path = file.unwrap().path();
        fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    let config = Config::read(folder.path()).unwrap();
    let patch = config.patch(&every(&config));
    assert_eq!(patch.config.name(), folder.path().to_str().unwrap());
    assert!(patch.files.len() == 4 && patch.files.iter().all(|file| file.way() == Way::FromRoot));
    apply(Path::new("/"), &patch.diff());
    for file in &patch.files {
        assert!(
            fs::read(file.name()).unwrap() == file.text(),
            "{}",
            file.name()
        );
    }
    if has_haproxy() {
        assert_eq!(haproxy_refuses(folder.path(), folder.path()), None);
    }
}

/// A copy of a file as `haproxy.cfg`, with what its folder has besides.
fn copied(path: &Path) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("haproxy.cfg");
    fs::copy(
        root("tests/configs/accepted/503.http"),
        folder.path().join("503.http"),
    )
    .unwrap();
    fs::copy(path, &copy).unwrap();
    (folder, copy)
}

/// Whether HAProxy is there and takes the file.
fn is_taken(path: &Path) -> bool {
    let (folder, copy) = copied(path);
    has_haproxy() && haproxy_refuses(folder.path(), &copy).is_none()
}

/// Patches a copy, and asks HAProxy if it took the file before.
fn must_be_taken(path: &Path, patch: &Patch, was_taken: bool) {
    if patch.files.is_empty() {
        return;
    }
    let (folder, copy) = copied(path);
    apply(folder.path(), &patch.diff());
    assert!(
        fs::read(&copy).unwrap() == patch.config.syntax().print(),
        "{}",
        path.display()
    );
    if was_taken {
        let refused = haproxy_refuses(folder.path(), &copy);
        let diff = String::from_utf8_lossy(&patch.diff()).into_owned();
        assert_eq!(refused, None, "{}\n{diff}", path.display());
    }
}
