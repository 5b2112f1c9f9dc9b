import assert from 'node:assert/strict';
import { page } from '../lib/browser.js';
import { chapter } from '../lib/chapter.js';
import { connect, credentials, dashboard, disconnected, openTab, settings, settingsUrl } from '../lib/given.js';
import { app, clover, query, site, until } from '../lib/site.js';

const ALERT = 'Clover POS Integration is running in sandbox (test) mode. No live data will be synced.';

const status = (browser) => browser.page.locator('section[aria-labelledby="clover-connection-title"]');

/** Opens the approval as the button does; returns the error, which is shown by the dashboard when the popup has closed itself. */
const refused = async (browser) => {
  await dashboard(browser);
  const [popup] = await Promise.all([browser.context.waitForEvent('page'), browser.page.click('[data-clover-action="connect"]')]);
  await popup.waitForEvent('close', { timeout: 20_000 }).catch((error) => { if (!popup.isClosed()) { throw error; } });
  const words = await browser.messages();
  await browser.page.reload();
  assert.match(await status(browser).innerText(), /Not connected/);
  return words;
};

/** The address that Clover sends the browser back to, without going there. */
const callback = async (browser) => {
  await dashboard(browser);
  const start = new URL(await browser.page.getAttribute('[data-clover-action="connect"]', 'data-clover-url'), browser.page.url()).href;
  const toClover = await browser.context.request.get(start, { maxRedirects: 0 });
  const back = await fetch(toClover.headers().location, { redirect: 'manual' });
  return back.headers.get('location');
};

const byHand = async (browser, address) => {
  const box = browser.page.locator('#clover-hand');

  if (!(await box.isVisible())) {
    await browser.page.click('summary:has-text("Connect by hand")');
  }

  await box.fill(address);
  await browser.page.click('[data-clover-action="by-hand"]');
};

chapter('Complete the OAuth Connection, Clover Dashboard', async (browser) => {
  await clover.reset();
  await credentials(browser);
  await disconnected(browser);
}, (step) => {
  step('the dashboard has the sandbox badge next to its title, and the alert word for word', async (browser) => {
    await dashboard(browser);
    assert.match(await browser.page.innerText('h1.page-title'), /Clover Dashboard\s+Sandbox/);
    assert.equal(await browser.page.locator('h1.page-title .badge.text-bg-warning').innerText(), 'Sandbox');
    assert.doesNotMatch(await browser.page.title(), /</);
    assert.ok((await browser.page.locator('.alert-warning').allInnerTexts()).some((text) => text.trim() === ALERT));
  });

  step('the alert and the badge go as soon as the environment is a production region', async (browser) => {
    await settings(browser, { environment: 'na' });
    await dashboard(browser);
    assert.equal(await browser.page.locator(`text=${ALERT}`).count(), 0);
    assert.equal(await browser.page.locator('h1.page-title .badge').count(), 0);
    await settings(browser, { environment: 'sandbox' });
  });

  step('three cards show Products Synced, Sync Errors and Last Sync, and the toolbar has the manual’s buttons', async (browser) => {
    await dashboard(browser);
    const cards = await browser.page.locator('#clover-dashboard .card h2').allInnerTexts();

    for (const title of ['Products Synced', 'Sync Errors', 'Last Sync', 'Connection Status', 'Webhook Verification']) {
      assert.ok(cards.includes(title), title);
    }

    const toolbar = await browser.page.innerText('#subhead-container, .subhead');

    for (const button of ['Sync Now', 'Test Connection', 'Disconnect', 'Sync Log', 'Settings']) {
      assert.ok(toolbar.includes(button), button);
    }
  });

  step('while not connected the card shows how to connect, and buttons that need a connection are disabled', async (browser) => {
    const words = await status(browser).innerText();
    assert.match(words, /Not connected/);
    assert.match(words, /App ID and App Secret/);
    assert.match(words, /REST Configuration/);
    assert.match(words, /Web REST client with the Site URL/);
    assert.ok(words.includes(site.url));

    for (const action of ['sync', 'test', 'disconnect']) {
      assert.equal(await browser.page.locator(`.subhead [data-clover-action="${action}"], #subhead-container [data-clover-action="${action}"]`).first().isDisabled(), true, action);
    }

    await browser.shot('02 not connected');
    await browser.readable();
  });

  step('an approval that the merchant denies is reported', async (browser) => {
    await clover.switches({ authorize: 'deny' });

    try {
      assert.match(await refused(browser), /denied|declined|not approved|refused/i);
    } finally {
      await clover.switches({ authorize: 'approve' });
    }
  });

  step('after a wrong App Secret, the message names it as a thing to check', async (browser) => {
    await settings(browser, { app_secret: 'ffffffff-0000-0000-0000-000000000000' });

    try {
      const words = await refused(browser);
      assert.match(words, /App ID, App Secret and Environment/);
      assert.match(words, /Web REST client/);
    } finally {
      await settings(browser, { app_secret: app.secret });
    }
  });

  step('a response with another state is an OAuth state mismatch, and the code is not used', async (browser) => {
    const address = await callback(browser);
    const since = await clover.lastRequest();
    await browser.page.goto(address.replace(/([?&]state=)[^&]*/, '$1another'));
    assert.match(await browser.page.innerText('main'), /OAuth state mismatch/);
    assert.match(await browser.page.innerText('main'), /administrator\//);
    assert.equal(new URL(browser.page.url()).search, '', 'the code is out of the address');
    assert.notEqual(await browser.page.locator('main .alert-danger').evaluate((alert) => getComputedStyle(alert).borderTopWidth), '0px', 'the administrator’s styles');
    await browser.shot('02 refused');
    assert.deepEqual(await clover.requests(since), []);
  });

  step('a response that is no longer expected says so, and what to do', async (browser) => {
    const address = await callback(browser);
    await browser.context.clearCookies();
    await browser.login();
    await browser.page.goto(address);
    assert.match(await browser.page.innerText('main'), /This approval is unknown/);
    assert.match(await browser.page.innerText('main'), /administrator\//);
    await browser.page.click('main a');
    await browser.page.waitForSelector('#clover-dashboard');
  });

  step('another site cannot start the approval', async (browser) => {
    const since = await clover.lastRequest();
    await browser.page.goto(`${page('oauth_start')}&tmpl=component`);
    assert.match(await browser.page.innerText('main'), /reload the dashboard/);
    assert.deepEqual(await clover.requests(since), []);
  });

  step('Connect to Clover opens a popup that closes by itself, and the dashboard shows Connected with the Merchant ID', async (browser) => {
    const { merchant_id: merchant } = await clover.state();
    const said = await connect(browser);
    assert.match(said, new RegExp(`Connected to merchant ${merchant}`));
    assert.match(await status(browser).innerText(), new RegExp(`Connected[\\s\\S]*Merchant ID\\s+${merchant}`));
    await browser.shot('02 connected');
    await browser.dark();
    await browser.page.reload();
    await browser.shot('02 connected dark');
    await browser.dark(false);
    await browser.readable();
  });

  step('the toolbar has one row on a screen of 1366 pixels, and a menu with the other pages', async (browser) => {
    const size = browser.page.viewportSize();
    await browser.page.setViewportSize({ width: 1366, height: 768 });

    try {
      const tops = await browser.page.locator('#toolbar joomla-toolbar-button:visible').evaluateAll((buttons) => buttons.map((button) => Math.round(button.getBoundingClientRect().top)));
      assert.equal(new Set(tops).size, 1, tops.join());
      await browser.page.click('#toolbar [data-bs-toggle="dropdown"]');
      await browser.page.waitForSelector('#toolbar .dropdown-menu', { state: 'visible' });
      assert.deepEqual((await browser.page.locator('#toolbar .dropdown-menu a').allInnerTexts()).map((text) => text.trim()), ['Health', 'Mappings', 'Outbox', 'Server', 'Help']);
      await browser.shot('02 more');
      await browser.page.keyboard.press('Escape');
    } finally {
      await browser.page.setViewportSize(size);
    }
  });

  step('no token is in the page, nor readable in the database', async (browser) => {
    const rows = JSON.stringify(query('SELECT * FROM #__j2commerce_clover_state'));
    assert.doesNotMatch(rows, /access_token|refresh_token"?:/);
    assert.doesNotMatch(await browser.page.content(), new RegExp(app.secret));
  });

  step('Test Connection says that it works, with the merchant’s name once Clover may show it', async (browser) => {
    await dashboard(browser);
    await browser.page.click('button[data-clover-action="test"]');
    await browser.says(/Connection works\. Merchant ID: \w+/);
    await clover.merchant({ name: 'Café Zoë & Söhne', permissions: ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'ORDERS_W', 'MERCHANT_R'] });
    await dashboard(browser);
    await browser.page.click('button[data-clover-action="test"]');
    await browser.says(/Connection works\. Merchant: Café Zoë & Söhne \(Merchant ID \w+\)/);
  });

  step('Test Connection of the settings does the same, and the settings show which merchant is connected', async (browser) => {
    await browser.page.goto(settingsUrl());
    await openTab(browser, 'connection');
    assert.match(await browser.page.innerText('#jform_params_connect-note'), /Connected to merchant/);
    await browser.page.click('[data-clover-test="connection.test"]');
    await browser.says(/Connection works/);
  });

  step('Disconnect asks first, then removes the tokens', async (browser) => {
    await dashboard(browser);
    browser.page.once('dialog', (dialog) => dialog.dismiss());
    await browser.page.click('button[data-clover-action="disconnect"]');
    assert.match(await status(browser).innerText(), /Merchant ID/);
    browser.page.once('dialog', (dialog) => dialog.accept());
    await browser.page.click('button[data-clover-action="disconnect"]');
    await browser.page.waitForSelector('[data-clover-action="connect"]');
    await browser.says(/Disconnected\. Products already synced stay/);
    assert.match(await status(browser).innerText(), /Not connected/);
  });

  step('the settings’ own button connects as well', async (browser) => {
    await browser.page.goto(settingsUrl());
    await openTab(browser, 'connection');
    const [popup] = await Promise.all([browser.context.waitForEvent('page'), browser.page.click('[data-clover-connect]')]);
    await until('the popup closes', () => popup.isClosed());
    await browser.says(/Connected to merchant/);
    await dashboard(browser);
    assert.match(await status(browser).innerText(), /Merchant ID/);
    await disconnected(browser);
  });

  step('connecting by hand accepts the whole pasted address, and says what a part of it lacks', async (browser) => {
    const address = await callback(browser);
    await byHand(browser, 'abc');
    await browser.says(/whole address/);
    await byHand(browser, address);
    await browser.page.waitForSelector('.badge.text-bg-success:has-text("Connected")');
    await browser.says(/Connected to merchant/);
  });

  step('an approval can be used once', async (browser) => {
    await disconnected(browser);
    const address = await callback(browser);
    await byHand(browser, address);
    await browser.page.waitForSelector('.badge.text-bg-success:has-text("Connected")');
    await disconnected(browser);
    await byHand(browser, address);
    await browser.says(/This approval is unknown/);
  });

  step('when the popup is blocked, the approval uses the window itself and returns to the dashboard', async (browser) => {
    await dashboard(browser);
    await browser.page.evaluate(() => { window.open = () => null; });
    await browser.page.click('[data-clover-action="connect"]');
    await browser.page.waitForURL(/pluginview=dashboard/, { timeout: 20_000 });
    await browser.page.waitForSelector('.badge.text-bg-success:has-text("Connected")');
  });

  step('an API token connects without an app: it is tested, stored, and not shown again', async (browser) => {
    const { merchant_id: merchant } = await clover.state();
    const { api_token: token } = await clover.tokens('make_api_token');
    const enter = async (value) => {
      await browser.page.fill('#clover-merchant-id', merchant);
      await browser.page.fill('#clover-api-token', value);
      await browser.page.click('[data-clover-action="api-token"]');
    };
    await disconnected(browser);
    await settings(browser, { app_id: '' });

    try {
      await dashboard(browser);
      assert.equal(await browser.page.locator('[data-clover-action="connect"]').isDisabled(), true);
      await browser.page.click('#clover-api-token-box summary');
      assert.equal(await browser.page.getAttribute('#clover-api-token', 'type'), 'password');
      await browser.shot('02 api token');
      await browser.readable();
      await enter('');
      await browser.says(/Enter merchant ID and API token first/);
      await enter('not-a-token-of-clover');
      await browser.says(/neither for items nor for orders/);
      await clover.merchant({ permissions: ['INVENTORY_R', 'INVENTORY_W'] });
      await enter(token);
      await browser.says(/lacks a permission: Orders Read/);
      await clover.merchant({ permissions: ['INVENTORY_R', 'INVENTORY_W', 'ORDERS_R', 'ORDERS_W'] });
      await enter(token);
      await browser.page.waitForSelector('.badge.text-bg-success:has-text("Connected")');
      await browser.says(new RegExp(`Connected to merchant ${merchant}`));
      assert.match(await status(browser).innerText(), /An API token does not expire/);
      assert.match(await browser.page.innerText('section[aria-labelledby="clover-webhook-title"]'), /sends events to apps only/);
      assert.equal(await browser.page.locator('#clover-webhook-url').count(), 0);
      assert.doesNotMatch(await browser.page.content(), new RegExp(token));
      assert.doesNotMatch(JSON.stringify(query('SELECT * FROM #__j2commerce_clover_state')), new RegExp(token));
      await browser.page.click('button[data-clover-action="test"]');
      await browser.says(/Connection works/);
      await browser.shot('02 api token connected');
      await browser.readable();
      await disconnected(browser);
    } finally {
      await settings(browser, { app_id: app.id });
    }

    await connect(browser);
    assert.doesNotMatch(await status(browser).innerText(), /API token does not expire/);
  });
});
