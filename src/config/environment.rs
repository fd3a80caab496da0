//! The process's environment, read by name where the file names a variable, and for what is logged: never anywhere else.

use std::collections::BTreeMap;

use super::Secret;

/// Variables that the file may name, such as `password_env = "NAME"`. By default there are none.
#[derive(Debug, Clone, Default)]
pub struct Environment(Source);

#[derive(Debug, Clone)]
enum Source {
    Process,
    Given(BTreeMap<String, Secret>),
}

impl Default for Source {
    fn default() -> Source {
        Source::Given(BTreeMap::new())
    }
}

impl Environment {
    /// The process's own.
    pub fn of_process() -> Environment {
        Environment(Source::Process)
    }

    /// These and no others.
    pub fn of(variables: impl IntoIterator<Item = (String, Secret)>) -> Environment {
        Environment(Source::Given(variables.into_iter().collect()))
    }

    /// What a variable holds; nothing if it is not set, empty or not UTF-8.
    pub fn find(&self, name: &str) -> Option<Secret> {
        let found = match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads a variable by its name")]
            Source::Process => std::env::var(name).ok().map(Secret::new),
            Source::Given(variables) => variables.get(name).cloned(),
        };
        found.filter(|secret| !secret.expose().is_empty())
    }
}
