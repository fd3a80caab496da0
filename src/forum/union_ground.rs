//! On what ground a forum may store that somebody sits for a union: a union's name on a person is sensitive (GDPR art. 9).

/// What article 9(2) allows here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnionGround {
    /// Letter a: they said yes to the forum.
    Consent,
    /// Letter e: they made the office public themselves.
    Published,
}

impl UnionGround {
    /// Both.
    pub const ALL: [UnionGround; 2] = [UnionGround::Consent, UnionGround::Published];

    /// As rows, forms and files write it.
    pub fn word(self) -> &'static str {
        match self {
            UnionGround::Consent => "consent",
            UnionGround::Published => "published",
        }
    }

    /// The ground that a row's word names.
    pub fn from_word(word: &str) -> Option<UnionGround> {
        UnionGround::ALL.into_iter().find(|ground| ground.word() == word)
    }
}

/// The source of what people said themselves, on their own pages.
pub const SAID_THEMSELVES: &str = "self";

/// Whether a ground is recorded in the place of the one that stands (each with its source). What somebody said themselves
/// outranks what others say of them.
pub fn takes_over(stands: Option<(UnionGround, &str)>, said: (UnionGround, &str)) -> bool {
    let Some((ground, source)) = stands else { return true };
    match (source == SAID_THEMSELVES, said.1 == SAID_THEMSELVES) {
        (true, false) => false,
        (false, true) => true,
        _ => ground != said.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_ground_is_read_as_it_is_written() {
        for ground in UnionGround::ALL {
            assert_eq!(UnionGround::from_word(ground.word()), Some(ground));
        }
        assert_eq!(UnionGround::from_word(""), None);
    }

    #[test]
    fn what_somebody_said_themselves_outranks_what_others_say() {
        let (own, desk) = ((UnionGround::Consent, SAID_THEMSELVES), (UnionGround::Published, "account:3"));
        assert!(takes_over(None, own) && takes_over(None, desk));
        assert!(takes_over(Some(desk), own) && !takes_over(Some(own), desk));
        assert!(
            takes_over(Some((UnionGround::Consent, "account:3")), own),
            "their own word takes the place of another's"
        );
        assert!(takes_over(Some(desk), (UnionGround::Consent, "account:4")), "the desk may correct itself");
        assert!(!takes_over(Some(own), own) && !takes_over(Some(desk), (UnionGround::Published, "command")));
    }
}
