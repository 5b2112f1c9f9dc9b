//! `CloverSync\Orders`.

use std::rc::Rc;

use clover_core::ids::OrderTypeId;
use clover_service::Error;
use clover_service::orders::{Orders, reference_of, site_tag_of};
use clover_service::rows::orders;

use crate::json::Json;
use crate::objects::Object;
use crate::request::Request;

/// Makes one call.
pub fn call(request: &Request<'_>) -> Result<Json, Error> {
    let objects = request.objects;
    match request.method {
        "new" => {
            let session = objects.connection(request.object(0))?;
            let orders = Orders::new(&session, &request.text(1, "currency")?)?;
            return Ok(objects.keep(Object::Orders(Rc::new(orders))));
        }
        "reference" => {
            let reference = reference_of(&request.text(0, "siteTag")?, request.integer(1))?;
            return Ok(Json::of(&reference));
        }
        "fingerprint" => {
            let order = orders::order(request.at(0))?;
            return Ok(Json::of(&order.fingerprint()));
        }
        "siteTag" => return Ok(Json::of(&site_tag_of(&request.bytes(0))?)),
        _ => {}
    }
    let pushes = objects.orders(request.this)?;
    let text = |index, name| request.text(index, name);
    match request.method {
        "plan" => {
            let order = orders::order(request.at(0))?;
            let plan = pushes.plan(&order, request.case(1)?)?;
            Ok(Json::of(&plan))
        }
        "create" => {
            let order_type = request.optional_text(2, "orderTypeId")?;
            let outcome = pushes.create(&text(0, "plan")?, text(1, "reference")?, order_type)?;
            Ok(Json::of(&orders::outcome(&outcome)))
        }
        "orderType" => {
            let found = pushes.order_type(&text(0, "name")?)?;
            Ok(Json::of(&found.as_ref().map(OrderTypeId::as_str)))
        }
        "find" => {
            let found = pushes.find(text(0, "reference")?)?;
            Ok(Json::of(&orders::found(&found)))
        }
        "fill" => {
            let outcome = pushes.fill(&text(0, "plan")?, text(1, "orderId")?)?;
            Ok(Json::of(&orders::outcome(&outcome)))
        }
        "pay" => {
            let (order, reference) = (text(1, "orderId")?, text(2, "reference")?);
            let outcome = pushes.pay(&text(0, "plan")?, order, reference)?;
            Ok(Json::of(&orders::outcome(&outcome)))
        }
        "mark" => {
            let (order, reference) = (text(0, "orderId")?, text(1, "reference")?);
            let now = request.optional_text(4, "plan")?;
            let (standing, is_changed) = (request.case(2)?, request.is_true(3));
            let outcome = pushes.mark(order, reference, standing, is_changed, now.as_deref())?;
            Ok(Json::of(&orders::outcome(&outcome)))
        }
        "printOrder" => {
            let outcome = pushes.print(text(0, "orderId")?)?;
            Ok(Json::of(&orders::print(&outcome)))
        }
        "lookAtPrint" => {
            let outcome = pushes.look_at_print(text(0, "eventId")?)?;
            Ok(Json::of(&orders::print(&outcome)))
        }
        _ => Err(request.unknown()),
    }
}
