//! The doors of the topic editor: what a change would do, and making it.

use super::{Reading, Writing};
use crate::forum::{Facet, GroupKind, Term};
use crate::intake::forum_apply::{
    Applied, ApplyError, How, Preview, apply_edit, preview_edit, read_forum_as_file,
};
use crate::intake::forum_file::{ForumFile, TermEdit};
use crate::web::refusal::Refusal;
use crate::web::staff::Staff;

impl Reading {
    /// The forum as a file says it.
    pub(in crate::web) async fn forum_as_file(&self) -> Result<ForumFile, Refusal> {
        Ok(read_forum_as_file(self.store()).await?)
    }

    /// What kind of group it is; none of what is none.
    pub(in crate::web) async fn group_kind(&self, term: &Term) -> Result<Option<GroupKind>, Refusal> {
        if term.facet != Facet::Group {
            return Ok(None);
        }
        let word = self.store().find_group_kind(&term.slug).await?;
        Ok(word.and_then(|word| word.parse().ok()))
    }

    /// What an edit would do.
    pub(in crate::web) async fn preview_edit(&self, edit: &TermEdit) -> Result<Preview, ApplyError> {
        preview_edit(self.store(), edit, self.0.now()).await
    }
}

impl Writing {
    /// Makes an edit, if it still does what was shown.
    pub(in crate::web) async fn edit_forum(
        &self,
        staff: &Staff,
        edit: &TermEdit,
        shown: &str,
    ) -> Result<Applied, ApplyError> {
        let how = How { actor: &staff.actor(), dry_run: false, now: self.0.now() };
        apply_edit(&self.0.0.store, how, edit, shown).await
    }
}
