//! A real PostgreSQL server that demands TLS, as the ones that users have.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use modstats_store::{Authority, Password, PostgresSettings, Tls, Waits};
use rustix::process::{Pid, Signal, geteuid, kill_process};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr};
use tokio::sync::OnceCell;

use crate::run::{Run, free_port, run};
use crate::{Certificate, eventually, tools};

/// PostgreSQL refuses to run as root. This is `nobody`, which every Linux knows.
const UNPRIVILEGED: u32 = 65534;
const STARTUP: Duration = Duration::from_secs(60);
const SUPERUSER: &str = "postgres";
const PASSWORD: &str = "harness";

/// The run's server, started with the first call.
pub async fn postgres() -> &'static Postgres {
    static SHARED: OnceCell<Postgres> = OnceCell::const_new();
    SHARED.get_or_init(Postgres::start).await
}

pub struct Postgres {
    server: Server,
    data: PathBuf,
    certificate: Certificate,
    port: u16,
    process: Child,
    databases: AtomicU32,
}

/// An empty database, and the role that owns it.
#[derive(Debug, Clone)]
pub struct Database {
    pub host: String,
    pub port: u16,
    pub dbname: String,
    pub username: String,
    pub password: String,
    /// The authority that signed the server's certificate.
    pub ca_path: PathBuf,
}

impl Database {
    /// For the store, with a certificate that is checked as users' are.
    pub fn settings(&self) -> PostgresSettings {
        PostgresSettings {
            host: self.host.clone(),
            port: self.port,
            dbname: self.dbname.clone(),
            username: self.username.clone(),
            password: Password::new(&self.password),
            tls: Tls::VerifyFull {
                ca: Some(Authority::File(self.ca_path.clone())),
            },
            waits: Waits::default(),
        }
    }

    /// For a program, in its environment.
    pub fn environment(&self) -> [(&'static str, String); 6] {
        [
            ("MODSTATS_DATABASE_HOST", self.host.clone()),
            ("MODSTATS_DATABASE_PORT", self.port.to_string()),
            ("MODSTATS_DATABASE_DBNAME", self.dbname.clone()),
            ("MODSTATS_DATABASE_USERNAME", self.username.clone()),
            ("MODSTATS_DATABASE_PASSWORD", self.password.clone()),
            ("MODSTATS_DATABASE_CA", self.ca_path.display().to_string()),
        ]
    }

    pub fn url(&self) -> String {
        let Self {
            host,
            port,
            dbname,
            username,
            password,
            ca_path,
        } = self;
        format!(
            "postgres://{username}:{password}@{host}:{port}/{dbname}?sslmode=verify-full&sslrootcert={}",
            ca_path.display()
        )
    }

    /// The same database for the superuser of the server.
    pub fn administration(&self) -> Database {
        Database {
            username: SUPERUSER.to_owned(),
            password: PASSWORD.to_owned(),
            ..self.clone()
        }
    }

    async fn connect(&self) -> Result<DatabaseConnection, DbErr> {
        sea_orm::Database::connect(self.url()).await
    }
}

impl Postgres {
    /// A server of one's own.
    pub async fn start() -> Self {
        let run = run();
        let folder = run.new_folder("postgres");
        let log = folder.join("log");
        fs::write(&log, "").expect("the run's folder is writable");
        let server = Server {
            run,
            programs: readable_programs(run),
            log: log.clone(),
        };
        let data = folder.join("data");
        let password = folder.join("password");
        fs::write(&password, PASSWORD).expect("the run's folder is writable");
        let certificate = Certificate::create(&folder);
        give_away(&folder);
        for entry in fs::read_dir(&folder).expect("the folder was just made") {
            give_away(&entry.expect("the folder was just made").path());
        }

        let initialised = server
            .command("initdb")
            .arg("--pgdata")
            .arg(&data)
            .arg("--pwfile")
            .arg(&password)
            .args(["--username", SUPERUSER, "--auth", "scram-sha-256"])
            .args(["--encoding", "UTF8", "--no-locale", "--no-sync"])
            .status()
            .unwrap_or_else(|error| panic!("initdb: {error}"));
        assert!(initialised.success(), "initdb: {}", server.log());
        fs::write(
            data.join("pg_hba.conf"),
            "hostssl all all 127.0.0.1/32 scram-sha-256\n",
        )
        .expect("initdb made the folder");

        let port = free_port();
        let mut postgres = Self {
            process: server.postgres(&data, &certificate, port),
            server,
            data,
            certificate,
            port,
            databases: AtomicU32::new(0),
        };
        postgres.is_up().await;
        postgres
    }

    /// Crashes it: the connections break off, and there are no new ones.
    pub fn crash(&mut self) {
        let pid = i32::try_from(self.process.id())
            .ok()
            .and_then(Pid::from_raw);
        kill_process(pid.expect("a process"), Signal::QUIT).expect("the server runs");
        self.process.wait().expect("it is our child");
    }

    /// Starts it again where it was.
    pub async fn recover(&mut self) {
        self.process = self
            .server
            .postgres(&self.data, &self.certificate, self.port);
        self.is_up().await;
    }

    async fn is_up(&mut self) {
        let administration = self.administration();
        eventually(STARTUP, "PostgreSQL accepts connections", async || {
            if let Ok(Some(status)) = self.process.try_wait() {
                panic!("PostgreSQL ended with {status}:\n{}", self.server.log());
            }
            match administration.connect().await {
                Ok(connection) => Ok(connection.close().await),
                Err(error) => Err(format!("{error}\n{}", self.server.log())),
            }
        })
        .await
        .expect("the connection closes");
    }

    fn administration(&self) -> Database {
        Database {
            host: "localhost".to_owned(),
            port: self.port,
            dbname: "postgres".to_owned(),
            username: SUPERUSER.to_owned(),
            password: PASSWORD.to_owned(),
            ca_path: self.certificate.authority.clone(),
        }
    }

    /// The server's process id.
    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// A new, empty database, owned by a role of its own that is no superuser. It lives as long as
    /// the server.
    pub async fn database(&self) -> Database {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let connection = self
            .administration()
            .connect()
            .await
            .expect("the server accepts connections");
        for statement in [
            format!("CREATE ROLE {name} LOGIN PASSWORD '{name}'"),
            format!("CREATE DATABASE {name} OWNER {name}"),
        ] {
            connection
                .execute_unprepared(&statement)
                .await
                .unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
        connection.close().await.expect("the connection closes");
        Database {
            dbname: name.clone(),
            username: name.clone(),
            password: name,
            ..self.administration()
        }
    }
}

impl Postgres {
    /// A copy of a database that nobody is connected to, for the same role.
    pub async fn copy_of(&self, database: &Database) -> Database {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let connection = self
            .administration()
            .connect()
            .await
            .expect("the server accepts connections");
        let statement = format!(
            "CREATE DATABASE {name} OWNER {} TEMPLATE {}",
            database.username, database.dbname
        );
        // A connection that was closed may still be on its way out.
        eventually(STARTUP, "the database is copied", async || {
            let copied = connection.execute_unprepared(&statement).await;
            copied.map_err(|error| error.to_string())
        })
        .await;
        connection.close().await.expect("the connection closes");
        Database {
            dbname: name,
            ..database.clone()
        }
    }
}

struct Server {
    run: &'static Run,
    programs: PathBuf,
    log: PathBuf,
}

impl Server {
    fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_else(|error| error.to_string())
    }

    fn command(&self, program: &str) -> Command {
        let log = || {
            fs::OpenOptions::new()
                .append(true)
                .open(&self.log)
                .expect("the log is writable")
        };
        let mut command = self.run.command(self.programs.join(program));
        command.stdout(log()).stderr(log()).current_dir("/");
        unprivileged(&mut command);
        command
    }

    fn postgres(&self, data: &Path, certificate: &Certificate, port: u16) -> Child {
        let mut command = self.command("postgres");
        command.arg("-D").arg(data);
        for (setting, value) in [
            ("port", port.to_string()),
            ("listen_addresses", "127.0.0.1".to_owned()),
            ("unix_socket_directories", String::new()),
            ("max_connections", "200".to_owned()),
            ("ssl", "on".to_owned()),
            (
                "ssl_cert_file",
                certificate.certificate.display().to_string(),
            ),
            ("ssl_key_file", certificate.key.display().to_string()),
            // The data need not outlive a power cut.
            ("fsync", "off".to_owned()),
            ("synchronous_commit", "off".to_owned()),
            ("full_page_writes", "off".to_owned()),
        ] {
            command.arg("-c").arg(format!("{setting}={value}"));
        }
        command
            .spawn()
            .unwrap_or_else(|error| panic!("postgres: {error}"))
    }
}

fn unprivileged(command: &mut Command) {
    if geteuid().is_root() {
        command.uid(UNPRIVILEGED).gid(UNPRIVILEGED);
    }
}

fn give_away(path: &Path) {
    if geteuid().is_root() {
        chown(path, Some(UNPRIVILEGED), Some(UNPRIVILEGED)).expect("root may give files away");
    }
}

/// The folder of the server's programs; a copy of it where the unprivileged user can't reach it.
fn readable_programs(run: &Run) -> PathBuf {
    let programs = tools::postgres();
    let mut probe = run.command(programs.join("postgres"));
    probe.arg("--version").current_dir("/");
    unprivileged(&mut probe);
    match probe.output() {
        Ok(output) if output.status.success() => programs,
        Ok(output) => panic!(
            "{}/postgres --version: {}",
            programs.display(),
            String::from_utf8_lossy(&output.stderr)
        ),
        Err(_) => {
            let package = programs.parent().expect("bin lies in the package");
            let copy = run.folder().join("postgres-programs");
            let status = run
                .command("cp")
                .arg("-a")
                .args([package, &copy])
                .status()
                .expect("cp runs");
            assert!(status.success(), "cp -a {}", package.display());
            copy.join("bin")
        }
    }
}
