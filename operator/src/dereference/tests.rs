use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::FutureExt;
use http::{Request, Response};
use kube::client::Body;
use serde_json::json;

use super::*;

/// Otherwise a run that has just ended would look as if it had told nothing.
#[tokio::test]
async fn pods_are_read_when_their_jobs_have_been() {
    let jobs_are_read = Arc::new(AtomicBool::new(false));
    let read = jobs_are_read.clone();
    let service = tower::service_fn(move |request: Request<Body>| {
        let (path, read) = (request.uri().path().to_owned(), read.clone());
        async move {
            if path.ends_with("/pods") {
                assert!(read.load(Ordering::Relaxed));
            }
            tokio::task::yield_now().await;
            if path.ends_with("/jobs") {
                read.store(true, Ordering::Relaxed);
            }
            let none = json!({"metadata": {}, "items": []}).to_string();
            Ok::<_, kube::Error>(Response::new(Body::from(none.into_bytes())))
        }
        .boxed()
    });
    let client = Client::new(service, "mods");
    let found = dereference(&client, "mods", "gears", None, Timestamp::UNIX_EPOCH).await;
    found.unwrap();
    assert!(jobs_are_read.load(Ordering::Relaxed));
}
