//! Files as people keep them: every encoding, XLSX, and rows in any order.

use treff::intake::people::{HeadingError, PeopleFileError, read_people_file};
use unicode_normalization::UnicodeNormalization as _;

use super::forum::{Place, counts, refused};
use crate::on_both_databases;
use crate::workbook::{Tab, merged_workbook, workbook, workbook_of};

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

#[test]
fn a_workbook_whose_rows_stand_in_one_column_is_told_so_with_the_remedy() {
    let rows: [&[&str]; 2] = [&["email,name,org"], &["a@x.test,\"Nes, Kari\",nav"]];
    assert_eq!(
        refusal(&workbook(&rows)),
        "all columns stand in one cell: \"email,name,org\"; a spreadsheet that goes by another separator does that. Part \
         the column (in Excel: Data, Text to Columns), or import the file that was opened there"
    );
}

#[test]
fn a_sheet_in_utf_8_that_broke_off_within_a_letter_is_refused_with_the_line() {
    let sheet = "epost;navn;organisasjon\nkari@x.test;Kåre Sæther;Ås kommune\nper@x.test;Per Ø";
    assert_eq!(
        refusal(&sheet.as_bytes()[..sheet.len() - 1]),
        "line 3 holds a letter that is not UTF-8, as the rest of the file is: it may have broken off, or be put \
         together of two; fetch it again, or save it anew as .xlsx or as CSV in UTF-8"
    );
}

#[test]
fn a_visible_sheet_without_addresses_is_told_before_one_that_nobody_sees() {
    let tabs = |hidden| {
        workbook_of(&[
            Tab { name: "gammel", hidden, rows: &[&["telefon"]] },
            Tab { name: "Ny", hidden: false, rows: &[&["navn", "", "rolle"]] },
        ])
    };
    assert_eq!(
        refusal(&tabs(true)),
        "there is no column \"email\" (or \"epost\"); the header has: navn, rolle"
    );
    assert_eq!(refusal(&tabs(false)), "there is no column \"email\" (or \"epost\"); the header has: telefon");
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
        assert_eq!(report.notices, [
            "column F has no heading, and what stands in it from line 3 on was passed over; give it one if it says \
             something",
        ]);
    }

    async fn a_further_sheet_of_people_is_named_with_the_remedy(db: Database) {
        let place = Place::on(db).await;
        let report = place.import(workbook_of(&[
            Tab { name: "Forside", hidden: false, rows: &[&["Deltakerliste"]] },
            Tab { name: "Helse", hidden: false, rows: &[&["epost"], &["a@x.test"]] },
            Tab { name: "Industri", hidden: false, rows: &[&["epost"], &["b@x.test"], &["c@x.test"]] },
            Tab { name: "Tom", hidden: false, rows: &[&["epost"]] },
            Tab { name: "gammel", hidden: true, rows: &[&["epost"], &["d@x.test"]] },
        ])).await;
        assert_eq!(place.people().await, ["a@x.test, active weekly nb, at kind-of-org:other, admitted"]);
        assert_eq!(report.notices, [
            "the sheet \"Industri\" has addresses too (rows: 2), and was passed over; save it as a file of its own \
             and import that",
        ]);
    }

    async fn a_hidden_sheet_is_taken_only_where_no_visible_one_has_addresses(db: Database) {
        let place = Place::on(db).await;
        let old = Tab { name: "gammel", hidden: true, rows: &[&["epost"], &["old@x.test"]] };
        let new = Tab { name: "Ny", hidden: false, rows: &[&["epost"], &["new@x.test"]] };
        let report = place.import(workbook_of(&[old, new])).await;
        assert_eq!((counts(&report), report.notices), ((1, 0, 0, 0), vec![]));
        assert_eq!(place.texts("SELECT email FROM recipient").await, ["new@x.test"]);
        let report = place.import(workbook_of(&[
            Tab { name: "Forside", hidden: false, rows: &[&["Deltakerliste"]] },
            Tab { name: "liste", hidden: true, rows: &[&["epost"], &["list@x.test"]] },
        ])).await;
        assert_eq!(counts(&report), (1, 0, 0, 0));
        assert_eq!(report.notices, [
            "the sheet \"liste\" is hidden, and was read since no visible one has a column of addresses",
        ]);
    }

    async fn a_sheet_that_another_spreadsheet_saved_in_one_column_is_read_as_it_was(db: Database) {
        let place = Place::on(db).await;
        let report = place.import("email,name,org\na@x.test,Kari,nav\n\"b@x.test,\"\"Retur, Per\"\",nav\"\n").await;
        assert_eq!((counts(&report), refused(&report)), ((2, 0, 0, 0), vec![]));
        assert_eq!(place.texts("SELECT name FROM recipient ORDER BY id").await, ["Kari", "Retur, Per"]);
    }

    async fn what_stands_under_no_heading_is_passed_over_with_a_notice(db: Database) {
        let place = Place::on(db).await;
        let told = |column: char, line: usize| format!(
            "column {column} has no heading, and what stands in it from line {line} on was passed over; give it one \
             if it says something"
        );
        let report = place.import("epost;;navn;;\na@x.test;;Kari;;\nb@x.test;helse;Per;;\n").await;
        assert_eq!((counts(&report), report.notices), ((2, 0, 0, 0), vec![told('B', 3)]));
        let rows: [&[&str]; 3] = [&["epost", "", "navn"], &["a@x.test", "", "Kari"], &["b@x.test", "x", "Per", "", "y"]];
        let report = place.import(workbook(&rows)).await;
        assert_eq!((counts(&report), report.notices), ((0, 0, 2, 0), vec![told('B', 3), told('E', 3)]));
    }

    async fn whom_somebody_represents_without_a_group_is_passed_over_with_a_notice(db: Database) {
        let place = Place::on(db).await;
        let report = place.import("epost;organisasjon;grupper;representerer\na@x.test;Vik;health;Elvheim\n").await;
        assert_eq!((counts(&report), report.notices), ((1, 0, 0, 0), vec![]));
        let report = place.import("epost;organisasjon;representerer\nb@x.test;Vik;Elvheim\n").await;
        assert_eq!(counts(&report), (1, 0, 0, 0));
        assert_eq!(report.notices, [
            "whom somebody represents says nothing without a group in the same row, and was passed over",
        ]);
    }

    async fn what_a_formula_left_that_failed_is_an_error_of_its_cell(db: Database) {
        let place = Place::on(db).await;
        let left = |text: &str| format!("{text} is what a formula leaves that found nothing or failed; write the value itself");
        let report = place.import(workbook(&[
            &["epost", "navn", "organisasjon", "grupper", "merknad"],
            &["a@x.test", "Kari", "#N/A", "", ""],
            &["b@x.test", "#REF!", "NAV", "#NAME?", ""],
            &["c@x.test", "Per", "NAV", "", "#DIV/0!"],
        ])).await;
        assert_eq!(refused(&report), [
            format!("2 organisasjon: {}", left("#N/A")),
            format!("3 grupper: {}", left("#NAME?")),
            format!("3 navn: {}", left("#REF!")),
        ]);
        let report = place.import("epost;navn;organisasjon\n#I/T;Kari;NAV\nd@x.test;#VERDI!;NAV\ne@x.test;#1;NAV\n").await;
        assert_eq!(refused(&report), [
            format!("2 epost: {}", left("#I/T")),
            format!("3 navn: {}", left("#VERDI!")),
        ]);
        assert_eq!(place.texts("SELECT name FROM recipient ORDER BY email").await, ["Per", "#1"]);
        assert_eq!(place.organisations().await, ["nav: NAV (other)"]);
    }

    async fn a_date_where_text_is_asked_for_is_an_error_of_its_cell(db: Database) {
        let place = Place::on(db).await;
        let date = |text: &str| format!(
            "this is a date or a time ({text}), and no text; format the cell as text, and write there what is meant"
        );
        let report = place.import(workbook(&[
            &["epost", "navn", "organisasjon", "grupper", "merknad"],
            &["a@x.test", "day 46389", "NAV", "", ""],
            &["b@x.test", "Per", "day 46450.5", "day 0.125", ""],
            &["c@x.test", "Kari", "NAV", "", "day 46389"],
        ])).await;
        assert_eq!(refused(&report), [
            format!("2 navn: {}", date("2027-01-02")),
            format!("3 grupper: {}", date("03:00")),
            format!("3 organisasjon: {}", date("2027-03-04 12:00")),
        ]);
        assert_eq!(place.texts("SELECT name FROM recipient").await, ["Kari"]);
        assert_eq!(place.organisations().await, ["nav: NAV (other)"]);
    }

    async fn a_formula_whose_value_was_not_stored_is_an_error_of_its_cell(db: Database) {
        let place = Place::on(db).await;
        let unvalued = "a formula stands here whose value the file does not hold; open the workbook in a spreadsheet \
                        and save it once, or write the value itself";
        let report = place.import(workbook(&[
            &["epost", "navn", "merknad"],
            &["=LOWER(A1)", "=B1"],
            &["a@x.test", "Kari", "=A1"],
        ])).await;
        assert_eq!(refused(&report), [format!("2 epost: {unvalued}"), format!("2 navn: {unvalued}")]);
        assert_eq!(place.texts("SELECT name FROM recipient").await, ["Kari"]);
    }

    async fn a_row_of_formulas_in_columns_that_mean_nothing_here_is_blank(db: Database) {
        let place = Place::on(db).await;
        let report = place.import(workbook(&[
            &["nr", "epost", "navn", ""],
            &["=ROW()-1", "a@x.test", "Kari"],
            &["=A2+1", "", "", "=A2"],
            &["=A3+1"],
        ])).await;
        assert_eq!((counts(&report), refused(&report)), ((1, 0, 0, 0), vec![]));
    }

    async fn merged_cells_say_the_same_of_each_of_their_rows(db: Database) {
        let place = Place::on(db).await;
        let report = place.import(merged_workbook(
            &[
                &["epost", "navn", "organisasjon", "type", "grupper", "", ""],
                &["a@x.test", "A", "Steinvik kommune", "municipality", "health", "", "se her"],
                &["b@x.test", "B", "", "", "health"],
                &["c@x.test", "C", "", "", "health/leader"],
                &["", "", "", "", ""],
                &["d@x.test", "D", "NAV"],
                &["", "", "", "", "steering"],
            ],
            &["E1:F1", "C2:C5", "D2:D4", "E2:F2", "G2:G4", "A6:A7"],
        )).await;
        assert_eq!((counts(&report), refused(&report)), ((4, 0, 0, 0), vec![]));
        assert_eq!(report.notices, [
            "column G has no heading, and what stands in it from line 2 on was passed over; give it one if it says \
             something",
        ]);
        let at = "active weekly nb, at kind-of-org:municipality org:steinvik-kommune";
        assert_eq!(place.people().await, [
            format!("a@x.test A, {at}, health/member for steinvik-kommune"),
            format!("b@x.test B, {at}, health/member for steinvik-kommune"),
            format!("c@x.test C, {at}, health/leader for steinvik-kommune"),
            "d@x.test D, active weekly nb, at kind-of-org:other org:nav, steering/member for nav, admitted".to_owned(),
        ]);
    }

    async fn letters_of_two_characters_and_marks_that_nobody_sees_make_no_difference(db: Database) {
        let place = Place::on(db).await;
        place.run("UPDATE term SET names = '{\"nb\":\"Ra\u{30a}dgiver\"}' WHERE slug = 'specialist'").await;
        let sheet = "epost;navn;organisasjon;rolle;språk\na@x.test;Kåre Nes;Åsnes kommune;Rådgiver;bokmål\n";
        let decomposed: String = sheet.nfd().collect();
        assert_eq!(counts(&place.import(decomposed).await), (1, 0, 0, 0));
        assert_eq!(counts(&place.import(sheet).await), (0, 0, 1, 0));
        let rows: Vec<Vec<String>> =
            sheet.lines().map(|line| line.split(';').map(|cell| cell.nfd().collect()).collect()).collect();
        let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
        let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        assert_eq!(counts(&place.import(workbook(&rows)).await), (0, 0, 1, 0));
        assert_eq!(place.organisations().await, ["asnes-kommune: Åsnes kommune (other)"]);
        let unseen = "\u{200b}epost;\u{feff}\"navn\"\u{200b}\n\u{200b}b@x.test\u{2060};نمی\u{200c}دانم\u{200d}\n\u{200b};\n";
        assert_eq!(counts(&place.import(unseen).await), (1, 0, 0, 0));
        assert_eq!(place.texts("SELECT name FROM recipient WHERE email = 'b@x.test'").await, ["نمی\u{200c}دانم"]);
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
