//! Many requests at once; the rate limiter holds back those that are too many.

use std::collections::BTreeMap;

use tokio::task::JoinSet;

use crate::error::Error;

/// Runs all futures concurrently; the outcomes are in the order of the futures.
pub(crate) async fn each<T, F>(futures: impl Iterator<Item = F>) -> Result<Vec<T>, Error>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut set = JoinSet::new();
    let mut count = 0;
    for (index, future) in futures.enumerate() {
        set.spawn(async move { (index, future.await) });
        count = index + 1;
    }
    let mut ended: BTreeMap<usize, T> = BTreeMap::new();
    while let Some(joined) = set.join_next().await {
        let (index, value) = joined.map_err(|_| Error::Interrupted)?;
        ended.insert(index, value);
    }
    if ended.len() != count {
        return Err(Error::Interrupted);
    }
    Ok(ended.into_values().collect())
}
