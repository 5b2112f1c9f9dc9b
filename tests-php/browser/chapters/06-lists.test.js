import assert from 'node:assert/strict';
import { page } from '../lib/browser.js';
import { chapter } from '../lib/chapter.js';
import { dashboard, settings, sync, synced } from '../lib/given.js';
import { product, published, shopCount, shopPrice, titleOf } from '../lib/products.js';
import { buy, openOrder } from '../lib/shopper.js';
import { clover, query, until, value } from '../lib/site.js';

const MAPPED = "SELECT state FROM #__j2commerce_clover_mappings WHERE clover_id = ?";

const itemOf = async (sku) => (await clover.state()).items.find((item) => item.sku === sku && !item.deleted);

const submitted = (browser, act) => browser.loads(act);

const search = (browser, words) => submitted(browser, async () => {
  await browser.page.fill('#filter_search', words);
  await browser.page.press('#filter_search', 'Enter');
});

const clear = (browser) => submitted(browser, () => browser.page.click('.js-stools-btn-clear'));

const filter = async (browser, id, option) => {
  if (!(await browser.page.isVisible(id))) {
    await browser.page.click('.js-stools-btn-filter');
    await browser.page.waitForSelector(id, { state: 'visible' });
  }

  await submitted(browser, () => browser.page.selectOption(id, option));
};

const cells = (browser, table, nth) => browser.page.locator(`${table} tbody tr > :nth-child(${nth})`).allInnerTexts();
const sorted = (list) => [...list].sort((one, other) => one.localeCompare(other, 'en', { sensitivity: 'base' }));

const row = (browser, words) => browser.page.locator('#cloverMappings tbody tr', { hasText: words }).first();

/** Presses a button that reloads the page, which then shows the result. */
const press = async (browser, button) => {
  await submitted(browser, () => button.click());
  return browser.messages();
};

chapter('Sync Log, Mappings, Outbox', async (browser) => {
  await clover.switches({ drop_deliveries: true });
  await synced(browser);
  const log = "INSERT INTO #__j2commerce_clover_log (environment, created, action, entity_type, entity_id, status, message) VALUES ('sandbox', ?, 'token_refresh', 'token', '', ?, ?)";

  for (let n = 0; n < 30; n += 1) {
    query(log, [`2025-01-${String(n + 1).padStart(2, '0')} 12:00:00`, ['success', 'error', 'skipped'][n % 3], `Entry number ${n} <b>& "quoted"</b>`]);
  }
}, (step) => {
  step('the Sync Log opens from the dashboard, newest first', async (browser) => {
    await dashboard(browser);
    await submitted(browser, () => browser.page.locator('a:has-text("Sync Log"), button:has-text("Sync Log")').first().click());
    const dates = await cells(browser, '#cloverSyncLog', 1);
    assert.ok(dates.length > 0);
    assert.deepEqual(dates, [...dates].sort().reverse());
  });

  step('the Status filter shows only errors, successes or skipped entries', async (browser) => {
    for (const [option, word] of [['error', 'Error'], ['skipped', 'Skipped'], ['success', 'Success']]) {
      await filter(browser, '#filter_status', option);
      const found = await cells(browser, '#cloverSyncLog', 2);
      assert.ok(found.length > 0 && found.every((text) => text.trim() === word), `${option}: ${found}`);
    }

    await clear(browser);
  });

  step('the Action filter shows only entries of one action', async (browser) => {
    await filter(browser, '#filter_action', 'token_refresh');
    const found = await cells(browser, '#cloverSyncLog', 3);
    assert.ok(found.length > 0 && found.every((text) => text.trim() === 'Connection renewed'), String(found));
    await filter(browser, '#filter_action', 'mail');
    assert.match(await browser.page.innerText('main'), /No entry matches the search and the filter/);
    await clear(browser);
  });

  step('Help opens the guide at its chapter', async (browser) => {
    const [guide] = await Promise.all([browser.context.waitForEvent('page'), browser.page.click('joomla-toolbar-button a:has-text("Help"), a.button-clover-help')]);
    await guide.waitForSelector('#clover-guide');
    assert.match(new URL(guide.url()).hash, /^#guide-10-/);
    assert.equal(await guide.locator(new URL(guide.url()).hash).count(), 1);
    await browser.shot('06 guide', guide);
    await guide.close();
  });

  step('the search finds entries by message, entity type and action, and shows no markup of a message', async (browser) => {
    await search(browser, 'Entry number 7 ');
    assert.equal((await cells(browser, '#cloverSyncLog', 5)).length, 1);
    assert.match((await cells(browser, '#cloverSyncLog', 5))[0], /<b>& "quoted"<\/b>/);

    for (const words of ['token_refresh', 'connection renewed']) {
      await search(browser, words);
      const found = await cells(browser, '#cloverSyncLog', 3);
      assert.ok(found.length > 0 && found.every((text) => text.trim() === 'Connection renewed'), String(found));
    }

    await search(browser, 'token');
    assert.ok((await cells(browser, '#cloverSyncLog', 4)).length > 0);
    await search(browser, '100% nothing _ of the kind');
    assert.match(await browser.page.innerText('main'), /No entry matches the search and the filter/);
    await clear(browser);
  });

  step('column headers sort by date, status, action and entity type', async (browser) => {
    for (const [title, nth] of [['Date', 1], ['Status', 2], ['Action', 3], ['Entity Type', 4]]) {
      const heading = browser.page.locator('#cloverSyncLog thead th', { hasText: title }).locator('a');
      await submitted(browser, () => heading.click());
      const once = await browser.page.getAttribute(`#cloverSyncLog thead th:nth-child(${nth})`, 'aria-sort');
      await submitted(browser, () => browser.page.locator('#cloverSyncLog thead th', { hasText: title }).locator('a').click());
      const twice = await browser.page.getAttribute(`#cloverSyncLog thead th:nth-child(${nth})`, 'aria-sort');
      assert.deepEqual([once, twice].sort(), ['ascending', 'descending'], title);
      const found = (await cells(browser, '#cloverSyncLog', nth)).map((text) => text.split('\n')[0].trim());
      assert.deepEqual(twice === 'ascending' ? found : found.reverse(), sorted(found), title);
    }
  });

  step('each page continues where the one before ended', async (browser) => {
    await browser.page.goto(page('synclog'));
    const first = await cells(browser, '#cloverSyncLog', 1);
    assert.equal(first.length, 20);
    await submitted(browser, () => browser.page.locator('.pagination a:has-text("2")').first().click());
    assert.ok((await cells(browser, '#cloverSyncLog', 1)).length > 0);
    assert.equal(await browser.page.locator('.pagination .active').first().innerText().then((text) => text.trim()), '2');
    await submitted(browser, () => browser.page.locator('.pagination a:has-text("1")').first().click());
  });

  step('the mappings list every product with its item, and can be searched, filtered and sorted', async (browser) => {
    await browser.page.goto(page('mappings'));
    await browser.shot('06 mappings');
    await browser.dark();
    await browser.shot('06 mappings dark');
    await browser.readable();
    await search(browser, 'TS-RE-L');
    assert.equal(await browser.page.locator('#cloverMappings tbody tr').count(), 1);
    assert.match(await row(browser, 'T-Shirt').innerText(), /Item group with 6 items/);
    await clear(browser);
    await filter(browser, '#filter_state', 'synced');
    assert.ok((await cells(browser, '#cloverMappings', 4)).every((text) => text.startsWith('Synced')));
    await clear(browser);
    const heading = () => browser.page.locator('#cloverMappings thead th', { hasText: 'SKU' }).locator('a');
    await submitted(browser, () => heading().click());
    await submitted(browser, () => heading().click());
    assert.ok(['ascending', 'descending'].includes(await browser.page.getAttribute('#cloverMappings thead th:nth-child(2)', 'aria-sort')));
    await submitted(browser, () => browser.page.locator('#cloverMappings thead th', { hasText: 'Product' }).locator('a').click());
  });

  step('Re-sync brings one product up to date', async (browser) => {
    const item = await itemOf('PLATTER-LONG');
    await clover.change(item.id, { price: 9100 });
    await browser.page.goto(page('mappings'));
    await search(browser, 'PLATTER-LONG');
    assert.match(await press(browser, browser.page.locator('#cloverMappings [data-clover-action="mapping.resync"]').first()), /is up to date with Clover/);
    assert.equal(shopPrice('PLATTER-LONG'), 91);
  });

  step('Preview changes shows what a sync would do, and does nothing', async (browser) => {
    const item = await itemOf('SALT');
    const price = 2000 + (Date.now() % 900);
    await clover.change(item.id, { price });
    const created = await clover.create({ name: 'Preview only', price: 100 });
    const before = value('SELECT COUNT(*) FROM #__j2commerce_products');
    await browser.page.goto(page('mappings'));
    await browser.page.click('[data-clover-report="preview"]');
    await browser.page.waitForSelector('#clover-report:not([hidden])');
    const words = await browser.page.innerText('#clover-report');
    assert.match(words, /1 new, [1-9]\d* to update/);
    assert.match(words, /Preview only/);
    assert.match(words, /Salt Cellar/);
    assert.ok(words.includes(`${shopPrice('SALT').toFixed(2)} → ${(price / 100).toFixed(2)}`), words);
    await browser.shot('06 preview');
    await browser.readable();
    assert.equal(value('SELECT COUNT(*) FROM #__j2commerce_products'), before);
    assert.notEqual(shopPrice('SALT'), price / 100);
    await clover.remove(created.id);
    await browser.page.click('[data-clover-report-close]');
    await browser.page.waitForSelector('#clover-report', { state: 'hidden' });
  });

  step('an item that the settings leave out is in the preview with the reason, and comes once they include it', async (browser) => {
    const created = await clover.create({ name: 'Kept at the till', price: 100, hidden: true });
    const articles = () => value("SELECT COUNT(*) FROM #__content WHERE title = 'Kept at the till'");
    await settings(browser, { import_hidden: 'skip' });
    await browser.page.goto(page('mappings'));
    await browser.page.click('[data-clover-report="preview"]');
    await browser.page.waitForSelector('#clover-report:not([hidden])');
    const row = browser.page.locator('#clover-report tbody tr', { hasText: 'Kept at the till' });
    assert.match(await row.innerText(), /Left out\s+“Kept at the till” is left out by the settings \(it is hidden in Clover\)/);
    await browser.shot('06 left out');
    await sync(browser);
    assert.equal(articles(), 0);
    await settings(browser, { import_hidden: 'unpublished' });
    await sync(browser);
    assert.equal(articles(), 1);
    await clover.remove(created.id);
  });

  step('the drift report shows differences and their reasons', async (browser) => {
    await sync(browser);
    query("UPDATE #__j2commerce_productquantities q JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = q.variant_id SET q.quantity = 99 WHERE v.sku = 'SALT'");
    await browser.page.goto(page('mappings'));
    await browser.page.click('[data-clover-report="drift"]');
    await browser.page.waitForSelector('#clover-report:not([hidden])');
    const words = await browser.page.innerText('#clover-report');
    assert.match(words, /The counts of [1-9]\d* of \d+ linked items differ/);
    assert.match(words, /SALT[\s\S]*99/);
    await browser.shot('06 drift');
    await browser.readable();
    await sync(browser);
    assert.notEqual(Number(shopCount('SALT')), 99);
  });

  step('Unlink asks, keeps the product, and the next sync lists a conflict, which Adopt resolves', async (browser) => {
    const { id } = await itemOf('SALT');
    const { article } = product('Salt Cellar');
    await browser.page.goto(page('mappings'));
    await search(browser, 'SALT');
    browser.page.once('dialog', (dialog) => dialog.accept());
    assert.match(await press(browser, row(browser, 'Salt Cellar').locator('[data-clover-action="mapping.unlink"]')), /no longer linked to Clover\. The product stays/);
    assert.equal(product('Salt Cellar').article, article);
    await clear(browser).catch(() => {});
    assert.match(await sync(browser), /1 in conflict: the shop already has products with their SKUs/);
    assert.equal(value(MAPPED, [id]), 'conflict');
    await dashboard(browser);
    assert.match(await browser.page.innerText('#clover-dashboard'), /1 Clover item waits, because the shop already has a product with its SKU/);
    await browser.page.goto(page('mappings'));
    const conflict = browser.page.locator('#conflicts tbody tr', { hasText: 'SALT' });
    assert.match(await conflict.innerText(), /Salt Cellar/);
    assert.match(await conflict.innerText(), /Simple, product \d+, price [\d.]+, (Unpublished|Published)/);
    assert.match(await conflict.locator('a').first().getAttribute('href'), /task=article\.edit&id=\d+/);
    assert.equal(await browser.page.locator('#cloverMappings tbody tr', { hasText: id }).count(), 0, 'It is listed once.');
    await browser.shot('06 conflict');
    await browser.readable();
    assert.match(await press(browser, conflict.locator('[data-clover-action="mapping.adopt"]')), /Linked\. The next sync brings/);
    await sync(browser);
    assert.equal(value(MAPPED, [id]), 'synced');
    assert.equal(product('Salt Cellar').article, article);
    assert.equal(value("SELECT COUNT(*) FROM #__j2commerce_variants WHERE sku = 'SALT'"), 1);
  });

  step('Adopt all takes every conflict at once', async (browser) => {
    for (const sku of ['SALT', 'PLATTER-LONG']) {
      await browser.page.goto(page('mappings'));
      await search(browser, sku);
      browser.page.once('dialog', (dialog) => dialog.accept());
      await press(browser, browser.page.locator('#cloverMappings [data-clover-action="mapping.unlink"]').first());
    }

    await clear(browser).catch(() => {});
    assert.match(await sync(browser), /2 in conflict/);
    await browser.page.goto(page('mappings'));
    browser.page.once('dialog', (dialog) => dialog.accept());
    assert.match(await press(browser, browser.page.locator('[data-clover-action="mapping.adoptAll"]')), /2 products linked/);
    await sync(browser);
    assert.equal(value("SELECT COUNT(*) FROM #__j2commerce_clover_mappings WHERE state = 'conflict'"), 0);
  });

  step('an empty outbox says that nothing is waiting', async (browser) => {
    await browser.page.goto(page('outbox'));
    const words = await browser.page.innerText('#clover-outbox');
    assert.match(words, /Nothing is waiting to be sent/);
    assert.match(words, /Nothing needs your decision/);
  });

  step('a sale whose response was lost while the count changed elsewhere is listed, and resolved by the owner', async (browser) => {
    const item = await itemOf('PLATTER-LONG');
    await clover.setStock(item.id, 9);
    await sync(browser);
    const { id } = published(titleOf('PLATTER-LONG'));
    await clover.faults([{ match: `POST /v3/merchants/*/item_stocks/${item.id}`, times: 1, do: 'apply_then_drop' }]);
    const { order } = await buy(browser, [{ product: id, quantity: 2 }]);
    await until('the write', async () => value("SELECT COUNT(*) FROM #__j2commerce_clover_ledger WHERE state = 'sent'") === 1, 30);
    await clover.setStock(item.id, 20);
    await until('the request’s own time is over', async () => {
      await browser.page.goto(page('outbox'));
      const send = browser.page.locator('#clover-outbox [data-clover-action="outbox.send"]');
      await submitted(browser, () => send.click());
      return value("SELECT COUNT(*) FROM #__j2commerce_clover_ledger WHERE state = 'uncertain'") === 1;
    }, 90);
    await browser.page.goto(page('outbox'));
    const words = await browser.page.innerText('#clover-outbox');
    assert.match(words, /Needs your decision \(1\)/);
    assert.ok(words.includes(order.order_id));
    assert.match(words, /2 to take out of Clover’s stock/);
    assert.match(words, /changed elsewhere/);
    await browser.shot('06 outbox');
    await browser.dark();
    await browser.shot('06 outbox dark');
    await browser.readable();
    await dashboard(browser);
    assert.match(await browser.page.innerText('#clover-dashboard'), /1 entry about a web sale needs your decision/);
    assert.match(await (await openOrder(browser, order)).innerText(), /Uncertain/);
    await browser.page.goto(page('outbox'));
    assert.match(await press(browser, browser.page.locator('[data-clover-word="not_applied"]').first()), /Saved: the next run sends it/);
    await submitted(browser, () => browser.page.click('#clover-outbox [data-clover-action="outbox.send"]'));
    await browser.says(/1 confirmed by Clover/);
    assert.equal(await clover.count(item.id), 18);
    assert.match(await browser.page.innerText('#clover-outbox'), /Nothing needs your decision/);
  }, { timeout: 240_000 });
});
