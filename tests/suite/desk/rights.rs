//! Every page of the desk against every right, nobody signed in and whoever is bound to an organisation included.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use treff::staff::Right;

use super::seat::{add_account, seat, seat_account, seat_partner};
use crate::access::reader::Reader;
use crate::on_both_databases;
use crate::pages::world::{Answer, Pages, now};

/// The pages of the desk that stand open, since they lead in.
const WAYS_IN: [&str; 6] = [
    "/desk/sign-in",
    "/desk/sign-in/password",
    "/desk/sign-in/with/{house}",
    "/desk/sign-in/from/{house}",
    "/desk/open/{token}",
    "/desk/demo",
];

/// A path of the route, with something in its gaps.
fn fill(route: &str) -> String {
    let parts = route.split('/').map(|part| if part.starts_with('{') { "1" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[test]
fn every_page_of_the_desk_names_its_right() {
    let named: Vec<&str> = treff::web::list_staff_paths().into_iter().map(|(path, _)| path).collect();
    let desk = treff::web::list_paths().into_iter().filter(|path| path.starts_with("/desk"));
    let open: Vec<&str> = desk.filter(|path| !named.contains(path) && !WAYS_IN.contains(path)).collect();
    assert!(open.is_empty(), "registered with .route and not with .staff: {open:?}");
    assert!(named.iter().all(|path| path.starts_with("/desk")), "{named:?}");
}

/// Whether the check let it through to what stands behind: whatever that then says.
fn is_let_in(answer: &Answer) -> bool {
    let asked_to_sign_in = answer.header("location").starts_with("/desk/sign-in");
    let is_barred = [StatusCode::FORBIDDEN, StatusCode::UNAUTHORIZED].contains(&answer.status);
    !(is_barred || asked_to_sign_in)
}

/// Whether it shows something of the desk: a page that asks to sign in stands among none of its ways.
fn shows_the_desk(answer: &Answer) -> bool {
    if answer.status == StatusCode::UNAUTHORIZED {
        answer.body.contains("desk-bar")
    } else {
        !answer.body.is_empty()
    }
}

/// What a stranger sends, and nobody else.
const MARKER: &str = "sendt-av-en-fremmed";

/// Whether the page holds what was sent, and the page without that and without where it goes.
fn without_own(answer: &Answer, path: &str) -> (bool, String) {
    let is_held = answer.body.contains(MARKER);
    (is_held, answer.body.replace(MARKER, "").replace(&format!("action=\"{path}\""), ""))
}

on_both_databases! {
    async fn a_stranger_s_form_is_answered_alike_wherever_it_goes(db: Database) {
        let pages = Pages::over(db).await;
        seat(&pages, "lise@forum.example", r#"["administer"]"#).await;
        let (mut alike, mut forms) = (BTreeSet::new(), 0);
        for (route, _) in treff::web::list_staff_paths() {
            let path = fill(route);
            let allowed = pages.ask(Method::PATCH, &path).await;
            if !allowed.header("allow").contains("POST") {
                continue;
            }
            let answer = Reader::new(&pages).post(&path, &format!("marker={MARKER}")).await;
            if answer.status == StatusCode::UNAUTHORIZED {
                forms += 1;
                alike.insert(without_own(&answer, &path));
            } else {
                assert_eq!((answer.header("location"), answer.body.as_str()), ("/desk/sign-in", ""), "{route}: {}", answer.status);
            }
        }
        assert!(forms > 20, "{forms}");
        assert_eq!(alike.len(), 2, "one page holds what was sent, one holds nothing: {alike:?}");
        assert!(alike.iter().all(|(_, page)| !page.contains("desk-bar")));
    }

    async fn a_page_opens_exactly_to_who_has_its_right(db: Database) {
        let pages = Pages::over(db).await;
        let none = add_account(&pages, "none@forum.example", "[]", &[]).await;
        let (mut breaches, mut number) = (Vec::new(), 0);
        let open_to_partners = treff::web::list_partner_paths();
        for (route, needed) in treff::web::list_staff_paths() {
            let allowed = pages.ask(Method::PATCH, &fill(route)).await;
            let allowed = allowed.header("allow").to_owned();
            for method in [Method::GET, Method::POST] {
                if !allowed.contains(method.as_str()) {
                    continue;
                }
                let stranger = pages.ask(method.clone(), &fill(route)).await;
                if is_let_in(&stranger) || shows_the_desk(&stranger) {
                    breaches.push(format!("{method} {route}: opens to who is not signed in"));
                }
                let mut without = seat_account(&pages, none, &format!("none {method} {route}"), now()).await;
                if is_let_in(&without.ask(method.clone(), &fill(route), "").await) != needed.is_none() {
                    breaches.push(format!("{method} {route}: wrong for an account without rights"));
                }
                // Of the pages that are kept to one's own, letters are not among what is.
                let is_look = route == "/desk/people/{id}" && method == Method::POST;
                let mut partner = seat_partner(&pages, &format!("partner {method} {route}"), 1).await;
                let answer = partner.ask(method.clone(), &fill(route), "").await;
                if is_let_in(&answer) != (open_to_partners.contains(&route) && !is_look) {
                    breaches.push(format!("{method} {route} with people of one organisation: {}", answer.status));
                }
                for right in Right::ALL {
                    number += 1;
                    let email = format!("{right}{number}@forum.example");
                    let mut one = seat(&pages, &email, &format!("[\"{right}\"]")).await;
                    let answer = one.ask(method.clone(), &fill(route), "").await;
                    if is_let_in(&answer) != needed.as_ref().is_none_or(|needed| needed.contains(&right)) {
                        breaches.push(format!("{method} {route} with {right}: {}", answer.status));
                    }
                }
            }
        }
        assert!(breaches.is_empty(), "{}", breaches.join("\n"));
    }

    async fn the_way_around_shows_what_opens(db: Database) {
        let pages = Pages::over(db).await;
        let mut writer = seat(&pages, "writer@forum.example", r#"["write"]"#).await;
        let body = writer.get("/desk").await.body;
        for (path, needed) in treff::web::list_staff_paths() {
            let stands = body.contains(&format!("<a href=\"{path}\">")) || body.contains(&format!("<a href=\"{path}\" aria-current"));
            if needed.is_some_and(|needed| !needed.contains(&Right::Write)) {
                assert!(!stands, "{path} stands there and does not open");
            }
        }
        assert!(body.contains(r#"<a href="/desk" aria-current="page">I dag</a>"#), "{body}");
        assert!(!body.contains("/desk/settings"), "no way leads to a page that is not there");
    }
}
