//! The pages as people see them: a real browser before the real program.

mod demo;
mod driver;

use std::collections::BTreeSet;

use demo::Demo;
use driver::{Browser, Screen};

#[tokio::test]
async fn the_telephone_is_360_pixels_wide_and_reaches_nobody_else() {
    let browser = Browser::open(Screen::Telephone).await;
    let page = "data:text/html,<meta name=viewport content='width=device-width'><p style='width:400px'>wide\
                <img src='http://elsewhere.example/x.png'>";
    browser.client.goto(page).await.unwrap();
    assert_eq!(browser.ask("return innerWidth >= 360 && screen.width").await, 360);
    assert!(browser.overhang().await > 0);
    assert_eq!(browser.list_requests().await, ["http://elsewhere.example/x.png"]);
}
