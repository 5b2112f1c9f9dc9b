import assert from 'node:assert/strict';
import { page } from '../lib/browser.js';
import { chapter } from '../lib/chapter.js';
import { synced } from '../lib/given.js';
import { product, published, shopCount, titleOf } from '../lib/products.js';
import { buy, openOrder, setStatus } from '../lib/shopper.js';
import { clover, query, until, value } from '../lib/site.js';

const CANDLE = 'CANDLE';
const SHIRT = 'TS-RE-L';

/** Longer than any shopper waits, so an effect of Clover on the checkout would show. */
const SLOW = 4000;

const itemOf = async (sku) => (await clover.state()).items.find((item) => item.sku === sku && !item.deleted);
const countOf = async (sku) => clover.count((await itemOf(sku)).id);
const cents = (amount) => Math.round(Number(amount) * 100);
const titleInClover = (state) => state.orders.slice(before).find((one) => one.total > 0)?.title ?? '';

let sale;
let before;
let candles;
let shirts;

chapter('Order events: a web order is paid, cancelled, refunded', async (browser) => {
  await synced(browser);
  published(titleOf(CANDLE));
  published('T-Shirt');
  candles = await countOf(CANDLE);
  shirts = await countOf(SHIRT);
  before = (await clover.state()).orders.length;
}, (step) => {
  step('a guest buys while Clover is slow, and does not wait for it', async (browser) => {
    await clover.switches({ latency: SLOW });

    try {
      sale = await buy(browser, [
        { product: product(titleOf(CANDLE)).id, quantity: 2 },
        { product: product('T-Shirt').id, quantity: 1, options: { Color: 'Red', Size: 'L' } },
      ]);
    } finally {
      await clover.switches({ latency: 0 });
    }

    assert.equal(Number(sale.order.order_state_id), 1);
    assert.ok(sale.took < SLOW, `${sale.took} ms`);
  });

  step('the bought units are taken out of Clover’s counts, and out of the shop’s once', async () => {
    await until('the counts', async () => await countOf(CANDLE) === candles - 2 && await countOf(SHIRT) === shirts - 1, 60);
    assert.equal(shopCount(CANDLE), candles - 2);
    assert.equal(shopCount(SHIRT), shirts - 1);
  });

  step('the order is in Clover, with its lines, its total and the customer in the note', async () => {
    const order = await until('the order', async () => (await clover.state()).orders.slice(before).find((one) => one.lineItems?.elements?.length > 0 && one.total > 0), 60);
    assert.equal(order.total, cents(sale.order.order_total));
    assert.match(order.title ?? '', /^WEB ORDER - TO PAY /, 'the site’s payment method is a bank transfer');
    assert.match(order.note ?? '', /^To pay: \d+\.\d\d USD; /);
    assert.equal(order.payments?.elements?.length ?? 0, 0);
    assert.match(order.note ?? '', /O’Guest|O'Guest|Guest/);
    const names = order.lineItems.elements.map((line) => line.name);
    assert.ok(names.some((name) => name.includes('Candle')), names.join());
    assert.ok(names.some((name) => name.includes('T-Shirt')), names.join());
    assert.equal((await clover.state()).orders.length, before + 1);
  });

  step('the order’s page has a card with its state in Clover', async (browser) => {
    const card = await openOrder(browser, sale.order);
    const words = await card.innerText();
    assert.match(words, /In Clover/);
    assert.match(words, /Its title in Clover says WEB ORDER - TO PAY/);
    assert.match(words, /2 taken out/);
    assert.match(words, /1 taken out/);
    await browser.shot('04 order card');
    await browser.dark();
    await browser.shot('04 order card dark');
    await browser.readable();
  });

  step('nothing of the order is left to send, and nothing was sent twice', async () => {
    await until('all is sent', () => value("SELECT COUNT(*) FROM #__j2commerce_clover_ledger WHERE state IN ('intended', 'sent')") === 0);
    assert.equal(await countOf(CANDLE), candles - 2);
  });

  step('cancelled in the administrator, the units go back to Clover', async (browser) => {
    await setStatus(browser, sale.order, 'Cancelled');
    await until('the counts', async () => await countOf(CANDLE) === candles && await countOf(SHIRT) === shirts, 60);
    assert.equal(shopCount(CANDLE), candles);
    await until('the title', async () => /^CANCELLED ONLINE /.test(titleInClover(await clover.state())), 60);
    const card = await openOrder(browser, sale.order);
    assert.match(await card.innerText(), /2 given back/);
    assert.match(await card.innerText(), /Its title in Clover says CANCELLED ONLINE/);
    await browser.shot('04 order card cancelled');
  });

  step('money that came in, an edit and a cancellation are in the title of the order in Clover', async (browser) => {
    for (const [status, title] of [['Confirmed', /^WEB ORDER - TO PAY /], ['Pending', /^WEB ORDER - TO PAY /], ['Confirmed', /^PAID ONLINE /]]) {
      await setStatus(browser, sale.order, status);
      await until(`${status}: ${title}`, async () => title.test(titleInClover(await clover.state())), 60);
    }

    query('UPDATE #__j2commerce_orders SET order_total = order_total + 1, modified_on = UTC_TIMESTAMP() WHERE order_id = ?', [sale.order.order_id]);
    await setStatus(browser, sale.order, 'Processed');
    await until('changed', async () => /^CHANGED ONLINE - PAID ONLINE /.test(titleInClover(await clover.state())), 60);
    query('UPDATE #__j2commerce_orders SET order_total = order_total - 1, modified_on = UTC_TIMESTAMP() WHERE order_id = ?', [sale.order.order_id]);
    await setStatus(browser, sale.order, 'Cancelled');
    await until('cancelled', async () => /^CANCELLED ONLINE /.test(titleInClover(await clover.state())), 60);
    await until('all back', async () => await countOf(CANDLE) === candles && await countOf(SHIRT) === shirts, 60);
    assert.equal((await clover.state()).orders.length, before + 1);
  });

  step('the Sync Log has inventory_decrement, order_push and inventory_restock of the order', async (browser) => {
    const actions = query("SELECT DISTINCT action FROM #__j2commerce_clover_log WHERE status = 'success'").map((row) => row.action);

    for (const action of ['inventory_decrement', 'order_push', 'inventory_restock']) {
      assert.ok(actions.includes(action), `${action} in ${actions}`);
    }

    await browser.page.goto(page('synclog'));
    const words = await browser.page.innerText('#cloverSyncLog');
    assert.match(words, /Sold units taken out of Clover/);
    assert.match(words, /Units given back to Clover/);
    await browser.shot('04 sync log');
    await browser.readable();
  });

  step('confirmed again it is taken out again; units restocked by hand go back, but not twice', async (browser) => {
    await setStatus(browser, sale.order, 'Confirmed');
    await until('taken', async () => await countOf(CANDLE) === candles - 2, 60);
    const card = await openOrder(browser, sale.order);
    await card.locator('summary').click();
    await browser.shot('04 restock by hand');
    await card.locator('[data-clover-line]').first().fill('1');
    await card.locator('[data-clover-action="restock"]').click();
    await until('given back', async () => await countOf(CANDLE) + await countOf(SHIRT) === candles - 2 + shirts - 1 + 1, 60);
    await setStatus(browser, sale.order, 'Cancelled');
    await until('all back', async () => await countOf(CANDLE) === candles && await countOf(SHIRT) === shirts, 60);
  });

  step('units of a product that is not in Clover are not said to be taken out, and the log has no line for the events of own orders', async (browser) => {
    const link = query('SELECT product_id, variant_id FROM #__j2commerce_clover_mappings WHERE sku = ?', [CANDLE])[0];
    query('UPDATE #__j2commerce_clover_mappings SET product_id = NULL, variant_id = NULL WHERE sku = ?', [CANDLE]);

    try {
      const { order } = await buy(browser, [{ product: product(titleOf(CANDLE)).id, quantity: 1 }]);
      const card = await openOrder(browser, order);
      await until('the state', async () => {
        await browser.page.reload();
        return /Not sent/.test(await card.innerText());
      }, 60);
      assert.match(await card.innerText(), /1 not taken out/);
      assert.doesNotMatch(await card.innerText(), /1 taken out/);
      assert.equal(await countOf(CANDLE), candles);
      await browser.shot('04 not in Clover');
    } finally {
      query('UPDATE #__j2commerce_clover_mappings SET product_id = ?, variant_id = ? WHERE sku = ?', [link.product_id, link.variant_id, CANDLE]);
    }

    assert.equal(value("SELECT COUNT(*) FROM #__j2commerce_clover_log WHERE action = 'webhook' AND message LIKE '%webhook_nothing%'"), 0);
  });

  step('an order that waits for its payment takes nothing from Clover before it is confirmed', async (browser) => {
    const parameters = value("SELECT params FROM #__extensions WHERE folder = 'j2commerce' AND element = 'payment_banktransfer'");
    query("UPDATE #__extensions SET params = ? WHERE folder = 'j2commerce' AND element = 'payment_banktransfer'", [JSON.stringify({ ...JSON.parse(parameters), payment_status: '4' })]);

    try {
      const { order } = await buy(browser, [{ product: product(titleOf(CANDLE)).id, quantity: 1 }]);
      assert.equal(Number(order.order_state_id), 4);
      assert.equal(await countOf(CANDLE), candles);
      assert.match(await (await openOrder(browser, order)).innerText(), /It is sent when it is paid/);
      await setStatus(browser, order, 'Confirmed');
      await until('taken', async () => await countOf(CANDLE) === candles - 1, 60);
      await setStatus(browser, order, 'Cancelled');
      await until('given back', async () => await countOf(CANDLE) === candles, 60);
    } finally {
      query("UPDATE #__extensions SET params = ? WHERE folder = 'j2commerce' AND element = 'payment_banktransfer'", [parameters]);
    }
  });
});
