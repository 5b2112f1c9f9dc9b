//! The merchant's tax rates, and the items that have one.
//!
//! Items show their rates only with `expand=taxRates`, and Clover refuses the whole call to some
//! apps. So the rates have a request of their own, which may be refused without any harm.

use clover_core::ids::TaxRateId;

use crate::concurrent::each;
use crate::error::Error;
use crate::http::{Access, Api};
use crate::paging::RawPage;

/// The field of an item that the rates stand for among the [withheld](crate::withheld) ones.
pub const TAX_RATES: &str = "taxRates";

/// The list of all rates.
///
/// # Errors
/// As [`Api::get`].
pub async fn rates(api: Api, access: Access) -> Result<Vec<RawPage>, Error> {
    api.list_all(&access, "tax_rates", &[]).await
}

/// As [`rates`]; none if Clover does not show them to this app, which then is remembered as a
/// withheld field. A 401 counts as that only if the same token can read something else: it must
/// not cause a token refresh in each run.
///
/// # Errors
/// As [`Api::get`].
pub async fn rates_if_shown(api: Api, access: Access) -> Result<Option<Vec<RawPage>>, Error> {
    let refusal = match rates(api.clone(), access.clone()).await {
        Ok(pages) => return Ok(Some(pages)),
        Err(error) => error,
    };
    match &refusal {
        Error::Unauthorized { call, .. } if call.status != Some(403) => {
            api.get(&access, "items", &[("limit", "1")]).await?;
        }
        Error::Unauthorized { .. } | Error::NotFound { .. } | Error::Rejected { .. } => {}
        _ => return Err(refusal),
    }
    log::warn!("{refusal}; taxes stay as the shop has them");
    api.withheld().add(vec![TAX_RATES.to_owned()]);
    Ok(None)
}

/// The items of each of these rates, in their order; no items of a rate that no longer exists.
///
/// # Errors
/// As [`Api::get`].
pub async fn items_of(
    api: Api,
    access: Access,
    rates: Vec<TaxRateId>,
) -> Result<Vec<Vec<RawPage>>, Error> {
    let lists = rates.into_iter().map(|rate| {
        let list = api.list_all(&access, &format!("tax_rates/{rate}/items"), &[]);
        async move {
            match list.await {
                Err(Error::NotFound { .. }) => Ok(Vec::new()),
                list => list,
            }
        }
    });
    each(lists).await?.into_iter().collect()
}
