use crate::operation::OperationError;

/// Does it to its end, also when whoever asked for it goes away meanwhile.
pub(super) async fn unbroken<T: Send + 'static>(
    work: impl Future<Output = Result<T, OperationError>> + Send + 'static,
) -> Result<T, OperationError> {
    match tokio::spawn(work).await {
        Ok(done) => done,
        // Nobody aborts it, so it can only have panicked.
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn what_was_begun_goes_on_when_nobody_waits_for_it() {
        let (go_on, going_on) = oneshot::channel::<()>();
        let (end, ended) = oneshot::channel();
        let asked = unbroken(async move {
            going_on.await.expect("told to go on");
            end.send(()).expect("somebody looks");
            Ok(())
        });
        assert!(futures::poll!(Box::pin(asked)).is_pending());
        // Whoever asked is gone by now.
        go_on.send(()).expect("it goes on");
        ended.await.expect("it came to its end");
    }
}
