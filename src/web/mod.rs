//! Pages. The only room that names axum.
//!
//! Handlers are small: open what the token opens, ask `feedback`, fill a typed context, answer with a
//! page that works without JavaScript. GET and HEAD never change anything: see [`site`].

mod access;
mod admission;
mod archive;
mod assets;
mod calling;
mod choice;
mod connections;
mod days;
mod deposit;
mod desk_frame;
mod door;
mod effects;
mod headers;
mod held;
mod hits;
mod inbox;
mod item_view;
mod layers;
mod lead;
mod leaving;
mod limits;
mod mailbox;
mod mailing;
mod message;
mod needs;
mod note;
mod once;
mod organisation;
mod part;
mod passing_over;
mod paths;
mod people;
mod prefs;
mod progress;
mod public;
mod queue;
mod reasons;
mod received;
mod recipient;
mod refusal;
mod refused;
mod robots;
mod routes;
mod scripted;
mod settings;
mod site;
mod staff;
mod statements;
mod templates;
mod topics;
mod unions;
mod visitor;
mod words;

use axum::Router;
use axum::extract::{OriginalUri, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

pub use deposit::{DepositError, Index, Press, Progress, Put, pack_deposit, write_deposit};

use crate::app::App;
use crate::staff::{Reach, Right, Rights};
use connections::{BOUNDS, serve_connections};
use refusal::{Refusal, Why};
use routes::Routes;
use site::{Face, Site};

/// Serves the pages on `listener` until `shutdown`; requests under way are finished first.
pub async fn serve(app: &App, listener: TcpListener, shutdown: CancellationToken) -> anyhow::Result<()> {
    run(routes(app).await?, listener, shutdown).await
}

/// The same with the demo's inbox of all letters, which stands open; outside a demo it lies at the desk.
pub async fn serve_demo(app: &App, listener: TcpListener, shutdown: CancellationToken) -> anyhow::Result<()> {
    run(demo_routes(app).await?, listener, shutdown).await
}

/// All routes of `serve` with their layers.
pub async fn routes(app: &App) -> anyhow::Result<Router> {
    build(Face::Serve, app).await
}

/// All routes of `demo` with their layers.
pub async fn demo_routes(app: &App) -> anyhow::Result<Router> {
    build(Face::Demo, app).await
}

async fn run(routes: Router, listener: TcpListener, shutdown: CancellationToken) -> anyhow::Result<()> {
    let pages = serve_connections(routes, listener, shutdown, BOUNDS);
    // A task of its own: in the task that also plans, a connection would be answered only once a plan has been made.
    AbortOnDropHandle::new(tokio::spawn(pages)).await?;
    Ok(())
}

/// The paths of all routes, as they are written in the code (`/i/{slug}`): those of `demo`, which are those of
/// `serve` and the open inbox.
pub fn list_paths() -> Vec<&'static str> {
    table(Face::Demo, true).paths().to_vec()
}

/// The pages of the desk, each with the rights of which it needs one; none: an account is enough.
pub fn list_staff_paths() -> Vec<(&'static str, Option<Vec<Right>>)> {
    let mut needs = table(Face::Demo, true).needs();
    needs.dedup_by_key(|(path, _)| *path);
    needs.into_iter().map(|(path, need)| (path, need.rights())).collect()
}

/// The pages of the desk that open to accounts that are bound to an organisation, if they have the right that it needs.
pub fn list_partner_paths() -> Vec<&'static str> {
    let people: Rights = [Right::People].into_iter().collect();
    let bound = Reach::Organisation(String::new());
    let needs = table(Face::Demo, true).needs().into_iter();
    needs.filter(|(_, need)| need.is_met_by(&people, &bound)).map(|(path, _)| path).collect()
}

async fn build(face: Face, app: &App) -> anyhow::Result<Router> {
    let routes = table(face, app.config.mailbox_folder().is_some());
    let site = Site::open(app, routes.needs()).await?;
    let router = routes.into_router(&site).fallback(|| async { Refusal::from(Why::NotFound) });
    Ok(layers::wrap(router, site))
}

/// `keeps_letters`: they lie in a mailbox on this machine, which the desk shows to whoever administers.
fn table(face: Face, keeps_letters: bool) -> Routes {
    let front = match face {
        Face::Demo => public::routes().merge(inbox::routes()).merge(lead::demo_routes()),
        Face::Serve => public::routes().route("/", get(public::show_front)),
    };
    let inbox = if keeps_letters { inbox::desk_routes() } else { Routes::new() };
    front
        .merge(inbox)
        .merge(recipient::routes())
        .merge(prefs::routes())
        .merge(statements::routes())
        .merge(part::routes())
        .merge(archive::routes())
        .merge(organisation::routes())
        .merge(access::routes())
        .merge(lead::routes())
        .merge(queue::routes())
        .merge(mailing::routes())
        .merge(people::routes())
        .merge(progress::routes())
        .merge(effects::routes())
        .merge(hits::routes())
        .merge(settings::routes())
        .merge(topics::routes())
        .merge(robots::routes())
        .route("/assets/{name}", get(show_asset))
        .route("/healthz", get(|| async { "ok\n" }))
}

/// A file whose name carries its hash: kept for a year, never asked for again.
async fn show_asset(State(site): State<Site>, OriginalUri(uri): OriginalUri) -> Result<Response, Refusal> {
    let (media_type, bytes) = site.assets().find(uri.path()).ok_or(Why::NotFound)?;
    let headers =
        [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, bytes.to_vec()).into_response())
}
