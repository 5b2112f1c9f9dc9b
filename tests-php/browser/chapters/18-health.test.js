import assert from 'node:assert/strict';
import { page } from '../lib/browser.js';
import { chapter } from '../lib/chapter.js';
import { dashboard, sync, synced } from '../lib/given.js';
import { clover, query } from '../lib/site.js';

const LIBRARY = '**/chartjs/js/chart.umd*';

const row = (browser, name) => browser.page.locator(`#clover-health [data-clover-check="${name}"]`);
const stateOf = (browser, name) => row(browser, name).getAttribute('data-clover-state');

const open = async (browser) => {
  await browser.page.goto(page('health'));
  await browser.page.waitForSelector('#clover-health');
};

/** Whether the chart has drawn something. */
const isDrawn = (browser) => browser.page.locator('#clover-days-chart canvas').evaluate((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.some((channel) => channel !== 0);
});

chapter('Health', async (browser) => {
  await clover.switches({ drop_deliveries: true, date_ahead: 0 });
  await synced(browser);
}, (step) => {
  step('the dashboard’s menu opens it; each check has a word, a sentence and, where something can be done, a link', async (browser) => {
    await dashboard(browser);
    await browser.page.click('#toolbar [data-bs-toggle="dropdown"]');
    await browser.loads(() => browser.page.locator('#toolbar .dropdown-menu a', { hasText: 'Health' }).click());
    await browser.page.waitForSelector('#clover-health');
    const checks = await browser.page.locator('#clover-health [data-clover-check]').evaluateAll((rows) => rows.map((line) => ({ name: line.dataset.cloverCheck, text: line.innerText, icons: line.querySelectorAll('td [aria-hidden="true"]').length })));
    assert.deepEqual(checks.map(({ name }) => name), ['engine', 'shop', 'access', 'site', 'permissions', 'sync', 'sales', 'backlog', 'limits', 'clover_clock', 'webhook', 'cron', 'clock', 'versions']);

    for (const { name, text, icons } of checks) {
      assert.match(text, /Fine|Look at it|To repair/, name);
      assert.equal(icons, 1, name);
      assert.doesNotMatch(text, /PLG_|LIB_/, name);
    }

    assert.equal(await stateOf(browser, 'access'), 'green');
    await browser.shot('15 health');
  });

  step('the chart is drawn with J2Commerce’s library, and its table is shown on request', async (browser) => {
    await sync(browser);
    await open(browser);
    await browser.page.waitForSelector('#clover-days-chart:not([hidden])');
    assert.ok(await isDrawn(browser));
    const table = browser.page.locator('#clover-days-table');
    assert.match(await table.getAttribute('class'), /visually-hidden/);
    assert.equal(await table.locator('tbody tr').count(), 30);
    await browser.page.click('#clover-days-toggle');
    assert.doesNotMatch(await table.getAttribute('class'), /visually-hidden/);
    assert.equal(await browser.page.innerText('#clover-days-toggle'), 'Hide the table');
    const today = await table.locator('tbody tr').first().locator('td').allInnerTexts();
    assert.ok(Number(today[1]) >= 1, `syncs: ${today}`);
    await browser.page.click('#clover-days-toggle');
    assert.match(await table.getAttribute('class'), /visually-hidden/);
  });

  step('it can be read in light and dark colors and on a phone, with and without the table', async (browser) => {
    await open(browser);
    await browser.page.waitForSelector('#clover-days-chart:not([hidden])');
    await browser.readable();
    await browser.page.click('#clover-days-toggle');
    await browser.dark();
    assert.ok(await isDrawn(browser));
    await browser.shot('15 health dark');
    await browser.readable();
  });

  step('without the library, the table alone is shown', async (browser) => {
    await browser.page.route(LIBRARY, (route) => route.abort());

    try {
      await open(browser);
      await browser.page.waitForLoadState('load');
      assert.ok(await browser.page.isVisible('#clover-days-table tbody tr'));
      assert.ok(await browser.page.isHidden('#clover-days-chart'));
      assert.ok(await browser.page.isHidden('#clover-days-toggle'));
    } finally {
      await browser.page.unroute(LIBRARY);
    }
  });

  step('a clock that differs from Clover’s and work that has waited for long are to be repaired, and say how', async (browser) => {
    await clover.switches({ date_ahead: 3600 });

    try {
      await dashboard(browser);
      await browser.page.click('button[data-clover-action="test"]');
      assert.match(await browser.messages(), /Connection works/);
      query("INSERT INTO #__j2commerce_clover_outbox (environment, order_id, event, state, next_try, created) VALUES ('sandbox', 'waits', 'status', 'pending', UNIX_TIMESTAMP() + 3000, UNIX_TIMESTAMP() - 100000)");
      await open(browser);
      assert.equal(await stateOf(browser, 'clover_clock'), 'red');
      assert.match(await row(browser, 'clover_clock').innerText(), /To repair[\s\S]+seconds behind Clover’s[\s\S]+NTP/);
      assert.equal(await stateOf(browser, 'backlog'), 'red');
      assert.match(await row(browser, 'backlog').innerText(), /1 order with new events/);
      assert.equal(await row(browser, 'backlog').locator('a').innerText(), 'Outbox');
      await browser.shot('15 health red');
      await browser.readable();
    } finally {
      query("DELETE FROM #__j2commerce_clover_outbox WHERE order_id = 'waits'");
      await clover.switches({ date_ahead: 0 });
    }

    await dashboard(browser);
    await browser.page.click('button[data-clover-action="test"]');
    await browser.messages();
    await open(browser);
    assert.equal(await stateOf(browser, 'clover_clock'), 'green');
    assert.equal(await stateOf(browser, 'backlog'), 'green');
  });
});
