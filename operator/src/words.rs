//! Errors of the Kubernetes client in words for people.

/// The API server's own words where it answered; the client would print its whole answer.
pub fn words(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) if !status.message.is_empty() => status.message.clone(),
        error => error.to_string(),
    }
}
