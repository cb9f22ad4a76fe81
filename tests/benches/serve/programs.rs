//! The servers, as their users run them.

use std::process::Child;
use std::time::Duration;

use http::header::{CONTENT_LENGTH, DATE, HeaderMap, TRANSFER_ENCODING};
use modstats_tests::processes::processes;
use modstats_tests::run::{free_port, run};
use modstats_tests::{Database, Process, eventually, tools};
use reqwest::Client;

const STARTUP: Duration = Duration::from_secs(30);

/// Starts the dashboard, and returns its address, too.
pub async fn dashboard(database: &Database) -> (Process, String) {
    let (mut program, address) = start_dashboard(database);
    program
        .wait_for_line(STARTUP, "the dashboard is listening")
        .await;
    (program, address)
}

/// Starts the dashboard without waiting for anything.
pub fn start_dashboard(database: &Database) -> (Process, String) {
    let address = format!("127.0.0.1:{}", free_port());
    let database = database.environment();
    let mut environment = vec![("MODSTATS_LISTEN", address.as_str())];
    environment.extend(database.iter().map(|(name, value)| (*name, value.as_str())));
    let program = Process::start("modstats-dashboard", &[], &environment);
    (program, format!("http://{address}"))
}

/// A client that takes what is sent as it is, and follows no redirect.
pub fn client() -> Client {
    let client = Client::builder().no_gzip();
    client
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

/// nginx with one file on as many processes as there are processors.
pub struct Nginx {
    process: Child,
    pub url: String,
}

impl Nginx {
    /// Serves these very bytes with these very headers.
    pub async fn start(headers: &HeaderMap, body: &[u8]) -> Nginx {
        let folder = run().new_folder("nginx");
        std::fs::write(folder.join("page"), body).unwrap();
        let port = free_port();
        let own = [CONTENT_LENGTH, DATE, TRANSFER_ENCODING];
        let added: String = headers
            .iter()
            .filter(|(name, _)| !own.contains(name) && *name != "content-type")
            .map(|(name, value)| {
                let value = value.to_str().unwrap().replace('"', "\\\"");
                format!("    add_header {name} \"{value}\";\n")
            })
            .collect();
        let config = format!(
            "daemon off;
pid nginx.pid;
worker_processes auto;
events {{}}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000;
  open_file_cache max=10;
  etag off;
  default_type '{}';
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  server {{
    listen 127.0.0.1:{port};
    root .;
{added}  }}
}}
",
            headers["content-type"].to_str().unwrap()
        );
        std::fs::write(folder.join("nginx.conf"), config).unwrap();
        let process = run()
            .command(tools::nginx())
            .args(["-e", "errors", "-c", "nginx.conf", "-p"])
            .arg(&folder)
            .current_dir(&folder)
            .envs(tools::benchmarks_environment())
            // For nginx this is a list of sockets that it takes over.
            .env_remove("NGINX")
            .spawn()
            .unwrap();
        let nginx = Nginx {
            process,
            url: format!("http://127.0.0.1:{port}/page"),
        };
        let served = eventually(STARTUP, "nginx answers", async || {
            let answer = client().get(&nginx.url).send().await;
            match answer.and_then(reqwest::Response::error_for_status) {
                Ok(answer) => Ok(answer),
                Err(error) => {
                    let said = std::fs::read_to_string(folder.join("errors"));
                    Err(format!("{error}; {}", said.unwrap_or_default()))
                }
            }
        })
        .await;
        for name in headers.keys().filter(|name| *name != DATE) {
            assert_eq!(served.headers().get(name), headers.get(name));
        }
        assert!(served.bytes().await.unwrap() == body);
        nginx
    }

    pub fn processes(&self) -> Vec<u32> {
        family(self.process.id())
    }
}

/// A process and its children.
pub fn family(of: u32) -> Vec<u32> {
    let all = processes().unwrap().into_iter();
    let children = all.filter(|it| it.parent == of.cast_signed());
    let children = children.map(|it| it.pid.cast_unsigned());
    children.chain([of]).collect()
}
