//! The page of effects as plain text: for a case paper, a report, a mail.

use super::view::{EffectsView, GainView, GoalView, GroupView, Number};
use crate::web::item_view::Pen;

/// The page, section by section, with its address at the end.
pub(super) fn write_text(pen: &Pen<'_>, effects: &EffectsView, url: &str) -> String {
    let words = &pen.words.effects.page;
    let mut out = vec![format!("{}: {}", pen.forum.settings.name, words.title), effects.period.clone()];
    for paragraph in &effects.introduction {
        out.extend([String::new(), paragraph.clone()]);
    }
    if !effects.numbers.is_empty() {
        head(&mut out, &words.figures);
        out.extend(effects.numbers.iter().map(|own| format!("- {} {}", own.number, own.label)));
        out.extend(list(&words.by_kind, &effects.organisations));
        out.extend(list(&words.by_item, &effects.items));
        out.push(words.figures_note.clone());
    }
    effects.groups.iter().for_each(|group| write_group(pen, group, &mut out));
    if !effects.connections.is_empty() {
        head(&mut out, &words.connections);
        for connection in &effects.connections {
            out.push(format!("- {}", connection.told));
            out.extend(connection.items.iter().map(|item| format!("  - {}", item.title)));
        }
    }
    out.extend([String::new(), url.to_owned()]);
    // A space that does not break is one to whoever pastes it.
    out.join("\n").replace('\u{a0}', " ") + "\n"
}

fn head(out: &mut Vec<String>, title: &str) {
    out.extend([String::new(), title.to_uppercase()]);
}

/// "- Organisasjonene: Kommuner 8, Bedrift 1"; none of nothing.
fn list(title: &str, of: &[Number]) -> Option<String> {
    let told: Vec<String> = of.iter().map(|own| format!("{} {}", own.label, own.number)).collect();
    (!told.is_empty()).then(|| format!("- {title}: {}", told.join(", ")))
}

fn write_group(pen: &Pen<'_>, group: &GroupView, out: &mut Vec<String>) {
    let words = &pen.words.effects.page;
    head(out, &group.name);
    out.extend(Some(group.meetings.clone()).filter(|told| !told.is_empty()));
    if !group.goals.is_empty() {
        out.push(format!("{}:", words.group_goals));
        let goal = |own: &GoalView| {
            let sign = Some(&own.sign).filter(|sign| !sign.is_empty());
            let sign = sign.map(|sign| stopped(&format!("{} {sign}", words.sign)));
            let reached = Some(&own.reached).filter(|day| !day.is_empty()).map(|day| stopped(day));
            joined([Some(stopped(&own.words)), sign, reached])
        };
        out.extend(group.goals.iter().map(goal));
    }
    if !group.gains.is_empty() {
        out.push(format!("{}:", words.gained));
        let gain = |own: &GainView| {
            let how = Some(&own.how).filter(|how| !how.is_empty());
            let how = how.map(|how| stopped(&format!("{} {how}", words.how)));
            joined([Some(stopped(&own.words)), how, Some(own.met.clone())])
        };
        out.extend(group.gains.iter().map(gain));
    }
}

fn joined(parts: [Option<String>; 3]) -> String {
    format!("- {}", parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

/// A sentence with its stop.
fn stopped(text: &str) -> String {
    if text.ends_with(['.', '!', '?', '…', ':']) { text.to_owned() } else { format!("{text}.") }
}
