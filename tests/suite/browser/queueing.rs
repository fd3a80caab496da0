//! The lead queues an event at the desk: written, saved while one writes, sent to whom one chose with and, or and not.

use std::time::{Duration, Instant};

use super::demo::Demo;
use super::driver::{Browser, Screen};
use super::get_first_letters;

/// Comes to the desk as the demo's lead.
pub async fn come_to_the_desk(browser: &Browser, demo: &Demo) {
    browser.client.goto(&demo.address("/")).await.unwrap();
    let post = "const f = document.createElement('form'); f.method = 'post'; f.action = '/desk/demo';
                document.body.append(f); f.submit()";
    browser.ask(post).await;
    wait_until(browser, "location.pathname === '/desk'").await;
}

/// Waits until the script's expression holds.
pub async fn wait_until(browser: &Browser, expression: &str) {
    let asked_at = Instant::now();
    loop {
        let answer = browser.client.execute(&format!("return Boolean({expression})"), vec![]).await;
        if answer.is_ok_and(|value| value == true) {
            return;
        }
        assert!(asked_at.elapsed() < Duration::from_secs(15), "{expression} never held");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Presses a button that leads to a page, and waits for that.
pub async fn press(browser: &Browser, button: &str, then: &str) {
    browser.ask("document.documentElement.dataset.before = 'yes'").await;
    browser.ask(&format!("document.querySelector(\"{button}\").click()")).await;
    wait_until(
        browser,
        &format!("!document.documentElement.dataset.before && document.querySelector(\"{then}\")"),
    )
    .await;
}

/// Chooses a chip and presses one of the buttons beside.
pub async fn choose(browser: &Browser, chip: &str, wish: &str) {
    browser.ask(&format!("document.getElementById('chip').value = '{chip}'")).await;
    press(browser, &format!("button[name=do][value={wish}]"), ".chips .chip").await;
}

pub async fn write(browser: &Browser, field: &str, text: &str) {
    let script = format!(
        "const f = document.getElementById('{field}'); f.value = '{text}'; f.dispatchEvent(new Event('input', {{ bubbles: true }}))"
    );
    browser.ask(&script).await;
}

#[tokio::test]
async fn the_lead_queues_an_event_and_sees_the_names_before() {
    let mut demo = Demo::start();
    get_first_letters(&mut demo);
    let browser = Browser::open(Screen::Telephone).await;
    come_to_the_desk(&browser, &demo).await;
    browser.client.goto(&demo.address("/desk/items/new")).await.unwrap();
    assert_eq!(browser.overhang().await, 0);

    // Written and saved by itself.
    write(&browser, "title", "Samling om nattvakt").await;
    write(&browser, "body", "Velkommen onsdag 9. desember kl. 9–15.").await;
    wait_until(&browser, "location.pathname.startsWith('/desk/drafts/')").await;
    let address = browser.client.current_url().await.unwrap();
    browser.client.goto(address.as_str()).await.unwrap();
    assert_eq!(browser.ask("return document.getElementById('title').value").await, "Samling om nattvakt");
    let event = "return getComputedStyle(document.querySelector('.for-event')).display";
    assert_eq!(browser.ask(event).await, "block", "a day and a time make it an event");
    assert!(
        browser
            .ask("return document.getElementById('starts_on').value")
            .await
            .as_str()
            .unwrap()
            .ends_with("-12-09")
    );

    // Chosen with or, and, not.
    choose(&browser, "group:health", "or").await;
    choose(&browser, "group:industry", "or").await;
    choose(&browser, "role:decision-maker", "and").await;
    choose(&browser, "group:steering", "not").await;
    let typed = browser.ask("return document.getElementById('audience').value").await;
    assert_eq!(typed, "(group:health or group:industry and role:decision-maker) and not group:steering");
    let chips = browser.ask("return document.querySelectorAll('#who ul.chips li .chip').length").await;
    assert!(chips.as_i64().unwrap() >= 4, "{chips}");
    assert_eq!(browser.overhang().await, 0);

    // The count opens its names.
    let count = browser
        .ask("return parseInt(document.querySelector('#aside h2').textContent)")
        .await
        .as_i64()
        .unwrap();
    press(&browser, "#aside a[href$='/who']", ".people li").await;
    let names = browser.ask("return document.querySelectorAll('.people li').length").await;
    assert_eq!(names.as_i64().unwrap(), count);
    assert_eq!(browser.overhang().await, 0);

    // What the text suggests stands in the form as soon as it is saved by itself, not beside it alone.
    browser.client.goto(&demo.address("/desk/items/new")).await.unwrap();
    write(&browser, "title", "Eldreomsorg: ny veileder om nattvakt").await;
    wait_until(&browser, "document.querySelector('#topics-told .chip') !== null").await;
    let shown = "return document.querySelector('#topics-told .chip').firstChild.textContent";
    assert_eq!(browser.ask(shown).await, "Care of the elderly");
    let suggested = "return document.querySelector('#kind option').textContent";
    assert_ne!(browser.ask(suggested).await, "", "the kind that it gets is named");
    write(&browser, "title", "Samling om nattvakt 3. mai 2027 kl. 10-15").await;
    wait_until(&browser, "document.getElementById('starts_on').value === '2027-05-03'").await;
    wait_until(&browser, "document.querySelector('form.kind-event') !== null").await;

    // Queued, and a draft again.
    browser.client.goto(address.as_str()).await.unwrap();
    press(&browser, "button[name=do][value=queue]", "form[action$='/undo']").await;
    assert_eq!(browser.overhang().await, 0);
    press(&browser, "form[action$='/undo'] button", "form[data-auto]").await;
    assert_eq!(browser.ask("return document.getElementById('title').value").await, "Samling om nattvakt");
    let strange = browser.list_requests().await.into_iter().filter(|at| !at.starts_with(&demo.address("/")));
    assert_eq!(strange.count(), 0, "the desk asks nothing of other machines");
}

#[tokio::test]
async fn a_field_that_is_wrong_has_its_border_whatever_its_kind_and_stays_in_line_with_the_next() {
    let mut demo = Demo::start();
    get_first_letters(&mut demo);
    let browser = Browser::open(Screen::Desk).await;
    come_to_the_desk(&browser, &demo).await;
    browser.client.goto(&demo.address("/desk/items/new")).await.unwrap();
    browser.ask("document.getElementById('kind').value = 'event'").await;
    press(&browser, ".actions button[value=queue]", ".note.bad").await;
    let borders = "return ['title', 'starts_on'].map(id => getComputedStyle(document.getElementById(id)).borderTopWidth).join()";
    assert_eq!(browser.ask(borders).await, "2px,2px", "a text and a day");
    let tops = "return new Set(['starts_on', 'starts_time'].map(id => Math.round(document.getElementById(id).getBoundingClientRect().top))).size";
    assert_eq!(browser.ask(tops).await, 1, "what is wrong stands under the day alone");
}

#[tokio::test]
async fn whoever_changes_the_language_while_they_write_goes_on_with_the_draft() {
    let mut demo = Demo::start();
    get_first_letters(&mut demo);
    let browser = Browser::open(Screen::Desk).await;
    come_to_the_desk(&browser, &demo).await;
    browser.client.goto(&demo.address("/desk/items/new")).await.unwrap();
    // Saved before the language is pressed, and not yet saved then.
    for title in ["Veileder om nattvakt", "Ny veileder om nattvakt"] {
        write(&browser, "title", title).await;
        if title.starts_with("Veileder") {
            wait_until(&browser, "location.pathname.startsWith('/desk/drafts/')").await;
        }
        press(&browser, "form.desk-languages button:not([lang=en])", "form[data-auto]").await;
        assert_eq!(browser.ask("return document.getElementById('title').value").await, title);
        assert_eq!(browser.ask("return location.pathname.startsWith('/desk/drafts/')").await, true);
    }
    // Nobody answers: the page stays with what was typed, and says so.
    browser.ask("window.fetch = () => Promise.reject(new TypeError('offline'))").await;
    write(&browser, "title", "Nattvakt").await;
    browser.ask("document.querySelector('form.desk-languages button:not([lang=en])').click()").await;
    let told = "document.getElementById('saved').textContent !== '' && document.getElementById('saved').textContent === document.getElementById('saved').dataset.unsaved";
    wait_until(&browser, told).await;
    assert_eq!(browser.ask("return document.getElementById('title').value").await, "Nattvakt");
}

#[tokio::test]
async fn whoever_is_signed_out_while_they_write_is_told_and_loses_nothing() {
    let mut demo = Demo::start();
    get_first_letters(&mut demo);
    let browser = Browser::open(Screen::Desk).await;
    let client = &browser.client;
    come_to_the_desk(&browser, &demo).await;
    client.goto(&demo.address("/desk/items/new")).await.unwrap();
    write(&browser, "title", "Referat fra et langt møte").await;
    wait_until(&browser, "location.pathname.startsWith('/desk/drafts/')").await;
    // Signed out in another tab.
    let out =
        "fetch('/desk/account/sign-out', { method: 'POST', body: new URLSearchParams({ session: 'here' }) })
               .then(() => { document.documentElement.dataset.out = 'yes' })";
    browser.ask(out).await;
    wait_until(&browser, "document.documentElement.dataset.out").await;
    write(&browser, "body", "Andre avsnitt.").await;
    let told =
        "document.getElementById('saved').textContent === document.getElementById('saved').dataset.signedOut";
    wait_until(&browser, told).await;
    assert_eq!(browser.ask("return document.getElementById('door').hidden").await, false);
    press(&browser, ".actions button[name=do][value=save]", "input[type=hidden][name=body]").await;
    assert_eq!(
        browser.ask("return document.querySelector('pre').textContent").await,
        "Referat fra et langt møte"
    );
    assert_eq!(browser.overhang().await, 0);
    // Signed in again in another tab, and sent again in this one.
    let own = client.window().await.unwrap();
    let other = client.new_window(true).await.unwrap().handle;
    client.switch_to_window(other).await.unwrap();
    come_to_the_desk(&browser, &demo).await;
    client.close_window().await.unwrap();
    client.switch_to_window(own).await.unwrap();
    press(&browser, "main form button", "form[data-auto]").await;
    assert_eq!(browser.ask("return document.getElementById('body').value").await, "Andre avsnitt.");
}

#[tokio::test]
async fn nobody_overtakes_themselves_by_a_button_while_the_page_is_saving() {
    let mut demo = Demo::start();
    get_first_letters(&mut demo);
    let browser = Browser::open(Screen::Desk).await;
    come_to_the_desk(&browser, &demo).await;
    browser.client.goto(&demo.address("/desk/items/new")).await.unwrap();
    for title in ["Tips om nattvakt", "Flere tips om nattvakt"] {
        // The page hears late that it is saved.
        let late = "const ask = window.fetch;
                    window.fetch = async (...asked) => {
                        const answer = await ask(...asked);
                        await new Promise((go) => { window.go = go });
                        return answer;
                    }";
        browser.ask(late).await;
        write(&browser, "title", title).await;
        wait_until(&browser, "window.go").await;
        write(&browser, "body", "Siste ord.").await;
        browser.ask("document.documentElement.dataset.before = 'yes'").await;
        let press = "document.querySelector('.actions button[name=do][value=save]').click();
                     const told = document.getElementById('saved');
                     const says = told.textContent !== '' && told.textContent === told.dataset.saving;
                     window.go();
                     return says";
        assert_eq!(browser.ask(press).await, true, "what was pressed says that it waits");
        wait_until(
            &browser,
            "!document.documentElement.dataset.before && document.querySelector('form[data-auto]')",
        )
        .await;
        assert_eq!(browser.ask("return document.querySelectorAll('.note.bad').length").await, 0);
        assert_eq!(browser.ask("return document.getElementById('body').value").await, "Siste ord.");
        assert_eq!(browser.ask("return document.getElementById('title').value").await, title);
    }
}

#[tokio::test]
async fn what_is_pasted_from_word_keeps_its_lists() {
    let mut demo = Demo::start();
    get_first_letters(&mut demo);
    let browser = Browser::open(Screen::Desk).await;
    come_to_the_desk(&browser, &demo).await;
    browser.client.goto(&demo.address("/desk/items/new")).await.unwrap();
    let paste = "const data = new DataTransfer(); data.setData('text/html', '<h2>Om</h2><ul><li>en</li><li><b>to</b></li></ul>');
                 data.setData('text/plain', 'Om en to');
                 document.getElementById('body').dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }))";
    browser.ask(paste).await;
    wait_until(&browser, "document.getElementById('body').value !== ''").await;
    assert_eq!(
        browser.ask("return document.getElementById('body').value").await,
        "## Om\n\n- en\n- **to**\n"
    );
}
