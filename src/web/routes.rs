//! A router that knows its own paths. The pages are built from nothing else, so that a walk over all routes
//! forgets none: a new one is in the list, and stands unclassified until somebody says who may open it.
//!
//! A page of the desk says where it is registered which right it needs ([`Routes::staff`]). The one check stands before
//! its handlers, whatever they do, and hands them who comes; no handler can forget it.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::MethodRouter;

use super::admission::admit_staff;
use super::needs::Need;
use super::site::Site;

/// Routes with their paths.
pub(super) struct Routes {
    router: Router<Site>,
    paths: Vec<&'static str>,
    staff: Vec<(&'static str, Need, MethodRouter<Site>)>,
}

impl Routes {
    /// None yet.
    pub(super) fn new() -> Routes {
        Routes { router: Router::new(), paths: Vec::new(), staff: Vec::new() }
    }

    /// One more path, `{name}` standing for a part of it.
    pub(super) fn route(mut self, path: &'static str, methods: MethodRouter<Site>) -> Routes {
        self.paths.push(path);
        Routes { router: self.router.route(path, methods), ..self }
    }

    /// A page of the desk: its handlers are reached by staff who have the right, and take a `Staff`. A path whose methods
    /// need different things is given once for each.
    pub(super) fn staff(
        mut self,
        path: &'static str,
        need: impl Into<Need>,
        methods: MethodRouter<Site>,
    ) -> Routes {
        if !self.paths.contains(&path) {
            self.paths.push(path);
        }
        self.staff.push((path, need.into(), methods));
        self
    }

    /// These and others.
    pub(super) fn merge(mut self, other: Routes) -> Routes {
        self.paths.extend(other.paths);
        self.staff.extend(other.staff);
        Routes { router: self.router.merge(other.router), ..self }
    }

    /// The paths, in the order in which they were given.
    pub(super) fn paths(&self) -> &[&'static str] {
        &self.paths
    }

    /// The pages of the desk, each with what it needs.
    pub(super) fn needs(&self) -> Vec<(&'static str, Need)> {
        self.staff.iter().map(|(path, need, _)| (*path, *need)).collect()
    }

    /// What answers them.
    pub(super) fn into_router(self, site: &Site) -> Router<Site> {
        self.staff.into_iter().fold(self.router, |router, (path, need, methods)| {
            let check = from_fn_with_state((site.clone(), need), admit_staff);
            router.route(path, methods.route_layer(check))
        })
    }
}
