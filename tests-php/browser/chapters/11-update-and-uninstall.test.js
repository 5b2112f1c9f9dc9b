import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { admin } from '../lib/browser.js';
import { chapter } from '../lib/chapter.js';
import { connected, dashboard, dueTask, loaded, parameters, settings, sync, synced } from '../lib/given.js';
import { rows } from '../lib/products.js';
import { clover, EXTENSION, joomla, query, site, value } from '../lib/site.js';

const links = () => query('SELECT clover_id, product_id, variant_id, state FROM #__j2commerce_clover_mappings ORDER BY id');
const secrets = () => query("SELECT environment, name, value FROM #__j2commerce_clover_state WHERE name LIKE 'secret%' OR name = 'tokens' ORDER BY name");

const LOGGED = "SELECT COUNT(*) FROM #__action_logs_extensions WHERE extension = 'plg_j2commerce_app_cloverpos'";

chapter('Update, Uninstall', async (browser) => {
  await clover.switches({ drop_deliveries: true });
  await synced(browser);
  // What earlier chapters changed in Clover is in the shop before the update.
  await sync(browser);
  await settings(browser, { sync_interval: 45, delete_action: 'trash' });
}, (step) => {
  step('an update over itself keeps settings, secrets, links and the connection', async (browser) => {
    const before = [parameters(), secrets(), links(), rows(), value(`SELECT enabled FROM #__extensions WHERE ${EXTENSION}`)];
    query("UPDATE #__extensions SET enabled = 0 WHERE type = 'plugin' AND folder = 'task' AND element = 'cloversync'");
    assert.match(joomla('extension:install', `--path=${site.package}`), /installed successfully/);
    assert.deepEqual([parameters(), secrets(), links(), rows(), value(`SELECT enabled FROM #__extensions WHERE ${EXTENSION}`)], before);
    assert.equal(value("SELECT enabled FROM #__extensions WHERE type = 'plugin' AND folder = 'task' AND element = 'cloversync'"), 0, 'whoever switched the tasks off meant it');
    query("UPDATE #__extensions SET enabled = 1 WHERE type = 'plugin' AND folder = 'task' AND element = 'cloversync'");
    await dashboard(browser);
    assert.match(await browser.page.innerText('#clover-dashboard'), /Connected/);
    assert.match(await sync(browser), /0 imported, 0 updated/);
  });

  step('an update from a version without the newer plugins enables them', async () => {
    const NEWER = ['console', 'actionlog', 'privacy', 'webservices'];

    for (const group of NEWER) {
      query("DELETE FROM #__extensions WHERE type = 'plugin' AND folder = ? AND element = 'cloversync'", [group]);
      rmSync(join(site.root, 'plugins', group, 'cloversync'), { recursive: true });
    }

    assert.doesNotMatch(joomla('list'), /cloversync:/);
    assert.match(joomla('extension:install', `--path=${site.package}`), /installed successfully/);
    assert.match(joomla('list', 'cloversync'), /cloversync:doctor/);

    for (const group of NEWER) {
      assert.equal(value("SELECT enabled FROM #__extensions WHERE type = 'plugin' AND folder = ? AND element = 'cloversync'", [group]), 1, group);
    }

    assert.equal(value(LOGGED), 1);
  });

  step('Joomla’s database check finds no problem', async (browser) => {
    await browser.page.goto(admin('?option=com_installer&view=database'));
    const row = browser.page.locator('tbody tr', { hasText: 'Clover POS Integration' });
    assert.match(await row.innerText(), /No Problems/);
  });

  step('Uninstall in the browser leaves no task, extension row or file, and keeps the products', async (browser) => {
    dueTask('cloversync.fullSync');
    const before = rows();
    await browser.page.goto(admin('?option=com_installer&view=manage'));
    await browser.page.fill('#filter_search', `id:${value("SELECT extension_id FROM #__extensions WHERE type = 'package' AND element = 'pkg_cloverpos'")}`);
    await browser.loads(() => browser.page.press('#filter_search', 'Enter'));
    await browser.page.locator('tbody input[type="checkbox"]').first().check();
    await browser.page.click('.dropdown-toggle:has-text("Actions")');
    await browser.page.click('.button-delete');
    await browser.loads(() => browser.page.click('joomla-dialog [data-button-ok]'));
    await browser.says(/Uninstalling the package Clover POS Integration was successful/);
    await browser.shot('11 uninstalled');
    assert.deepEqual(query("SHOW TABLES LIKE '%clover%'").map((row) => Object.values(row)[0].replace(/.*_clover_/, '')), ['kept']);
    assert.equal(value("SELECT COUNT(*) FROM #__scheduler_tasks WHERE type LIKE 'cloversync.%'"), 0);
    assert.equal(value("SELECT COUNT(*) FROM #__mail_templates WHERE template_id LIKE '%clover%'"), 0);
    assert.equal(value("SELECT COUNT(*) FROM #__extensions WHERE element LIKE '%clover%'"), 0);

    assert.equal(value(LOGGED), 0);

    for (const folder of ['plugins/j2commerce/app_cloverpos', ...['task', 'console', 'actionlog', 'privacy', 'webservices'].map((group) => `plugins/${group}/cloversync`), 'libraries/cloversync', 'media/plg_j2commerce_app_cloverpos']) {
      assert.equal(existsSync(join(site.root, folder)), false, folder);
    }

    assert.deepEqual(rows(), before);
  });

  step('the shop works without it', async (browser) => {
    await browser.page.goto(admin('?option=com_j2commerce&view=products'));
    assert.match(await browser.page.innerText('main'), /Products|Cookbook/);
    await browser.page.goto(admin('?option=com_j2commerce&view=dashboard'));
    assert.match(await browser.page.innerText('main'), /J2Commerce/);
  });

  step('installed and connected again, a sync makes no product twice, and Clover’s changes since then arrive', async (browser) => {
    const products = () => value('SELECT COUNT(*) FROM #__j2commerce_products');
    const before = products();
    const item = (await clover.state()).items.find(({ sku, deleted }) => sku === 'CANDLE' && !deleted);
    await clover.change(item.id, { price: item.price + 1 });
    // Not by the other steps' installation, which empties the shop.
    joomla('extension:install', `--path=${site.package}`);
    query(`UPDATE #__extensions SET enabled = 1 WHERE ${EXTENSION}`);
    await loaded(browser);
    await connected(browser);
    assert.match(await sync(browser), /0 imported, 1 updated/);
    assert.equal(products(), before);
    assert.deepEqual(query("SHOW TABLES LIKE '%clover_kept'"), []);
  });
});
