//! What a people file makes of an empty forum.

use super::forum::{Place, counts, refused};
use crate::on_both_databases;

on_both_databases! {
    async fn a_row_becomes_an_active_insider_with_all_that_it_says(db: Database) {
        let place = Place::on(db).await;
        let report = place.import(
            "Språk;Epost;Navn;Organisasjon;org;Type;Rolle;Grupper;Representerer;Sektorer;Frekvens\n\
             nn;Kari.Nes@Nav.test;Kari Nes;NAV Nordfjella;nav;stat;specialist|Beslutningstaker;health/leader, steering;\
             Ås kommune;health|Prosessindustri;daglig\n",
        ).await;
        assert_eq!(refused(&report), [""; 0]);
        assert_eq!(counts(&report), (1, 0, 0, 0));
        assert_eq!(place.people().await, [
            "kari.nes@nav.test Kari Nes, active daily nn, at kind-of-org:state org:nav, \
             role:decision-maker role:specialist, follows sector:health sector:process, \
             health/leader for as-kommune, steering/member for as-kommune",
        ]);
        assert_eq!(place.organisations().await, ["as-kommune: Ås kommune (other)", "nav: NAV Nordfjella (state)"]);
    }

    async fn only_an_address_is_needed(db: Database) {
        let place = Place::on(db).await;
        let report = place.import("email\na@x.test\n").await;
        assert_eq!(counts(&report), (1, 0, 0, 0));
        assert_eq!(place.people().await, ["a@x.test, active weekly nb, at kind-of-org:other, admitted"]);
        assert_eq!(
            place.texts("SELECT basis || ' ' || source FROM legal_basis").await,
            ["public_task deltakere.csv"]
        );
    }

    async fn a_row_with_groups_seats_and_does_not_admit(db: Database) {
        let place = Place::on(db).await;
        place.import("email,org,groups\na@x.test,nav,health\n").await;
        let person = place.person().await;
        assert!(!person.standing.admitted);
        assert_eq!((person.standing.seats[0].starts_at, person.standing.seats[0].ends_at), (None, None));
    }

    async fn a_row_may_say_for_itself_whether_it_admits(db: Database) {
        let place = Place::on(db).await;
        let file = "epost,org,grupper,opptak\na@x.test,nav,health,ja\nb@x.test,,,nei\nc@x.test,,,\nd@x.test,,,kanskje\n";
        let report = place.import(file).await;
        assert_eq!(counts(&report), (3, 0, 0, 1));
        assert_eq!(refused(&report), ["5 opptak: \"kanskje\" is neither yes nor no; write one of them"]);
        assert_eq!(place.people().await, [
            "a@x.test, active weekly nb, at kind-of-org:other org:nav, health/member for nav, admitted",
            "b@x.test, active weekly nb, at kind-of-org:other",
            "c@x.test, active weekly nb, at kind-of-org:other, admitted",
        ]);
        assert_eq!(counts(&place.import(file).await), (0, 0, 3, 1));
    }

    async fn rows_with_one_address_add_up(db: Database) {
        let place = Place::on(db).await;
        let report = place.import(
            "epost,navn,org,grupper,representerer,sektorer\n\
             kari@bøk.test,,,health,,health\n\
             KARI@BØK.TEST,Kari Nes,nav,,,industry\n\
             kari@xn--bk-lka.test,Kari Nes,,steering/secretary,lo|nho,health\n",
        ).await;
        assert_eq!(refused(&report), [""; 0]);
        assert_eq!(counts(&report), (1, 0, 0, 0));
        assert_eq!(place.people().await, [
            "kari@xn--bk-lka.test Kari Nes, active weekly nb, at kind-of-org:other org:nav, \
             follows sector:health sector:industry, health/member for nav, steering/secretary for lo, \
             steering/secretary for nho, admitted",
        ]);
    }

    async fn a_row_that_contradicts_another_of_its_address_is_left_out(db: Database) {
        let place = Place::on(db).await;
        let report = place.import(
            "email;name;organisation;cadence;sectors\na@x.test;Kari;NAV;weekly;health\n\
             a@x.test;Berit;Fylket;;industry\na@x.test;;;daily;\n",
        ).await;
        assert_eq!(refused(&report), [
            "3 organisation: fylket contradicts line 2 of the same address, which says nav; keep one",
            "4 cadence: daily contradicts line 2 of the same address, which says weekly; keep one",
        ]);
        assert!(!report.notices.iter().any(|told| told.contains("Berit")), "the row is left out: {:?}", report.notices);
        assert_eq!(place.people().await, [
            "a@x.test Kari, active weekly nb, at kind-of-org:other org:nav, follows sector:health, admitted",
        ]);
        assert_eq!(place.organisations().await, ["nav: NAV (other)"]);
    }

    async fn two_people_behind_one_address_are_one_recipient_with_the_first_name(db: Database) {
        let place = Place::on(db).await;
        let report = place.import(
            "email;name;org;groups;role;sectors\npost@x.test;Anne Delt;nav;health/deputy;;health\n\
             post@x.test;Bjørn Delt;nav;steering;decision-maker;industry\npost@x.test;Anne Delt;;;;\n",
        ).await;
        assert_eq!(refused(&report), [""; 0]);
        assert_eq!(counts(&report), (1, 0, 0, 0));
        assert_eq!(report.notices, [
            "line 3 names \"Bjørn Delt\" at post@x.test, which is \"Anne Delt\" by a line before; one address is one recipient: \
             what the line says counts for \"Anne Delt\", and the name \"Bjørn Delt\" is not stored",
        ]);
        let people = place.people().await.join("\n");
        assert!(people.starts_with("post@x.test Anne Delt, active") && !people.contains("Bjørn"), "{people}");
        for held in ["health/deputy for nav", "steering/member for nav", "role:decision-maker", "sector:health", "sector:industry"] {
            assert!(people.contains(held), "{held} in {people}");
        }
    }

    async fn several_values_that_are_parted_otherwise_are_told_how_to_part_them(db: Database) {
        let place = Place::on(db).await;
        let report = place.import("Epost,Sektorer\na@x.test,health; industry\nb@x.test,\"health\nindustry\"\n").await;
        assert_eq!(refused(&report), [
            "2 Sektorer: unknown sector \"health; industry\"; part several values with | or ,",
            "3 Sektorer: unknown sector \"health\\nindustry\"; part several values with | or ,",
        ]);
    }

    async fn every_bad_cell_is_told_and_good_rows_stand(db: Database) {
        let place = Place::on(db).await;
        let report = place.import(
            "Epost;Org;Type;Rolle;Grupper;Sektorer;Språk;Frekvens\n\
             ;nav;;;;;;\n\
             kari.x.test;;;;;;;\n\
             b@x.test;NAV;gardsbruk;spesialist;helth/leader;group:health;svensk;monthly\n\
             \n\
             c@x.test;;;;health;;;urgent\n\
             d@x.test;;;;health/chair;;;gathering\n\
             e@x.test;;;;health;;;\n\
             f@x.test;;;;;;;samling\n",
        ).await;
        assert_eq!(refused(&report), [
            "2 Epost: the address is missing; each row needs one",
            "3 Epost: \"kari.x.test\" is not an e-mail address: the @ is missing",
            "4 Frekvens: the forum sends nothing monthly; choose one of daily, weekly, or add it under [cadence] in \
             the forum file",
            "4 Grupper: unknown group \"helth\"; did you mean \"health\"?",
            "4 Org: \"NAV\" is not a slug; use lower-case ASCII letters, digits and hyphens, such as nav",
            "4 Rolle: unknown role \"spesialist\"; did you mean \"specialist\"?",
            "4 Sektorer: unknown sector \"group:health\"; did you mean \"health\"?",
            "4 Språk: unknown language \"svensk\"; the languages are nb, nn and en",
            "4 Type: unknown kind of organisation \"gardsbruk\"; the kinds are county, municipality, state, \
             university, school, employers, union, company, voluntary, other",
            "6 Frekvens: unknown cadence \"urgent\"; the cadences are daily, weekly, monthly and gathering",
            "7 Grupper: unknown position \"chair\"; the positions are leader, member, deputy, secretary, observer",
        ]);
        assert_eq!(counts(&report), (2, 0, 0, 11));
        assert_eq!(place.people().await, [
            "e@x.test, active weekly nb, at kind-of-org:other, health/member for enkeltpersoner",
            "f@x.test, active gathering nb, at kind-of-org:other, admitted",
        ]);
        assert_eq!(place.organisations().await, ["enkeltpersoner: Enkeltpersoner (other)"]);
    }

    async fn a_word_like_none_of_ours_is_told_which_there_are(db: Database) {
        let place = Place::on(db).await;
        let report = place.import("epost;rolle\na@x.test;qqq\n").await;
        let told = refused(&report).join("\n");
        assert!(told.starts_with("2 rolle: unknown role \"qqq\"; the forum has ") && told.contains("specialist"), "{told}");
    }

    async fn a_name_has_at_most_two_hundred_characters(db: Database) {
        let place = Place::on(db).await;
        let (fits, long) = ("ø".repeat(200), "ø".repeat(201));
        let report = place
            .import(&format!("email;name;organisation\na@x.test;{fits};{fits}\nb@x.test;{long};\nc@x.test;;{long}\n"))
            .await;
        assert_eq!(refused(&report), [
            "3 name: the name has 201 characters; write at most 200",
            "4 organisation: the name has 201 characters; write at most 200",
        ]);
        assert_eq!(counts(&report), (1, 0, 0, 2));
    }

    async fn an_organisation_is_one_by_its_slug_or_its_name(db: Database) {
        let place = Place::on(db).await;
        let report = place.import(
            "email;organisation;org;kind\na@x.test;NAV Nordfjella;;\nb@x.test;Nav  nordfjella;nav;stat\n\
             c@x.test;;nav;\nd@x.test;Østfold fylkeskommune;;fylkeskommune\ne@x.test;NAV-Nordfjella;;\n",
        ).await;
        assert_eq!(refused(&report), [""; 0]);
        assert_eq!(place.organisations().await, [
            "nav: Nav nordfjella (state)",
            "ostfold-fylkeskommune: Østfold fylkeskommune (county)",
        ]);
        assert_eq!(place.number("SELECT COUNT(*) FROM recipient r JOIN organisation o ON o.id = r.organisation_id
                                 WHERE o.slug = 'nav'").await, 4);
    }

    async fn two_names_with_one_slug_are_told_apart_by_org(db: Database) {
        let place = Place::on(db).await;
        let file = "email;organisation\na@x.test;Ås kommune\nb@x.test;As kommune\nc@x.test;–\n";
        let report = place.import(file).await;
        assert_eq!(refused(&report), [
            "3 organisation: \"As kommune\" would get the slug as-kommune, which \"Ås kommune\" has; give it another \
             in a column org",
            "4 organisation: \"–\" gives no slug; give the organisation one in a column org",
        ]);
        let report = place.import("email;organisation;org\nb@x.test;As kommune;as2\n").await;
        assert_eq!(counts(&report), (1, 0, 0, 0));
        assert_eq!(place.organisations().await, ["as-kommune: Ås kommune (other)", "as2: As kommune (other)"]);
    }

    async fn a_dry_run_tells_the_same_and_changes_nothing(db: Database) {
        let place = Place::on(db).await;
        let file = "email;organisation;groups\na@x.test;NAV;health\nb@x.test;;helth\n";
        let tried = place.try_import(file).await;
        assert_eq!(counts(&tried), (1, 0, 0, 1));
        assert_eq!(place.people().await, [""; 0]);
        assert_eq!(place.organisations().await, [""; 0]);
        assert_eq!(place.number("SELECT COUNT(*) FROM change").await, 0);
        let done = place.import(file).await;
        assert_eq!((done.created, &done.rejected), (tried.created, &tried.rejected));
    }

    async fn what_is_only_tried_uses_up_no_numbers(db: Database) {
        let place = Place::on(db).await;
        let file = "email;organisation;groups\na@x.test;NAV;health\nb@x.test;Vik;\n";
        for _ in 0..3 {
            place.try_import(file).await;
        }
        place.import(file).await;
        assert_eq!(place.number("SELECT MAX(id) FROM recipient").await, 2);
        assert_eq!(place.number("SELECT MAX(id) FROM organisation").await, 2);
        assert_eq!(place.number("SELECT MAX(id) FROM seat").await, 1);
    }

    async fn a_new_recipient_starts_thirty_days_back(db: Database) {
        let place = Place::on(db).await;
        place.run(
            "INSERT INTO item (public_id, slug, version, release_at, number, numbered_at, created_at) VALUES
               ('1', 'old', 1, 0, 4, 1801814400000000, 0), ('2', 'new', 1, 0, 5, 1803900000000000, 0)",
        ).await;
        place.import("email\na@x.test\n").await;
        assert_eq!(place.person().await.watermark, 4);
    }
}
