use std::fmt::Display;
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(20);

/// Asks until the answer is `Ok`, at least once. An `Err` says what was seen instead; the last one
/// is printed when `within` has passed.
#[track_caller]
pub fn eventually<T, S: Display>(
    within: Duration,
    what: &str,
    mut probe: impl AsyncFnMut() -> Result<T, S>,
) -> impl Future<Output = T> {
    let caller = std::panic::Location::caller();
    async move {
        let start = Instant::now();
        loop {
            match probe().await {
                Ok(answer) => return answer,
                Err(seen) if start.elapsed() > within => {
                    panic!("{what}: not within {within:?} ({caller}); last seen: {seen}")
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_asks_until_the_answer_is_there() {
        let mut asked = 0;
        let answer = eventually(Duration::from_secs(60), "three", async || {
            asked += 1;
            if asked == 3 { Ok("there") } else { Err(asked) }
        });
        assert_eq!(answer.await, "there");
        assert_eq!(asked, 3);
    }

    #[tokio::test]
    #[should_panic(expected = "a miracle: not within 0ns (tests/src/eventually.rs")]
    async fn it_says_what_it_waited_for_and_where() {
        eventually(Duration::ZERO, "a miracle", async || {
            Err::<(), _>("the usual")
        })
        .await;
    }

    #[tokio::test]
    #[should_panic(expected = "last seen: the usual")]
    async fn it_says_what_it_saw_last() {
        eventually(Duration::ZERO, "a miracle", async || {
            Err::<(), _>("the usual")
        })
        .await;
    }
}
