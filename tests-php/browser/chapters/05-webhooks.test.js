import assert from 'node:assert/strict';
import { page } from '../lib/browser.js';
import { chapter } from '../lib/chapter.js';
import { dashboard, settings, settingsUrl, openTab, synced } from '../lib/given.js';
import { product, shopCount, shopPrice } from '../lib/products.js';
import { authCode, clover, query, site, until, value } from '../lib/site.js';

const SKU = 'SALT';

const itemOf = async (sku) => (await clover.state()).items.find((item) => item.sku === sku && !item.deleted);
const code = (browser) => browser.page.inputValue('#clover-webhook-code');
const address = (browser) => browser.page.inputValue('#clover-webhook-url');
const card = (browser) => browser.page.locator('section[aria-labelledby="clover-webhook-title"]');

const event = async (facts = {}) => {
  const { merchant_id: merchant } = await clover.state();
  const item = await itemOf(SKU);
  return JSON.stringify({ appId: 'APPID00000001', merchants: { [merchant]: [{ objectId: `I:${item.id}`, type: 'UPDATE', ts: Date.now(), ...facts }] } });
};

const post = async (url, body, auth) => {
  const began = Date.now();
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...(auth === undefined ? {} : { 'x-clover-auth': auth }) }, body });
  return { status: answer.status, text: await answer.text(), took: Date.now() - began };
};

let url;

chapter('Set Up Webhooks', async (browser) => {
  await synced(browser);
  await clover.switches({ drop_deliveries: false });
  query("DELETE FROM #__j2commerce_clover_state WHERE name LIKE 'webhook%'");
}, (step) => {
  step('the card shows the Webhook URL of the manual’s form, and Copy copies it', async (browser) => {
    await browser.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(site.url).origin });
    await dashboard(browser);
    url = await address(browser);
    assert.equal(url, `${site.url}/index.php?option=com_ajax&plugin=app_cloverpos&group=j2commerce&task=webhook&format=raw`);
    await browser.page.click('[data-clover-copy="clover-webhook-url"]');
    await browser.messages();
    assert.equal(await browser.page.evaluate(() => navigator.clipboard.readText()), url);
  });

  step('Check now says that no code has come yet', async (browser) => {
    await browser.page.click('[data-clover-action="check"]');
    await until('the words', async () => /No new verification code has been received/.test(await browser.messages()));
  });

  step('after Verify in Clover the code appears by itself within ten seconds', async (browser) => {
    await dashboard(browser);
    const before = await code(browser);
    const { verified, verification_code: sent } = await clover.webhook({ url, auth_code: authCode, verify: true });
    assert.equal(verified, true);
    await until('the code', async () => await code(browser) === sent, 10);
    assert.notEqual(sent, before);
    await browser.says(/Copy it and paste it into the Clover Developer Dashboard/);
    assert.match(await card(browser).innerText(), /Received: \d{4}-/);
    await browser.shot('05 code');
    await browser.dark();
    await browser.shot('05 code dark');
    await browser.dark(false);
  });

  step('Check now brings the code at once', async (browser) => {
    await dashboard(browser);
    const { verification_code: sent } = await clover.webhook({ url, auth_code: authCode, verify: true });
    await browser.page.click('[data-clover-action="check"]');
    await until('the code', async () => await code(browser) === sent, 3);
    await browser.page.click('[data-clover-action="check"]');
    await browser.says(/The code that is shown is the last one that was received\. .*\d{4}-/);
    await browser.shot('05 the same code');
  });

  step('that Clover cannot reach this site is said only until something has arrived', async (browser) => {
    const words = /Clover cannot reach this site/;
    query("DELETE FROM #__j2commerce_clover_state WHERE name LIKE 'webhook%'");
    await dashboard(browser);
    assert.match(await card(browser).innerText(), words);
    await clover.webhook({ url, auth_code: authCode, verify: true });
    await until('the words are gone', async () => !words.test(await card(browser).innerText()), 10);
    await dashboard(browser);
    assert.doesNotMatch(await card(browser).innerText(), words);
  });

  step('the Auth Code is saved under Settings, Connection, and not shown again', async (browser) => {
    await browser.page.goto(settingsUrl());
    await openTab(browser, 'connection');

    if (await browser.page.locator('[name="jform[params][forget_webhook_secret]"]').count() > 0) {
      await settings(browser, { forget_webhook_secret: 1 });
      await dashboard(browser);
      assert.match(await card(browser).innerText(), /No Auth Code is saved/);
      assert.equal((await post(url, await event(), authCode)).status, 403, 'without an Auth Code every event is refused');
      const { verified } = await clover.webhook({ url, auth_code: authCode, verify: true });
      assert.equal(verified, true, 'the verification needs none');
    }

    await settings(browser, { webhook_secret: authCode });
    assert.equal((await browser.page.content()).includes(authCode), false);
    await dashboard(browser);
    assert.doesNotMatch(await card(browser).innerText(), /No Auth Code is saved/);
  });

  step('a change in Clover is in the shop within seconds, and in the Sync Log with action webhook', async (browser) => {
    const item = await itemOf(SKU);
    await clover.webhook({ url, auth_code: authCode });
    await clover.change(item.id, { price: 2222 });
    await until('the price', () => shopPrice(SKU) === 22.22, 30);
    await clover.setStock(item.id, 17);
    await until('the count', () => Number(shopCount(SKU)) === 17, 30);
    assert.ok(value("SELECT COUNT(*) FROM #__j2commerce_clover_log WHERE action = 'webhook'") > 0);
    await browser.page.goto(page('synclog'));
    await browser.page.fill('#filter_search', 'webhook');
    await browser.loads(() => browser.page.press('#filter_search', 'Enter'));
    assert.match(await browser.page.innerText('#cloverSyncLog tbody'), /webhook/);
    await browser.shot('05 log');
  });

  step('a sale at the till lowers the shop’s count', async () => {
    const item = await itemOf(SKU);
    await clover.sale(item.id, 3);
    await until('the count', () => Number(shopCount(SKU)) === 14, 30);
  });

  step('an item created in Clover is imported, and one deleted there is unpublished, by webhook', async () => {
    const name = `Lantern ${Date.now()}`;
    const { id } = await clover.create({ name, price: 3900, sku: name, quantity: 6 });
    await until('the product', () => value('SELECT COUNT(*) FROM #__j2commerce_variants WHERE sku = ?', [name]) === 1, 30);
    query('UPDATE #__content SET state = 1 WHERE id = ?', [product(name).article]);
    await clover.remove(id);
    await until('unpublished', () => product(name).state === 0, 30);
  });

  step('a wrong Auth Code gets 403, none gets 403, and neither changes anything', async () => {
    const before = value("SELECT COUNT(*) FROM #__j2commerce_clover_inbox");
    assert.equal((await post(url, await event(), 'aaaaaaaa-0000-4000-8000-bbbbbbbbbbbc')).status, 403);
    assert.equal((await post(url, await event())).status, 403);
    assert.equal(value("SELECT COUNT(*) FROM #__j2commerce_clover_inbox"), before);
  });

  step('GET gets 405, invalid JSON 400, and an event its 200 without waiting for Clover', async () => {
    assert.equal((await fetch(url)).status, 405);
    const rubbish = await post(url, 'rubbish', authCode);
    assert.ok([400, 403].includes(rubbish.status), String(rubbish.status));
    await clover.switches({ latency: 3000 });

    try {
      const answer = await post(url, await event(), authCode);
      assert.equal(answer.status, 200);
      assert.ok(answer.took < 2000, `${answer.took} ms`);
    } finally {
      await clover.switches({ latency: 0 });
    }
  });

  step('an event of another merchant or another app gets a response and is ignored', async () => {
    const before = await clover.lastRequest();
    const { id } = await itemOf(SKU);
    const foreign = JSON.stringify({ appId: 'APPID00000001', merchants: { ZZZZZZZZZZZZZ: [{ objectId: `I:${id}`, type: 'UPDATE', ts: Date.now() }] } });
    assert.ok([200, 403].includes((await post(url, foreign, authCode)).status));
    await new Promise((next) => { setTimeout(next, 1500); });
    assert.equal((await clover.requests(before)).filter((request) => request.path.includes('ZZZZ')).length, 0);
  });

  step('with Enable Webhooks set to No, events are answered 200 and not used, and the card says so', async (browser) => {
    await settings(browser, { webhooks: 0 });

    try {
      await dashboard(browser);
      assert.match(await card(browser).innerText(), /Enable Webhooks is set to No/);
      await clover.change((await itemOf(SKU)).id, { price: 1111 });
      // A refusal in the last minute would keep this one out of the log.
      query("DELETE FROM #__j2commerce_clover_state WHERE name = 'webhook_refused'");
      assert.equal((await post(url, await event(), authCode)).status, 200);
      await new Promise((next) => { setTimeout(next, 1500); });
      assert.equal(shopPrice(SKU), 22.22);
      assert.ok(value("SELECT COUNT(*) FROM #__j2commerce_clover_log WHERE action = 'webhook' AND status = 'skipped'") > 0);
      const { verified } = await clover.webhook({ url, auth_code: authCode, verify: true });
      assert.equal(verified, true);
    } finally {
      await settings(browser, { webhooks: 1 });
    }
  });

  step('the administrator’s address does not accept webhooks', async () => {
    const before = value('SELECT MAX(id) FROM #__j2commerce_clover_inbox');
    await post(url.replace('/index.php', '/administrator/index.php'), await event({ ts: Date.now() + 1 }), authCode);
    assert.equal(value('SELECT MAX(id) FROM #__j2commerce_clover_inbox'), before);
  });
});
