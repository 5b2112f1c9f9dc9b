import assert from 'node:assert/strict';
import { page } from '../lib/browser.js';
import { chapter } from '../lib/chapter.js';
import { connected, dashboard, fresh, save, settings, sync } from '../lib/given.js';
import { close, edit, product, rows, shopCount, shopPrice, storefront } from '../lib/products.js';
import { clover, query, until, value } from '../lib/site.js';

const PRICE = '[name="jform[attribs][j2commerce][price]"]';

/** Members of a group that the shop will have under other option names, and of one whose product has an option less. */
const SCARF = [['Red', 'Long', 'SC-RL', 1900, 4], ['Red', 'Short', 'SC-RS', 1700, 5], ['Blue', 'Long', 'SC-BL', 2000, 6]];
const HAT = [['Wool', 'S', 'HAT-WS', 2500, 3], ['Felt', 'S', 'HAT-FS', 2700, 2]];

/** Items that a shop should not sell as they are, and what makes each of them right. */
const ODD = [
  ['Cheese by the piece', { price: 0, priceType: 'VARIABLE', sku: 'ODD-OPEN' }, /typed in at the till/, 'price'],
  ['Free sticker', { price: 0, sku: 'ODD-FREE' }, /price in Clover is 0/, { price: 150 }],
  ['Deposit', { price: 500, isRevenue: false, sku: 'ODD-DEPOSIT' }, /does not count it as revenue/, { isRevenue: true }],
  ['Rope by the metre', { price: 300, priceType: 'PER_UNIT', unitName: 'm', sku: 'ODD-UNIT' }, /unit of weight or length/, { priceType: 'FIXED' }],
  ['House wine', { price: 1200, sku: 'ODD-WINE', __raw: { isAgeRestricted: true } }, /only to adults/, { __raw: { isAgeRestricted: false } }],
  ['Breakfast', { price: 900, sku: 'ODD-CHOICE', __raw: { modifierGroups: { elements: [{ id: 'IG00000000099', name: 'Milk', minRequired: 1 }] } } }, /choice of modifiers/, { __raw: {} }],
  ['Under the counter', { price: 700, hidden: true, sku: 'ODD-HIDDEN' }, /hidden in Clover/, { hidden: false }],
];

const ids = {};
const group = async (name, of, members) => {
  for (const [one, other, sku, price, quantity] of members) {
    ids[sku] = (await clover.create({ name: sku, price, sku, quantity, group: name, options: of(one, other) })).id;
  }
};
const hueAndCut = (hue, cut) => ({ Hue: hue, Cut: cut });
const stuffAndGirth = (stuff, girth) => ({ Stuff: stuff, Girth: girth });

const conflict = (browser, name) => browser.page.locator('#conflicts tbody tr', { hasText: name });
const press = async (browser, button) => {
  await browser.loads(() => button.click());
  return browser.messages();
};
const unlinked = (title) => {
  const { id } = product(title);
  query('DELETE FROM #__j2commerce_clover_mappings WHERE product_id = ?', [id]);
  return id;
};
const variants = (id) => rows()[id].filter((row) => row.is_master !== 1);
const optionsOf = (id) => query('SELECT o.option_name FROM #__j2commerce_options o JOIN #__j2commerce_product_options p ON p.option_id = o.j2commerce_option_id WHERE p.product_id = ? ORDER BY o.option_name', [id]).map((row) => row.option_name);

const toLookAt = async (browser) => {
  await browser.page.goto(`${page('mappings')}&filter[state]=cautious`);
  return browser.page.locator('#cloverMappings tbody tr');
};

let scarf;
let hat;

chapter('Products whose options do not fit, and products to correct', async (browser) => {
  await fresh('synthetic:10');
  await clover.switches({ drop_deliveries: true });
  await group('Scarf', hueAndCut, SCARF);
  await group('Hat', stuffAndGirth, HAT);
  await connected(browser);
  await sync(browser);
  scarf = unlinked('Scarf');
  hat = unlinked('Hat');
  query("UPDATE #__j2commerce_options SET option_name = 'Shade' WHERE option_name = 'Hue'");
  query("UPDATE #__j2commerce_options SET option_name = 'Fit' WHERE option_name = 'Cut'");
  // The shop’s hat never came in several sizes.
  query(`DELETE x FROM #__j2commerce_product_optionvalues x JOIN #__j2commerce_product_options p ON p.j2commerce_productoption_id = x.productoption_id
           JOIN #__j2commerce_options o ON o.j2commerce_option_id = p.option_id WHERE p.product_id = ? AND o.option_name = 'Girth'`, [hat]);
  query("DELETE p FROM #__j2commerce_product_options p JOIN #__j2commerce_options o ON o.j2commerce_option_id = p.option_id WHERE p.product_id = ? AND o.option_name = 'Girth'", [hat]);
}, (step) => {
  step('a product with other options waits, with both sets of options and a question which is which', async (browser) => {
    assert.match(await sync(browser), /2 in conflict/);
    await browser.page.goto(page('mappings'));
    const row = conflict(browser, 'Scarf');
    assert.match(await row.innerText(), /The variants differ by (Hue, Cut|Cut, Hue) in Clover and by Fit, Shade in the shop/);
    assert.match(await row.innerText(), /Or say which option of the shop is which of Clover’s/);
    assert.equal(await row.locator('[data-clover-pairs] select').count(), 2);
    await browser.shot('14 pairs');
    await browser.dark();
    await browser.shot('14 pairs dark');
    await browser.readable();
  });

  step('where one of the two has more options there is nothing to pair, and the reason stays', async (browser) => {
    const row = conflict(browser, 'Hat');
    assert.match(await row.innerText(), /The variants differ by (Girth, Stuff|Stuff, Girth) in Clover and by Stuff in the shop\. Give the product the same options first, or change the SKUs/);
    assert.equal(await row.locator('[data-clover-pairs], button').count(), 0);
    browser.page.once('dialog', (dialog) => dialog.accept());
    const said = await press(browser, browser.page.locator('[data-clover-action="mapping.adoptAll"]'));
    assert.match(said, /The variants of “Hat” differ by/);
    assert.match(said, /The variants of “Scarf” differ by/);
    assert.equal(await browser.page.locator('#conflicts tbody tr').count(), 2);
  });

  step('one option of the shop for two of Clover’s is refused, and nothing is changed', async (browser) => {
    const before = rows();
    const row = conflict(browser, 'Scarf');
    await row.locator('select[data-clover-option="Hue"]').selectOption('Fit');
    await row.locator('select[data-clover-option="Cut"]').selectOption('Fit');
    await row.locator('[data-clover-action="mapping.adopt"]').click();
    await browser.says(/The variants of “Scarf” differ by/);
    await browser.shot('14 pairs refused');
    assert.deepEqual(rows(), before);
    assert.equal(await row.locator('[data-clover-action="mapping.adopt"]').isEnabled(), true);
  });

  step('paired by the owner it is adopted, keeps its option names, and has Clover’s prices and counts', async (browser) => {
    const row = conflict(browser, 'Scarf');
    await row.locator('select[data-clover-option="Hue"]').selectOption('Shade');
    await row.locator('select[data-clover-option="Cut"]').selectOption('Fit');
    assert.match(await press(browser, row.locator('[data-clover-action="mapping.adopt"]')), /Linked\. The next sync brings/);
    await clover.change(ids['SC-RL'], { price: 1950 });
    await clover.setStock(ids['SC-RL'], 9);
    const made = variants(scarf).map((one) => one.variant);
    await sync(browser);
    assert.deepEqual(variants(scarf).map((one) => one.variant), made, 'no second set of variants');
    assert.deepEqual(optionsOf(scarf), ['Fit', 'Shade']);
    assert.deepEqual([shopPrice('SC-RL'), shopCount('SC-RL')], [19.5, 9]);
    assert.equal(await conflict(browser, 'Scarf').count(), 0);
  });

  step('a variant that is new in Clover comes under the shop’s option names, and can be chosen', async (browser) => {
    ids['SC-BS'] = (await clover.create({ name: 'SC-BS', price: 1800, sku: 'SC-BS', quantity: 7, group: 'Scarf', options: hueAndCut('Blue', 'Short') })).id;
    await sync(browser);
    assert.equal(variants(scarf).length, 4);
    assert.deepEqual(optionsOf(scarf), ['Fit', 'Shade']);
    query('UPDATE #__content SET state = 1 WHERE id = ?', [product('Scarf').article]);
    await storefront(browser, scarf);
    const main = () => browser.page.innerText('main');

    for (const [label, option] of [['Shade', 'Blue'], ['Fit', 'Short']]) {
      const box = browser.page.locator('main .option, main .control-group, main .mb-3', { hasText: label }).locator('select[name^="product_option"]').first();
      await box.selectOption({ label: option });
      await browser.page.waitForLoadState('networkidle');
    }

    await until('its price', async () => /\$18\.00/.test(await main()));
    assert.match(await main(), /7 In Stock/i);
    await browser.shot('14 storefront');
  });

  step('once the owner changed the SKUs, the product that cannot be paired stays alone, and Clover’s comes as a new one', async (browser) => {
    query("UPDATE #__j2commerce_variants SET sku = CONCAT('OLD-', sku) WHERE product_id = ?", [hat]);
    assert.match(await sync(browser), /1 imported/);
    assert.equal(value("SELECT COUNT(*) FROM #__j2commerce_clover_mappings WHERE state = 'conflict'"), 0);
    assert.equal(shopPrice('HAT-FS'), 27);
    await browser.page.goto(page('mappings'));
    assert.equal(await browser.page.locator('#conflicts').count(), 0);
  });

  step('odd items are imported unpublished, though Import Status says Published, and the list says why for each', async (browser) => {
    await settings(browser, { import_status: 'published' });

    for (const [name, fields] of ODD) {
      ids[fields.sku] = (await clover.create({ name, ...fields })).id;
    }

    await sync(browser);
    const list = await toLookAt(browser);
    assert.equal(await list.count(), ODD.length);

    for (const [name, , why] of ODD) {
      const words = await list.filter({ hasText: name }).innerText();
      assert.match(words, /Look before you publish it:/, name);
      assert.match(words, why, name);
      assert.equal(product(name).state, 0, name);
    }

    await browser.shot('14 products to look at');
    await browser.dark();
    await browser.shot('14 products to look at dark');
    await browser.readable();
  });

  step('those that are published anyway are named on the dashboard, which leads to the list', async (browser) => {
    query("UPDATE #__content SET state = 1 WHERE id IN (SELECT article_id FROM #__j2commerce_clover_mappings WHERE cautions <> '')");
    await dashboard(browser);
    const words = await browser.page.innerText('#clover-dashboard');
    assert.match(words, /2 published products are sold at 0: “(Cheese by the piece|Free sticker)”/);
    assert.match(words, /5 published products should be looked at/);
    await browser.shot('14 dashboard');
    await browser.readable();
    await browser.loads(() => browser.page.locator('.alert-danger a:has-text("See the products")').click());
    assert.equal(await browser.page.locator('#cloverMappings tbody tr').count(), ODD.length);
  });

  step('a price that the owner sets for an item without one takes it off the list, and stays', async (browser) => {
    const [name, { sku }] = ODD[0];
    await edit(browser, product(name).article);
    // Joomla opens the last tab of the session once more, some time after the page.
    await until('the price is typed in', async () => {
      await browser.page.click('[role="tab"][aria-controls="pricingTab"]');
      return browser.page.fill(PRICE, '6.50', { timeout: 2_000 }).then(() => true, () => false);
    });
    assert.match(await save(browser), /saved/i);
    await close(browser);
    assert.equal(await (await toLookAt(browser)).filter({ hasText: name }).count(), 0);
    await sync(browser);
    assert.equal(shopPrice(sku), 6.5);
    assert.equal(await (await toLookAt(browser)).count(), ODD.length - 1);
  });

  step('what is put right in Clover leaves the list with the next sync, one by one, to the last', async (browser) => {
    const left = ODD.filter(([, , , right]) => right !== 'price');

    while (left.length > 0) {
      const [name, { sku }, , right] = left.shift();
      await clover.change(ids[sku], right);
      await sync(browser);
      const list = await toLookAt(browser);
      assert.equal(await list.filter({ hasText: name }).count(), 0, name);
      assert.equal(await list.count(), left.length, name);
    }

    assert.match(await browser.page.innerText('main'), /No product matches the search and the filter/);
    await dashboard(browser);
    assert.equal(await browser.page.locator('#clover-dashboard .alert-link:visible:has-text("See the products")').count(), 0);
    await browser.page.goto(page('mappings'));
    await browser.loads(() => browser.page.click('.js-stools-btn-clear'));
    await settings(browser, { import_status: 'unpublished' });
  }, { timeout: 300_000 });
}, { after: () => fresh() });
