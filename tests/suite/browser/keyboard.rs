//! A person who has a keyboard and no mouse.

use fantoccini::Locator;
use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::key::Key;

use super::driver::Browser;

/// More stops than any page of ours has.
const MOST_STOPS: usize = 400;

impl Browser {
    /// Presses Tab until what has the focus is what `selector` means. On the way every stop must show that it has the
    /// focus (WCAG 2.4.7), and lie where it can be seen (2.4.11).
    pub async fn tab_to(&self, selector: &str) {
        for _ in 0..MOST_STOPS {
            self.press(Key::Tab.into()).await;
            let (is_there, fault) = self.look_at_focus(selector).await;
            assert!(fault.is_empty(), "{}: {fault}", self.client.current_url().await.unwrap());
            if is_there {
                return;
            }
        }
        let address = self.client.current_url().await.unwrap();
        panic!("no Tab reaches {selector} on {address}:\n{}", self.client.source().await.unwrap());
    }

    /// Presses a key where the focus is, also where that takes no text.
    pub async fn press(&self, key: char) {
        let stroke = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key });
        self.client.perform_actions(stroke).await.expect("the key is pressed");
    }

    /// Types text where the focus is.
    pub async fn write(&self, text: &str) {
        let focused = self.client.active_element().await.expect("something has the focus");
        focused.send_keys(text).await.expect("keys are taken");
    }

    /// Tabs to a link or a button and presses Enter; waits for what the page that follows must show.
    pub async fn follow(&self, selector: &str, then: &str) {
        self.tab_to(selector).await;
        self.press(Key::Enter.into()).await;
        let shown = self.client.wait().for_element(Locator::Css(then)).await;
        if let Err(error) = shown {
            let address = self.client.current_url().await.unwrap();
            panic!(
                "{selector} led to {address}, which does not show {then} ({error}):\n{}",
                self.client.source().await.unwrap()
            );
        }
    }

    /// Whether the focus is at `selector`, and what is wrong with how it shows.
    async fn look_at_focus(&self, selector: &str) -> (bool, String) {
        let script = "const e = document.activeElement;
            if (e === document.body) return [false, ''];
            const style = getComputedStyle(e), box = e.getBoundingClientRect();
            const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
            const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
            const fault = !seen ? 'no ring around ' : !inside ? 'out of sight: ' : '';
            return [e.matches(arguments[0]), fault && fault + e.outerHTML.slice(0, 200)]";
        let told = self.client.execute(script, vec![selector.into()]).await.expect("the script runs");
        serde_json::from_value(told).expect("two answers")
    }
}
