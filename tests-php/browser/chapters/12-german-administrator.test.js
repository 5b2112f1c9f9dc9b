import assert from 'node:assert/strict';
import { admin, page } from '../lib/browser.js';
import { chapter } from '../lib/chapter.js';
import { connected, dashboard, disconnected, dueTask, fresh, openTab, settings, settingsUrl, sync } from '../lib/given.js';
import { english, found, parts, plain, speakEnglish, speakGerman, texts } from '../lib/german.js';
import { withMails } from '../lib/mails.js';
import { product, published, titleOf } from '../lib/products.js';
import { buy, openOrder } from '../lib/shopper.js';
import { clover, joomla, joomlaBeside, query, site, until, value } from '../lib/site.js';

const MESSAGES = 'LIB_CLOVERSYNC_';
const ALL = ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'ORDERS_W'];

/** A form for one, and the library's own description: no messages of their own. */
const WITHOUT_ROWS = /_1$|_DESC$/;

const phrases = english();
const german = texts('de-DE');
const of = (key) => german[`PLG_J2COMMERCE_APP_CLOVERPOS_${key}`].split('%')[0].trim();

const isGerman = async (browser, name, tab = browser.page) => {
  assert.deepEqual(await found(tab, phrases), [], name);
};

const opened = async (browser, name) => {
  await browser.page.goto(page(name));
  await browser.page.waitForLoadState('networkidle');
  await isGerman(browser, name);
};

/** Joomla reads the language at login. */
const as = async (browser, speak) => {
  speak();
  await browser.anew();
  await browser.login();
};

chapter('A German administrator reads German', async (browser) => {
  await fresh();
  await clover.merchant({ permissions: ALL });
  await clover.switches({ drop_deliveries: true });
}, (step) => {
  step('English texts are found where the administrator’s language is English', async (browser) => {
    assert.ok(phrases.length > 600, String(phrases.length));

    try {
      await as(browser, speakEnglish);
      await dashboard(browser);
      assert.ok((await found(browser.page, phrases)).includes('Bring your catalog into the shop'));
      await browser.page.evaluate(() => { document.querySelector('.clover').append('This is in no language file of the app.'); });
      assert.deepEqual(await found(browser.page, []).then((all) => all.at(-1)), 'This is in no language file of the app.');
      await browser.page.goto(settingsUrl());
      assert.ok((await found(browser.page, phrases)).length > 40);
    } finally {
      await as(browser, speakGerman);
    }
  });

  step('before the first settings: dashboard, settings, guide, server, and the form in the popup’s place', async (browser) => {
    await opened(browser, 'dashboard');
    assert.ok((await browser.page.innerText('#clover-dashboard')).includes(of('STEP_CONNECT')));
    await browser.shot('12 dashboard not connected');
    await browser.page.goto(settingsUrl());
    await isGerman(browser, 'settings');
    assert.ok((await browser.page.locator('main').textContent()).includes(of('FIELD_DELETE_ACTION_LABEL')));
    await opened(browser, 'server');
    await opened(browser, 'guide');
    assert.equal((await browser.page.innerText('#clover-guide-language')).trim(), of('GUIDE_ENGLISH'));
    assert.equal(await browser.page.getAttribute('#clover-guide', 'lang'), 'en');
    await browser.shot('12 guide');
    await opened(browser, 'oauth_start');
    await opened(browser, 'oauth_callback&code=x&state=y&merchant_id=MERCHANT00001&client_id=APPID00000001');
  }, { expects: ['400', '403', '404'] });

  step('settings that are wrong', async (browser) => {
    await browser.page.goto(settingsUrl());
    await browser.page.evaluate(() => { document.querySelector('[name="jform[params][app_id]"]').value = 'not an id!'; });
    await browser.loads(() => browser.page.click('.button-apply'));
    await isGerman(browser, 'wrong settings');
  });

  step('connected: the question for a category, the first sync, and what it says', async (browser) => {
    await as(browser, speakEnglish);
    await connected(browser);
    await as(browser, speakGerman);
    await opened(browser, 'dashboard');
    await sync(browser);
    await isGerman(browser, 'after the first sync');
    await opened(browser, 'dashboard');
    await browser.shot('12 dashboard');
    await opened(browser, 'mappings');
    await opened(browser, 'outbox');
    await opened(browser, 'health');
    await opened(browser, 'server');
  });

  step('what to look at: conflicts, odd products, differences, many deletions, Smart Search', async (browser) => {
    await clover.create({ name: 'Olives by weight', price: 0, priceType: 'VARIABLE', sku: 'BYWEIGHT' });
    await sync(browser);
    query("UPDATE #__content SET state = 1 WHERE title = 'Olives by weight'");
    query("UPDATE #__j2commerce_variants SET price = 99 WHERE sku = 'CANDLE'");
    query("DELETE FROM #__j2commerce_clover_mappings WHERE sku = 'SALT'");
    await sync(browser);
    await isGerman(browser, 'with conflicts');
    query("UPDATE #__j2commerce_variants SET price = 98 WHERE sku = 'CANDLE'");
    query("DELETE FROM #__scheduler_tasks WHERE type LIKE 'cloversync.%'");
    await opened(browser, 'dashboard');
    await browser.shot('12 dashboard warnings');
    await opened(browser, 'mappings');
    await browser.shot('12 mappings');

    for (const report of ['preview', 'drift']) {
      await browser.page.click(`[data-clover-report="${report}"]`);
      await browser.page.waitForSelector('#clover-report:not([hidden])');
      await isGerman(browser, report);
      await browser.page.click('[data-clover-report-close]');
    }

    for (const title of ['Olives by weight', titleOf('CANDLE')]) {
      await browser.page.goto(admin(`?option=com_content&task=article.edit&id=${product(title).article}`));
      await browser.page.waitForSelector('[data-clover-product]', { state: 'attached' });
      await isGerman(browser, `badge of ${title}`);
      await browser.loads(() => browser.page.click('.button-cancel'));
    }

    await browser.page.goto(admin('?option=com_j2commerce&view=products'));
    await browser.page.waitForSelector('[data-clover-state]');
    await isGerman(browser, 'Products');
    await browser.page.goto(admin('?option=com_j2commerce'));
    await isGerman(browser, 'J2Commerce’s dashboard');
    await browser.page.goto(admin('?option=com_j2commerce&view=apps'));
    await isGerman(browser, 'Apps');
  });

  step('a sale, its card, and a permission that is missing', async (browser) => {
    published(titleOf('CANDLE'));
    await clover.merchant({ permissions: ALL.filter((name) => name !== 'INVENTORY_W') });

    try {
      const { order } = await buy(browser, [{ product: product(titleOf('CANDLE')).id, quantity: 2 }]);
      await until('the pause', () => value("SELECT COUNT(*) FROM #__j2commerce_clover_log WHERE action = 'inventory_decrement' AND status = 'error'") > 0, 60);
      await openOrder(browser, order);
      await isGerman(browser, 'card');
      await browser.shot('12 card');
      await opened(browser, 'health');
      await opened(browser, 'outbox');
      await browser.loads(() => browser.page.locator('#clover-outbox [data-clover-action="outbox.send"]').click());
      await isGerman(browser, 'outbox, after sending');
      await opened(browser, 'dashboard');
      await browser.shot('12 dashboard paused');
    } finally {
      await clover.merchant({ permissions: ALL });
    }
  });

  step('a sync that fails, and a connection that is refused', async (browser) => {
    await clover.merchant({ permissions: ALL.filter((name) => name !== 'INVENTORY_R') });

    try {
      await dashboard(browser);
      await browser.page.click('button[data-clover-action="sync"]');
      await browser.page.waitForSelector('#clover-sync-problem:not([hidden])');
      await isGerman(browser, 'without Inventory Read');
      await opened(browser, 'dashboard');
    } finally {
      await clover.merchant({ permissions: ALL });
    }

    await clover.tokens('revoke');
    await dashboard(browser);
    await browser.page.click('button[data-clover-action="sync"]');
    await browser.page.waitForSelector('#clover-sync-problem:not([hidden])');
    await isGerman(browser, 'refused');
    await opened(browser, 'dashboard');
    await browser.shot('12 dashboard refused');
    await disconnected(browser);
    await isGerman(browser, 'disconnected');
    const [popup] = await Promise.all([browser.context.waitForEvent('page'), browser.page.click('[data-clover-action="connect"]')]);
    await popup.waitForEvent('close', { timeout: 20_000 }).catch((error) => { if (!popup.isClosed()) { throw error; } });
    await browser.page.waitForSelector(`.badge.text-bg-success:has-text("${of('CONNECTED')}")`);
    await isGerman(browser, 'connected again');
  });

  step('the tasks: their kinds, their forms, and what a run writes', async (browser) => {
    await browser.page.goto(admin('?option=com_scheduler&view=select'));
    await isGerman(browser, 'kinds of tasks');
    await browser.loads(() => browser.page.locator('a.new-task', { hasText: german.PLG_TASK_CLOVERSYNC_INVENTORY_TITLE }).click());
    await isGerman(browser, 'form of a task');
    await browser.loads(() => browser.page.click('.button-cancel'));

    for (const type of ['cloversync.fullSync', 'cloversync.refreshToken', 'cloversync.inventory']) {
      dueTask(type);
      query("UPDATE #__scheduler_tasks SET next_execution = '2099-01-01 00:00:00' WHERE type = ?", [type]);
      await browser.page.goto(admin('?option=com_scheduler&view=tasks'));
      await isGerman(browser, 'tasks');
      await browser.page.locator('tbody tr', { hasText: type }).locator('button').filter({ has: browser.page.locator('.fa-play, .icon-play') }).click();
      await until('it has run', () => value('SELECT times_executed FROM #__scheduler_tasks WHERE type = ?', [type]) === 1, 60);
      await browser.page.waitForLoadState('networkidle');
      await isGerman(browser, type);
      query('DELETE FROM #__scheduler_tasks WHERE type = ?', [type]);
    }
  });

  step('mails to him are German, also those that the command line’s scheduler sends', async (browser) => {
    const pause = { cause: 'refusals', since: 1790000000, permission: '', message: JSON.stringify({ code: 'said', data: { text: '401' } }), tries: 5, next_try: null };

    try {
      await withMails(async (mails) => {
        await settings(browser, { alert_email: value('SELECT email FROM #__users WHERE username = ?', [site.user]) });
        await openTab(browser, 'advanced');
        await isGerman(browser, 'settings with an address');
        await browser.page.click('[data-clover-test="mail.test"]');
        await until('the test mail', () => mails().length === 1);
        query("INSERT INTO #__j2commerce_clover_state (environment, name, value, modified) VALUES ('sandbox', 'pause:orders', ?, NOW())", [JSON.stringify(pause)]);
        dueTask('cloversync.refreshToken');
        // The mail server is part of this process.
        await joomlaBeside('scheduler:run', '--all');
        assert.equal(mails().length, 2);
        const words = plain(mails().map(({ subject, text }) => `${subject}\n${text}`).join('\n'));
        assert.deepEqual(phrases.filter((phrase) => words.includes(phrase)), []);
        assert.ok(words.includes('kommen unter dieser Adresse an'), words);
        assert.ok(words.includes(german[`${MESSAGES}WORK_ORDERS`]), words);
        assert.doesNotMatch(words, /[{}]|PLG_|LIB_/);
      });
    } finally {
      query("DELETE FROM #__j2commerce_clover_state WHERE name = 'pause:orders'");
      query("DELETE FROM #__scheduler_tasks WHERE type = 'cloversync.refreshToken'");
      await settings(browser, { alert_email: '' });
    }
  });

  step('the Sync Log: all messages that there are', async (browser) => {
    const codes = Object.entries(german).filter(([key]) => key.startsWith(MESSAGES) && !WITHOUT_ROWS.test(key));

    query(
      `INSERT INTO #__j2commerce_clover_log (environment, created, action, entity_type, entity_id, status, message) VALUES ${codes.map(() => "('sandbox', '2026-11-01 12:00:00', 'sync', 'item', '', 'skipped', ?)").join(', ')}`,
      codes.map(([key, text]) => JSON.stringify({
        code: key.slice(MESSAGES.length).toLowerCase(),
        data: Object.fromEntries([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, name === 'count' ? 2 : '7'])),
      })),
    );
    await opened(browser, 'synclog');
    await browser.shot('12 log');
    let words = '';

    for (let start = 0; start < value('SELECT COUNT(*) FROM #__j2commerce_clover_log'); start += 100) {
      await opened(browser, `synclog&list[limit]=100&limitstart=${start}`);
      words += await browser.page.innerText('#cloverSyncLog');
    }

    for (const [key, text] of codes) {
      for (const part of parts(text)) {
        assert.ok(plain(words).includes(part), `${key} is not in the log`);
      }
    }

    assert.doesNotMatch(words, /\{"code"/);
  });
}, { after: speakEnglish });
