/** Preconditions of the chapters. Each function does only what is missing, so a chapter can run alone or after any other. */
import { admin, page } from './browser.js';
import { app, authCode, clover, EXTENSION, joomla, query, site, value } from './site.js';

const PACKAGE = "type = 'package' AND element = 'pkg_cloverpos'";

export const isInstalled = () => value(`SELECT COUNT(*) FROM #__extensions WHERE ${PACKAGE}`) > 0;
export const parameters = () => JSON.parse(value(`SELECT params FROM #__extensions WHERE ${EXTENSION}`) || '{}');

export const uninstalled = () => {
  if (isInstalled()) {
    joomla('extension:remove', '-n', String(value(`SELECT extension_id FROM #__extensions WHERE ${PACKAGE}`)));
  }
};

/** Sells nothing and never sold anything. */
export const emptyShop = () => {
  const tables = query("SHOW TABLES LIKE '%j2commerce%'").map((row) => Object.values(row)[0]);
  query('DELETE FROM #__finder_links');
  query("DELETE FROM #__content WHERE id IN (SELECT product_source_id FROM #__j2commerce_products WHERE product_source = 'com_content')");

  for (const table of tables) {
    if (/_j2commerce_(product(?!types)\w*|variants|options|optionvalues|orders?|order(?!statuses)\w*|cart\w*|clover_\w+)$/.test(table)) {
      query(`DELETE FROM ${table}`);
    }
  }
};

export const installed = () => {
  if (!isInstalled()) {
    // Products of an earlier installation would be conflicts.
    emptyShop();
    joomla('extension:install', `--path=${site.package}`);
  }

  query(`UPDATE #__extensions SET enabled = 1 WHERE ${EXTENSION}`);
};

/** A simulator and a shop without a connection, with the app just installed. */
export const fresh = async (catalog = 'sandbox') => {
  await clover.reset(catalog);
  uninstalled();
  installed();
};

export const settingsUrl = () => admin(`?option=com_plugins&task=plugin.edit&extension_id=${value(`SELECT extension_id FROM #__extensions WHERE ${EXTENSION}`)}`);

/** Waits until the web server's PHP, which looks for changed files every two seconds, has the app's classes. */
export const loaded = async (browser) => {
  for (let tries = 0; tries < 40; tries++) {
    await browser.page.goto(settingsUrl());

    if (await browser.page.locator('[name="jform[params][app_id]"]').count() > 0) {
      return;
    }
  }

  throw new Error('The settings do not appear.');
};

export const openTab = async (browser, name) => {
  await browser.page.click(`button[aria-controls="attrib-${name}"]`);
  await browser.page.waitForSelector(`#attrib-${name}`, { state: 'visible' });
};

/** Presses the form's Save and waits for the next page; returns Joomla's messages on it. */
export const save = async (browser) => {
  await browser.loads(() => browser.page.click('.button-apply'));
  return browser.messages();
};

/** Enters settings by the names of their fields, those of a field with parts as "import_tags.mode", and saves. */
export const settings = async (browser, values) => {
  await browser.page.goto(settingsUrl());

  for (const [name, wanted] of Object.entries(values)) {
    const full = `jform[params]${name.split('.').map((part) => `[${part}]`).join('')}`;
    const field = browser.page.locator(`[name="${full}"], [name="${full}[]"]`).first();
    const tab = await field.evaluate((element) => element.closest('joomla-tab-element').id.replace('attrib-', ''));
    await openTab(browser, tab);

    if (await field.evaluate((element) => element.type === 'checkbox')) {
      await field.setChecked(Boolean(wanted));
    } else if (await field.evaluate((element) => element.type === 'radio')) {
      await browser.page.locator(`[name="${full}"][value="${wanted}"]`).check({ force: true });
    } else if (await field.evaluate((element) => element.tagName === 'SELECT')) {
      await field.selectOption(String(wanted));
    } else {
      await field.fill(String(wanted));
    }
  }

  return save(browser);
};

export const dashboard = async (browser) => {
  await browser.page.goto(page('dashboard'));
  await browser.page.waitForSelector('#clover-dashboard');
};

/** Connects with the button and the popup, which closes by itself. */
export const connect = async (browser) => {
  await dashboard(browser);
  const [popup] = await Promise.all([browser.context.waitForEvent('page'), browser.page.click('[data-clover-action="connect"]')]);
  await popup.waitForEvent('close', { timeout: 20_000 }).catch((error) => { if (!popup.isClosed()) { throw error; } });
  await browser.page.waitForSelector('.badge.text-bg-success:has-text("Connected")');
  return browser.messages();
};

export const disconnected = async (browser) => {
  await dashboard(browser);

  if (await browser.page.locator('[data-clover-action="connect"]').count() === 0) {
    browser.page.once('dialog', (dialog) => dialog.accept());
    await browser.page.click('button[data-clover-action="disconnect"]');
    await browser.page.waitForSelector('[data-clover-action="connect"]');
  }
};

export const credentials = async (browser) => {
  installed();
  await browser.login();
  const wanted = { app_id: app.id, environment: 'sandbox', default_category: value("SELECT id FROM #__categories WHERE extension = 'com_content' AND alias = 'uncategorised'"), push_stock: 1, sync_sale: 1, webhooks: 1 };
  const now = parameters();
  const values = Object.fromEntries(Object.entries(wanted).filter(([name, value]) => String(now[name]) !== String(value)));

  if (Object.keys(values).length > 0 || value("SELECT COUNT(*) FROM #__j2commerce_clover_state WHERE name LIKE 'secret%'") < 2) {
    await settings(browser, { ...values, app_secret: app.secret, webhook_secret: authCode });
  }
};

export const connected = async (browser) => {
  await credentials(browser);
  await dashboard(browser);

  if (await browser.page.locator('[data-clover-action="connect"]').count() === 0) {
    // Clover may have been reset since.
    await browser.page.click('button[data-clover-action="test"]');

    if (/Connection works/.test(await browser.messages())) {
      return;
    }

    await disconnected(browser);
  }

  await connect(browser);
};

/** A task of the scheduler that is due. */
export const dueTask = (type) => {
  query('DELETE FROM #__scheduler_tasks WHERE type = ?', [type]);
  query(
    `INSERT INTO #__scheduler_tasks (asset_id, title, type, execution_rules, cron_rules, state, last_exit_code, next_execution, created, created_by, note, params, ordering, cli_exclusive)
     VALUES (0, ?, ?, ?, ?, 1, 0, '2020-01-01 00:00:00', '2020-01-01 00:00:00', 0, '', ?, 0, 0)`,
    [
      type, type, JSON.stringify({ 'rule-type': 'interval-minutes', 'interval-minutes': '60', 'exec-day': '1', 'exec-time': '12:00' }), JSON.stringify({ type: 'interval', exp: 'PT60M' }),
      JSON.stringify({ notifications: { success_mail: '0', failure_mail: '0', fatal_failure_mail: '0', orphan_mail: '0' } }),
    ],
  );
};

/** Presses Sync Now and waits for the message with the result. */
export const sync = async (browser) => {
  await dashboard(browser);
  await browser.page.click('joomla-toolbar-button button[data-clover-action="sync"], button[data-clover-action="sync"]:visible');
  await browser.page.waitForSelector('#clover-result:not([hidden])', { timeout: 120_000 });
  return browser.page.innerText('#clover-result-text');
};

export const synced = async (browser) => {
  await connected(browser);
  await clover.clearFaults();

  if (value('SELECT COUNT(*) FROM #__j2commerce_clover_mappings WHERE product_id IS NOT NULL') === 0) {
    await sync(browser);
  }
};
