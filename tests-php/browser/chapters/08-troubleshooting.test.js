import assert from 'node:assert/strict';
import { page } from '../lib/browser.js';
import { chapter } from '../lib/chapter.js';
import { connect, connected, dashboard, disconnected, fresh, settings, sync } from '../lib/given.js';
import { product, published, shopCount } from '../lib/products.js';
import { buy, openOrder } from '../lib/shopper.js';
import { app, clover, logOf, until, value } from '../lib/site.js';

const ALL = ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'ORDERS_W'];
const SKU = 'CANDLE';

const without = (...names) => clover.merchant({ permissions: ALL.filter((name) => !names.includes(name)) });
const itemOf = async (sku) => (await clover.state()).items.find((item) => item.sku === sku && !item.deleted);
const count = async () => clover.count((await itemOf(SKU)).id);
const errors = (action) => value("SELECT COUNT(*) FROM #__j2commerce_clover_log WHERE action = ? AND status = 'error'", [action]);

const reconnected = async (browser) => {
  await disconnected(browser);
  await connect(browser);
};

const sendNow = async (browser) => {
  await browser.page.goto(page('outbox'));
  await browser.loads(() => browser.page.locator('#clover-outbox [data-clover-action="outbox.send"]').click());
};

chapter('Troubleshooting', async (browser) => {
  await fresh('synthetic:1');
  await clover.remove((await clover.state()).items[0].id);
  await connected(browser);
}, (step) => {
  step('Not Connected after OAuth: with a wrong App ID Clover refuses, the right one connects', async (browser) => {
    await disconnected(browser);
    await settings(browser, { app_id: 'APPID99999999' });
    await dashboard(browser);
    const [popup] = await Promise.all([browser.context.waitForEvent('page'), browser.page.click('[data-clover-action="connect"]')]);
    await popup.waitForLoadState();
    assert.equal(new URL(popup.url()).pathname, '/oauth/v2/authorize');
    await popup.close();
    await dashboard(browser);
    assert.match(await browser.page.innerText('#clover-dashboard'), /Not connected/);
    await settings(browser, { app_id: app.id });
    await connect(browser);
  });

  step('Sync Now returns zero products: it says that the merchant has no items', async (browser) => {
    assert.match(await sync(browser), /^Sync complete: 0 imported, 0 updated, 0 unchanged, 0 failed\. Clover has no items for this merchant: log in to Clover/);
    await browser.shot('08 no items');
  });

  step('Sync Now without Inventory Read names the permission and what to do; after reconnecting it works', async (browser) => {
    await fresh();
    await connected(browser);
    await without('INVENTORY_R');

    try {
      await dashboard(browser);
      await browser.page.click('button[data-clover-action="sync"]');
      await browser.page.waitForSelector('#clover-sync-problem:not([hidden])');
      const words = await browser.page.innerText('#clover-sync-problem');
      assert.match(words, /Inventory Read/i);
      assert.match(words, /Requested Permissions/);
      assert.match(words, /press Disconnect/);
      await browser.shot('08 permission');
      await dashboard(browser);
      assert.match(await browser.page.innerText('#clover-dashboard'), /Inventory Read/i);
    } finally {
      await clover.merchant({ permissions: ALL });
    }

    await reconnected(browser);
    assert.match(await sync(browser), /55 imported/);
    published('Candle');
  });

  step('stock is not decrementing: with Push Stock on Sale set to No nothing is sent, and the order says why', async (browser) => {
    await settings(browser, { push_stock: 0 });

    try {
      const before = await count();
      const { order } = await buy(browser, [{ product: product('Candle').id, quantity: 1 }]);
      const card = await openOrder(browser, order);
      assert.match(await card.innerText(), /Push Stock on Sale (is|was) off/);
      assert.equal(await count(), before);
    } finally {
      await settings(browser, { push_stock: 1 });
    }

    await sync(browser);
    await sendNow(browser);
    assert.equal(await count(), Number(shopCount(SKU)), 'switching it on does not send what was sold before');
  });

  step('stock is not decrementing: without Inventory Write the Sync Log has an error inventory_decrement; granted, it is sent', async (browser) => {
    const before = await count();
    await without('INVENTORY_W');
    let order;

    try {
      ({ order } = await buy(browser, [{ product: product('Candle').id, quantity: 2 }]));
      await until('the error', () => errors('inventory_decrement') > 0, 60);
      assert.equal(await count(), before);
      await browser.page.goto(page('synclog'));
      assert.match(await browser.page.innerText('#cloverSyncLog'), /Sold units taken out of Clover/);
      await dashboard(browser);
      assert.match(await browser.page.innerText('#clover-dashboard'), /Units of web sales .* since .*permission Inventory Write/);
      await browser.shot('08 paused');
      await browser.page.goto(page('outbox'));
      await browser.shot('08 outbox paused');
    } finally {
      await clover.merchant({ permissions: ALL });
    }

    await reconnected(browser);
    await until('the count, without a click', async () => await count() === before - 2, 60);
    assert.match(await (await openOrder(browser, order)).innerText(), /2 taken out/);
  });

  step('Sync Sale without Orders Write is named in the log; with the permission and a new connection the order follows', async (browser) => {
    const orders = (await clover.state()).orders.length;
    await without('ORDERS_R', 'ORDERS_W');
    let order;

    try {
      ({ order } = await buy(browser, [{ product: product('Candle').id, quantity: 1 }]));
      await until('the error', () => errors('order_push') > 0, 60);
      const message = value("SELECT message FROM #__j2commerce_clover_log WHERE action = 'order_push' AND status = 'error' ORDER BY id DESC LIMIT 1");
      assert.match(message, /Orders (Read|Write)|ORDERS/i);
    } finally {
      await clover.merchant({ permissions: ALL });
    }

    await reconnected(browser);
    await until('the order, without a click', async () => (await clover.state()).orders.length === orders + 1, 60);
    assert.match(await (await openOrder(browser, order)).innerText(), /In Clover/);
  });

  step('a token near its expiry causes a warning, and the next call to Clover refreshes it', async (browser) => {
    await disconnected(browser);
    await clover.switches({ access_ttl: 200 });

    try {
      await connect(browser);
    } finally {
      await clover.switches({ access_ttl: 1800 });
    }

    await dashboard(browser);
    const warning = browser.page.locator('#clover-dashboard .alert', { hasText: 'The Clover access token is about to expire' });
    assert.match(await warning.innerText(), /Clover: Refresh Access Token[\s\S]*15–25 minutes/);
    await browser.shot('08 token');
    await clover.tokens('expire');
    await browser.page.click('button[data-clover-action="test"]');
    await browser.says(/Connection works/);
    await dashboard(browser);
    assert.equal(await warning.count(), 0);
  });

  step('a connection that Clover refuses says when it is tried again and offers Connect; nothing is lost', async (browser) => {
    // A token that was refreshed a moment ago is not refreshed again: its 401 counts as a missing permission.
    await reconnected(browser);
    await clover.tokens('revoke');
    await dashboard(browser);
    await browser.page.click('button[data-clover-action="test"]');
    const said = await browser.messages();
    // One refusal is not enough: the second one, ten minutes later, ends the connection.
    assert.match(said, /Clover refused the connection at .* To connect again at once, press Connect/s);
    await dashboard(browser);
    const words = await browser.page.innerText('#clover-dashboard');
    assert.match(words, /Clover refused the connection at/);
    await browser.shot('08 reconnect');
    await connect(browser);
    assert.match(await sync(browser), /0 imported/);
  });

  step('products import as Unpublished by default, and as Published once Import Status says so', async (browser) => {
    await clover.create({ name: 'Held back', price: 500, sku: 'HELD' });
    await sync(browser);
    assert.equal(product('Held back').state, 0);
    await settings(browser, { import_status: 'published' });
    await clover.create({ name: 'Shown at once', price: 500, sku: 'SHOWN' });
    await sync(browser);
    assert.equal(product('Shown at once').state, 1);
    assert.equal(product('Held back').state, 0, 'what is there already is not touched');
    await settings(browser, { import_status: 'unpublished' });
  });

  step('Debug Mode writes its own file next to J2Commerce’s, without a secret in it', async (browser) => {
    await settings(browser, { debug: 1 });
    await sync(browser);
    await settings(browser, { debug: 0 });
    const log = logOf('plg_j2commerce_app_cloverpos.php');
    assert.ok(log.length > 0);
    assert.equal(log.includes(app.secret), false);
  });
});
