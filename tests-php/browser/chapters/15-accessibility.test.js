import assert from 'node:assert/strict';
import { admin, page } from '../lib/browser.js';
import { chapter } from '../lib/chapter.js';
import { connected, credentials, dashboard, disconnected, dueTask, fresh, installed, openTab, settings, settingsUrl, sync } from '../lib/given.js';
import { close, edit, product, published } from '../lib/products.js';
import { buy, openOrder } from '../lib/shopper.js';
import { clover, joomla, query, until, value } from '../lib/site.js';

const TABS = ['connection', 'products', 'pricing', 'sync', 'advanced'];
const SKU = 'CANDLE';

const itemOf = async (sku) => (await clover.state()).items.find((item) => item.sku === sku && !item.deleted);

const opened = async (browser, name) => {
  await browser.page.goto(page(name));
  await browser.page.waitForLoadState('networkidle');
};

const report = async (browser, kind) => {
  await opened(browser, 'mappings');
  await browser.page.click(`[data-clover-report="${kind}"]`);
  await browser.page.waitForSelector('#clover-report:not([hidden])');
};

/** A screenshot of each combination of colors and width. */
const shots = async (browser, name) => {
  const size = browser.page.viewportSize();

  for (const [width, height] of [[1366, 768], [390, 844]]) {
    await browser.page.setViewportSize({ width, height });

    for (const dark of [false, true]) {
      await browser.dark(dark);
      await browser.shot(`15 ${name} ${width}${dark ? ' dark' : ''}`);
    }
  }

  await browser.dark(false);
  await browser.page.setViewportSize(size);
};

const accessible = async (browser, name, parts) => {
  await shots(browser, name);
  await browser.readable(parts);
};

chapter('Every page and part in light and dark colors, on a small screen and on a phone', async (browser) => {
  await fresh();
  await clover.switches({ drop_deliveries: true });
  installed();
  await browser.login();
}, (step) => {
  step('before anything is set: the first steps, the guide and the server', async (browser) => {
    await opened(browser, 'dashboard');
    assert.equal(await browser.page.locator('#clover-steps').count(), 1);
    await accessible(browser, 'first steps');

    for (const name of ['guide', 'server']) {
      await opened(browser, name);
      await accessible(browser, name);
    }
  }, { timeout: 300_000 });

  step('empty lists', async (browser) => {
    await credentials(browser);

    for (const name of ['synclog', 'mappings', 'outbox']) {
      await opened(browser, name);
      await accessible(browser, `empty ${name}`);
    }
  }, { timeout: 300_000 });

  step('an approval that fails', async (browser) => {
    await browser.page.goto(`${page('oauth_start')}&tmpl=component`);
    await accessible(browser, 'approval', 'main');
  });

  step('all tabs of the settings, with names of categories and rows of markups, and a wrong number', async (browser) => {
    await browser.page.goto(settingsUrl());

    for (const tab of TABS) {
      await openTab(browser, tab);

      if (tab === 'products') {
        await browser.page.selectOption('[name="jform[params][import_categories][mode]"]', 'only');
        await browser.page.waitForSelector('[name="jform[params][import_categories][names]"]', { state: 'visible' });
      }

      if (tab === 'pricing') {
        await browser.page.selectOption('#jform_params_pricing_mode', 'markup');
        await browser.page.click('joomla-field-subform[name="jform[params][category_markups]"] .group-add');
        await browser.page.waitForSelector('[name="jform[params][category_markups][category_markups0][category]"]');
      }

      await accessible(browser, `settings ${tab}`, `#attrib-${tab}`);
    }

    await openTab(browser, 'sync');
    await browser.page.fill('#jform_params_sync_interval', '3');
    await browser.page.click('.button-apply');
    await browser.says(/must be a whole number/);
    await accessible(browser, 'settings wrong number', '#attrib-sync');
  }, { timeout: 400_000 });

  step('the question for a category, progress, and what was synced', async (browser) => {
    await connected(browser);
    query("UPDATE #__extensions SET params = JSON_REMOVE(params, '$.default_category') WHERE element = 'app_cloverpos' AND folder = 'j2commerce'");
    await dashboard(browser);
    await browser.page.click('button[data-clover-action="sync"]');
    await browser.page.waitForSelector('#clover-category:not([hidden])');
    await accessible(browser, 'category');
    await clover.switches({ latency: 1500 });

    try {
      await browser.page.click('[data-clover-action="category"]');
      await browser.page.waitForSelector('#clover-stop:not([hidden])');
      await browser.page.click('#clover-stop');
      await until('it stops', async () => /Stopped/.test(await browser.page.innerText('#clover-progress-text')), 60);
      await accessible(browser, 'stopped');
      await clover.switches({ latency: 0 });
      await browser.page.click('#clover-resume');
      await browser.page.waitForSelector('#clover-result:not([hidden])', { timeout: 60_000 });
    } finally {
      await clover.switches({ latency: 0 });
    }

    await accessible(browser, 'synced');
  }, { timeout: 300_000 });

  step('the lists with their contents: mappings, conflicts, differences, the log with errors', async (browser) => {
    const link = query('SELECT clover_id FROM #__j2commerce_clover_mappings WHERE sku = ?', ['SALT'])[0];
    query('DELETE FROM #__j2commerce_clover_mappings WHERE clover_id = ?', [link.clover_id]);
    query('DELETE FROM #__j2commerce_clover_mappings WHERE product_id = ?', [product('T-Shirt').id]);
    query("UPDATE #__j2commerce_options SET option_name = CONCAT('My ', option_name) WHERE option_name IN ('Color', 'Size')");
    await sync(browser);
    query("UPDATE #__j2commerce_variants SET price = 9.99 WHERE sku = 'MUG-01'");
    query("UPDATE #__j2commerce_clover_mappings SET state = 'error', error = 'Clover said no.' WHERE sku = 'PLATTER-LONG'");

    for (const status of ['error', 'skipped']) {
      query("INSERT INTO #__j2commerce_clover_log (environment, created, action, entity_type, entity_id, status, message) VALUES ('sandbox', UTC_TIMESTAMP(), 'token_refresh', 'token', '', ?, 'Clover said no.')", [status]);
    }

    await opened(browser, 'mappings');
    assert.equal(await browser.page.locator('#conflicts').count(), 1);
    assert.equal(await browser.page.locator('[data-clover-pairs]').count(), 1);
    await accessible(browser, 'mappings');
    await browser.page.click('.js-stools-btn-filter');
    await browser.page.waitForSelector('#filter_state', { state: 'visible' });
    await accessible(browser, 'mappings filters');
    await opened(browser, 'synclog');
    await accessible(browser, 'log');
    await dashboard(browser);
    await accessible(browser, 'dashboard with warnings');
  }, { timeout: 400_000 });

  step('preview and drift, with what is new, changed and left out', async (browser) => {
    await settings(browser, { 'import_categories.mode': 'except', 'import_categories.names': 'Starters', price_ending: '0.99' });
    await report(browser, 'preview');
    const words = await browser.page.innerText('#clover-report');
    assert.match(words, /Left out/);
    assert.match(words, /→/);
    await accessible(browser, 'preview');
    await report(browser, 'drift');
    await accessible(browser, 'drift');
    await settings(browser, { 'import_categories.mode': 'all', price_ending: 'none' });
  }, { timeout: 300_000 });

  step('a product’s tab: different from Clover, with a caution, with variants', async (browser) => {
    for (const title of ['Enamel Mug', 'Olive Oil (loose)', 'Poster']) {
      await edit(browser, product(title).article);
      const details = browser.page.locator('[data-clover-product] summary');

      if (await details.count() > 0) {
        await details.first().click();
      }

      await accessible(browser, `product ${title}`);
      await close(browser);
    }
  }, { timeout: 400_000 });

  step('the list of products with Clover’s state', async (browser) => {
    await browser.page.goto(admin('?option=com_j2commerce&view=products'));
    await browser.page.waitForSelector('[data-clover-state]');
    await accessible(browser, 'products', '[data-clover-state]');
  });

  step('an order’s card, and the outbox with an entry that needs a decision', async (browser) => {
    const item = await itemOf(SKU);
    const title = value('SELECT c.title FROM #__content c JOIN #__j2commerce_clover_mappings m ON m.article_id = c.id WHERE m.sku = ?', [SKU]);
    const { id } = published(title);
    const { order } = await buy(browser, [{ product: id, quantity: 1 }]);
    await until('it is sent', async () => {
      await openOrder(browser, order);
      return /In Clover/.test(await browser.page.innerText('[data-clover-order]'));
    }, 60);
    await browser.page.locator('[data-clover-order] summary').first().click();
    await accessible(browser, 'order card');
    await clover.faults([{ match: `POST /v3/merchants/*/item_stocks/${item.id}`, times: 1, do: 'apply_then_drop' }]);
    const second = await buy(browser, [{ product: id, quantity: 1 }]);
    await until('the write', async () => value("SELECT COUNT(*) FROM #__j2commerce_clover_ledger WHERE state = 'sent'") === 1, 30);
    query("UPDATE #__j2commerce_clover_ledger SET state = 'uncertain' WHERE state = 'sent'");
    await opened(browser, 'outbox');
    await accessible(browser, 'outbox');
    await openOrder(browser, second.order);
    await accessible(browser, 'order card uncertain');
    await browser.page.goto(admin('?option=com_j2commerce&view=orders'));
    await browser.page.waitForLoadState('networkidle');
    await shots(browser, 'orders');
    await clover.clearFaults();
  }, { timeout: 400_000 });

  step('a pause, a refused connection, and many deletions', async (browser) => {
    const gone = (await clover.state()).items.filter((item) => !item.deleted && !item.sku).slice(0, 30);

    for (const { id } of gone) {
      await clover.remove(id);
    }

    await dashboard(browser);
    await browser.page.click('button[data-clover-action="sync"]');
    await browser.page.waitForSelector('#clover-deletes:not([hidden])', { timeout: 60_000 });
    await accessible(browser, 'many deletions');
    await browser.page.click('[data-clover-action="keep-deletes"]');
    await browser.says(/The products stay as they are/);
    await clover.tokens('revoke');
    dueTask('cloversync.fullSync');
    joomla('scheduler:run', '--all');
    await opened(browser, 'dashboard');
    await accessible(browser, 'refused');
    await opened(browser, 'outbox');
    await accessible(browser, 'outbox refused');
    await disconnected(browser);
    await accessible(browser, 'not connected');
  }, { timeout: 400_000 });
});
