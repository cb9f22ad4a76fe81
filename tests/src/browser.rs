//! A real, headless Chromium, driven by Playwright in `tools/browser.mjs`.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::{OnceCell, oneshot};

use crate::run::run;
use crate::tools;

/// The run's browser, started with the first call.
pub async fn browser() -> &'static Browser {
    static SHARED: OnceCell<Browser> = OnceCell::const_new();
    SHARED.get_or_init(async || Browser::start()).await
}

#[derive(Debug, Clone, Copy)]
pub enum Theme {
    Light,
    Dark,
}

/// What a page is looked at with.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    pub width: u32,
    pub height: u32,
    pub theme: Theme,
    pub javascript: bool,
    /// What the reader's browser asks for.
    pub language: &'static str,
}

impl Default for Window {
    fn default() -> Self {
        Self {
            width: 1280,
            height: 800,
            theme: Theme::Light,
            javascript: true,
            language: "en-US",
        }
    }
}

/// An accessibility rule that the page breaks, and the selectors of the elements that do.
#[derive(Debug, Deserialize)]
pub struct Violation {
    pub id: String,
    pub help: String,
    pub targets: Vec<String>,
}

#[derive(Deserialize)]
struct Reply {
    id: u64,
    result: Option<Value>,
    error: Option<String>,
}

/// Replies that are waited for, by request; `None` once the browser has ended.
type Waiting = Arc<Mutex<Option<HashMap<u64, oneshot::Sender<Reply>>>>>;

pub struct Browser {
    stdin: Mutex<ChildStdin>,
    requests: AtomicU64,
    waiting: Waiting,
    /// Ends by itself when `stdin` closes.
    _process: Child,
}

impl Browser {
    fn start() -> Self {
        let run = run();
        let mut process = run
            .command("node")
            .arg(tools::browser_script())
            .env("MODSTATS_TOOLS", tools::npm())
            .env("CHROME", tools::chromium())
            // Chromium's profile goes with the run's folder.
            .env("TMPDIR", run.new_folder("browser"))
            .envs(tools::chromium_environment())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("node: {error}. Install Node.js 20.11 or newer."));
        let waiting = Waiting::new(Mutex::new(Some(HashMap::new())));
        let stdout = process.stdout.take().expect("stdout is a pipe");
        let replies = Arc::clone(&waiting);
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let reply: Reply = serde_json::from_str(&line).expect("a reply is JSON");
                let mut waiting = replies.lock().unwrap();
                let sender = waiting.as_mut().and_then(|all| all.remove(&reply.id));
                if let Some(sender) = sender {
                    // Nobody waits for a page's closing.
                    let _ = sender.send(reply);
                }
            }
            replies.lock().unwrap().take();
        });
        Self {
            stdin: Mutex::new(process.stdin.take().expect("stdin is a pipe")),
            requests: AtomicU64::new(0),
            waiting,
            _process: process,
        }
    }

    /// A new page with a profile of its own.
    pub async fn page(&self, window: Window) -> Page<'_> {
        let Window {
            width,
            height,
            theme,
            javascript,
            language,
        } = window;
        let theme = match theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        let params = json!({
            "width": width, "height": height, "theme": theme, "javascript": javascript,
            "language": language,
        });
        let id = self
            .request("open", params)
            .await
            .unwrap_or_else(|error| panic!("the browser opens no page: {error}"));
        Page { browser: self, id }
    }

    /// Sends at once; the future only waits for the reply.
    fn request(
        &self,
        method: &str,
        params: Value,
    ) -> impl Future<Output = Result<Value, String>> + use<> {
        const ENDED: &str = "the browser has ended; its last words are above";
        let id = self.requests.fetch_add(1, Ordering::Relaxed);
        let (sender, receiver) = oneshot::channel();
        if let Some(waiting) = self.waiting.lock().unwrap().as_mut() {
            waiting.insert(id, sender);
        }
        let line = json!({"id": id, "method": method, "params": params});
        // If the pipe is broken, the sender is gone too, or soon will be.
        let _ = writeln!(self.stdin.lock().unwrap(), "{line}");
        async move {
            let reply = receiver.await.map_err(|_| ENDED.to_owned())?;
            match reply.error {
                Some(error) => Err(error),
                None => Ok(reply.result.unwrap_or(Value::Null)),
            }
        }
    }
}

/// One tab. Every method panics with the browser's words where something is not there.
pub struct Page<'a> {
    browser: &'a Browser,
    id: Value,
}

impl Page<'_> {
    async fn ask<T: serde::de::DeserializeOwned>(&self, method: &str, mut params: Value) -> T {
        let what = format!("{method} {params}");
        params["page"] = self.id.clone();
        let reply = self.browser.request(method, params).await;
        let value = reply.unwrap_or_else(|error| panic!("{what}: {error}"));
        serde_json::from_value(value.clone())
            .unwrap_or_else(|error| panic!("{what} gave {value}: {error}"))
    }

    /// From here on what has such an address, as `**/*.png`, can't be loaded.
    pub async fn block(&self, pattern: &str) {
        self.ask("block", json!({"pattern": pattern})).await
    }

    /// Shows `url` and waits until it has loaded; the HTTP status.
    pub async fn goto(&self, url: &str) -> u16 {
        self.ask("goto", json!({"url": url})).await
    }

    /// Goes back in the tab's history; the address.
    pub async fn back(&self) -> String {
        self.ask("back", json!({})).await
    }

    /// Goes forward in the tab's history; the address.
    pub async fn forward(&self) -> String {
        self.ask("forward", json!({})).await
    }

    /// What a reader sees of the one element that matches.
    pub async fn text(&self, selector: &str) -> String {
        self.ask("text", json!({"selector": selector})).await
    }

    pub async fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        self.ask("attribute", json!({"selector": selector, "name": name}))
            .await
    }

    /// The value of a JavaScript expression, awaited if it is a promise.
    pub async fn eval(&self, expression: &str) -> Value {
        self.ask("eval", json!({"expression": expression})).await
    }

    /// Waits until a JavaScript expression is true, also where the page is loaded anew meanwhile.
    pub async fn holds(&self, expression: &str) {
        self.ask("holds", json!({"expression": expression})).await
    }

    pub async fn click(&self, selector: &str) {
        self.ask("click", json!({"selector": selector})).await
    }

    /// Chooses the option of a value in the one `<select>` that matches.
    pub async fn choose(&self, selector: &str, value: &str) {
        self.ask("choose", json!({"selector": selector, "value": value}))
            .await
    }

    /// Presses a key, as `Shift+ArrowLeft`, on what has the focus.
    pub async fn press(&self, key: &str) {
        self.ask("press", json!({"key": key})).await
    }

    /// Drags the mouse along the one element that matches, between shares of its width.
    pub async fn drag(&self, selector: &str, from: f64, to: f64) {
        let params = json!({"selector": selector, "from": from, "to": to});
        self.ask("drag", params).await
    }

    /// Waits until an address is shown that contains `part`; the address.
    pub async fn arrive(&self, part: &str) -> String {
        self.ask("arrive", json!({"part": part})).await
    }

    /// From here on the page is seen as on paper, of a width in CSS pixels.
    pub async fn print(&self, width: u32) {
        self.ask("paper", json!({"width": width})).await
    }

    /// The whole page as PNG.
    pub async fn screenshot(&self, path: &Path) {
        self.ask("screenshot", json!({"path": path})).await
    }

    /// What the console shows as errors, breaches of the content security policy among them.
    pub async fn errors(&self) -> Vec<String> {
        self.ask("errors", json!({})).await
    }

    /// The addresses of everything that was asked for, except from `origin` and from within the
    /// page itself.
    pub async fn requests_outside(&self, origin: &str) -> Vec<String> {
        let mut urls: Vec<String> = self.ask("requests", json!({})).await;
        let inside = [&format!("{origin}/"), "data:", "blob:"];
        urls.retain(|url| !inside.iter().any(|start| url.starts_with(*start)));
        urls
    }

    /// What axe finds against WCAG 2.2 AA.
    pub async fn violations(&self) -> Vec<Violation> {
        self.ask("violations", json!({})).await
    }
}

impl Drop for Page<'_> {
    fn drop(&mut self) {
        drop(self.browser.request("close", json!({"page": self.id})));
    }
}
