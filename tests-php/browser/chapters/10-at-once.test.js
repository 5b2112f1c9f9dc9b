import assert from 'node:assert/strict';
import { Browser } from '../lib/browser.js';
import { chapter } from '../lib/chapter.js';
import { dashboard, sync, synced } from '../lib/given.js';
import { published, shopPrice, titleOf } from '../lib/products.js';
import { clover, query, site, until, value } from '../lib/site.js';

const SYNC = 'button[data-clover-action="sync"]';
const CACHE = "type = 'plugin' AND folder = 'system' AND element = 'cache'";

const runs = () => value('SELECT COUNT(*) FROM #__j2commerce_clover_runs');
const slowly = async (work, latency = 1500) => {
  await clover.switches({ latency });

  try {
    await work();
  } finally {
    await clover.switches({ latency: 0 });
  }
};
const result = (browser) => browser.page.waitForSelector('#clover-result:not([hidden])', { timeout: 120_000 });
const itemOf = async (sku) => (await clover.state()).items.find((item) => item.sku === sku && !item.deleted);

chapter('Several administrators at once, and interruptions', async (browser) => {
  await clover.switches({ drop_deliveries: true });
  await synced(browser);
}, (step) => {
  step('two administrators press Sync Now at once: one sync runs, and both see its progress', async (browser) => {
    const other = await Browser.open();

    try {
      await other.login();
      await dashboard(other);
      await dashboard(browser);
      const before = runs();
      await slowly(async () => {
        await browser.page.click(SYNC);
        await until('it runs', () => value("SELECT COUNT(*) FROM #__j2commerce_clover_runs WHERE status = 'running'") === 1);
        await other.page.click(SYNC);
        await until('the other is informed', async () => /already running, started elsewhere/.test(await other.page.innerText('#clover-progress-text')));
        await other.shot('10 looking on');
        await Promise.all([result(browser), result(other)]);
      });
      assert.match(await browser.page.innerText('#clover-result-text'), /Sync complete/);
      assert.match(await other.page.innerText('#clover-result-text'), /Sync complete/);
      assert.equal(runs(), before + 1);
      assert.deepEqual(other.complaints, []);
    } finally {
      await other.close();
    }
  });

  step('a sync whose tab was closed can be resumed, and ends as one run', async (browser) => {
    await dashboard(browser);
    const before = runs();
    await slowly(async () => {
      await browser.page.click(SYNC);
      await until('a slice is done', async () => value("SELECT COUNT(*) FROM #__j2commerce_clover_runs WHERE status = 'running'") === 1);
      await browser.page.close();
      browser.page = await browser.tab();
      await new Promise((next) => { setTimeout(next, 6000); });
    });
    await dashboard(browser);
    await browser.page.waitForSelector('#clover-resume:not([hidden])', { timeout: 60_000 });
    assert.match(await browser.page.innerText('#clover-progress-text'), /A sync was interrupted\. Nothing is lost/);
    await browser.shot('10 interrupted');
    await browser.page.click('#clover-resume');
    await result(browser);
    assert.equal(runs(), before + 1);
  });

  step('a session that ends during a sync is reported, and the sync continues after the login', async (browser) => {
    await dashboard(browser);
    const before = runs();
    await slowly(async () => {
      await browser.page.click(SYNC);
      await until('it runs', () => value("SELECT COUNT(*) FROM #__j2commerce_clover_runs WHERE status = 'running'") === 1);
      await browser.context.clearCookies();
      await browser.page.waitForSelector('#clover-sync-problem:not([hidden])', { timeout: 60_000 });
    });
    assert.match(await browser.page.innerText('#clover-sync-problem'), /no longer logged in/);
    await browser.shot('10 session over');
    await browser.login();
    await dashboard(browser);
    await browser.page.waitForSelector('#clover-resume:not([hidden])', { timeout: 60_000 });
    await browser.page.click('#clover-resume');
    await result(browser);
    assert.equal(runs(), before + 1);
  }, { expects: ['403', '401', '404'] });

  step('when Clover is down a sync stops with the reason, and Resume continues when it is back', async (browser) => {
    await dashboard(browser);
    await clover.faults([{ match: 'GET /v3/merchants/*/items', times: 30, do: 'status', code: 503 }]);

    try {
      await browser.page.click(SYNC);
      await browser.page.waitForSelector('#clover-sync-problem:not([hidden])', { timeout: 120_000 });
      assert.match(await browser.page.innerText('#clover-sync-problem'), /503|not available|unavailable|Try again/i);
      await browser.shot('10 clover out of order');
    } finally {
      await clover.clearFaults();
    }

    await browser.page.click('#clover-resume');
    await result(browser);
  });

  step('with the page cache on, visitors see a new price after the sync, and the webhook address is not cached', async (browser) => {
    const webhook = `${site.url}/index.php?option=com_ajax&plugin=app_cloverpos&group=j2commerce&task=webhook&format=raw`;
    const was = value(`SELECT enabled FROM #__extensions WHERE ${CACHE}`);
    query(`UPDATE #__extensions SET enabled = 1 WHERE ${CACHE}`);

    try {
      const { id } = published(titleOf('SALT'));
      const look = async () => (await fetch(`${site.url}/index.php?option=com_j2commerce&view=product&id=${id}`)).text();
      const price = 1700 + (Date.now() % 200);
      await look();
      await look();
      await clover.change((await itemOf('SALT')).id, { price });
      await sync(browser);
      assert.equal(shopPrice('SALT'), price / 100);
      assert.ok((await look()).includes((price / 100).toFixed(2)), 'the storefront still shows the old price');
      assert.equal((await fetch(webhook)).status, 405);
      assert.equal((await fetch(webhook)).status, 405);
    } finally {
      query(`UPDATE #__extensions SET enabled = ? WHERE ${CACHE}`, [was]);
    }
  });
});
