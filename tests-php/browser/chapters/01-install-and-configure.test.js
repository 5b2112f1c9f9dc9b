import assert from 'node:assert/strict';
import { admin } from '../lib/browser.js';
import { chapter } from '../lib/chapter.js';
import { emptyShop, installed, isInstalled, openTab, parameters, save, settings, settingsUrl, uninstalled } from '../lib/given.js';
import { app, authCode, clover, EXTENSION, joomla, query, site, value } from '../lib/site.js';

/** The manual's fields by tab: label, the field's name, its default, words of its description. Only the fields in `OURS` are added. */
const TABS = {
  connection: [
    ['Environment', 'environment', 'sandbox', 'Sandbox for testing'],
    ['App ID', 'app_id', '', 'The App ID (Client ID) from your Clover Developer Dashboard'],
    ['App Secret', 'app_secret', '', 'The App Secret (Client Secret) from your Clover Developer Dashboard'],
    ['Auth Code', 'webhook_secret', '', 'X-Clover-Auth'],
    ['OAuth Redirect URI', null, null, 'Read-only. Copy this URL and paste it into your Clover Developer Dashboard under REST Configuration'],
    ['Connect to Clover', null, null, 'authorization'],
    ['Test Connection', null, null, 'Verifies the stored token by calling the Clover API and displaying your merchant name'],
  ],
  products: [
    ['Import Status', 'import_status', 'unpublished', 'Whether newly imported Clover products are created as Published or Unpublished in J2Commerce'],
    ['Default Category', 'default_category', '', 'The Joomla content category assigned to imported products that have no Clover category mapping'],
    ['Default Tax Profile', 'default_tax_profile', '', 'The J2Commerce tax profile applied to newly imported products. Leave blank to import without tax'],
    ['Category Mapping Mode', 'mapping_mode', 'tag', 'How Clover categories are matched'],
    ['Delete Action', 'delete_action', 'unpublish', 'What happens to a J2Commerce product when the matching Clover item is deleted: Unpublish (safe default), Trash, or Ignore'],
  ],
  pricing: [
    ['Pricing Mode', 'pricing_mode', 'direct', 'Markup adds a fixed amount or percentage to the Clover price before importing'],
    ['Markup Type', 'markup_type', 'percentage', ''],
    ['Markup Value', 'markup_value', '0', 'The markup amount (percentage points or currency units) to add on top of the Clover price'],
  ],
  sync: [
    ['Enable Webhooks', 'webhooks', '1', 'When enabled, Clover sends real-time notifications to your store whenever inventory or products change in Clover'],
    ['Sync Interval', 'sync_interval', '60', 'How often (in minutes) the scheduled cron task checks Clover for changes. Minimum is 5 minutes'],
    ['Push Stock on Sale', 'push_stock', '1', 'When a web order is paid, decrement the matching Clover inventory count. Also restocks Clover when an order is cancelled or refunded'],
    ['Sync Sale to Clover POS', 'sync_sale', '1', 'When a web order is paid, push it to Clover POS as an order containing the line items, with customer details in the order note'],
  ],
  advanced: [
    ['Log Retention (days)', 'log_retention', '30', 'Sync log entries older than this many days are automatically deleted by the cron task'],
    ['Debug Mode', 'debug', '0', 'When enabled, detailed diagnostic messages are written to'],
  ],
};

/** Fields that the manual does not have, each with a description. */
const OURS = { products: ['Clover Categories', 'Clover Tags', 'Import', 'Names in Clover', 'Hidden Items', 'Non-Revenue Items', 'Age-Restricted Items', 'Only Items Sold Online', 'Tax Profiles by Rate', 'Clover’s Tax Rates', 'Modifiers'], pricing: ['Category Markups', 'Price Ending'], sync: ['Keep Units for the Till', 'Orders Without Clover Products', 'Paid Later', 'Order Type', 'Print Orders', 'Paid Statuses', 'Refunded Statuses'], advanced: ['Alert Email', 'Daily Summary', 'Send Test Mail', 'API rate limit share (%)'] };

const OPTIONS = {
  environment: ['Sandbox', 'North America', 'Europe', 'Latin America'],
  import_status: ['Unpublished', 'Published'],
  mapping_mode: ['Tag', 'Category'],
  delete_action: ['Unpublish', 'Trash', 'Ignore'],
  pricing_mode: ['Direct', 'Markup'],
  markup_type: ['Percentage', 'Fixed amount'],
  price_ending: ['As computed', '0.99', '0.95', '0.00', '0.50'],
  modifiers: ['Not offered', 'As options of the product'],
};

const plain = (text) => text.replace(/['’]/g, '’').replace(/\s+/g, ' ').trim();

const fields = (browser, tab) => browser.page.$$eval(`#attrib-${tab} .control-group`, (groups) => groups.map((group) => ({
  label: group.querySelector('label, legend')?.innerText ?? '',
  description: group.querySelector('[id$="-desc"]')?.textContent ?? '',
  value: group.querySelector('input[type="radio"]:checked, select, input:not([type="radio"])')?.value,
  shown: group.offsetHeight > 0,
})).filter((field) => field.shown || field.label !== ''));

chapter('Install the App, Enable the App, Configure the App', async (browser) => {
  await clover.reset();
  uninstalled();
  emptyShop();
  await browser.login();
}, (step) => {
  step('the command line installs the package', async () => {
    const said = joomla('extension:install', `--path=${site.package}`);
    assert.match(said, /Extension installed successfully/);
    assert.match(said, /enable Clover POS Integration/);
    uninstalled();
    assert.equal(isInstalled(), false);
  });

  step('an upload under System, Install, Extensions installs it, and says what comes next', async (browser) => {
    await browser.page.goto(admin('?option=com_installer&view=install'));
    await Promise.all([
      browser.page.waitForEvent('load', { timeout: 60_000 }),
      browser.page.setInputFiles('#install_package', site.package),
    ]);
    const said = await browser.messages();
    assert.match(said, /Installation of the package was successful/);
    assert.match(said, /Next: enable Clover POS Integration under J2Commerce, Apps/);
    assert.doesNotMatch(said, /not loaded/);
    await browser.shot('01 installed');
  });

  step('the console plugin is enabled, and lists its commands', async () => {
    assert.equal(value("SELECT enabled FROM #__extensions WHERE type = 'plugin' AND folder = 'console' AND element = 'cloversync'"), 1);
    const list = joomla('list', 'cloversync');
    for (const name of ['status', 'sync', 'preview', 'log', 'work', 'drift', 'doctor']) assert.match(list, new RegExp(`cloversync:${name} `));
  });

  step('Joomla has the templates of the app’s mails, with titles', async (browser) => {
    assert.deepEqual(query("SELECT template_id FROM #__mail_templates WHERE extension = 'plg_task_cloversync' ORDER BY template_id").map((row) => row.template_id), ['plg_task_cloversync.alert', 'plg_task_cloversync.summary', 'plg_task_cloversync.test']);
    await browser.page.goto(admin('?option=com_mails&view=templates&filter[extension]=plg_task_cloversync'));
    assert.match(await browser.page.innerText('main'), /Clover POS: Alert[\s\S]*Clover POS: Daily Summary[\s\S]*Clover POS: Test Mail/);
    await browser.page.goto(admin('?option=com_mails&view=templates&filter[extension]='));
  });

  step('the task plugin is enabled, and System, Manage, Extensions finds it by “Clover Sync”', async (browser) => {
    assert.equal(value("SELECT enabled FROM #__extensions WHERE type = 'plugin' AND folder = 'task' AND element = 'cloversync'"), 1);
    await browser.page.goto(admin('?option=com_installer&view=manage'));
    await browser.page.fill('#filter_search', 'Clover Sync');
    await browser.loads(() => browser.page.press('#filter_search', 'Enter'));
    const row = browser.page.locator('tbody tr', { hasText: 'J2Commerce - Clover Sync' });
    assert.equal(await row.count(), 1);
    assert.equal(await row.locator('.icon-publish').count(), 1);
  });

  step('the app waits disabled in the Apps list, is found by its name and enabled by its X', async (browser) => {
    assert.equal(value(`SELECT enabled FROM #__extensions WHERE ${EXTENSION}`), 0);
    await browser.page.goto(admin('?option=com_j2commerce&view=apps'));
    await browser.page.fill('#filter_search', 'Clover POS Integration');
    await browser.loads(() => browser.page.press('#filter_search', 'Enter'));
    const row = browser.page.locator('tbody tr', { hasText: 'Clover POS Integration' });
    assert.equal(await row.count(), 1);
    assert.ok(await row.locator('img').evaluate((image) => image.complete && image.naturalWidth > 0), 'the app’s picture');
    await browser.loads(() => row.locator('.icon-unpublish').click());
    assert.equal(await row.locator('.icon-publish').count(), 1);
    assert.equal(value(`SELECT enabled FROM #__extensions WHERE ${EXTENSION}`), 1);
    await browser.shot('01 apps');
  });

  step('its title opens the settings, whose tabs have the manual’s fields, defaults and descriptions', async (browser) => {
    await browser.loads(() => browser.page.click('tbody a:text-is("Clover POS Integration")'));
    assert.deepEqual((await browser.page.locator('#myTab > [role="tablist"] [role="tab"]').allInnerTexts()).map(plain), ['Plugin', 'Connection', 'Products', 'Pricing', 'Sync', 'Advanced']);

    for (const [tab, expected] of Object.entries(TABS)) {
      await openTab(browser, tab);
      const found = await fields(browser, tab);
      assert.deepEqual(found.map((field) => plain(field.label)).filter((label) => !(OURS[tab] ?? []).includes(label)), expected.map(([label]) => label), tab);

      for (const [label, , standard, words] of expected) {
        const field = found.find((one) => plain(one.label) === label);
        assert.ok(plain(field.description).includes(plain(words)) && (words === '' || field.description !== ''), `${label}: ${field.description}`);

        if (standard !== null) {
          assert.equal(field.value, standard, label);
        }
      }
    }

    for (const [name, options] of Object.entries(OPTIONS)) {
      assert.deepEqual((await browser.page.locator(`#jform_params_${name} option`).allTextContents()).map(plain), options, name);
    }
  });

  step('Toggle Inline Help shows a description below each field', async (browser) => {
    await openTab(browser, 'products');
    const description = browser.page.locator('#attrib-products [id$="-desc"]').first();
    assert.equal(await description.isVisible(), false);
    await browser.page.click('.button-inlinehelp');
    await description.waitFor({ state: 'visible' });

    for (const tab of Object.keys(TABS)) {
      await openTab(browser, tab);
      await browser.shot(`01 settings ${tab}`);
    }

    await browser.dark();
    await openTab(browser, 'connection');
    await browser.shot('01 settings dark');
    await browser.dark(false);
    await browser.page.click('.button-inlinehelp');
  });

  step('the markup fields are there only when Pricing Mode is Markup', async (browser) => {
    await openTab(browser, 'pricing');
    assert.equal(await browser.page.isVisible('#jform_params_markup_type'), false);
    await browser.page.selectOption('#jform_params_pricing_mode', 'markup');
    await browser.page.waitForSelector('#jform_params_markup_type', { state: 'visible' });
    await browser.page.waitForSelector('#jform_params_markup_value', { state: 'visible' });
    await browser.page.selectOption('#jform_params_pricing_mode', 'direct');
    await browser.page.waitForSelector('#jform_params_markup_value', { state: 'hidden' });
  });

  step('Copy copies the redirect URI, which leads to the administrator', async (browser) => {
    await browser.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(site.url).origin });
    await openTab(browser, 'connection');
    const uri = await browser.page.inputValue('#jform_params_redirect_uri');
    assert.equal(uri, `${site.url}/administrator/index.php?option=com_j2commerce&task=appPlugin.display&plugin=app_cloverpos&pluginview=oauth_callback&tmpl=component`);
    await browser.page.click('[data-clover-copy="jform_params_redirect_uri"]');
    await browser.says(/Copied to the clipboard/);
    assert.equal(await browser.page.evaluate(() => navigator.clipboard.readText()), uri);
  });

  step('Connect to Clover cannot be pressed before App ID and App Secret are saved', async (browser) => {
    assert.equal(await browser.page.isDisabled('[data-clover-connect]'), true);
    assert.equal(await browser.page.innerText('#jform_params_connect-note'), 'Enter App ID and App Secret and save, then connect.');
    assert.match(await settings(browser, { app_id: app.id, app_secret: app.secret }), /saved/i);
    await openTab(browser, 'connection');
    assert.equal(await browser.page.isDisabled('[data-clover-connect]'), false);
  });

  step('the secrets are nowhere in the page, the parameters or the database', async (browser) => {
    await settings(browser, { webhook_secret: authCode });
    const html = await browser.page.content();

    for (const secret of [app.secret, authCode]) {
      assert.equal(html.includes(secret), false);
      assert.equal(JSON.stringify(parameters()).includes(secret), false);
      assert.equal(JSON.stringify(query('SELECT * FROM #__j2commerce_clover_state')).includes(secret), false);
    }

    assert.equal(await browser.page.getAttribute('#jform_params_app_secret', 'placeholder'), 'Stored; leave empty to keep it');
  });

  step('saving without touching them keeps App Secret and Auth Code', async (browser) => {
    const before = query("SELECT name, value FROM #__j2commerce_clover_state WHERE name LIKE '%secret%' ORDER BY name");
    await settings(browser, { log_retention: 31 });
    assert.deepEqual(query("SELECT name, value FROM #__j2commerce_clover_state WHERE name LIKE '%secret%' ORDER BY name"), before);
    assert.equal(before.length, 2);
    await settings(browser, { log_retention: 30 });
  });

  step('the button Clover Dashboard asks before it loses entries, and ends the editing of the settings', async (browser) => {
    const editors = () => Number(value(`SELECT checked_out FROM #__extensions WHERE ${EXTENSION}`) ?? 0);
    const dashboard = '#toolbar a:has-text("Clover Dashboard")';
    await browser.page.goto(settingsUrl());
    assert.ok(editors() > 0);
    await openTab(browser, 'sync');
    await browser.page.fill('#jform_params_sync_interval', '61');
    browser.page.once('dialog', (dialog) => dialog.dismiss());
    await browser.page.click(dashboard);
    assert.equal(await browser.page.inputValue('#jform_params_sync_interval'), '61');
    browser.page.once('dialog', (dialog) => dialog.accept());
    await browser.page.click(dashboard);
    await browser.page.waitForSelector('#clover-dashboard');
    assert.equal(editors(), 0);
    assert.equal(String(parameters().sync_interval), '60');
  });

  step('a wrong number is refused with its field and range, by the browser on whatever tab, and by the server; what was stored is kept', async (browser) => {
    const words = /Sync Interval must be a whole number from 5 to 44,640/;
    await browser.page.goto(settingsUrl());
    await openTab(browser, 'sync');
    await browser.page.fill('#jform_params_sync_interval', '3');
    await openTab(browser, 'connection');
    await browser.page.click('.button-apply');
    await browser.says(words);
    assert.equal(await browser.page.isVisible('#jform_params_sync_interval'), true, 'its tab is open');
    assert.match(await browser.page.innerText('#jform_params_sync_interval-lbl'), /must be a whole number from 5 to 44,640/);
    await browser.shot('01 wrong interval');
    await browser.page.evaluate(() => { document.formvalidator.custom = {}; });
    assert.match(await save(browser), words);
    assert.equal(await browser.page.inputValue('#jform_params_sync_interval'), '3', 'the form keeps what was entered');
    assert.equal(String(parameters().sync_interval), '60');
  });

  step('a form that is older than the settings says which were changed, keeps what was typed, and is stored when it is saved again', async (browser) => {
    await browser.page.goto(settingsUrl());
    const other = await browser.tab();
    const first = browser.page;
    browser.page = other;
    await settings(browser, { log_retention: 21 });
    browser.page = first;
    await openTab(browser, 'connection');
    await browser.page.fill('#jform_params_app_secret', app.secret);
    await openTab(browser, 'sync');
    await browser.page.fill('#jform_params_sync_interval', '25');
    assert.match(await save(browser), /changed elsewhere after this form was opened: Log Retention \(days\)\. Nothing was saved/);
    await browser.shot('01 old form');
    assert.deepEqual([String(parameters().log_retention), String(parameters().sync_interval)], ['21', '60']);
    assert.equal(await browser.page.inputValue('#jform_params_sync_interval'), '25');
    assert.match(await browser.page.getAttribute('#jform_params_app_secret', 'placeholder'), /^Entered/);
    assert.match(await save(browser), /saved/i);
    assert.deepEqual([String(parameters().log_retention), String(parameters().sync_interval)], ['30', '25']);
    await other.close();
    await settings(browser, { sync_interval: 60 });
  });

  step('every setting of the manual is kept as it was chosen', async (browser) => {
    const chosen = { environment: 'eu', import_status: 'published', mapping_mode: 'category', delete_action: 'trash', pricing_mode: 'markup', markup_type: 'fixed', markup_value: '1.5', webhooks: 0, sync_interval: 15, push_stock: 0, stock_reserve: 3, sync_sale: 0, log_retention: 7, debug: 1 };
    const said = await settings(browser, chosen);
    assert.match(said, /environment is now Europe/);

    for (const [name, wanted] of Object.entries(chosen)) {
      assert.equal(String(parameters()[name]), String(wanted), name);
    }

    await settings(browser, { environment: 'sandbox', import_status: 'unpublished', mapping_mode: 'tag', delete_action: 'unpublish', markup_type: 'percentage', markup_value: '0', pricing_mode: 'direct', webhooks: 1, sync_interval: 60, push_stock: 1, stock_reserve: 0, sync_sale: 1, log_retention: 30, debug: 0 });
    assert.equal(parameters().debug, 0);
    installed();
  });
});
