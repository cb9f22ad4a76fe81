//! Which address shows what.

mod asked;

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use modstats_store::model::Platform;
use warp::filters::BoxedFilter;
use warp::reject::{MethodNotAllowed, Rejection};
use warp::reply::Response as Reply;
use warp::{Filter, header, path};

use crate::api::Endpoint;
use crate::app::App;
use crate::query::ModKey;
use crate::reply::{of_entry, plain};
use crate::trouble::Trouble;
use crate::view::View;
use asked::TableFile;

/// Boxed each for itself: the type of a chain of them takes the compiler minutes.
type Route = BoxedFilter<(Reply,)>;

/// Every route. A trouble travels in the reply's extensions, to be told where the request is
/// known whole.
pub fn routes(app: &Arc<App>) -> Route {
    let mods = view(app, path::end().map(|| ()), |app, (), raw| {
        app.asked(raw, View::Mods)
    });
    let others = [
        view(app, path!(TableFile), App::asked_table),
        view(app, tabs_table(), App::asked_tabs_table),
        view(app, tab(), App::asked_tab),
        view(app, kiosk(), |app, key, raw| {
            app.asked(raw, |query| View::Kiosk {
                key: key.clone(),
                query,
            })
        }),
        view(app, path!("compare").map(|| ()), |app, (), raw| {
            app.asked(raw, View::Compare)
        }),
        view(app, path!("runs").map(|| ()), |app, (), raw| {
            app.asked(raw, View::Runs)
        }),
        view(
            app,
            path!("api" / "v1" / ..).and(path::full()),
            App::asked_api,
        ),
        path!("api" / "openapi.json")
            .and(reading(app))
            .and(header::headers_cloned())
            .map(|app: Arc<App>, headers| of_entry(&app.spec, &headers))
            .boxed(),
        path!("api")
            .and(reading(app))
            .and(query())
            .and(header::headers_cloned())
            .map(|app: Arc<App>, raw: String, headers| told(app.reference(&raw, &headers)))
            .boxed(),
        path!("assets" / String)
            .and(reading(app))
            .and(header::headers_cloned())
            .map(|name: String, app: Arc<App>, headers| told(app.asset(&name, &headers)))
            .boxed(),
        path!("preferences")
            .and(warp::post())
            .and(sharing(app))
            .and(header::headers_cloned())
            .and(warp::body::bytes())
            .map(|app: Arc<App>, headers, form: Bytes| told(app.prefer(&headers, &form)))
            .boxed(),
        path!("healthz")
            .and(reading(app))
            .map(|_| plain("alive\n"))
            .boxed(),
        path!("readyz")
            .and(reading(app))
            .map(|app: Arc<App>| app.ready())
            .boxed(),
        path!("metrics")
            .and(reading(app))
            .then(|app: Arc<App>| async move { told(app.metrics_text().await) })
            .boxed(),
    ];
    let either = |one: Route, other: Route| one.or(other).unify().boxed();
    let all = others.into_iter().fold(mods, either);
    all.recover(rejected).unify().boxed()
}

/// What a path and its query ask for.
fn view<T: Send + 'static>(
    app: &Arc<App>,
    path: impl Filter<Extract = (T,), Error = Rejection> + Clone + Send + Sync + 'static,
    asked: fn(&App, T, &str) -> Result<View, Trouble>,
) -> Route {
    path.and(reading(app))
        .and(query())
        .and(header::headers_cloned())
        .then(
            move |place, app: Arc<App>, raw: String, headers| async move {
                told(match asked(&app, place, &raw) {
                    Ok(view) => app.show(view, headers).await,
                    Err(trouble) => Err(trouble),
                })
            },
        )
        .boxed()
}

fn sharing(app: &Arc<App>) -> BoxedFilter<(Arc<App>,)> {
    let app = app.clone();
    warp::any().map(move || app.clone()).boxed()
}

/// Requests that change nothing.
fn reading(app: &Arc<App>) -> BoxedFilter<(Arc<App>,)> {
    let reading = warp::get().or(warp::head()).unify();
    reading.and(sharing(app)).boxed()
}

/// As it came; empty if there is none.
fn query() -> BoxedFilter<(String,)> {
    let none = warp::any().map(String::new);
    warp::query::raw().or(none).unify().boxed()
}

/// A tab of a mod; none is its Overview.
fn tab() -> BoxedFilter<((ModKey, Option<String>),)> {
    let overview =
        path!("mods" / String / String).map(|namespace, name| (ModKey { namespace, name }, None));
    let tab = path!("mods" / String / String / String)
        .map(|namespace, name, tab| (ModKey { namespace, name }, Some(tab)));
    overview.or(tab).unify().boxed()
}

fn kiosk() -> BoxedFilter<(ModKey,)> {
    path!("kiosk" / String / String)
        .map(|namespace, name| ModKey { namespace, name })
        .boxed()
}

/// A table of a mod's tab.
fn tabs_table() -> BoxedFilter<((ModKey, Option<Platform>, TableFile),)> {
    let of_mod = path!("mods" / String / String / TableFile)
        .map(|namespace, name, file| (ModKey { namespace, name }, None, file));
    let of_platform = path!("mods" / String / String / Platform / TableFile)
        .map(|namespace, name, platform, file| (ModKey { namespace, name }, Some(platform), file));
    of_mod.or(of_platform).unify().boxed()
}

fn told(result: Result<Reply, Trouble>) -> Reply {
    result.unwrap_or_else(|trouble| {
        let mut reply = Reply::default();
        reply.extensions_mut().insert(trouble);
        reply
    })
}

async fn rejected(rejection: Rejection) -> Result<Reply, Infallible> {
    let trouble = match rejection.find::<MethodNotAllowed>() {
        Some(_) => Trouble::MethodNotAllowed("GET, HEAD"),
        None => Trouble::NotFound,
    };
    Ok(told(Err(trouble)))
}

/// What programs ask for, and get troubles from in their own language.
pub fn is_of_api(path: &str) -> bool {
    path.starts_with("/api/")
}

/// As in the header Allow. Other sites' scripts may read the API, and ask before whether they may.
pub fn methods_of(path: &str) -> &'static str {
    match path {
        "/preferences" => "POST",
        path if is_of_api(path) => "GET, HEAD, OPTIONS",
        _ => "GET, HEAD",
    }
}

/// The route of a path, for metrics: names must not become labels.
pub fn route_of(path: &str) -> &'static str {
    if let Some((endpoint, _)) = Endpoint::of(path) {
        return endpoint.path();
    }
    let segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    match segments.as_slice() {
        [] => "/",
        ["mods", _, _] => "/mods/{namespace}/{name}",
        ["mods", _, _, "modrinth"] => "/mods/{namespace}/{name}/modrinth",
        ["mods", _, _, "curseforge"] => "/mods/{namespace}/{name}/curseforge",
        ["mods", _, _, "modpacks"] => "/mods/{namespace}/{name}/modpacks",
        ["mods", _, _, "history"] => "/mods/{namespace}/{name}/history",
        ["mods", _, _, "modpacks.csv"] => "/mods/{namespace}/{name}/modpacks.csv",
        ["mods", _, _, "modpacks.json"] => "/mods/{namespace}/{name}/modpacks.json",
        ["mods", _, _, "modrinth" | "curseforge", "versions.csv"] => {
            "/mods/{namespace}/{name}/{platform}/versions.csv"
        }
        ["mods", _, _, "modrinth" | "curseforge", "versions.json"] => {
            "/mods/{namespace}/{name}/{platform}/versions.json"
        }
        ["mods", _, _, "modrinth" | "curseforge", "tags.csv"] => {
            "/mods/{namespace}/{name}/{platform}/tags.csv"
        }
        ["mods", _, _, "modrinth" | "curseforge", "tags.json"] => {
            "/mods/{namespace}/{name}/{platform}/tags.json"
        }
        ["mods", _, _, "modrinth" | "curseforge", "publishing.csv"] => {
            "/mods/{namespace}/{name}/{platform}/publishing.csv"
        }
        ["mods", _, _, "modrinth" | "curseforge", "publishing.json"] => {
            "/mods/{namespace}/{name}/{platform}/publishing.json"
        }
        ["mods", _, _, "history.csv"] => "/mods/{namespace}/{name}/history.csv",
        ["mods", _, _, "history.json"] => "/mods/{namespace}/{name}/history.json",
        ["kiosk", _, _] => "/kiosk/{namespace}/{name}",
        ["compare.csv"] => "/compare.csv",
        ["compare.json"] => "/compare.json",
        ["mods.csv"] => "/mods.csv",
        ["mods.json"] => "/mods.json",
        ["runs.csv"] => "/runs.csv",
        ["runs.json"] => "/runs.json",
        ["compare"] => "/compare",
        ["runs"] => "/runs",
        ["preferences"] => "/preferences",
        ["api"] => "/api",
        ["api", "openapi.json"] => "/api/openapi.json",
        ["healthz"] => "/healthz",
        ["readyz"] => "/readyz",
        ["metrics"] => "/metrics",
        ["assets", _] => "/assets/{file}",
        _ => "other",
    }
}
