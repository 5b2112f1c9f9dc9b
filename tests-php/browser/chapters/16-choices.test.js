import assert from 'node:assert/strict';
import { page } from '../lib/browser.js';
import { chapter } from '../lib/chapter.js';
import { connected, fresh, openTab, save, settings, settingsUrl, sync } from '../lib/given.js';
import { close, edit, product, shopCount, shopPrice, storefront } from '../lib/products.js';
import { buy } from '../lib/shopper.js';
import { clover, query, until, value } from '../lib/site.js';

const BOARD = 'OAK-BOARD';
const BOWL = 'ASH-BOWL';
const CARD = 'CARD';
const GIN = 'GIN';
const HIDDEN = 'UNDER';

const ITEMS = {
  [BOARD]: { name: 'Oak Board', price: 1240, quantity: 9, categories: ['Wood'], tags: ['New'] },
  [BOWL]: { name: 'Ash Bowl', price: 2310, quantity: 5, categories: ['Wood', 'Table'], tags: ['Classic'] },
  [CARD]: { name: 'Gift card of the shop', price: 2500, isRevenue: false },
  [GIN]: { name: 'Juniper gin', price: 3400, __raw: { isAgeRestricted: true } },
  [HIDDEN]: { name: 'Under the counter', price: 800, hidden: true },
};

const ids = {};
const stateOf = (sku) => product(ITEMS[sku].name).state;
const linkOf = (sku) => value('SELECT state FROM #__j2commerce_clover_mappings WHERE clover_id = ?', [ids[sku]]);
const exists = (sku) => value('SELECT COUNT(*) FROM #__j2commerce_variants WHERE sku = ?', [sku]) > 0;
const notify = (sku) => query('SELECT notify_qty, use_store_config_notify_qty FROM #__j2commerce_variants WHERE sku = ?', [sku])[0];

/** The rows of the preview for an item. */
const previewed = async (browser, name) => {
  await browser.page.goto(page('mappings'));
  await browser.page.click('[data-clover-report="preview"]');
  await browser.page.waitForSelector('#clover-report:not([hidden])', { timeout: 60_000 });
  return browser.page.locator('#clover-report tbody tr', { hasText: name });
};

const leftOut = async (browser, sku, why) => {
  const { name } = ITEMS[sku];
  assert.match(await (await previewed(browser, name)).innerText(), new RegExp(`Left out\\s+“${name}” is left out by the settings \\(${why}\\)`));
  assert.match(await browser.page.innerText('#clover-report-summary'), /The settings leave out (one item|\d+ items) of Clover\./);
};

/** Rows of category, type and value in place of those that are there. */
const markups = async (browser, rows) => {
  await browser.page.goto(settingsUrl());
  await openTab(browser, 'pricing');
  const table = browser.page.locator('joomla-field-subform[name="jform[params][category_markups]"]');

  while (await table.locator('tbody .group-remove').count() > 0) {
    await table.locator('tbody .group-remove').first().click();
  }

  for (const [nth, [category, type, markup]] of rows.entries()) {
    await table.locator('thead .group-add').click();
    const row = table.locator('tbody tr.subform-repeatable-group').nth(nth);
    await row.locator('[name$="[category]"]').fill(category);
    await row.locator('[name$="[type]"]').selectOption(type);
    await row.locator('[name$="[value]"]').fill(markup);
  }

  await browser.shot(`16 markups ${rows.length}`);
  assert.match(await save(browser), /saved/i);
};

chapter('What the owner chooses: items, markups, endings, units for the till, low stock', async (browser) => {
  await fresh('synthetic:6');
  await clover.switches({ drop_deliveries: true });

  for (const [sku, fields] of Object.entries(ITEMS)) {
    ids[sku] = (await clover.create({ ...fields, sku })).id;
  }

  await connected(browser);
  await sync(browser);
  query("UPDATE #__content SET state = 1 WHERE title IN ('Oak Board', 'Ash Bowl')");
}, (step) => {
  step('a category that is excepted: the preview names it, the sync takes it out of the shop, Mappings and badge say why', async (browser) => {
    await settings(browser, { 'import_categories.mode': 'except', 'import_categories.names': 'table' });
    await leftOut(browser, BOWL, 'its category “Table” is excepted');
    assert.equal(await browser.page.locator('#clover-report tbody tr', { hasText: 'Oak Board' }).count(), 0);
    await browser.shot('16 preview category');
    await browser.readable();
    assert.equal(stateOf(BOWL), 1, 'a preview does nothing');
    await sync(browser);
    assert.deepEqual([stateOf(BOWL), linkOf(BOWL), stateOf(BOARD), linkOf(BOARD)], [0, 'left_out', 1, 'synced']);
    await browser.page.goto(page('mappings'));
    assert.match(await browser.page.locator('#cloverMappings tbody tr', { hasText: 'Ash Bowl' }).innerText(), /Left out[\s\S]*its category “Table” is excepted/);
    await edit(browser, product('Ash Bowl').article);
    assert.match(await browser.page.innerText('[data-clover-product]'), /Left out[\s\S]*The settings leave this item out: [\s\S]*“Table” is excepted/);
    await browser.shot('16 badge left out');
    await browser.readable();
    await close(browser);
  });

  step('what is left out follows neither Clover’s price nor its count, and a shopper cannot buy it', async (browser) => {
    await clover.change(ids[BOWL], { price: 2600 });
    await sync(browser);
    assert.equal(shopPrice(BOWL), 23.1);
    const answer = await browser.context.request.get(`${page('').split('/administrator')[0]}/index.php?option=com_j2commerce&view=product&id=${product('Ash Bowl').id}`);
    assert.doesNotMatch(await answer.text(), /j2commerce-cart-button/);
  });

  step('chosen again it comes back as it was, with the price that Clover has now', async (browser) => {
    await settings(browser, { 'import_categories.mode': 'all' });
    assert.match(await (await previewed(browser, 'Ash Bowl')).innerText(), /Restore/i);
    await sync(browser);
    assert.deepEqual([stateOf(BOWL), linkOf(BOWL), shopPrice(BOWL)], [1, 'synced', 26]);
    await clover.change(ids[BOWL], { price: 2310 });
    await sync(browser);
  });

  step('only chosen tags: items with others and without any are left out, each with its reason', async (browser) => {
    await settings(browser, { 'import_tags.mode': 'only', 'import_tags.names': 'NEW' });
    await leftOut(browser, BOWL, 'none of its tags is chosen: Classic');
    await leftOut(browser, CARD, 'it has no tag');
    assert.equal(await browser.page.locator('#clover-report tbody tr', { hasText: 'Oak Board' }).count(), 0);
    await sync(browser);
    assert.deepEqual([stateOf(BOWL), stateOf(BOARD)], [0, 1]);
    assert.equal(value("SELECT COUNT(*) FROM #__j2commerce_clover_mappings WHERE state = 'synced' AND parent_id IS NULL"), 1);
    await settings(browser, { 'import_tags.mode': 'all' });
    await sync(browser);
    assert.deepEqual([stateOf(BOWL), stateOf(BOARD)], [1, 1]);
    assert.equal(value("SELECT COUNT(*) FROM #__j2commerce_clover_mappings WHERE state = 'left_out'"), 0);
  });

  step('an empty list of names is refused with the field’s name', async (browser) => {
    const said = await settings(browser, { 'import_categories.mode': 'only', 'import_categories.names': '' });
    assert.match(said, /Clover Categories/);
    assert.doesNotMatch(said, /saved\./i);
    await browser.shot('16 no names');
    await browser.page.goto(settingsUrl());
  });

  step('gift cards, goods for adults and hidden items can be left out, each by its own setting, and new ones do not come', async (browser) => {
    await settings(browser, { import_non_revenue: 'skip', import_age_restricted: 'skip', import_hidden: 'skip' });

    for (const [sku, why] of [[CARD, 'Clover does not count it as revenue'], [GIN, 'Clover sells it only to adults'], [HIDDEN, 'it is hidden in Clover']]) {
      await leftOut(browser, sku, why);
    }

    await browser.shot('16 preview rules');
    const { id } = await clover.create({ name: 'Second gift card', price: 5000, isRevenue: false, sku: 'CARD-2' });
    await sync(browser);
    assert.deepEqual([CARD, GIN, HIDDEN].map(linkOf), ['left_out', 'left_out', 'left_out']);
    assert.equal(exists('CARD-2'), false);
    await clover.remove(id);
  });

  step('with Import they come without a caution, published as Import Status says', async (browser) => {
    await settings(browser, { import_non_revenue: 'import', import_age_restricted: 'import', import_hidden: 'import', import_status: 'published' });
    const { id } = await clover.create({ name: 'Third gift card', price: 5000, isRevenue: false, sku: 'CARD-3' });
    await sync(browser);
    assert.deepEqual([CARD, GIN, HIDDEN].map(linkOf), ['synced', 'synced', 'synced']);
    assert.equal(product('Third gift card').state, 1);
    await browser.page.goto(`${page('mappings')}&filter[state]=cautious`);
    assert.equal(await browser.page.locator('#cloverMappings tbody tr', { hasText: /gift card|gin|counter/i }).count(), 0);
    await browser.loads(() => browser.page.click('.js-stools-btn-clear'));
    await clover.remove(id);
    await settings(browser, { import_non_revenue: 'unpublished', import_age_restricted: 'unpublished', import_hidden: 'unpublished', import_status: 'unpublished' });
    await sync(browser);
  });

  step('a category’s markup and an ending: the preview shows both prices, the storefront the new one', async (browser) => {
    await markups(browser, [['wood', 'percentage', '20']]);
    await settings(browser, { price_ending: '0.99' });
    assert.match(await (await previewed(browser, 'Oak Board')).innerText(), /12\.40 → 14\.99/);
    assert.match(await (await previewed(browser, 'Ash Bowl')).innerText(), /23\.10 → 27\.99/);
    await browser.shot('16 preview prices');
    await browser.readable();
    await sync(browser);
    assert.deepEqual([shopPrice(BOARD), shopPrice(BOWL)], [14.99, 27.99]);
    await storefront(browser, product('Oak Board').id);
    assert.match(await browser.page.innerText('main'), /\$14\.99/);
    await browser.shot('16 storefront price');
  });

  step('of an item’s categories the first with a markup counts, a fixed one too, and a web order carries the shop’s price', async (browser) => {
    await markups(browser, [['Wood', 'percentage', '20'], ['Table', 'fixed', '4']]);
    const saved = await browser.page.locator('joomla-field-subform[name="jform[params][category_markups]"] tbody tr.subform-repeatable-group').count();
    assert.equal(saved, 2);
    await settings(browser, { price_ending: 'none' });
    await sync(browser);
    assert.deepEqual([shopPrice(BOARD), shopPrice(BOWL)], [14.88, 27.72]);
    await storefront(browser, product('Ash Bowl').id);
    assert.match(await browser.page.innerText('main'), /\$27\.72/);
    const before = (await clover.state()).orders.length;
    await buy(browser, [{ product: product('Oak Board').id, quantity: 1 }]);
    const order = await until('the order', async () => (await clover.state()).orders.slice(before).find((one) => one.total > 0), 60);
    assert.equal(order.total, 1488);
  });

  step('without rows and ending the prices are Clover’s again', async (browser) => {
    await markups(browser, []);
    await sync(browser);
    assert.deepEqual([shopPrice(BOARD), shopPrice(BOWL)], [12.4, 23.1]);
  });

  step('units kept for the till are not on the storefront, a product’s own number takes precedence, and drift names them', async (browser) => {
    await clover.setStock(ids[BOARD], 9);
    await clover.setStock(ids[BOWL], 5);
    await settings(browser, { stock_reserve: 2 });
    await sync(browser);
    assert.deepEqual([shopCount(BOARD), shopCount(BOWL)], [7, 3]);
    await edit(browser, product('Ash Bowl').article);
    await browser.page.fill('[data-clover-reserve]', '5');
    await browser.page.click('[data-clover-reserve-save]');
    await until('it is said', async () => /Units kept for the till: saved\./.test(await browser.page.innerText('[data-clover-said]')));
    await close(browser);
    await until('nothing is left to sell', () => shopCount(BOWL) === 0);
    await storefront(browser, product('Oak Board').id);
    assert.match(await browser.page.innerText('main'), /7 In Stock/i);
    await browser.page.goto(page('mappings'));
    await browser.page.click('[data-clover-report="drift"]');
    await browser.page.waitForSelector('#clover-report:not([hidden])');
    const words = await browser.page.innerText('#clover-report');
    assert.doesNotMatch(words, /Oak Board|Ash Bowl/, 'drift leaves kept units out');
    query("UPDATE #__j2commerce_productquantities q JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = q.variant_id SET q.quantity = 8 WHERE v.sku = ?", [BOARD]);
    await browser.page.goto(page('mappings'));
    await browser.page.click('[data-clover-report="drift"]');
    await browser.page.waitForSelector('#clover-report:not([hidden])');
    assert.match(await browser.page.locator('#clover-report tbody tr', { hasText: 'Oak Board' }).innerText(), /2 units are kept for the till/);
    await browser.shot('16 drift reserve');
    await settings(browser, { stock_reserve: 0 });
    await sync(browser);
    assert.deepEqual([shopCount(BOARD), shopCount(BOWL)], [9, 0]);
    await edit(browser, product('Ash Bowl').article);
    await browser.page.fill('[data-clover-reserve]', '');
    await browser.page.press('[data-clover-reserve]', 'Enter');
    await until('it is said', async () => /Units kept for the till: saved\./.test(await browser.page.innerText('[data-clover-said]')));
    await close(browser);
    await until('all of them are sold again', () => shopCount(BOWL) === 5);
  });

  step('Clover’s low-stock threshold is the product’s Notify Quantity, in the database and in its form', async (browser) => {
    assert.equal(Number(notify(BOARD).use_store_config_notify_qty), 1);
    await clover.change(ids[BOARD], { __raw: { itemStock: { item: { id: ids[BOARD] }, quantity: 9, stockCount: 9, stockAlertThreshold: 4 } } });
    await sync(browser);
    assert.deepEqual([Number(notify(BOARD).notify_qty), Number(notify(BOARD).use_store_config_notify_qty)], [4, 0]);
    await edit(browser, product('Oak Board').article);
    assert.equal(Number(await browser.page.locator('[name="jform[attribs][j2commerce][notify_qty]"]').inputValue()), 4);
    assert.match(await save(browser), /saved/i);
    await close(browser);
    assert.equal(Number(notify(BOARD).notify_qty), 4);
    await clover.change(ids[BOARD], { __raw: {} });
    await sync(browser);
  });
}, { after: () => fresh() });
