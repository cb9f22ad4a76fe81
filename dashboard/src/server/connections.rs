//! The connections that are open, and which of them gives way when there are too many.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::AbortHandle;

use super::clients::Client;
use super::stream::Activity;

/// No newcomer waits in the kernel for a connection that does nothing.
pub struct Connections {
    most: usize,
    table: Mutex<Table>,
}

#[derive(Default)]
struct Table {
    held: HashMap<u64, Held>,
    last: u64,
}

struct Held {
    peer: Client,
    activity: Arc<Activity>,
    task: Option<AbortHandle>,
}

impl Connections {
    pub fn new(most: usize) -> Arc<Connections> {
        Arc::new(Connections {
            most,
            table: Mutex::default(),
        })
    }

    /// A place for a newcomer; none while all others are at work, or are of clients that hold less.
    pub fn admit(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let peer = Client::new(peer);
        let mut table = self.lock();
        if table.held.len() >= self.most {
            let own = table.held.values().filter(|it| it.peer == peer).count() + 1;
            table.close_one(own)?;
        }
        table.last += 1;
        let id = table.last;
        let activity = Arc::new(Activity::new());
        let held = Held {
            peer,
            activity: activity.clone(),
            task: None,
        };
        table.held.insert(id, held);
        Some(Place {
            id,
            activity,
            connections: self.clone(),
        })
    }

    /// Makes room where the machine has none.
    pub fn close_one(&self) {
        let _ = self.lock().close_one(1);
    }

    /// The task that uses a place, from now on.
    pub fn runs(&self, id: u64, task: AbortHandle) {
        if let Some(held) = self.lock().held.get_mut(&id) {
            held.task = Some(task);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Of the client that holds the most, the one that waits the longest: so a client who opens
    /// connections without end takes them from nobody but itself.
    fn close_one(&mut self, at_least: usize) -> Option<()> {
        let mut holds: HashMap<Client, usize> = HashMap::new();
        for held in self.held.values() {
            *holds.entry(held.peer).or_default() += 1;
        }
        // The newcomer counts for its client.
        let waiting = self.held.iter().filter_map(|(id, held)| {
            let held_by_it = *holds.get(&held.peer)?;
            let since = held.activity.waiting_since()?;
            (held_by_it + 1 >= at_least).then_some((held_by_it, std::cmp::Reverse(since), *id))
        });
        let (_, _, id) = waiting.max()?;
        if let Some(task) = self.held.remove(&id).and_then(|held| held.task) {
            task.abort();
        }
        Some(())
    }
}

/// The place of one connection, free again when it is dropped.
pub struct Place {
    pub id: u64,
    pub activity: Arc<Activity>,
    connections: Arc<Connections>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.lock().held.remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use std::time::Duration;

    use super::*;

    fn admit(connections: &Arc<Connections>, last: u8) -> Option<Place> {
        connections.admit(IpAddr::from([203, 0, 113, last]))
    }

    fn is_open(connections: &Connections, place: &Place) -> bool {
        connections.lock().held.contains_key(&place.id)
    }

    #[tokio::test(start_paused = true)]
    async fn who_holds_the_most_gives_way_with_what_waits_the_longest() {
        let connections = Connections::new(4);
        let mut places = Vec::new();
        for client in [9, 1, 1, 1] {
            places.push(admit(&connections, client).unwrap());
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        let open = |places: &[Place]| -> Vec<bool> {
            places.iter().map(|it| is_open(&connections, it)).collect()
        };
        places.push(admit(&connections, 2).unwrap());
        assert_eq!(open(&places), [true, false, true, true, true]);
        places[2].activity.answering();
        places.push(admit(&connections, 1).unwrap());
        assert_eq!(open(&places), [true, false, true, false, true, true]);
    }

    #[tokio::test]
    async fn nobody_is_cut_off_at_work_and_who_holds_the_most_gets_no_more() {
        let connections = Connections::new(3);
        let idle = admit(&connections, 9).unwrap();
        let busy = [1, 1].map(|client| admit(&connections, client).unwrap());
        busy.iter().for_each(|place| place.activity.answering());
        assert!(admit(&connections, 1).is_none(), "it would take another's");
        assert!(is_open(&connections, &idle));
        let newcomer = admit(&connections, 2).expect("as many are held by the other");
        newcomer.activity.answering();
        assert!(!is_open(&connections, &idle));
        assert!(admit(&connections, 3).is_none());
        assert!(busy.iter().all(|place| is_open(&connections, place)));
    }

    #[tokio::test]
    async fn a_place_is_free_again_and_its_task_ends() {
        let connections = Connections::new(1);
        let place = admit(&connections, 1).unwrap();
        let task = tokio::spawn(std::future::pending::<()>());
        connections.runs(place.id, task.abort_handle());
        let second = admit(&connections, 2).unwrap();
        assert!(task.await.unwrap_err().is_cancelled());
        drop(place);
        assert!(is_open(&connections, &second));
        drop(second);
        assert_eq!(connections.lock().held.len(), 0);
    }
}
