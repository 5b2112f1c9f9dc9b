import assert from 'node:assert/strict';
import { admin, page } from '../lib/browser.js';
import { chapter } from '../lib/chapter.js';
import { connect, dashboard, disconnected, openTab, settings, synced } from '../lib/given.js';
import { withMails } from '../lib/mails.js';
import { shopCount, shopPrice } from '../lib/products.js';
import { clover, joomla, joomlaBeside, query, until, value } from '../lib/site.js';

const TYPES = { 'Clover: Full Catalog Sync': 'cloversync.fullSync', 'Clover: Refresh Access Token': 'cloversync.refreshToken', 'Clover: Inventory Only': 'cloversync.inventory' };

const itemOf = async (sku) => (await clover.state()).items.find((item) => item.sku === sku && !item.deleted);
const task = (type) => query('SELECT id, title, type, state, priority, last_exit_code, times_executed, times_failed FROM #__scheduler_tasks WHERE type = ?', [type])[0];

/** Makes all tasks due now, and the next sync too. */
const due = () => {
  query("UPDATE #__scheduler_tasks SET next_execution = '2020-01-01 00:00:00' WHERE type LIKE 'cloversync.%'");
  query("UPDATE #__j2commerce_clover_runs SET started = '2020-01-01 00:00:00'");
};

const create = async (browser, type, title, minutes, priority) => {
  await browser.page.goto(admin('?option=com_scheduler&view=select'));
  const choice = browser.page.locator('a.new-task', { hasText: type });
  assert.equal(await choice.count(), 1, type);
  await browser.loads(() => choice.click());
  await browser.page.fill('#jform_title', title);
  await browser.page.selectOption('#jform_execution_rules_rule_type', 'interval-minutes');
  await browser.page.fill('#jform_execution_rules_interval_minutes', String(minutes));

  if (priority) {
    await browser.page.locator('[role="tab"]', { hasText: 'Advanced' }).click();
    await browser.page.selectOption('#jform_priority', priority);
  }

  await browser.loads(() => browser.page.click('.button-apply'));
  await browser.says(/saved/i);
  await browser.loads(() => browser.page.click('.button-cancel'));
};

chapter('Cron Task Setup', async (browser) => {
  await clover.switches({ drop_deliveries: true });
  query("DELETE FROM #__scheduler_tasks WHERE type LIKE 'cloversync.%'");
  await synced(browser);
  query("DELETE FROM #__j2commerce_clover_state WHERE name = 'task_seen'");
}, (step) => {
  step('the dashboard says that no Clover task has run yet', async (browser) => {
    await dashboard(browser);
    assert.match(await browser.page.innerText('#clover-dashboard'), /No Clover task has run yet/);
  });

  step('System, Scheduled Tasks, New lists the manual’s two task types and the inventory one, with what they do', async (browser) => {
    await browser.page.goto(admin('?option=com_scheduler&view=select'));

    for (const type of Object.keys(TYPES)) {
      assert.equal(await browser.page.locator('.new-task-title', { hasText: type }).count(), 1, type);
    }

    assert.doesNotMatch(await browser.page.innerText('main'), /PLG_TASK_CLOVERSYNC/);
    await browser.shot('07 task types');
  });

  step('each can be created with the manual’s title and frequency', async (browser) => {
    await create(browser, 'Clover: Full Catalog Sync', 'Clover — Full Catalog Sync', 60);
    await create(browser, 'Clover: Refresh Access Token', 'Clover — Refresh Access Token', 20, 'High');
    await create(browser, 'Clover: Inventory Only', 'Clover — Inventory Only', 5);
    await browser.page.goto(admin('?option=com_scheduler&view=tasks'));
    await browser.shot('07 tasks');

    for (const type of Object.values(TYPES)) {
      assert.equal(task(type).state, 1, type);
    }

    assert.equal(task('cloversync.refreshToken').priority, 1);
  });

  step('scheduler:run --all runs them: the catalog is synced and the counts are right', async () => {
    const item = await itemOf('PLATTER-LONG');
    await clover.change(item.id, { price: 9700 });
    await clover.setStock(item.id, 3);
    due();
    joomla('scheduler:run', '--all');

    for (const type of Object.values(TYPES)) {
      const { last_exit_code: code, times_executed: times, times_failed: failed } = task(type);
      assert.deepEqual([code, times, failed], [0, 1, 0], type);
    }

    assert.equal(shopPrice('PLATTER-LONG'), 97);
    assert.equal(Number(shopCount('PLATTER-LONG')), 3);
  });

  step('the dashboard no longer asks for tasks, and Last Sync is now', async (browser) => {
    await dashboard(browser);
    assert.doesNotMatch(await browser.page.innerText('#clover-dashboard'), /No Clover task has run yet/);
  });

  step('Full Catalog Sync keeps to the Sync Interval, however often it is run', async () => {
    const runs = value('SELECT COUNT(*) FROM #__j2commerce_clover_runs');
    query("UPDATE #__scheduler_tasks SET next_execution = '2020-01-01 00:00:00' WHERE type = 'cloversync.fullSync'");
    joomla('scheduler:run', '--all');
    assert.equal(value('SELECT COUNT(*) FROM #__j2commerce_clover_runs'), runs);
    assert.equal(task('cloversync.fullSync').last_exit_code, 0);
  });

  step('Refresh Access Token refreshes a token that is near its end, and keeps a fresh one', async (browser) => {
    const refresh = async () => {
      query("UPDATE #__scheduler_tasks SET next_execution = '2020-01-01 00:00:00' WHERE type = 'cloversync.refreshToken'");
      joomla('scheduler:run', '--all');
      assert.equal(task('cloversync.refreshToken').last_exit_code, 0);
      return (await clover.state()).tokens.refreshes;
    };

    await disconnected(browser);
    await clover.switches({ access_ttl: 30 });

    try {
      await connect(browser);
    } finally {
      await clover.switches({ access_ttl: 1800 });
    }

    const { refreshes } = (await clover.state()).tokens;
    await until('two thirds of its life are left', async () => await refresh() > refreshes, 40);
    assert.equal(await refresh(), refreshes + 1);
  });

  step('without a connection the task completes with no action', async (browser) => {
    await disconnected(browser);
    const since = await clover.lastRequest();
    due();
    joomla('scheduler:run', '--all');
    assert.equal(task('cloversync.refreshToken').last_exit_code, 0);
    assert.deepEqual(await clover.requests(since), []);
    await connect(browser);
  });

  step('a task run by hand in the browser does its work', async (browser) => {
    // Joomla runs due tasks itself when a page is open, and one task at a time.
    query("UPDATE #__scheduler_tasks SET next_execution = '2099-01-01 00:00:00'");
    const { times_executed: times } = task('cloversync.fullSync');
    await browser.page.goto(admin('?option=com_scheduler&view=tasks'));
    await browser.page.locator('tbody tr', { hasText: 'Clover — Full Catalog Sync' }).locator('button:has-text("Run")').click();
    await until('it has run', () => task('cloversync.fullSync').times_executed === times + 1, 60);
    assert.equal(task('cloversync.fullSync').last_exit_code, 0);
    await browser.shot('07 run by hand');
  });

  step('the Sync Log keeps only the days of Log Retention', async () => {
    query("INSERT INTO #__j2commerce_clover_log (environment, created, action, entity_type, entity_id, status, message) VALUES ('sandbox', '2020-01-01 00:00:00', 'sync', 'item', '', 'success', 'Old')");
    due();
    joomla('scheduler:run', '--all');
    assert.equal(value("SELECT COUNT(*) FROM #__j2commerce_clover_log WHERE message = 'Old'"), 0);
  });

  step('Joomla’s console syncs the shop, and its doctor finds nothing to repair', async () => {
    // Whatever else is printed is not JSON.
    const lines = (...words) => joomla(...words, '--json').trim().split('\n').map((line) => JSON.parse(line));
    const item = await itemOf('PLATTER-LONG');
    await clover.change(item.id, { price: 9900 });
    assert.equal(lines('cloversync:status').at(-1).connected, true);
    assert.equal(lines('cloversync:preview').at(-1).updates, 1);
    assert.equal(lines('cloversync:sync').at(-1).updated, 1);
    assert.equal(shopPrice('PLATTER-LONG'), 99);
    assert.equal(lines('cloversync:work', '--once').at(-1).event, 'done');
    assert.equal(lines('cloversync:log', '--limit', '2').length, 3);
    const checks = lines('cloversync:doctor');
    assert.equal(checks.at(-1).red, 0);
    assert.equal(checks.find(({ check }) => check === 'cron').code, 'check_tasks');
    assert.match(checks.find(({ check }) => check === 'versions').message, /Joomla \d.+J2Commerce \d/);
  });

  step('what needs the owner is mailed by the tasks: once, with what to do and a link; a wrong address is refused', async (browser) => {
    // The mail server is part of this process.
    const run = async () => {
      due();
      await joomlaBeside('scheduler:run', '--all');
    };

    await withMails(async (mails) => {
      assert.match(await settings(browser, { alert_email: 'nonsense' }), /Alert Email has “nonsense”, which is not an email address/);
      assert.match(await settings(browser, { alert_email: 'owner@shop.example' }), /saved/i);
      await openTab(browser, 'advanced');
      await browser.page.click('[data-clover-test="mail.test"]');
      await browser.says(/A test mail was sent to: owner@shop\.example/);
      assert.match(mails().at(-1).subject, /Test mail of the Clover POS Integration/);
      assert.match(mails().at(-1).to, /<owner@shop\.example>/);
      await browser.shot('07 alert email');
      await run();
      assert.equal(mails().length, 1, 'nothing needs the owner');

      try {
        await clover.merchant({ permissions: ['ORDERS_R', 'ORDERS_W'] });
        await run();
        await run();
        // Joomla itself mails that a task has failed.
        const ours = mails().filter((mail) => mail.subject !== 'Task Failure');
        assert.equal(ours.length, 2, JSON.stringify(ours));
        const { subject, text } = ours[1];
        assert.match(subject, /: Reading products and stock from Clover: paused$/);
        assert.match(text, /lacks the permission Inventory Read/);
        assert.doesNotMatch(text, /[{}]|PLG_|LIB_/);
        const link = text.match(/https?:\S+/)[0];
        assert.equal(link, page('dashboard'));
        await browser.page.goto(link);
        await browser.page.waitForSelector('#clover-dashboard');
      } finally {
        await clover.merchant({ permissions: ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'ORDERS_W'] });
        await joomlaBeside('cloversync:sync');
        await settings(browser, { alert_email: '' });
      }
    });
  });
});
