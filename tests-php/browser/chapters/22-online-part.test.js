import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { page } from '../lib/browser.js';
import { chapter } from '../lib/chapter.js';
import { connected, dashboard, fresh, settings, settingsUrl, openTab, sync } from '../lib/given.js';
import { product, published, storefront } from '../lib/products.js';
import { clover, query, site, value } from '../lib/site.js';

const VASE = 'Painted Vase';
const LAMP = 'Reading Lamp';
const PLAIN = 'Plain Box';
const PICTURE = `${site.simulator}/media/vase.png`;

const menu = (description, more = {}) => ({ name: 'Online', description, enabled: true, ...more });
const ids = {};
const linkOf = (name) => value('SELECT state FROM #__j2commerce_clover_mappings WHERE clover_id = ?', [ids[name]]);
const text = (name) => value('SELECT introtext FROM #__content WHERE id = ?', [product(name).article]);
const image = (name) => query('SELECT main_image, main_image_alt FROM #__j2commerce_productimages WHERE product_id = ?', [product(name).id])[0];

const preview = async (browser) => {
  await browser.page.goto(page('mappings'));
  await browser.page.click('[data-clover-report="preview"]');
  await browser.page.waitForSelector('#clover-report:not([hidden])', { timeout: 60_000 });
  return browser.page.innerText('#clover-report-summary');
};

chapter('Descriptions, pictures, and items that are sold online', async (browser) => {
  await fresh('synthetic:4');
  await clover.switches({ drop_deliveries: true });
  ids[VASE] = (await clover.create({ name: VASE, price: 4200, quantity: 3, menuItem: menu('Blue <b>glaze</b>.\nThrown by hand.\n\nHolds {one} litre.', { imageFilename: PICTURE }) })).id;
  ids[LAMP] = (await clover.create({ name: LAMP, price: 6900, quantity: 2, menuItem: menu('') })).id;
  ids[PLAIN] = (await clover.create({ name: PLAIN, price: 900, quantity: 8, menuItem: menu('A box.', { imageFilename: 'box.png' }) })).id;
  await connected(browser);
  await settings(browser, { import_status: 'published' });
  await sync(browser);
}, (step) => {
  step('a new product has Clover’s description as its text, and no markup of Clover’s is markup on the page', async (browser) => {
    assert.equal(text(VASE), '<p>Blue &lt;b&gt;glaze&lt;/b&gt;.<br>Thrown by hand.</p>\n<p>Holds &#123;one&#125; litre.</p>');
    assert.equal(text(LAMP), '');
    published(VASE);
    await storefront(browser, product(VASE).id);
    assert.match(await browser.page.innerText('main'), /Blue <b>glaze<\/b>\.\s+Thrown by hand\.\s+Holds \{one\} litre\./);
    await browser.shot('22 description');
  });

  step('its picture is a file of the site, named by its content, and a name without an address gives none', async (browser) => {
    const { main_image: file, main_image_alt: said } = image(VASE);
    assert.match(file, /^images\/clover\/[0-9a-f]{64}\.png$/);
    assert.equal(said, VASE);
    assert.equal(readFileSync(join(site.root, file)).subarray(1, 4).toString(), 'PNG');
    assert.equal((await browser.context.request.get(`${site.url}/${file}`)).status(), 200);
    await storefront(browser, product(VASE).id);
    assert.ok((await browser.page.content()).includes(file), 'the shopper sees it');
    assert.equal(image(PLAIN), undefined);
    await browser.shot('22 picture');
  });

  step('a second product with the same picture gets the same file without another request', async (browser) => {
    ids.Twin = (await clover.create({ name: 'Painted Twin', price: 4100, menuItem: menu('', { imageFilename: PICTURE }) })).id;
    const since = await clover.lastRequest();
    await sync(browser);
    assert.equal(image('Painted Twin').main_image, image(VASE).main_image);
    assert.equal((await clover.requests(since)).filter((one) => one.path.startsWith('/media/')).length, 0);
  });

  step('what the owner writes stays, also an empty text, whatever changes in Clover', async (browser) => {
    query('UPDATE #__content SET introtext = ? WHERE id = ?', ['<p>Our own words.</p>', product(VASE).article]);
    query("UPDATE #__content SET introtext = '' WHERE id = ?", [product(PLAIN).article]);
    await clover.change(ids[VASE], { price: 4300, menuItem: menu('Other words.', { imageFilename: `${site.simulator}/media/other.png` }) });
    await clover.change(ids[PLAIN], { price: 950 });
    const before = image(VASE).main_image;
    await sync(browser);
    assert.deepEqual([text(VASE), text(PLAIN), image(VASE).main_image], ['<p>Our own words.</p>', '', before]);
  });

  step('a picture elsewhere is not asked for, and the log says why', async (browser) => {
    ids.Odd = (await clover.create({ name: 'Odd Picture', price: 100, menuItem: menu('', { imageFilename: 'https://example.org/odd.png' }) })).id;
    await sync(browser);
    assert.equal(image('Odd Picture'), undefined);
    await browser.page.goto(page('synclog'));
    assert.match(await browser.page.innerText('main'), /The picture https:\/\/example\.org\/odd\.png was not taken over/);
  });

  step('only what is sold online: the preview names the others, the sync takes them out of the shop', async (browser) => {
    await clover.change(ids[LAMP], { menuItem: menu('', { enabled: false }) });
    await browser.page.goto(settingsUrl());
    await openTab(browser, 'products');
    await browser.shot('22 setting');
    await settings(browser, { import_online_only: 1 });
    assert.match(await preview(browser), /The settings leave out one item of Clover\./);
    assert.match(await browser.page.locator('#clover-report tbody tr', { hasText: LAMP }).innerText(), /Left out\s+“Reading Lamp” is left out by the settings \(it is not sold online in Clover\)/);
    await browser.shot('22 preview');
    await browser.readable();
    assert.equal(product(LAMP).state, 1, 'a preview does nothing');
    await sync(browser);
    assert.deepEqual([product(LAMP).state, linkOf(LAMP), product(VASE).state], [0, 'left_out', 1]);
  });

  step('sold online again, it is in the shop again', async (browser) => {
    await clover.change(ids[LAMP], { menuItem: menu('') });
    await sync(browser);
    assert.deepEqual([product(LAMP).state, linkOf(LAMP)], [1, 'synced']);
  });

  step('where Clover does not say it, nothing leaves the shop, and preview, dashboard and log say so', async (browser) => {
    for (const shape of ['absent', 'forbidden']) {
      await clover.switches({ menu_item: shape });
      assert.match(await preview(browser), /Clover does not say of \d+ items whether they are sold online\. They stay in the shop\./, shape);
      await sync(browser);
      assert.deepEqual([product(LAMP).state, product(VASE).state], [1, 1], shape);
      await dashboard(browser);
      assert.match(await browser.page.innerText('#clover-dashboard'), /Clover does not say of \d+ items whether they are sold online/, shape);
      assert.equal(await browser.page.locator('[data-clover-action="connect"]').count(), 0, 'still connected');
      await browser.shot(`22 dashboard ${shape}`);
      await browser.readable();
    }

    await clover.switches({ menu_item: 'always' });
    await settings(browser, { import_online_only: 0 });
    await dashboard(browser);
    assert.doesNotMatch(await browser.page.innerText('#clover-dashboard'), /sold online/);
  });
});
