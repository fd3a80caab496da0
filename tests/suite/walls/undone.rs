//! Whoever is refused undoes their transaction before they answer: merely dropped, it keeps the forum's row until a task of
//! the driver's gets to it.
//!
//! What `?` passes on is not seen: `Tx::close` stands behind a function that refuses so.

use std::collections::BTreeSet;

use super::expect_none;
use super::source::list_files;

/// What ends a transaction.
const ENDS: [&str; 3] = ["tx.undo()", "tx.commit()", "tx.close("];

fn ends(line: &str) -> bool {
    ENDS.iter().any(|end| line.contains(end))
}

fn depth_of(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Lines, counted from 1, that leave a function while its transaction is open: a `return` that has no end in itself or right
/// before it, and a commit under a condition whose other case undoes nothing.
fn find_dropped(text: &str) -> BTreeSet<usize> {
    let lines: Vec<&str> = text.lines().map(|line| if is_comment(line) { "" } else { line }).collect();
    let begins = |line: &str| {
        line.trim_start().starts_with("let mut tx = ")
            && (line.contains(".begin") || line.contains("= begin_locked("))
    };
    let mut dropped = BTreeSet::new();
    for (start, first) in lines.iter().enumerate().filter(|(_, line)| begins(line)) {
        let is_within = |line: &&&str| line.is_empty() || depth_of(line) >= depth_of(first);
        let open: Vec<&str> = lines[start..].iter().take_while(is_within).copied().collect();
        let undoes = open.iter().any(|line| line.contains("tx.undo()"));
        let around = open.windows(2).enumerate().map(|(at, pair)| (start + at + 1, pair[0], pair[1]));
        for (number, line, next) in around {
            if next.trim_start().starts_with("return ") || next.contains(" return ") {
                if !ends(next) && !ends(line) {
                    dropped.insert(number + 1);
                }
            } else if line.contains("tx.commit()") && depth_of(line) > depth_of(first) && !undoes {
                dropped.insert(number);
            }
        }
    }
    dropped
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

#[test]
fn nobody_who_is_refused_drops_a_transaction() {
    let files = list_files();
    assert!(files.iter().filter(|file| file.text.contains("let mut tx = ")).count() > 50, "they are seen");
    let dropped = files.iter().flat_map(|file| {
        find_dropped(&file.text).into_iter().map(move |line| {
            format!(
                "{}:{line} leaves its transaction open: undo it before the answer, or let tx.close end it",
                file.path
            )
        })
    });
    expect_none(&dropped.collect());
}

#[test]
fn a_refusal_that_drops_its_transaction_is_seen() {
    let refused = "
    async fn save(&self) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let Some(row) = tx.find().await? else { return Ok(false) };
        if row.is_old {
            return Ok(false);
        }
        if tx.run().await? > 0 {
            tx.commit().await?;
        }
        Ok(true)
    }
    fn find(&self) -> bool {
        return true;
    }
";
    assert_eq!(find_dropped(refused), BTreeSet::from([4, 6, 9]));
    let undone = "
    async fn save(&self) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let Some(row) = tx.find().await? else { return tx.undo().await.map(|()| false) };
        if row.is_old {
            tx.undo().await?;
            return Ok(false);
        }
        if tx.run().await? > 0 {
            tx.commit().await?;
        } else {
            tx.undo().await?;
        }
        Ok(true)
    }
";
    assert_eq!(find_dropped(undone), BTreeSet::new());
}
