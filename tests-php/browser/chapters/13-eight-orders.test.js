import assert from 'node:assert/strict';
import { admin } from '../lib/browser.js';
import { chapter } from '../lib/chapter.js';
import { synced } from '../lib/given.js';
import { product, published, titleOf } from '../lib/products.js';
import { buy, openOrder, setStatus } from '../lib/shopper.js';
import { clover, query, site, until, value } from '../lib/site.js';

const CANDLE = 'CANDLE';
const FOREIGN = 'MUG-01';
const ONE = 1;

/** One of J2Commerce's own statuses is missing: the shop makes it, and the app's settings name it. */
const REFUNDED = 9;

const COMPONENT = "element = 'com_j2commerce' AND type = 'component'";
const cents = (amount) => Math.round(Number(amount) * 100);
const sum = (rows, field) => (rows?.elements ?? []).reduce((total, row) => total + row[field], 0);

let parameters;
let link;

const linkForeign = (to) => query('UPDATE #__j2commerce_clover_mappings SET product_id = ?, variant_id = ? WHERE sku = ?', [to.product_id, to.variant_id, FOREIGN]);

/** J2Commerce's options, on top of what the site had. */
const options = (values) => query(`UPDATE #__extensions SET params = ? WHERE ${COMPONENT}`, [JSON.stringify({ ...JSON.parse(parameters), ...values })]);

const inTheUnitedStates = () => {
  query('INSERT INTO #__j2commerce_geozones (j2commerce_geozone_id, geozone_name, enabled) VALUES (?, ?, 1)', [ONE, 'United States']);
  query("INSERT INTO #__j2commerce_geozonerules (geozone_id, country_id, zone_id) SELECT ?, j2commerce_country_id, 0 FROM #__j2commerce_countries WHERE country_isocode_2 = 'US'", [ONE]);
};

/** 8.25 percent, by the shopper's billing address, on all products. */
const taxed = () => {
  inTheUnitedStates();
  query('INSERT INTO #__j2commerce_taxprofiles (j2commerce_taxprofile_id, taxprofile_name, enabled) VALUES (?, ?, 1)', [ONE, 'Taxed']);
  query('INSERT INTO #__j2commerce_taxrates (j2commerce_taxrate_id, geozone_id, taxrate_name, tax_percent, enabled) VALUES (?, ?, ?, 8.25, 1)', [ONE, ONE, 'Sales tax']);
  query("INSERT INTO #__j2commerce_taxrules (taxprofile_id, taxrate_id, address) VALUES (?, ?, 'billing')", [ONE, ONE]);
  query('UPDATE #__j2commerce_products SET taxprofile_id = ?', [ONE]);
};

/** Flat rate of 5.00 with handling of 2.95, and tax on both. */
const shipped = () => {
  taxed();
  query('UPDATE #__j2commerce_products SET taxprofile_id = 0');
  query("INSERT INTO #__j2commerce_shippingmethods (j2commerce_shippingmethod_id, shipping_method_name, published, shipping_method_type, params, tax_class_id, address_override, subtotal_minimum, subtotal_maximum) VALUES (?, 'Flat rate with handling', 1, 0, '{}', ?, '', 0, 0)", [ONE, ONE]);
  query("INSERT INTO #__j2commerce_shippingrates (shipping_method_id, geozone_id, shipping_rate_price, shipping_rate_weight_start, shipping_rate_weight_end, shipping_rate_handling, created_date, modified_date) VALUES (?, ?, 5, 0, 0, 2.95, '2026-01-01', '2026-01-01')", [ONE, ONE]);
  query("UPDATE #__extensions SET enabled = 0 WHERE element = 'shipping_free'");
};

const coupon = (percent) => {
  options({ enable_coupon: '1' });
  query(
    "INSERT INTO #__j2commerce_coupons (coupon_name, coupon_code, enabled, value, value_type, max_value, free_shipping, max_uses, logged, max_customer_uses, product_category, products, min_subtotal, users, mycategory, brand_ids) VALUES ('Spring', 'SPRING', 1, ?, 'percentage_cart', '', 0, -1, 0, -1, '', '', '', '', '', '')",
    [percent],
  );
};

const plain = () => {
  for (const table of ['geozones', 'geozonerules', 'taxprofiles', 'taxrates', 'taxrules', 'shippingmethods', 'shippingrates', 'coupons']) {
    query(`DELETE FROM #__j2commerce_${table}`);
  }

  query('UPDATE #__j2commerce_products SET taxprofile_id = 0');
  query("UPDATE #__extensions SET enabled = 1 WHERE element = 'shipping_free'");
  query("UPDATE #__j2commerce_currencies SET currency_value = 1 WHERE currency_code = 'EUR'");
  options({});
};

/** In the cart, as a shopper does. */
const withCoupon = async (tab) => {
  await tab.goto(`${site.url}/index.php?option=com_j2commerce&view=carts`);
  await tab.click('.accordion-button:has-text("Coupon Code")');
  await tab.fill('.j2c-coupon-form input[name="coupon"]', 'SPRING');
  await Promise.all([tab.waitForResponse((answer) => answer.request().method() === 'POST'), tab.click('.j2c-apply-coupon')]);
  await tab.waitForLoadState('networkidle');
};

/** What J2Commerce's currency module sends. */
const inEuros = async (tab) => {
  await tab.evaluate(async (url) => {
    await fetch(url, { method: 'POST', body: new URLSearchParams({ task: 'carts.setcurrency', currency_code: 'EUR', [Joomla.getOptions('csrf.token')]: '1' }) });
  }, `${site.url}/index.php?option=com_j2commerce`);
};

/** The administrator adds a unit to the first line, in J2Commerce's own form. */
const moreUnits = async (browser, order) => {
  await browser.page.goto(admin(`?option=com_j2commerce&view=order&layout=edit&id=${order.j2commerce_order_id}`));
  await browser.page.locator('[name^="orderitem_qty["]').first().evaluate((field) => { field.value = Number(field.value) + 1; });
  await browser.loads(() => browser.page.click('.button-save, .button-apply'));
  await browser.messages();
};

const candle = () => ({ product: product(titleOf(CANDLE)).id, quantity: 2 });
const shirt = () => ({ product: product('T-Shirt').id, quantity: 1, options: { Color: 'Red', Size: 'L' } });
const foreign = () => ({ product: product('Enamel Mug').id, quantity: 1 });

const SHIRT = /^T-Shirt.*\(Color: Red, Size: L\)$/;

const ORDERS = {
  mixed: { lines: () => [candle(), shirt(), foreign()], names: [/^Candle/, /^Candle/, SHIRT, /^Enamel Mug$/] },
  'a coupon': { given: () => coupon(10), before: withCoupon, lines: () => [candle(), shirt()], names: [/^Candle/, /^Candle/, SHIRT], note: /SPRING/i },
  tax: { given: taxed, lines: () => [candle(), shirt()], names: [/^Candle/, /^Candle/, SHIRT, /^Tax$/] },
  'shipping with handling': { given: shipped, lines: () => [shirt()], names: [SHIRT, /^Shipping$/, /^Shipping tax$/], note: /Flat rate with handling/ },
  'a shopper who sees euros': {
    given: () => query("UPDATE #__j2commerce_currencies SET currency_value = 0.909 WHERE currency_code = 'EUR'"),
    before: inEuros,
    lines: () => [candle(), shirt()],
    names: [/^Candle/, /^Candle/, SHIRT],
    note: /EUR/,
  },
  'an order that costs nothing': { given: () => coupon(100), before: withCoupon, lines: () => [shirt()], payment: null, names: [SHIRT], note: /^Web order: / },
  'cash on delivery': { payment: 'payment_cash', lines: () => [candle()], names: [/^Candle/, /^Candle/] },
  'goods that are not in Clover': { lines: () => [foreign()], names: [/^Enamel Mug$/] },
};

chapter('Eight orders through J2Commerce’s checkout', async (browser) => {
  await clover.switches({ drop_deliveries: true });
  await synced(browser);
  published(titleOf(CANDLE));
  published('T-Shirt');
  published('Enamel Mug');
  [link] = query('SELECT product_id, variant_id FROM #__j2commerce_clover_mappings WHERE sku = ?', [FOREIGN]);
  linkForeign({ product_id: null, variant_id: null });
  parameters = value(`SELECT params FROM #__extensions WHERE ${COMPONENT}`);
  query("INSERT IGNORE INTO #__j2commerce_orderstatuses (j2commerce_orderstatus_id, orderstatus_name, orderstatus_cssclass, orderstatus_core, enabled, ordering) VALUES (?, 'Refunded', 'badge text-bg-secondary', 0, 1, 9)", [REFUNDED]);
  query("UPDATE #__extensions SET params = JSON_SET(params, '$.refunded_statuses', JSON_ARRAY(?)) WHERE element = 'app_cloverpos' AND folder = 'j2commerce'", [String(REFUNDED)]);
}, (step) => {
  for (const [name, { given, before, lines, payment, names, note }] of Object.entries(ORDERS)) {
    step(name, async (browser) => {
      plain();
      query('UPDATE #__j2commerce_productquantities SET quantity = 50');
      given?.();
      const known = new Set((await clover.state()).orders.map((order) => order.id));
      const { order } = await buy(browser, lines(), payment, before);
      const fromShop = () => query('SELECT * FROM #__j2commerce_orders WHERE order_id = ?', [order.order_id])[0];
      const fromClover = async () => (await clover.state()).orders.find((one) => !known.has(one.id) && one.lineItems?.elements?.length > 0);
      const titled = (title) => until(String(title), async () => {
        const found = await fromClover();
        return title.test(found?.title ?? '') && found;
      }, 60);
      const isRight = (found) => {
        assert.equal(found.total, cents(order.order_total), 'the total to the cent, as the shopper ordered it');
        assert.equal(sum(found.lineItems, 'price') + sum(found.discounts, 'amount'), found.total, 'the sum of the lines and discounts');
      };
      const first = await titled(/^WEB ORDER - TO PAY |^PAID ONLINE /);
      await until('all of it', async () => (await fromClover()).total === cents(order.order_total), 30);
      const placed = await fromClover();
      isRight(placed);
      assert.equal(placed.total === 0, payment === null);
      assert.match(first.title, payment === null ? /^PAID ONLINE / : /^WEB ORDER - TO PAY /, 'bank transfer and cash are paid later');
      const found = placed.lineItems.elements.map((line) => line.name);
      assert.equal(found.length, names.length, found.join('; '));

      for (const expected of names) {
        assert.ok(found.some((line) => expected.test(line)), `${expected} in ${found.join('; ')}`);
      }

      assert.match(placed.note, note ?? /^To pay: /);
      await openOrder(browser, order);
      await browser.shot(`13 ${name}`);

      await setStatus(browser, order, 'Pending');
      await setStatus(browser, order, 'Confirmed');
      isRight(await titled(/^PAID ONLINE /));
      await moreUnits(browser, order);
      const changed = await titled(/^CHANGED ONLINE - PAID ONLINE /);
      isRight(changed);
      assert.ok(changed.note.startsWith(`Changed in the web shop. Now ${Number(fromShop().order_total).toFixed(2)} USD`), changed.note);
      await setStatus(browser, order, 'Cancelled');
      isRight(await titled(/^CANCELLED ONLINE /));
      await setStatus(browser, order, 'Confirmed');
      isRight(await titled(/^CHANGED ONLINE - /));
      await setStatus(browser, order, 'Refunded');
      isRight(await titled(/^REFUNDED ONLINE /));
      assert.equal((await clover.state()).orders.filter((one) => !known.has(one.id)).length, 1);
    }, { timeout: 300_000 });
  }
}, {
  after: () => {
    if (parameters) {
      plain();
      linkForeign(link);
      query('DELETE FROM #__j2commerce_orderstatuses WHERE j2commerce_orderstatus_id = ?', [REFUNDED]);
      query("UPDATE #__extensions SET params = JSON_REMOVE(params, '$.refunded_statuses') WHERE element = 'app_cloverpos' AND folder = 'j2commerce'");
    }
  },
});
