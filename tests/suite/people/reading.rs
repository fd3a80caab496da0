//! Files as people keep them: every encoding, XLSX, and rows in any order.

use treff::intake::people::{HeadingError, PeopleFileError, read_people_file};

use super::forum::{Place, counts, refused};
use crate::on_both_databases;

fn refusal(bytes: &[u8]) -> String {
    read_people_file(bytes).unwrap_err().to_string()
}

#[test]
fn a_file_that_gives_no_people_is_refused_whole() {
    assert_eq!(
        refusal(b"navn;rolle\nKari;x\n"),
        "there is no column \"email\" (or \"epost\"); the header has: navn, rolle"
    );
    assert_eq!(refusal(b""), "the file is empty; its first row must name the columns");
    assert!(matches!(
        read_people_file("epost;sektrer\n".as_bytes()),
        Err(PeopleFileError::Heading(HeadingError::Misspelt { .. }))
    ));
}

on_both_databases! {
    async fn a_workbook_is_read_from_its_sheet_of_people(db: Database) {
        let place = Place::on(db).await;
        let report = place.import(include_bytes!("deltakere.xlsx")).await;
        assert_eq!(refused(&report), [
            "7 E-post: \"ingen adresse\" is not an e-mail address: the @ is missing",
        ]);
        assert_eq!(place.people().await, [
            "ase@example.test Åse Øye, active weekly nb, at kind-of-org:other org:vik-kommune, \
             health/leader for vik-kommune",
            "tall@example.test 900, active weekly nb, at kind-of-org:other org:true, admitted",
        ]);
    }

    async fn a_column_of_its_own_is_passed_over_with_a_notice(db: Database) {
        let place = Place::on(db).await;
        let report = place.import("epost;Telefon;Merknad\na@x.test;900 00 000;ring\n").await;
        assert_eq!(counts(&report), (1, 0, 0, 0));
        assert_eq!(report.notices, [
            "the column \"Telefon\" means nothing here, and was passed over",
            "the column \"Merknad\" means nothing here, and was passed over",
        ]);
    }
}
