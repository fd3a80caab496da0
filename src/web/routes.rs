//! A router that knows its own paths. The pages are built from nothing else, so that a walk over all routes
//! forgets none: a new one is in the list, and stands unclassified until somebody says who may open it.

use axum::Router;
use axum::routing::MethodRouter;

use super::site::Site;

/// Routes with their paths.
pub(super) struct Routes {
    router: Router<Site>,
    paths: Vec<&'static str>,
}

impl Routes {
    /// None yet.
    pub(super) fn new() -> Routes {
        Routes { router: Router::new(), paths: Vec::new() }
    }

    /// One more path, `{name}` standing for a part of it.
    pub(super) fn route(mut self, path: &'static str, methods: MethodRouter<Site>) -> Routes {
        self.paths.push(path);
        Routes { router: self.router.route(path, methods), paths: self.paths }
    }

    /// These and others.
    pub(super) fn merge(mut self, other: Routes) -> Routes {
        self.paths.extend(other.paths);
        Routes { router: self.router.merge(other.router), paths: self.paths }
    }

    /// The paths, in the order in which they were given.
    pub(super) fn paths(&self) -> &[&'static str] {
        &self.paths
    }

    /// What answers them.
    pub(super) fn into_router(self) -> Router<Site> {
        self.router
    }
}
