//! Which tables the target has, by its own word, and in which order they can be filled.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::PgConnection;

use super::field::Kind;
use crate::store::bounded::bounded;
use crate::store::migrating::RAN;

/// A column that is stored: one that the database computes fills itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    /// Its name.
    pub name: String,
    /// What it takes.
    pub kind: Kind,
    /// Whether it is of the key.
    pub is_key: bool,
    /// The sequence that numbers it, as SQL writes it.
    pub sequence: Option<String>,
}

/// A table and its columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    /// Its name.
    pub name: String,
    /// In the order of the table.
    pub columns: Vec<Column>,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    /// The constraint's name.
    pub name: String,
    /// Whose rows name others.
    pub from: String,
    /// Whose rows are named.
    pub to: String,
}

/// What is to be filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Catalogue {
    /// Every table after those that it names.
    pub tables: Vec<Table>,
    /// References for which there is no such order: within one table, or in a circle.
    pub late: Vec<Reference>,
}

const COLUMNS: &str = "
    SELECT c.relname::text, a.attname::text, t.typname::text,
           EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)),
           pg_get_serial_sequence(format('%I.%I', CURRENT_SCHEMA(), c.relname), a.attname)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relkind = 'r' AND c.relnamespace = CURRENT_SCHEMA()::regnamespace AND c.relname <> $1
      AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    ORDER BY c.relname, a.attnum";

const REFERENCES: &str = "
    SELECT f.conname::text, c.relname::text, named.relname::text
    FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class named ON named.oid = f.confrelid
    WHERE f.contype = 'f' AND f.connamespace = CURRENT_SCHEMA()::regnamespace
    ORDER BY 2, 1";

impl Catalogue {
    /// Asks the database.
    pub(super) async fn read(connection: &mut PgConnection) -> sqlx::Result<Catalogue> {
        let columns = sqlx::query_as::<_, (String, String, String, bool, Option<String>)>(COLUMNS).bind(RAN);
        let mut tables: Vec<Table> = Vec::new();
        for (table, name, type_name, is_key, sequence) in bounded(columns.fetch_all(&mut *connection)).await?
        {
            let column = Column { name, kind: Kind::of(&type_name), is_key, sequence };
            match tables.last_mut().filter(|last| last.name == table) {
                Some(last) => last.columns.push(column),
                None => tables.push(Table { name: table, columns: vec![column] }),
            }
        }
        let references = sqlx::query_as::<_, (String, String, String)>(REFERENCES);
        let references = bounded(references.fetch_all(&mut *connection)).await?;
        let reference = |(name, from, to)| Reference { name, from, to };
        Ok(Catalogue::in_order(tables, references.into_iter().map(reference).collect()))
    }

    /// Puts the tables into the order in which they can be filled.
    fn in_order(mut left: Vec<Table>, references: Vec<Reference>) -> Catalogue {
        let mut tables: Vec<Table> = Vec::new();
        while !left.is_empty() {
            let waits = |table: &Table| {
                let mut named = references.iter().filter(|r| r.from == table.name && r.to != table.name);
                named.any(|r| left.iter().any(|other| other.name == r.to))
            };
            // All wait only in a circle: any of them begins it.
            let next = left.iter().position(|table| !waits(table)).unwrap_or_default();
            tables.push(left.remove(next));
        }
        let place = |name: &str| tables.iter().position(|table| table.name == name);
        let late = references.into_iter().filter(|r| place(&r.to) >= place(&r.from)).collect();
        Catalogue { tables, late }
    }

    /// The tables of the source that are not here, if those that are have the same columns there; else what is not alike.
    pub(super) fn compare(&self, theirs: &BTreeMap<String, BTreeSet<String>>) -> Result<Vec<String>, String> {
        for table in &self.tables {
            let Some(columns) = theirs.get(&table.name) else {
                return Err(format!("there is no table {} to copy", table.name));
            };
            let ours: BTreeSet<String> = table.columns.iter().map(|column| column.name.clone()).collect();
            if let Some(column) = ours.symmetric_difference(columns).next() {
                return Err(format!(
                    "only one of the two databases has {column} in its table {}",
                    table.name
                ));
            }
        }
        let is_known = |name: &&String| self.tables.iter().any(|table| table.name == **name);
        Ok(theirs.keys().filter(|name| !is_known(name)).cloned().collect())
    }
}

impl Table {
    /// Its name as SQL writes it.
    pub(super) fn quoted(&self) -> String {
        quoted(&self.name)
    }

    /// Its columns as SQL writes them, with commas.
    pub(super) fn list_columns(&self) -> String {
        self.columns.iter().map(|column| quoted(&column.name)).collect::<Vec<_>>().join(", ")
    }
}

/// A name as both dialects write it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str) -> Table {
        let column =
            |name: &str| Column { name: name.to_owned(), kind: Kind::Text, is_key: false, sequence: None };
        Table { name: name.to_owned(), columns: ["id", "name"].map(column).to_vec() }
    }

    fn reference(from: &str, to: &str) -> Reference {
        Reference { name: format!("{from}_{to}_fkey"), from: from.to_owned(), to: to.to_owned() }
    }

    fn names(catalogue: &Catalogue) -> Vec<&str> {
        catalogue.tables.iter().map(|table| table.name.as_str()).collect()
    }

    #[test]
    fn a_table_comes_after_those_that_it_names() {
        let tables = ["account", "letter", "organisation", "term"].map(table).to_vec();
        let references = vec![
            reference("account", "organisation"),
            reference("organisation", "term"),
            reference("term", "term"),
            reference("letter", "account"),
        ];
        let found = Catalogue::in_order(tables, references);
        assert_eq!(names(&found), ["term", "organisation", "account", "letter"]);
        assert_eq!(found.late, [reference("term", "term")]);
    }

    #[test]
    fn a_circle_is_begun_somewhere_and_closed_late() {
        let tables = ["a", "b", "c"].map(table).to_vec();
        let references = vec![reference("a", "b"), reference("b", "a"), reference("c", "a")];
        let found = Catalogue::in_order(tables, references);
        assert_eq!(names(&found), ["a", "b", "c"]);
        assert_eq!(found.late, [reference("a", "b")]);
    }

    #[test]
    fn a_column_that_only_one_side_has_is_told_and_a_table_of_another_program_is_left() {
        let ours = Catalogue::in_order(vec![table("term")], vec![]);
        let columns = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let both = columns(&["id", "name"]);
        let theirs = BTreeMap::from([("term".to_owned(), both.clone()), ("_backup_seq".to_owned(), both)]);
        assert_eq!(ours.compare(&theirs), Ok(vec!["_backup_seq".to_owned()]));
        for other in [&["id"][..], &["id", "name", "note"]] {
            let theirs = BTreeMap::from([("term".to_owned(), columns(other))]);
            assert!(ours.compare(&theirs).unwrap_err().contains("in its table term"), "{other:?}");
        }
        assert!(ours.compare(&BTreeMap::new()).unwrap_err().contains("no table term"));
    }
}
