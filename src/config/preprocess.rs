//! The lines that HAProxy's sections get to see: variables expanded, branches that are not taken left out.
//!
//! Enters: files, and the environment. Leaves: [`Seen`] lines in order, and notes. Must not know: what keywords mean.
//!
//! A branch is left out only when it certainly is not taken. All others are read as if they were in force.

use super::condition::holds;
use super::environment::{Environment, Variables};
use super::error::{ConfigError, Problem, shown};
use super::file::File;
use super::reader::{Reader, place_of};
use super::setting::Place;
use super::syntax::{Line, Word};

/// A line as a section sees it.
#[derive(Debug, Clone)]
pub(super) enum Seen {
    /// A file begins; sections do not go on over it.
    File,
    /// A line that is in force, or may be.
    Line(Vec<Word>),
}

/// An `.if` that is open.
struct Block {
    at: Place,
    /// The branch at hand is taken; `None`: perhaps.
    is_taken: Option<bool>,
    /// A branch before it was taken; `None`: perhaps.
    was_taken: Option<bool>,
    has_else: bool,
}

/// Reads the lines of all files.
pub(super) fn seen(
    files: &[File],
    environment: &Environment,
    reader: &mut Reader<'_>,
) -> Result<Vec<Seen>, ConfigError> {
    let mut variables = Variables::new(environment);
    let mut seen = Vec::new();
    for file in files {
        seen.push(Seen::File);
        variables.file = file.name().as_bytes().to_vec();
        variables.section.clear();
        let mut is_global = false;
        let mut blocks: Vec<Block> = Vec::new();
        for line in file.syntax().lines() {
            let words: Vec<Word> = line
                .words()
                .flat_map(|word| variables.expand(word))
                .collect();
            let Some(first) = words.first() else { continue };
            if line.is_preprocessor() {
                directive(&words, &mut blocks, &variables, reader)?;
                continue;
            }
            if blocks.iter().any(|block| block.is_taken == Some(false)) {
                continue;
            }
            if first.opens_section() {
                is_global = first.is("global");
                let name = words.get(1).unwrap_or(first);
                variables.section.clone_from(&name.value);
            } else if is_global {
                variables.read(&words);
            }
            seen.push(Seen::Line(words));
        }
        if let Some(block) = blocks.last() {
            return Err(reader.error(&block.at, Problem::OpenCondition));
        }
    }
    Ok(seen)
}

fn directive(
    words: &[Word],
    blocks: &mut Vec<Block>,
    variables: &Variables<'_>,
    reader: &mut Reader<'_>,
) -> Result<(), ConfigError> {
    let Some((first, condition)) = words.split_first() else {
        return Ok(());
    };
    let stray = || Problem::StrayCondition {
        keyword: first.text(),
    };
    let is_dead = blocks.iter().rev().skip(usize::from(!first.is(".if")));
    let is_dead = is_dead
        .into_iter()
        .any(|block| block.is_taken == Some(false));
    match first.value.as_slice() {
        b".if" => {
            let is_taken = if is_dead {
                Some(false)
            } else {
                evaluated(condition, variables, reader)?
            };
            if is_taken.is_none() {
                let text = "nothing here tells whether this condition holds: all branches of this `.if` that may be taken are read as if they were in force";
                reader.note(&first.at, text.to_owned());
            }
            blocks.push(Block {
                at: place_of(&words.iter().collect::<Vec<_>>()),
                is_taken,
                was_taken: is_taken,
                has_else: false,
            });
        }
        b".elif" | b".else" => {
            let is_else = first.is(".else");
            let block = blocks.last_mut().filter(|block| !block.has_else);
            let block = block.ok_or_else(|| reader.error(&first.at, stray()))?;
            let holds = match block.was_taken {
                Some(true) => Some(false),
                _ if is_else || is_dead => Some(!is_dead),
                _ => evaluated(condition, variables, reader)?,
            };
            block.has_else = is_else;
            block.is_taken = match (block.was_taken, holds) {
                (Some(true), _) | (_, Some(false)) => Some(false),
                (Some(false), holds) => holds,
                (None, _) => None,
            };
            block.was_taken = match (block.was_taken, holds) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            };
        }
        b".endif" => {
            blocks
                .pop()
                .ok_or_else(|| reader.error(&first.at, stray()))?;
        }
        _ => {}
    }
    Ok(())
}

fn evaluated(
    condition: &[Word],
    variables: &Variables<'_>,
    reader: &Reader<'_>,
) -> Result<Option<bool>, ConfigError> {
    if condition.iter().any(Word::is_unexpanded) {
        return Ok(None);
    }
    let values: Vec<&[u8]> = condition.iter().map(|word| word.value.as_slice()).collect();
    let text = values.join(&b' ');
    holds(&text, variables).map_err(|at| {
        let words: Vec<&Word> = condition.iter().collect();
        let rest = shown(text.get(at..).unwrap_or_default());
        reader.error(&place_of(&words), Problem::Condition { text: rest })
    })
}

/// How many `.if` are open at each line of a file.
pub(super) fn depths(lines: &[Line]) -> Vec<usize> {
    let mut depth = 0_usize;
    let mut depths = Vec::with_capacity(lines.len());
    for line in lines {
        let first = line.words().next();
        if first.is_some_and(|word| word.is(".if")) {
            depth += 1;
        }
        depths.push(depth);
        if first.is_some_and(|word| word.is(".endif")) {
            depth = depth.saturating_sub(1);
        }
    }
    depths
}
