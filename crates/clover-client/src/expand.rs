//! Reads with expanded fields, without those that Clover withholds from this app.

use bytes::Bytes;
use clover_core::json::JsonError;
use log::{info, warn};

use crate::error::Error;
use crate::http::{Access, Answer, Api, well_formed};
use crate::withheld::{MENU_ITEM, Withheld};

fn is_refusal_of_a_field(error: &Error) -> bool {
    matches!(error, Error::Unauthorized { call, .. } if call.status == Some(403))
}

/// Any answer that says no to the request, or to its token.
fn is_refusal(error: &Error) -> bool {
    matches!(error, Error::Unauthorized { .. } | Error::Rejected { .. })
}

fn has_trial(fields: &[String], known: &Withheld) -> bool {
    fields.iter().any(|field| known.is_tried(field))
}

impl Api {
    /// Reads with these fields expanded, as far as Clover expands them for this app. After a
    /// refusal, one request for each field finds the refused ones. They are left out of all later
    /// requests: see [`Api::withheld`].
    pub(crate) async fn read_expanded<R: Send + 'static>(
        &self,
        access: &Access,
        path: &str,
        query: &[(&str, &str)],
        expand: &[String],
        check: fn(&Bytes) -> Result<R, JsonError>,
    ) -> Result<(Answer, R), Error> {
        let known = self.withheld();
        let mut wanted: Vec<String> = expand.to_vec();
        wanted.retain(|field| !known.has(field));
        let mut refused = Vec::new();
        let mut looked = false;
        // Those on trial, while the request is repeated without them.
        let mut set_aside = Vec::new();
        loop {
            let fields = wanted.join(",");
            let mut query = query.to_vec();
            if !wanted.is_empty() {
                query.push(("expand", &fields));
            }
            let error = match self.read(access, path, &query, check).await {
                Ok(read) => {
                    if !refused.is_empty() {
                        warn!(
                            "Clover does not expand these fields of {path} for this app: {}",
                            refused.join(", ")
                        );
                    }
                    known.shown(&wanted);
                    known.add(refused);
                    known.add(set_aside);
                    return Ok(read);
                }
                // The same token's request without the field tells what the refusal means. It must
                // not end a run or a connection.
                Err(error) if !looked && is_refusal(&error) && has_trial(&wanted, &known) => {
                    info!("{error}; repeating the request without {MENU_ITEM}");
                    set_aside.extend(wanted.extract_if(.., |field| known.is_tried(field)));
                    continue;
                }
                Err(error) if is_refusal_of_a_field(&error) && !set_aside.is_empty() => {
                    wanted.append(&mut set_aside);
                    error
                }
                Err(error) if is_refusal_of_a_field(&error) && !wanted.is_empty() => error,
                Err(error) => return Err(error),
            };
            // Each field is accepted alone, but not together: leave all of them out.
            let found = if looked {
                wanted.clone()
            } else {
                self.refused_fields(access, path, &wanted).await?
            };
            looked = true;
            warn!(
                "{error}; repeating the request without {}",
                found.join(", ")
            );
            wanted.retain(|field| !found.contains(field));
            refused.extend(found);
        }
    }

    async fn refused_fields(
        &self,
        access: &Access,
        path: &str,
        fields: &[String],
    ) -> Result<Vec<String>, Error> {
        let list = path.split('/').next().unwrap_or_default();
        let mut refused = Vec::new();
        for field in fields {
            let query = [("limit", "1"), ("expand", field.as_str())];
            match self.get(access, list, &query).await {
                Ok(_) => {}
                Err(error)
                    if is_refusal_of_a_field(&error)
                        || is_refusal(&error) && self.withheld().is_tried(field) =>
                {
                    refused.push(field.clone());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(refused)
    }

    /// Reads a value with these fields expanded, as far as Clover expands them for this app.
    ///
    /// # Errors
    /// As [`Api::get_json`].
    pub fn get_expanded(
        &self,
        access: &Access,
        path: &str,
        query: &[(&str, &str)],
        expand: &[&str],
    ) -> impl Future<Output = Result<Answer, Error>> + Send + use<> {
        let (api, access, path) = (self.clone(), access.clone(), path.to_owned());
        let query: Vec<_> = query
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let expand: Vec<_> = expand.iter().map(|field| (*field).to_owned()).collect();
        async move {
            let query: Vec<_> = query
                .iter()
                .map(|(n, v)| (n.as_str(), v.as_str()))
                .collect();
            api.read_expanded(&access, &path, &query, &expand, well_formed)
                .await
                .map(|(answer, ())| answer)
        }
    }
}
