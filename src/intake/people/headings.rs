//! Which column is which: headings in English or Norwegian, in any order and any case.

use std::collections::BTreeMap;
use std::fmt;

/// Columns as somebody chose them by hand, by their place in the header; none: it says nothing of ours.
pub type Chosen = BTreeMap<usize, Option<Column>>;

/// What a column of a people file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the variants are the headings themselves")]
pub enum Column {
    Email,
    Name,
    Organisation,
    Org,
    Kind,
    Role,
    Groups,
    Represents,
    UnionGround,
    Admitted,
    Sectors,
    Language,
    Cadence,
}

/// The words for each; the first two are those that DESIGN names, where it names any.
const WORDS: [(Column, &[&str]); 13] = [
    (Column::Email, &["email", "epost", "e-mail", "e-post", "e-postadresse", "epostadresse"]),
    (Column::Name, &["name", "navn", "namn"]),
    (Column::Organisation, &["organisation", "organisasjon", "organization"]),
    (Column::Org, &["org"]),
    (Column::Kind, &["kind", "type"]),
    (Column::Role, &["role", "rolle", "roles", "roller"]),
    (Column::Groups, &["groups", "grupper", "group", "gruppe"]),
    (Column::Represents, &["represents", "representerer", "representerar"]),
    // Long words, so that no heading of another sheet is taken for a slip of one.
    (Column::UnionGround, &["union_ground", "fagforeningsgrunnlag", "fagforeiningsgrunnlag", "union ground"]),
    (Column::Admitted, &["admitted", "opptak"]),
    (Column::Sectors, &["sectors", "sektorer", "sector", "sektor", "sektorar"]),
    (Column::Language, &["language", "språk"]),
    (Column::Cadence, &["cadence", "frekvens"]),
];

/// Words that sheets from elsewhere have for the same. They mean it where no other column says it: a sheet may well have
/// both an organisation and a company.
const OTHER_WORDS: [(Column, &[&str]); 7] = [
    (Column::Email, &["mail", "e-post adresse", "mailadresse", "email address", "e-mail address"]),
    (Column::Name, &["fullt navn", "fullt namn", "full name"]),
    (
        Column::Organisation,
        &[
            "virksomhet",
            "verksemd",
            "arbeidsgiver",
            "arbeidsgivar",
            "arbeidssted",
            "arbeidsstad",
            "bedrift",
            "firma",
            "employer",
            "company",
        ],
    ),
    (Column::Kind, &["organisasjonstype", "virksomhetstype", "verksemdstype"]),
    (Column::Represents, &["på vegne av", "på vegner av", "on behalf of"]),
    (Column::Sectors, &["tema", "temaer", "interesser", "topics", "interests"]),
    (Column::Cadence, &["hvor ofte", "kor ofte", "how often"]),
];

/// Where each known column stands, and what the file calls it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headings {
    /// One entry per column of the file, in its order; `None` for what we do not know.
    columns: Vec<(Option<Column>, String)>,
}

/// Why a header cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeadingError {
    /// Nobody can be told apart.
    #[error("there is no column \"email\" (or \"epost\"); the header has: {0}")]
    NoEmail(String),
    /// All of it stands in one column.
    #[error(
        "all columns stand in one cell: \"{0}\"; a spreadsheet that goes by another separator does that. Part the column \
         (in Excel: Data, Text to Columns), or import the file that was opened there"
    )]
    Folded(String),
    /// Two columns that say the same.
    #[error("the columns \"{first}\" and \"{second}\" say the same; keep one")]
    Twice {
        /// As the file calls it.
        first: String,
        /// As the file calls it.
        second: String,
    },
    /// Most likely a slip of the pen.
    #[error(
        "unknown column \"{heading}\"; did you mean \"{nearest}\"? Correct it, or rename what is no part of this"
    )]
    Misspelt {
        /// As the file calls it.
        heading: String,
        /// The heading that it is like.
        nearest: &'static str,
    },
}

impl Headings {
    /// Recognises the cells of a header row.
    pub fn read(header: &[String]) -> Result<Headings, HeadingError> {
        Headings::read_as(header, &Chosen::new())
    }

    /// The same, but for the columns that somebody chose by hand.
    pub fn read_as(header: &[String], chosen: &Chosen) -> Result<Headings, HeadingError> {
        let mut columns: Vec<(Option<Column>, String)> = Vec::new();
        let meant = Column::of_header(header, chosen);
        for (at, (heading, column)) in header.iter().zip(meant).enumerate() {
            if let Some(first) = columns.iter().find(|(known, _)| known.is_some() && *known == column) {
                return Err(HeadingError::Twice { first: first.1.clone(), second: heading.clone() });
            }
            if let (None, None, Some(nearest)) = (chosen.get(&at), column, misspelt(heading)) {
                return Err(HeadingError::Misspelt { heading: heading.clone(), nearest });
            }
            columns.push((column, heading.clone()));
        }
        let headings = Headings { columns };
        match headings.position(Column::Email) {
            Some(_) => Ok(headings),
            None => Err(match find_folded(header) {
                Some(folded) => HeadingError::Folded(folded.to_owned()),
                None => {
                    let named = header.iter().filter(|heading| !heading.is_empty()).cloned();
                    HeadingError::NoEmail(named.collect::<Vec<_>>().join(", "))
                }
            }),
        }
    }

    /// What each column says, in the file's order.
    pub fn list(&self) -> impl Iterator<Item = Option<Column>> {
        self.columns.iter().map(|(column, _)| *column)
    }

    /// Where a column stands, from 0.
    pub fn position(&self, column: Column) -> Option<usize> {
        self.columns.iter().position(|(known, _)| *known == Some(column))
    }

    /// What the file calls a column, or its first English word if the file has none.
    pub fn heading(&self, column: Column) -> String {
        self.position(column).map_or_else(|| column.to_string(), |at| self.columns[at].1.clone())
    }

    /// Whether the column that stands at `at`, from 0, means something here.
    pub fn know(&self, at: usize) -> bool {
        self.columns.get(at).is_some_and(|(known, _)| known.is_some())
    }

    /// How many columns the header has.
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether the header has none.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// The headings that mean nothing here and are passed over.
    pub fn unknown(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().filter(|(known, h)| known.is_none() && !h.is_empty()).map(|(_, h)| h.as_str())
    }

    /// The columns, from 0, that have no heading and that nobody gave a meaning.
    pub fn unheaded(&self) -> impl Iterator<Item = usize> {
        let columns = self.columns.iter().enumerate();
        columns.filter(|(_, (known, heading))| known.is_none() && heading.is_empty()).map(|(at, _)| at)
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = WORDS.iter().find(|(column, _)| column == self).map_or(&[][..], |(_, words)| words);
        f.write_str(words.first().unwrap_or(&""))
    }
}

impl Column {
    /// All of them, in the order in which pages offer them.
    pub const ALL: [Column; 13] = [
        Column::Email,
        Column::Name,
        Column::Organisation,
        Column::Org,
        Column::Kind,
        Column::Role,
        Column::Groups,
        Column::Represents,
        Column::UnionGround,
        Column::Admitted,
        Column::Sectors,
        Column::Language,
        Column::Cadence,
    ];

    /// What each heading of a header means: what somebody chose, else what it says, else what it may mean where no other
    /// says that, the first of several; none if it is none of ours.
    pub fn of_header(header: &[String], chosen: &Chosen) -> Vec<Option<Column>> {
        let headings = || header.iter().enumerate();
        let said = |(at, heading): (usize, &String)| match chosen.get(&at) {
            Some(by_hand) => *by_hand,
            None => column_of(heading),
        };
        let mut columns: Vec<Option<Column>> = headings().map(said).collect();
        for (at, heading) in headings().filter(|(at, _)| !chosen.contains_key(at)) {
            let other = meant_by(&OTHER_WORDS, heading).filter(|other| !columns.contains(&Some(*other)));
            columns[at] = columns[at].or(other);
        }
        columns
    }
}

/// Whether a header row names the column that every people file needs.
pub fn has_email(header: &[String]) -> bool {
    let means_email =
        |heading| column_of(heading).or_else(|| meant_by(&OTHER_WORDS, heading)) == Some(Column::Email);
    header.iter().any(|heading| means_email(heading))
}

/// The one cell with text, if headings stand in it that name a column of addresses.
fn find_folded(header: &[String]) -> Option<&str> {
    let mut said = header.iter().filter(|heading| !heading.is_empty());
    let (only, None) = (said.next()?, said.next()) else { return None };
    let within = |separator: char| {
        let parts = only.split(separator).map(|part| part.trim_matches('"').to_owned());
        has_email(&parts.collect::<Vec<_>>())
    };
    [',', ';', '\t'].into_iter().any(within).then_some(only.as_str())
}

fn column_of(heading: &str) -> Option<Column> {
    meant_by(&WORDS, heading)
}

fn meant_by(words: &[(Column, &[&str])], heading: &str) -> Option<Column> {
    let wanted = heading.trim().to_lowercase();
    words.iter().find(|(_, words)| words.contains(&wanted.as_str())).map(|(column, _)| *column)
}

/// The known heading within two slips of this one; within one where words are short, since
/// three letters are near everything.
fn misspelt(heading: &str) -> Option<&'static str> {
    let wanted = heading.trim().to_lowercase();
    let length = wanted.chars().count();
    let known = WORDS.iter().flat_map(|(_, words)| words.iter().copied());
    known
        .filter(|word| word.chars().count().abs_diff(length) <= 2)
        .map(|word| (strsim::osa_distance(&wanted, word), word))
        .filter(|(slips, word)| *slips <= if word.chars().count() > 4 { 2 } else { 1 })
        .min_by_key(|(slips, _)| *slips)
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> Vec<String> {
        text.split(';').map(str::to_owned).collect()
    }

    #[test]
    fn headings_stand_in_any_order_any_case_and_either_language() {
        let headings = Headings::read(&header("SPRÅK;Sectors;E-Post;Telefon")).unwrap();
        assert_eq!(headings.position(Column::Language), Some(0));
        assert_eq!(headings.position(Column::Sectors), Some(1));
        assert_eq!(headings.position(Column::Email), Some(2));
        assert_eq!(headings.heading(Column::Email), "E-Post");
        assert_eq!(headings.heading(Column::Groups), "groups");
        assert_eq!(headings.unknown().collect::<Vec<_>>(), ["Telefon"]);
    }

    #[test]
    fn a_slip_of_the_pen_is_named_and_other_columns_are_passed_over() {
        let misspelt = Headings::read(&header("epost;gruppr"));
        assert_eq!(misspelt, Err(HeadingError::Misspelt { heading: "gruppr".into(), nearest: "grupper" }));
        assert!(
            Headings::read(&header("epost;tlf;mobil;nr;id;adresse;merknad;avdeling;by;land;dato;kjønn"))
                .is_ok()
        );
    }

    #[test]
    fn a_sheet_from_elsewhere_may_use_its_own_words_where_ours_do_not_stand() {
        let headings = Headings::read(&header("Mail;Virksomhet;Tema")).unwrap();
        let found = [Column::Email, Column::Organisation, Column::Sectors].map(|c| headings.position(c));
        assert_eq!(found, [Some(0), Some(1), Some(2)]);
        let both = Headings::read(&header("firma;epost;bedrift;Organisasjon")).unwrap();
        assert_eq!(both.position(Column::Organisation), Some(3));
        assert_eq!(both.unknown().collect::<Vec<_>>(), ["firma", "bedrift"]);
        let by_hand = Headings::read_as(
            &header("epost;firma;avdeling"),
            &Chosen::from([(2, Some(Column::Organisation))]),
        );
        assert_eq!(by_hand.unwrap().position(Column::Organisation), Some(2));
    }

    #[test]
    fn of_several_words_from_elsewhere_the_first_counts_and_one_chosen_by_hand_before_it() {
        let meant = |text, chosen: &Chosen| Column::of_header(&header(text), chosen);
        let organisation = Some(Column::Organisation);
        assert_eq!(meant("firma;bedrift", &Chosen::new()), [organisation, None]);
        assert_eq!(meant("firma;bedrift", &Chosen::from([(0, None)])), [None, organisation]);
        assert_eq!(meant("firma;x", &Chosen::from([(1, organisation)])), [None, organisation]);
    }

    #[test]
    fn a_header_that_stands_in_one_cell_is_told_as_that() {
        for folded in ["email,name,organisation", "navn;epost", "\"name\",\"email\""] {
            let refused = Err(HeadingError::Folded(folded.to_owned()));
            assert_eq!(Headings::read(&[folded.to_owned(), String::new()]), refused);
        }
        let none = Err(HeadingError::NoEmail("navn,rolle".into()));
        assert_eq!(Headings::read(&["navn,rolle".to_owned()]), none);
    }

    #[test]
    fn a_header_without_addresses_or_with_two_of_a_kind_is_refused() {
        assert_eq!(Headings::read(&header("navn;rolle")), Err(HeadingError::NoEmail("navn, rolle".into())));
        assert_eq!(
            Headings::read(&header("epost;Email")),
            Err(HeadingError::Twice { first: "epost".into(), second: "Email".into() })
        );
    }
}
