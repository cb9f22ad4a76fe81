use std::net::SocketAddr;

use modstats_tests::{Theme, Window, browser, run};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const PAGE: &str = "<!doctype html><html lang=en><head><title>Page</title>\
    <link rel=icon href=data:,></head>\
    <body><main><h1 id=greeting data-kind=heading>Downloads <b>1 234</b></h1></main>\
    <script>document.title += ' with script'; console.error('broken')</script></body></html>";

/// Answers every request with the same page.
async fn serve(page: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close";
                let length = page.len();
                let reply = format!("{head}\r\ncontent-length: {length}\r\n\r\n{page}");
                let _ = stream.write_all(reply.as_bytes()).await;
            });
        }
    });
    address
}

#[tokio::test]
async fn a_page_is_read_as_a_reader_sees_it() {
    let origin = format!("http://{}", serve(PAGE).await);
    let window = Window {
        width: 390,
        height: 844,
        theme: Theme::Dark,
        javascript: true,
        ..Window::default()
    };
    let page = browser().await.page(window).await;
    assert_eq!(page.goto(&origin).await, 200);
    assert_eq!(page.text("#greeting").await, "Downloads 1 234");
    let kind = page.attribute("#greeting", "data-kind").await;
    assert_eq!(kind.as_deref(), Some("heading"));
    assert_eq!(page.attribute("#greeting", "absent").await, None);
    let seen = page
        .eval("[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches, document.title]")
        .await;
    assert_eq!(seen, json!([390, true, "Page with script"]));
    assert_eq!(page.errors().await, ["broken"]);

    let path = run::run().new_folder("screenshots").join("page.png");
    page.screenshot(&path).await;
    let png = std::fs::read(&path).unwrap();
    assert_eq!(png[..8], *b"\x89PNG\r\n\x1a\n");
    assert_eq!(png[16..20], 390_u32.to_be_bytes());
}

#[tokio::test]
async fn a_page_can_be_read_without_javascript() {
    let origin = format!("http://{}", serve(PAGE).await);
    let window = Window {
        javascript: false,
        ..Window::default()
    };
    let page = browser().await.page(window).await;
    page.goto(&origin).await;
    assert_eq!(page.eval("document.title").await, "Page");
}

#[tokio::test]
async fn requests_to_others_and_barriers_are_reported() {
    let other = serve("").await;
    let bad = format!("<html><body><img src=http://{other}/tracker.png></body></html>");
    let origin = format!("http://{}", serve(bad.leak()).await);
    let page = browser().await.page(Window::default()).await;
    page.goto(&origin).await;
    let outside = page.requests_outside(&origin).await;
    assert_eq!(outside, [format!("http://{other}/tracker.png")]);
    let rules: Vec<_> = page.violations().await.into_iter().map(|v| v.id).collect();
    for rule in ["image-alt", "html-has-lang", "document-title"] {
        assert!(rules.iter().any(|id| id == rule), "{rule} not in {rules:?}");
    }
}
