//! How people are called on pages, and found by what they are called.

/// By name, else by address.
pub(super) fn call<'a>(name: &'a str, email: &'a str) -> &'a str {
    if name.is_empty() { email } else { name }
}

/// The same of anybody: who is forgotten has no address.
pub(super) fn call_anybody<'a>(name: &'a str, email: Option<&'a str>) -> &'a str {
    call(name, email.unwrap_or("–"))
}

/// The same; to `discreet` readers without what stands behind the at sign: it tells where somebody works, a union too.
pub(super) fn call_discreetly(name: &str, email: Option<&str>, discreet: bool) -> String {
    call_anybody(name, email.map(|email| if discreet { strip_domain(email) } else { email })).to_owned()
}

fn strip_domain(email: &str) -> &str {
    email.rsplit_once('@').map_or(email, |(before, _)| before)
}

/// Whom somebody looks for.
pub(super) struct Sought {
    words: Vec<String>,
    whole: String,
    /// Part of an address finds all who have one of that employer: who may not know that finds an address by the whole of it.
    discreet: bool,
}

impl Sought {
    /// By what was typed.
    pub(super) fn new(typed: &str, discreet: bool) -> Sought {
        let whole = typed.trim().to_lowercase();
        Sought { words: whole.split_whitespace().map(str::to_owned).collect(), whole, discreet }
    }

    /// Nobody is looked for.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether every word is part of their name or address.
    pub(super) fn finds(&self, name: &str, email: &str) -> bool {
        let (name, email) = (name.to_lowercase(), email.to_lowercase());
        let text = if self.discreet { name } else { format!("{name} {email}") };
        email == self.whole || self.words.iter().all(|word| text.contains(word.as_str()))
    }
}
