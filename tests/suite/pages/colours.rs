//! Contrast, computed from the style sheet's own colours (WCAG 2.2: 1.4.3 text 4.5:1, 1.4.11 edges 3:1).

use std::collections::BTreeMap;

const STYLE: &str = include_str!("../../../templates/page/treff.css");

/// What is written on what.
const TEXTS: &[(&str, &str)] = &[
    ("ink", "paper"),
    ("ink", "sheet"),
    ("ink", "soft"),
    ("ink", "due-soft"),
    ("ink", "bad-soft"),
    ("quiet", "paper"),
    ("quiet", "sheet"),
    ("quiet", "soft"),
    ("accent", "paper"),
    ("accent", "sheet"),
    ("accent", "soft"),
    ("on-accent", "accent"),
    ("due", "paper"),
    ("due", "sheet"),
    ("due", "due-soft"),
    ("bad", "paper"),
    ("bad", "sheet"),
    ("bad", "bad-soft"),
];

/// What must be seen to know what something is: the edge of a field, the ring of the focus, the mark of an error.
const EDGES: &[(&str, &str)] = &[
    ("edge", "paper"),
    ("edge", "sheet"),
    ("accent", "paper"),
    ("accent", "sheet"),
    ("accent", "due-soft"),
    ("accent", "bad-soft"),
    ("bad", "sheet"),
];

/// The colours of the first `:root{...}` after `from`.
fn list_colours(from: &str) -> BTreeMap<&str, [f64; 3]> {
    let block =
        from.split(":root{").nth(1).and_then(|rest| rest.split('}').next()).expect("a block of colours");
    let lines = block.split([';', '\n']).filter_map(|line| line.trim().strip_prefix("--")?.split_once(':'));
    lines.filter_map(|(name, value)| Some((name, read_colour(value)?))).collect()
}

fn read_colour(value: &str) -> Option<[f64; 3]> {
    let digits = value.strip_prefix('#')?;
    let wide: String =
        if digits.len() == 3 { digits.chars().flat_map(|c| [c, c]).collect() } else { digits.to_owned() };
    let part = |n: usize| u8::from_str_radix(wide.get(n..n + 2)?, 16).ok().map(f64::from);
    Some([part(0)?, part(2)?, part(4)?])
}

/// Relative luminance, as WCAG defines it.
fn luminance(colour: [f64; 3]) -> f64 {
    let linear = colour.map(|part| {
        let part = part / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

fn contrast(a: [f64; 3], b: [f64; 3]) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn black_on_white_is_21_to_1() {
    assert!((contrast([0.0; 3], [255.0; 3]) - 21.0).abs() < 1e-9);
    let grey = read_colour("#767676").unwrap();
    assert!((contrast(grey, [255.0; 3]) - 4.54).abs() < 0.01);
}

#[test]
fn text_and_edges_stand_out_in_the_light_and_in_the_dark() {
    let dark_from = STYLE.find("prefers-color-scheme:dark").expect("dark colours");
    let light = list_colours(STYLE);
    let mut dark = light.clone();
    dark.extend(list_colours(&STYLE[dark_from..]));
    let mut pale = Vec::new();
    for (scheme, colours) in [("light", &light), ("dark", &dark)] {
        for (pairs, least) in [(TEXTS, 4.5), (EDGES, 3.0)] {
            for (front, back) in pairs {
                let ratio = contrast(colours[front], colours[back]);
                if ratio < least {
                    pale.push(format!("{scheme}: {front} on {back} has {ratio:.2}:1, less than {least}:1"));
                }
            }
        }
    }
    assert!(pale.is_empty(), "{}", pale.join("\n"));
}

#[test]
fn colours_are_named_in_one_place() {
    let after = STYLE.find("*{box-sizing").expect("the rules begin");
    // Paper has its own, black on white.
    let on_screen = STYLE[after..].lines().filter(|line| !line.starts_with("@media print{:root{"));
    let strange: Vec<&str> = on_screen.filter(|line| line.contains(":#")).collect();
    assert!(strange.is_empty(), "colours stand in :root, so that their contrast is known: {strange:?}");
}
