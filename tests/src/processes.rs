//! The machine's processes, from Linux's `/proc`.

use std::{fs, io};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub pid: i32,
    pub name: String,
    pub parent: i32,
    pub group: i32,
    /// Clock ticks after boot: tells a process from a later one with the same id.
    pub started: u64,
}

/// Every living process; zombies are none.
pub fn processes() -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for folder in fs::read_dir("/proc")? {
        let name = folder?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        // A process that has just ended has no `stat` any more.
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        entries.extend(parse(pid, &stat));
    }
    Ok(entries)
}

/// `pid (name) state parent group …`, where the name may hold anything; see proc_pid_stat(5).
fn parse(pid: i32, stat: &str) -> Option<Entry> {
    let (start, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let living = !matches!(*fields.first()?, "Z" | "X");
    living.then_some(Entry {
        pid,
        name: start.split_once('(')?.1.to_owned(),
        parent: fields.get(1)?.parse().ok()?,
        group: fields.get(2)?.parse().ok()?,
        started: fields.get(19)?.parse().ok()?,
    })
}
