//! Rows under an address that somebody had before: they count for that person, whatever address is theirs now. Else a sheet
//! that nobody corrected would make a second person of them, who hears again what they left.

use std::collections::HashMap;

use super::rows::FileRow;
use crate::forum::EmailAddress;
use crate::store::FormerAddressOf;

/// An address of the file that is somebody's former one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// As the file gives it.
    pub address: EmailAddress,
    /// Where that person's letters go now.
    pub present: EmailAddress,
}

/// The address that a row counts for, by the one that it gives.
pub(super) struct PresentAddresses(HashMap<String, EmailAddress>);

impl PresentAddresses {
    /// Of several who had an address the last one counts.
    pub(super) fn of(former: Vec<FormerAddressOf>) -> PresentAddresses {
        let present = former.into_iter().filter_map(|row| Some((row.address, row.present.parse().ok()?)));
        PresentAddresses(present.collect())
    }

    /// The addresses of the rows and of those for whom they count, each once.
    pub(super) fn reach<'a>(&'a self, given: &[&'a str]) -> Vec<&'a str> {
        let mut all: Vec<&str> = given.to_vec();
        all.extend(given.iter().filter_map(|address| self.0.get(*address)).map(EmailAddress::as_str));
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Makes rows count for whom they mean; the former addresses among them, in the order of the file.
    pub(super) fn follow(&self, rows: &mut [FileRow]) -> Vec<Moved> {
        let mut moved: Vec<Moved> = Vec::new();
        for row in rows {
            let Some(present) = self.0.get(row.email.as_str()) else { continue };
            let address = std::mem::replace(&mut row.email, present.clone());
            if !moved.iter().any(|known| known.address == address) {
                moved.push(Moved { address, present: present.clone() });
            }
        }
        moved
    }
}

impl Moved {
    /// For who reads what a command says.
    pub(super) fn told(&self) -> String {
        format!("{} is {} now; the row counts for that person", self.address, self.present)
    }
}
