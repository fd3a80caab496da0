use chrono::{DateTime, TimeDelta, Utc};
use treff::store::{Arg, ForumSettingsRow, NewTerm, TermUses};

use crate::on_both_databases;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).expect("an instant")
}

fn settings(name: &str) -> ForumSettingsRow {
    ForumSettingsRow {
        slug: "nordfjella".to_owned(),
        name: name.to_owned(),
        time_zone: "Europe/Oslo".to_owned(),
        language: "nb".to_owned(),
        holidays: None,
        pause: "[]".to_owned(),
        cadences: "{}".to_owned(),
        cap: 7,
        house: "{}".to_owned(),
        logo: None,
        learning: true,
    }
}

fn term(facet: &'static str, slug: &str) -> NewTerm {
    let kind = (facet == "group").then_some("adhoc");
    NewTerm { facet, slug: slug.to_owned(), names: "{}".to_owned(), kind }
}

on_both_databases! {
    async fn the_forums_row_is_written_once_and_then_changed(db: Database) {
        assert_eq!(db.store.find_forum().await.unwrap(), None);
        assert_eq!(db.store.find_change_number().await.unwrap(), None);
        let mut tx = db.store.begin().await.unwrap();
        assert_eq!(tx.lock_forum().await.unwrap(), None);
        tx.write_forum(&settings("A"), now()).await.unwrap();
        tx.write_forum(&settings("B"), now() + TimeDelta::days(1)).await.unwrap();
        tx.commit().await.unwrap();
        let row = db.store.find_forum().await.unwrap().unwrap();
        assert_eq!((row.name.as_str(), row.created_at, row.change_number), ("B", now(), 2));
        assert_eq!(db.store.find_change_number().await.unwrap(), Some(2));
    }

    async fn what_decided_the_times_is_kept_when_it_is_changed_and_only_then(db: Database) {
        let usual = || settings("A");
        let (oslo, holidays) = (usual(), ForumSettingsRow { holidays: Some("NO".to_owned()), ..usual() });
        let weekly = ForumSettingsRow { cadences: "{\"weekly\":\"0 30 7 * * Mon\"}".to_owned(), ..holidays.clone() };
        let paused =
            ForumSettingsRow { pause: "[{\"first\":\"2027-07-05\",\"last\":\"2027-08-06\"}]".to_owned(), ..weekly.clone() };
        let abroad = ForumSettingsRow { time_zone: "Europe/London".to_owned(), ..paused.clone() };
        let renamed = ForumSettingsRow { name: "B".to_owned(), cap: 9, ..oslo.clone() };
        let rows = [&oslo, &renamed, &holidays, &holidays, &weekly, &paused, &abroad];
        let mut tx = db.store.begin().await.unwrap();
        for (hour, row) in (0..).zip(rows) {
            tx.write_forum(row, now() + TimeDelta::hours(hour)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let kept = db.store.list_former_times(now()).await.unwrap();
        let told: Vec<_> = kept.iter().map(|row| ((row.until_at - now()).num_hours(), row.holidays.as_deref())).collect();
        assert_eq!(told, [(6, Some("NO")), (5, Some("NO")), (4, Some("NO")), (2, None)]);
        assert_eq!((&kept[0].pause, &kept[1].cadences), (&paused.pause, &weekly.cadences));
        assert_eq!((kept[2].cadences.as_str(), kept[0].time_zone.as_str()), ("{}", "Europe/Oslo"));
        let lately = db.store.list_former_times(now() + TimeDelta::hours(5)).await.unwrap();
        assert_eq!(lately.iter().map(|row| row.until_at).collect::<Vec<_>>(), [kept[0].until_at, kept[1].until_at]);
    }

    async fn terms_are_added_renamed_moved_and_removed(db: Database) {
        let mut tx = db.store.begin().await.unwrap();
        let group = tx.add_term(&term("group", "health")).await.unwrap();
        let below = tx.add_term(&term("group", "night")).await.unwrap();
        let sector = tx.add_term(&term("sector", "health")).await.unwrap();
        tx.rename_term(group, "{\"nb\":\"Helse\"}", Some("competence")).await.unwrap();
        tx.move_term(below, Some(group)).await.unwrap();
        tx.write_group_sectors(group, &[sector]).await.unwrap();
        let all = tx.list_terms().await.unwrap();
        let [.., first, second, _] = &all[..] else { panic!("three terms were added") };
        assert_eq!((first.names.as_str(), first.kind.as_deref()), ("{\"nb\":\"Helse\"}", Some("competence")));
        assert_eq!(second.parent_id, Some(group));
        assert_eq!(tx.list_group_sectors().await.unwrap()[0].sector_id, sector);
        tx.move_term(below, None).await.unwrap();
        tx.remove_term(group).await.unwrap();
        assert_eq!(tx.list_group_sectors().await.unwrap(), []);
        tx.commit().await.unwrap();
        assert_eq!(db.store.list_terms().await.unwrap().len(), all.len() - 1);
        assert_eq!(db.store.list_group_sectors().await.unwrap(), []);
        assert_eq!(db.store.list_organisations().await.unwrap(), []);
    }

    async fn every_use_of_a_term_is_counted(db: Database) {
        let mut tx = db.store.begin().await.unwrap();
        let group = tx.add_term(&term("group", "health")).await.unwrap();
        let sector = tx.add_term(&term("sector", "health")).await.unwrap();
        let role = tx.add_term(&term("role", "specialist")).await.unwrap();
        for statement in [
            "INSERT INTO organisation (id, slug, name, kind, org_id, represents_id, created_at)
             SELECT 1, 'a', 'A', 'other', id, id, 0 FROM term WHERE facet = 'role'",
            "INSERT INTO recipient (id, public_id, email, name, language, cadence, status, admitted, imported,
                    chosen, token_version, revision, watermark, created_at)
             VALUES (1, 'a', 'a@example.test', 'A', 'nb', 'daily', 'active', true, true, '[]', 0, 0, 0, 0),
                    (2, 'b', NULL, '', 'nb', 'daily', 'erased', true, true, '[]', 0, 0, 0, 0)",
        ] {
            tx.run(statement, vec![]).await.unwrap();
        }
        let int = |value: i64| Arg::Int(Some(value));
        for (ended, mark) in [(None, "follow"), (None, "mute"), (Some(1), "follow")] {
            tx.run(
                "INSERT INTO interest (recipient_id, term_id, mark, source, started_at, ended_at)
                 VALUES (1, $1, $2, 'person', 0, $3)",
                vec![int(sector.0), mark.into(), Arg::Int(ended)],
            )
            .await
            .unwrap();
        }
        tx.run(
            "INSERT INTO recipient_role (recipient_id, role_id, source, started_at) VALUES (1, $1, 'import', 0)",
            vec![int(role.0)],
        )
        .await
        .unwrap();
        for (id, ends_at) in [(1, None), (2, Some(now())), (3, Some(now() + TimeDelta::days(1)))] {
            tx.run(
                "INSERT INTO seat (id, group_id, organisation_id, position, ends_at, created_at)
                 VALUES ($1, $2, 1, 'member', $3, 0)",
                vec![int(id), int(group.0), ends_at.into()],
            )
            .await
            .unwrap();
        }
        tx.run("INSERT INTO seat_topic (seat_id, sector_id) VALUES (1, $1)", vec![int(sector.0)]).await.unwrap();
        let none = TermUses::default();
        let uses = tx.count_term_uses(sector, now()).await.unwrap();
        assert_eq!(uses, TermUses { followers: 1, muters: 1, seat_topics: 1, ..none });
        assert_eq!(tx.count_term_uses(role, now()).await.unwrap(), TermUses { holders: 1, ..none });
        for id in [1, 2] {
            tx.run("INSERT INTO account (id, email, name, rights, created_at) VALUES ($1, $2, '', '[]', 0)", vec![int(id), format!("{id}@forum.example").into()]).await.unwrap();
            tx.run("INSERT INTO account_group (account_id, group_id) VALUES ($1, $2)", vec![int(id), int(group.0)]).await.unwrap();
        }
        let uses = tx.count_term_uses(group, now()).await.unwrap();
        assert_eq!(uses, TermUses { seats: 2, ended_seats: 1, writers: 2, ..none });
        assert_eq!(tx.count_cadence_uses("daily").await.unwrap(), 1, "an erased one counts for nothing");
    }

    async fn an_address_has_one_account(db: Database) {
        assert!(db.store.add_lead("kari@example.test", "Kari Nes", now()).await.unwrap());
        assert!(!db.store.add_lead("kari@example.test", "Kari", now()).await.unwrap());
        assert_eq!(db.store.count_accounts().await.unwrap(), 1);
    }
}
