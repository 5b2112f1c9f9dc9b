import assert from 'node:assert/strict';
import { page } from '../lib/browser.js';
import { chapter } from '../lib/chapter.js';
import { dashboard, openTab, settings, settingsUrl, synced } from '../lib/given.js';
import { product, published, titleOf } from '../lib/products.js';
import { buy, openOrder } from '../lib/shopper.js';
import { clover, joomla, query, until, value } from '../lib/site.js';

const CANDLE = 'CANDLE';
const FOUR = ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'ORDERS_W'];
const NO_PRINTER = /last one was not printed there.*The default printing device is missing.*which device and printer print orders by default/s;

const newOrders = async () => (await clover.state()).orders.slice(before).filter((order) => order.total > 0);
const prints = async () => (await clover.state()).print_events.map((event) => event.orderRef.id);
const warnings = async (browser) => {
  await dashboard(browser);
  return browser.page.innerText('#clover-dashboard');
};

/** Buys a candle and waits until the order is in Clover, and no print is on its way to it. */
const bought = async (browser) => {
  const known = (await newOrders()).length;
  const { order } = await buy(browser, [{ product: product(titleOf(CANDLE)).id, quantity: 1 }]);
  await until('the order', async () => (await newOrders()).length === known + 1, 60);
  await until('the print', () => value("SELECT COUNT(*) FROM #__j2commerce_clover_orders WHERE state <> 'confirmed' OR print_state = 'wanted' OR (print_state = 'sent' AND print_event IS NULL)") === 0, 60);
  return { order, inClover: (await newOrders()).at(-1) };
};

let before;
let sale;

chapter('Kitchen and counter: orders are printed, and get an order type', async (browser) => {
  await synced(browser);
  published(titleOf(CANDLE));
  query('DELETE FROM #__j2commerce_clover_orders');
  await clover.merchant({ permissions: FOUR });
  await clover.switches({ default_printer: false, printer: 'waits' });
  before = (await clover.state()).orders.length;
}, (step) => {
  step('the Sync tab has both settings, off and empty, only while orders are sent', async (browser) => {
    await browser.page.goto(settingsUrl());
    await openTab(browser, 'sync');
    assert.equal(await browser.page.inputValue('#jform_params_order_type'), '');
    assert.equal(await browser.page.isChecked('[name="jform[params][print_orders]"][value="0"]'), true);
    await browser.shot('17 settings');
    await browser.page.locator('[name="jform[params][sync_sale]"][value="0"]').check({ force: true });
    await browser.page.waitForSelector('#jform_params_order_type', { state: 'hidden' });
  });

  step('with the defaults an order is sent without a print and without a look at order types', async (browser) => {
    const since = await clover.lastRequest();
    sale = await bought(browser);
    assert.deepEqual((await clover.requests(since)).filter((request) => /print_event|order_types/.test(request.path)), []);
    assert.doesNotMatch(await (await openOrder(browser, sale.order)).innerText(), /Print in Clover/);
  });

  step('without a default printer the order is in Clover, and its card and the dashboard say what to do', async (browser) => {
    assert.match(await settings(browser, { print_orders: 1 }), /saved/i);
    sale = await bought(browser);
    assert.deepEqual(await prints(), []);
    const card = await (await openOrder(browser, sale.order)).innerText();
    assert.match(card, /In Clover/);
    assert.match(card, /Print in Clover\s+Not printed: print it in Clover\.\s+.*The default printing device is missing/);
    await browser.shot('17 not printed');
    await browser.readable();
    assert.match(await warnings(browser), NO_PRINTER);
    await browser.shot('17 dashboard');
    await browser.readable();
  });

  step('a second order without a printer adds no second warning', async (browser) => {
    await bought(browser);
    assert.equal((await warnings(browser)).match(/The default printing device is missing/g).length, 1);
  });

  step('with a printer an order is printed once, and its card shows what becomes of it', async (browser) => {
    await clover.switches({ default_printer: true });
    sale = await bought(browser);
    assert.deepEqual(await prints(), [sale.inClover.id]);
    assert.match(sale.inClover.title, /^WEB ORDER - TO PAY /, 'the site’s payment method is a bank transfer');
    const card = await openOrder(browser, sale.order);
    assert.match(await card.innerText(), /Print in Clover\s+Sent to the printer/);
    assert.doesNotMatch(await warnings(browser), NO_PRINTER);
    await clover.switches({ printer: 'prints' });
    query('UPDATE #__j2commerce_clover_orders SET print_next = 0');
    joomla('cloversync:work');
    assert.match(await (await openOrder(browser, sale.order)).innerText(), /Print in Clover\s+Printed/);
    await browser.shot('17 printed');
    await browser.readable();
    assert.equal((await prints()).length, 1);
  });

  step('a print without an answer is not repeated, and the card says that it may be printed', async (browser) => {
    await clover.faults([{ match: 'POST /v3/merchants/*/print_event', times: 1, do: 'apply_then_drop' }]);
    sale = await bought(browser);
    assert.match(await (await openOrder(browser, sale.order)).innerText(), /May or may not be printed: look at the printer/);
    joomla('cloversync:work');
    assert.equal((await prints()).filter((id) => id === sale.inClover.id).length, 1);
  });

  step('an order type needs Merchant Read: without it orders are sent without a type, and the dashboard names the permission', async (browser) => {
    const { id } = await clover.orderType('Pick Up');
    assert.match(await settings(browser, { print_orders: 0, order_type: ' pick up ' }), /saved/i);
    sale = await bought(browser);
    assert.equal(sale.inClover.orderType, undefined);
    assert.match(await warnings(browser), /Orders are sent without the order type “pick up”\. .*Merchant Read/);
    await browser.shot('17 order type');
    await clover.merchant({ permissions: [...FOUR, 'MERCHANT_R'] });
    query("DELETE FROM #__j2commerce_clover_state WHERE name = 'order_type'");
    sale = await bought(browser);
    assert.equal(sale.inClover.orderType.id, id);
    assert.doesNotMatch(await warnings(browser), /without the order type/);
  });

  step('an order type that Clover does not have is named on the dashboard', async (browser) => {
    assert.match(await settings(browser, { order_type: 'Drive-through' }), /saved/i);
    sale = await bought(browser);
    assert.equal(sale.inClover.orderType, undefined);
    assert.match(await warnings(browser), /Clover has no order type “Drive-through”/);
    await browser.page.goto(page('synclog'));
    assert.match(await browser.page.innerText('#cloverSyncLog'), /Clover has no order type “Drive-through”/);
    assert.match(await settings(browser, { order_type: '' }), /saved/i);
    assert.doesNotMatch(await warnings(browser), /order type/);
    await clover.merchant({ permissions: FOUR });
  });
});
