//! `CloverSync\Catalog`, `PageIterator`, `Page` and `ItemLookup`, and the changes of products.

use std::rc::Rc;

use clover_service::Error;
use clover_service::catalog::Catalog;
use clover_service::page::Page;
use clover_service::rows::{Output, catalog};

use crate::json::Json;
use crate::objects::{Lookup, Object};
use crate::request::Request;

/// Makes one call.
pub fn call(request: &Request<'_>) -> Result<Json, Error> {
    let objects = request.objects;
    match request.class {
        "Catalog" => items(request),
        "PageIterator" if request.method == "next" => {
            let next = objects.page_iterator(request.this)?.next()?;
            Ok(next.map_or_else(Json::null, |page| objects.keep(Object::Page(Rc::new(page)))))
        }
        "Page" => page(&*objects.page(request.this)?, request),
        "ItemLookup" => {
            let lookup = objects.item_lookup(request.this)?;
            match request.method {
                "deleted" => Ok(Json::of(&lookup.deleted)),
                "page" => Ok(objects.keep(Object::Page(Rc::clone(&lookup.page)))),
                _ => Err(request.unknown()),
            }
        }
        _ => Err(request.unknown()),
    }
}

fn items(request: &Request<'_>) -> Result<Json, Error> {
    let objects = request.objects;
    match request.method {
        "new" => {
            let session = objects.connection(request.object(0))?;
            let currency = request.text(1, "currency")?;
            let offline = catalog::ids(request.at(3))?;
            let catalog = Catalog::knowing(&session, &currency, request.is_true(2), offline)?;
            Ok(objects.keep(Object::Catalog(Rc::new(catalog))))
        }
        "alias" => Ok(Json::of(&catalog::alias(&request.bytes(0)))),
        "nameKey" => Ok(Json::of(&catalog::name_key(&request.bytes(0)))),
        "cleanNames" => Ok(Json::of(&catalog::clean_names(request.at(0))?)),
        "pages" => {
            let after = request.optional_text(0, "after")?;
            let pages = objects.catalog(request.this)?.pages(after);
            Ok(objects.keep(Object::PageIterator(Rc::new(pages))))
        }
        "read" => {
            let page = objects
                .catalog(request.this)?
                .read(&request.bytes(0), &request.bytes(1))?;
            Ok(objects.keep(Object::Page(Rc::new(page))))
        }
        "groups" => {
            let staged = catalog::staged(request.at(0))?;
            let known = catalog::known(request.at(1));
            let changes = objects.catalog(request.this)?.groups(staged, &known)?;
            Ok(Json::of(&catalog::group_changes(&changes)))
        }
        "lookUp" => {
            let ids = catalog::ids(request.at(0))?;
            let found = objects.catalog(request.this)?.look_up(ids)?;
            let lookup = Lookup {
                deleted: found.deleted,
                page: Rc::new(found.page),
            };
            Ok(objects.keep(Object::ItemLookup(Rc::new(lookup))))
        }
        _ => Err(request.unknown()),
    }
}

fn page(page: &Page, request: &Request<'_>) -> Result<Json, Error> {
    match request.method {
        "cursor" => Ok(Json::of(&page.cursor)),
        "age" => Ok(Json::of(&page.age())),
        "itemIds" => Ok(Json::of(&page.ids)),
        "changes" => {
            let known = catalog::known(request.at(0));
            let changes = page.changes(&known);
            Ok(Json::join(
                changes.map(|one| Json::of(&catalog::change(&one))),
            ))
        }
        "members" => Ok(Json::list(catalog::members(page))),
        "taxes" => Ok(Json::list(catalog::taxes(page.taxes()))),
        "errors" => Ok(Json::of(&catalog::faults(&page.faults))),
        "onlineUnknown" => Ok(Json::of(&Output::count(page.online_unknown))),
        "leftOut" => Ok(Json::of(&catalog::left_out(page))),
        _ => Err(request.unknown()),
    }
}
