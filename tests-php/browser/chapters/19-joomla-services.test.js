import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { admin, page } from '../lib/browser.js';
import { chapter } from '../lib/chapter.js';
import { settings, settingsUrl, sync, synced } from '../lib/given.js';
import { product, published, titleOf } from '../lib/products.js';
import { buy } from '../lib/shopper.js';
import { clover, query, site, until, value } from '../lib/site.js';

const LOGGED = 'plg_j2commerce_app_cloverpos';

/** The file that a button saves, as lines without the byte order mark, which it must have. */
const saved = async (browser, button) => {
  const [download] = await Promise.all([browser.page.waitForEvent('download'), browser.page.click(button)]);
  const text = readFileSync(await download.path(), 'utf8');
  assert.equal(text.codePointAt(0), 0xFEFF, 'Excel needs it to read UTF-8');
  return { name: download.suggestedFilename(), lines: text.slice(1).trimEnd().split('\r\n') };
};

const search = (browser, words) => browser.loads(async () => {
  await browser.page.fill('#filter_search', words);
  await browser.page.press('#filter_search', 'Enter');
});

/** Joomla's token of the Super User, as its token plugin makes it. */
const token = () => {
  const user = value('SELECT id FROM #__users WHERE username = ?', [site.user]);
  const seed = Buffer.alloc(32, 7);
  const secret = /\$secret = '([^']+)'/.exec(readFileSync(join(site.root, 'configuration.php'), 'utf8'))[1];
  query("DELETE FROM #__user_profiles WHERE user_id = ? AND profile_key LIKE 'joomlatoken.%'", [user]);
  query("INSERT INTO #__user_profiles (user_id, profile_key, profile_value, ordering) VALUES (?, 'joomlatoken.token', ?, 1), (?, 'joomlatoken.enabled', '1', 2)", [user, seed.toString('base64'), user]);
  return Buffer.from(`sha256:${user}:${createHmac('sha256', secret).update(seed).digest('hex')}`).toString('base64');
};

const api = async (method, path, headers = {}) => {
  const response = await fetch(`${site.url}/api/index.php/v1/cloversync/${path}`, { method, headers: { Accept: 'application/vnd.api+json', ...headers } });
  return { status: response.status, type: response.headers.get('content-type'), body: await response.json() };
};

chapter('Joomla’s own services: action logs, CSV, web services, privacy', async (browser) => {
  await clover.switches({ drop_deliveries: true });
  await synced(browser);
  query('DELETE FROM #__action_logs WHERE extension = ?', [LOGGED]);
}, (step) => {
  step('each plugin is enabled by the installation, and users can be sent mails about the app’s entries', async () => {
    for (const group of ['actionlog', 'privacy', 'webservices']) {
      assert.equal(value("SELECT enabled FROM #__extensions WHERE type = 'plugin' AND folder = ? AND element = 'cloversync'", [group]), 1, group);
    }

    assert.equal(value('SELECT COUNT(*) FROM #__action_logs_extensions WHERE extension = ?', [LOGGED]), 1);
  });

  step('the User Actions Log names who saved settings, started a sync and unlinked a product', async (browser) => {
    await settings(browser, { log_retention: 31 });
    await sync(browser);
    await browser.page.goto(page('mappings'));
    await search(browser, 'SALT');
    browser.page.once('dialog', (dialog) => dialog.accept());
    await browser.loads(() => browser.page.click('#cloverMappings [data-clover-action="mapping.unlink"]'));
    await browser.loads(() => browser.page.click('.js-stools-btn-clear'));
    await browser.page.goto(admin('?option=com_actionlogs&view=actionlogs'));
    const said = await browser.page.innerText('main');
    assert.match(said, /User \S+ saved the settings of the Clover POS Integration \(environment: sandbox\)/);
    assert.match(said, /User \S+ started a sync on the Clover Dashboard/);
    assert.match(said, /User \S+ unlinked the product Salt Cellar from its item in Clover/);
    assert.match(said, /Clover POS Integration/);
    assert.equal(value('SELECT COUNT(*) FROM #__action_logs WHERE extension = ? AND message_language_key LIKE ?', [LOGGED, '%SYNC_STARTED']), 1, 'once, however many slices it had');
    const link = await browser.page.locator('a:has-text("settings of the Clover POS Integration")').first().getAttribute('href');
    assert.equal(new URL(link, settingsUrl()).searchParams.get('task'), 'plugin.edit');
    await browser.shot('14 action log');
    // The shop keeps the product; the chapters after this one find it linked.
    await sync(browser);
    await browser.page.goto(page('mappings'));
    browser.page.once('dialog', (dialog) => dialog.accept());
    await browser.loads(() => browser.page.click('[data-clover-action="mapping.adoptAll"]'));
    await sync(browser);
  });

  step('the Sync Log is saved with the filters that are set, and no cell is a formula', async (browser) => {
    query("INSERT INTO #__j2commerce_clover_log (environment, created, action, entity_type, entity_id, status, message) VALUES ('sandbox', '2025-02-01 12:00:00', 'token_refresh', 'token', '=1+1', 'error', '=HYPERLINK(\"http://x\", \"a\")')");
    await browser.page.goto(page('synclog'));
    const all = await saved(browser, 'button:has-text("CSV")');
    assert.match(all.name, /^clover-sync-log-\d{4}-\d\d-\d\d\.csv$/);
    assert.equal(all.lines[0], 'Date,Status,Action,Entity Type,Entity ID,Message');
    assert.ok(all.lines.length > 20, 'more than a page');
    await search(browser, 'HYPERLINK');
    const found = await saved(browser, 'button:has-text("CSV")');
    assert.equal(found.lines.length, 2);
    assert.match(found.lines[1], /,Error,Connection renewed,token,'=1\+1,"'=HYPERLINK\(""http:\/\/x"", ""a""\)"$/);
    await browser.loads(() => browser.page.click('.js-stools-btn-clear'));
    query("DELETE FROM #__j2commerce_clover_log WHERE entity_id = '=1+1'");
  });

  step('the mappings and the drift report are saved, and a link without a token saves nothing', async (browser) => {
    await browser.page.goto(page('mappings'));
    await search(browser, 'TS-RE-L');
    const found = await saved(browser, '#clover-mappings button:has-text("CSV"):visible');
    assert.equal(found.lines.length, 2);
    assert.match(found.lines[0], /^Product,SKU,Clover ID,State,/);
    assert.match(found.lines[1], /^T-Shirt,/);
    await browser.loads(() => browser.page.click('.js-stools-btn-clear'));
    query("UPDATE #__j2commerce_productquantities q JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = q.variant_id SET q.quantity = 99 WHERE v.sku = 'PLATTER-LONG'");
    await browser.page.click('[data-clover-report="drift"]');
    await browser.page.waitForSelector('#clover-report:not([hidden])');
    assert.match(await browser.page.innerText('#clover-report thead'), /^Product\s+SKU\s/);
    await browser.shot('14 drift');
    await browser.readable();
    const drift = await saved(browser, '#clover-report-csv button');
    assert.equal(drift.lines[0], 'Product,SKU,Clover ID,Shop,Clover,Reason');
    assert.ok(drift.lines.some((line) => line.includes('PLATTER-LONG') && line.includes(',99,')), drift.lines.join('\n'));
    await sync(browser);
    await browser.page.goto(page('drift_csv'));
    assert.match(await browser.page.innerText('main'), /invalid security token/);
  });

  step('the web services need a token, return the state and sync', async () => {
    assert.equal((await api('GET', 'status')).status, 401);
    assert.equal((await api('POST', 'sync')).status, 401);
    const headers = { 'X-Joomla-Token': token() };
    const { status, type, body } = await api('GET', 'status', headers);
    assert.equal(status, 200, JSON.stringify(body));
    assert.match(type, /application\/vnd\.api\+json/);
    assert.equal(body.data.type, 'cloversync-status');
    assert.equal(body.data.attributes.connected, true);
    assert.equal(body.data.attributes.environment, 'sandbox');
    const item = (await clover.state()).items.find(({ sku, deleted }) => sku === 'CANDLE' && !deleted);
    await clover.change(item.id, { price: item.price + 3 });
    let run;

    do {
      run = (await api('POST', 'sync', headers)).body.data;
    } while (run.attributes.status === 'running');

    assert.deepEqual([run.attributes.status, run.attributes.updated], ['done', 1]);
    assert.deepEqual((await api('GET', 'sync', headers)).body.data, run);
    assert.equal((await api('GET', 'nothing', headers)).status, 404);
  });

  step('Privacy says what the shop and Clover keep, exports it, and removes the customer’s details', async (browser) => {
    await browser.page.goto(admin('?option=com_privacy&view=capabilities'));
    assert.match(await browser.page.locator('main').textContent(), /J2Commerce - Clover Privacy[\s\S]+clear its note/);
    published(titleOf('CANDLE'));
    const { order } = await buy(browser, [{ product: product(titleOf('CANDLE')).id, quantity: 1 }]);
    await until('the order is in Clover', () => value("SELECT clover_order_id FROM #__j2commerce_clover_orders WHERE order_id = ? AND state = 'confirmed'", [order.order_id]), 60);
    // As while its payment is still to be recorded.
    query("UPDATE #__j2commerce_clover_orders SET plan = ? WHERE order_id = ?", [JSON.stringify({ title: 'PAID ONLINE', note: 'Customer: Gwen', pieces: [] }), order.order_id]);
    const request = (type) => {
      query('DELETE FROM #__privacy_requests');
      query("INSERT INTO #__privacy_requests (email, requested_at, status, request_type, confirm_token) VALUES ('gwen@example.org', '2026-01-01 00:00:00', 1, ?, '')", [type]);
      return value('SELECT MAX(id) FROM #__privacy_requests');
    };
    const exported = await browser.context.request.get(admin(`?option=com_privacy&task=request.export&format=xml&id=${request('export')}`));
    assert.equal(exported.status(), 200);
    const xml = await exported.text();
    assert.match(xml, /<domain name="clover_orders"/);
    assert.ok(xml.includes(order.order_id) && xml.includes('Customer: Gwen'));
    await browser.page.goto(admin(`?option=com_privacy&view=request&id=${request('remove')}`));
    await browser.loads(() => browser.page.click('.button-delete'));
    await browser.says(/Orders of this customer in Clover: [\s\S]+clear its note/);
    await browser.shot('14 privacy');
    assert.equal(JSON.parse(value('SELECT plan FROM #__j2commerce_clover_orders WHERE order_id = ?', [order.order_id])).note, '');
    query('DELETE FROM #__privacy_requests');
  }, { timeout: 180_000 });
});
