import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { admin, page } from '../lib/browser.js';
import { chapter } from '../lib/chapter.js';
import { dueTask, openTab, parameters, save, settingsUrl, synced } from '../lib/given.js';
import { close, edit, product, published, titleOf } from '../lib/products.js';
import { buy, openOrder, setStatus } from '../lib/shopper.js';
import { app, clover, joomlaBeside, logOf, query, shell, site, until, value } from '../lib/site.js';

const skip = (!site.extensionOff || !site.extensionOn) && 'needs JOOMLA_EXTENSION_OFF and JOOMLA_EXTENSION_ON: commands that unload the extension and load it again';
const MISSING = /The helper program of CloverSync is not on this server/;
const HELPERS = join(site.root ?? '', 'libraries/cloversync/helpers');
const HELPER = /^clover-helper-/;
const SKU = 'CANDLE';

const countOf = async () => clover.count((await clover.state()).items.find((item) => item.sku === SKU && !item.deleted).id);

let order;
let before;
let away;

const helpers = (folder) => readdirSync(folder).filter((name) => HELPER.test(name));

/** Moves the helper programs, as a malware scanner does. */
const move = (from, to) => {
  for (const name of helpers(from)) {
    copyFileSync(join(from, name), join(to, name));
    chmodSync(join(to, name), 0o755);
    rmSync(join(from, name));
  }
};

const restore = () => {
  if (away) {
    move(away, HELPERS);
    rmSync(away, { recursive: true });
    away = undefined;
  }

  shell(site.extensionOn);
};

chapter('Without the PHP extension and the helper program', async (browser) => {
  await clover.switches({ drop_deliveries: true });
  await synced(browser);
  published(titleOf(SKU));
  before = await countOf();
  shell(site.extensionOff);
}, (step) => {
  step('the page Server says what runs, and is linked from the dashboard', async (browser) => {
    if (helpers(HELPERS).length > 0) {
      await browser.page.goto(page('dashboard'));
      await browser.page.click('#toolbar [data-bs-toggle="dropdown"]');
      await browser.loads(() => browser.page.click('#toolbar a[href*="pluginview=server"]'));
      const said = await browser.page.innerText('#clover-server');
      assert.match(said, /so the helper program is used. That is all CloverSync needs/);
      assert.match(said, /As in the package/);
      assert.match(await browser.page.inputValue('#clover-server-report'), /Web server: PHP [\d.]+, helper /);
      assert.equal(await browser.page.locator('[aria-labelledby="clover-server-web"] .alert-danger').count(), 0);
      await browser.shot('09 server works');
      await browser.readable();
    }
  });

  step('every page of the app says what is missing, and nothing is broken', async (browser) => {
    away = mkdtempSync(join(tmpdir(), 'cloversync-helpers-'));
    move(HELPERS, away);

    for (const name of ['server', 'dashboard', 'synclog', 'mappings', 'outbox']) {
      await browser.page.goto(page(name));
      assert.match(await browser.page.innerText('main'), MISSING, name);
      await browser.shot(`09 ${name}`);
    }
  });

  step('the page has a text for the host and a report to copy, and is usable on a phone in the dark', async (browser) => {
    await browser.page.goto(page('server'));

    for (const [id, text] of [['request', /malware scanner/], ['report', /helper unusable, missing/]]) {
      assert.match(await browser.page.inputValue(`#clover-server-${id}`), text);
      await browser.page.click(`[data-clover-copy="clover-server-${id}"]`);
      await browser.says(/Copied/);
    }

    const { width, height } = browser.page.viewportSize();
    await browser.page.setViewportSize({ width: 390, height: 844 });
    await browser.dark();
    await browser.page.goto(page('server'));
    // Joomla fits its own heading last.
    await browser.page.waitForFunction(() => document.documentElement.scrollWidth <= window.innerWidth);
    await browser.shot('09 server phone');
    await browser.dark(false);
    await browser.page.setViewportSize({ width, height });
    await browser.loads(() => browser.page.click('#clover-server a.btn-primary'));
    assert.match(await browser.page.innerText('#clover-server'), MISSING);
  });

  step('the settings say it too, and can be opened and saved', async (browser) => {
    await browser.page.goto(settingsUrl());
    await openTab(browser, 'connection');
    assert.match(await browser.page.innerText('#attrib-connection'), MISSING);
    assert.equal(await browser.page.isDisabled('[data-clover-connect]'), true);
    await browser.shot('09 settings');
    const stored = parameters();
    assert.match(await save(browser), /saved/i);
    assert.deepEqual(parameters(), stored);
  });

  step('a new App Secret is not accepted, because it cannot be encrypted; it waits for the next Save', async (browser) => {
    await browser.page.goto(settingsUrl());
    await openTab(browser, 'connection');
    await browser.page.fill('#jform_params_app_secret', app.secret);
    assert.match(await save(browser), /App Secret cannot be stored yet/);
    assert.equal(JSON.stringify(parameters()).includes(app.secret), false);
    assert.equal((await browser.page.content()).includes(app.secret), false);
    await browser.page.goto(settingsUrl());
    assert.match(await browser.page.getAttribute('#jform_params_app_secret', 'placeholder'), /Entered/);
  });

  step('J2Commerce’s own dashboard has the message, and its Apps list works', async (browser) => {
    await browser.page.goto(admin('?option=com_j2commerce&view=dashboard'));
    await browser.page.waitForLoadState('networkidle');
    assert.match(await browser.page.innerText('main'), MISSING);
    await browser.shot('09 j2commerce dashboard');
    await browser.page.goto(admin('?option=com_j2commerce&view=apps'));
    assert.match(await browser.page.innerText('main'), /Clover POS Integration/);
  });

  step('a product opens and is saved', async (browser) => {
    const { article } = product(titleOf('MUG-01'));
    await edit(browser, article);
    assert.match(await save(browser), /Article saved/);
    await close(browser);
  });

  step('a guest can buy; the order’s page opens', async (browser) => {
    ({ order } = await buy(browser, [{ product: product(titleOf(SKU)).id, quantity: 2 }]));
    assert.equal(Number(order.order_state_id), 1);
    const card = await openOrder(browser, order);
    await browser.shot('09 order');
    assert.ok(await card.count() <= 1);
  });

  step('Clover’s webhook gets 503, so that it may send it again', async (browser) => {
    const answer = await fetch(`${site.url}/index.php?option=com_ajax&plugin=app_cloverpos&group=j2commerce&task=webhook&format=raw`, { method: 'POST', body: '{"verificationCode":"abc"}' });
    assert.equal(answer.status, 503);
    assert.equal(await answer.text(), '');
    assert.ok(browser);
  });

  step('the command line’s tasks say what is missing, and the scheduler continues', async () => {
    query("DELETE FROM #__scheduler_tasks WHERE type LIKE 'cloversync.%'");
    dueTask('cloversync.refreshToken');
    const { said } = await joomlaBeside('scheduler:run', '--all');
    assert.match(said, /Finished running 1 tasks/);
    assert.match(logOf('joomla_scheduler.php').split('\n').slice(-5).join('\n'), MISSING);
    assert.equal(value("SELECT times_failed FROM #__scheduler_tasks WHERE type = 'cloversync.refreshToken'"), 1);
    query("DELETE FROM #__scheduler_tasks WHERE type LIKE 'cloversync.%'");
  });

  step('when it is loaded again, the App Secret is stored and the sales in between are sent', async (browser) => {
    restore();
    await browser.page.goto(settingsUrl());
    assert.match(await save(browser), /saved/i);
    assert.match(await browser.page.getAttribute('#jform_params_app_secret', 'placeholder'), /Stored/);
    await browser.page.goto(page('outbox'));
    await browser.loads(() => browser.page.locator('#clover-outbox [data-clover-action="outbox.send"]').click());
    await until('the count', async () => await countOf() === before - 2, 60);
    await setStatus(browser, order, 'Cancelled');
    await until('the count', async () => await countOf() === before, 60);
  });
}, { skip, after: () => site.extensionOn && restore() });
