import assert from 'node:assert/strict';
import { chapter } from '../lib/chapter.js';
import { settings, sync, synced } from '../lib/given.js';
import { product, published, storefront } from '../lib/products.js';
import { buy } from '../lib/shopper.js';
import { clover, query, site, until, value } from '../lib/site.js';

const NAME = 'Fish Plate';
const cents = (amount) => Math.round(Number(amount) * 100);

const options = () => query(`
  SELECT o.option_name AS name, o.type, p.required, COUNT(*) AS choices
    FROM #__j2commerce_product_options p
    JOIN #__j2commerce_options o ON o.j2commerce_option_id = p.option_id
    JOIN #__j2commerce_product_optionvalues c ON c.productoption_id = p.j2commerce_productoption_id
   WHERE p.product_id = ? GROUP BY p.j2commerce_productoption_id, o.option_name, o.type, p.required ORDER BY p.ordering`, [product(NAME).id])
  .map((row) => `${row.name} ${row.type} ${row.required} ${row.choices}`);

let before;

chapter('Modifiers: chosen on the storefront, modifications in Clover', async (browser) => {
  await synced(browser);

  if (await clover.item(NAME) === undefined) {
    await clover.create({ name: NAME, price: 1200, quantity: 9, modifierGroups: ['Side', 'Extras'] });
  }
}, (step) => {
  step('not offered, the product comes unpublished, and its form says why', async (browser) => {
    await settings(browser, { modifiers: 'off', import_status: 'published' });
    await sync(browser);
    assert.equal(product(NAME).state, 0);
    assert.deepEqual(options(), []);
    assert.match(value('SELECT cautions FROM #__j2commerce_clover_mappings WHERE product_id = ?', [product(NAME).id]), /required_modifiers/);
  });

  step('as options, the product has them with Clover’s prices, and a second sync changes nothing', async (browser) => {
    await settings(browser, { modifiers: 'options' });
    await sync(browser);
    assert.deepEqual(options().sort(), ['Extras checkbox 0 3', 'Side radio 1 2']);
    assert.match(await sync(browser), /No changes|0 updated|unchanged/i);
    published(NAME);
    await storefront(browser, product(NAME).id);
    await browser.shot('14 modifiers on the storefront');
  });

  step('without the required choice nothing is put into the basket', async (browser) => {
    const shopper = await browser.browser.newContext();
    const tab = await shopper.newPage();

    try {
      await tab.goto(`${site.url}/index.php?option=com_j2commerce&view=product&id=${product(NAME).id}`);
      await Promise.all([
        tab.waitForResponse((answer) => answer.request().method() === 'POST'),
        tab.click('form[action*="addItem"] .j2commerce-cart-button, .j2commerce-cart-button'),
      ]);
      await until('the message', async () => /Side/.test(await tab.locator('main').innerText()) && /required/i.test(await tab.locator('main').innerText()));
      assert.equal(value('SELECT COUNT(*) FROM #__j2commerce_cartitems WHERE product_id = ?', [product(NAME).id]), 0);
    } finally {
      await shopper.close();
    }
  });

  step('what a guest chooses is a modification of the line in Clover, with its amount, and the totals agree', async (browser) => {
    before = (await clover.state()).orders.length;
    const sale = await buy(browser, [{ product: product(NAME).id, quantity: 2, choices: ['Side Salad', 'Extra Cheese', 'Avocado'] }]);
    const order = await until('the order', async () => (await clover.state()).orders.slice(before).find((one) => one.total > 0 && one.lineItems?.elements?.some((line) => line.modifications?.elements?.length === 3)), 60);
    await until('it is confirmed', () => value('SELECT state FROM #__j2commerce_clover_orders WHERE order_id = ?', [sale.order.order_id]) === 'confirmed', 60);
    const shown = (await clover.state()).orders.find((one) => one.id === order.id);
    const plates = shown.lineItems.elements.filter((line) => line.name.startsWith(NAME));
    assert.deepEqual(plates.map((line) => [line.name, line.price, line.modifications.elements.map((one) => `${one.name} ${one.amount}`).sort()]), [
      [NAME, 1200, ['Avocado 200', 'Extra Cheese 150', 'Side Salad 150']],
      [NAME, 1200, ['Avocado 200', 'Extra Cheese 150', 'Side Salad 150']],
    ]);
    const amounts = (list) => (list?.elements ?? []).reduce((sum, one) => sum + one.amount, 0);
    const sum = shown.lineItems.elements.reduce((all, line) => all + line.price + amounts(line.modifications), 0) + amounts(shown.discounts);
    assert.deepEqual([shown.total, sum], [cents(sale.order.order_total), cents(sale.order.order_total)]);
    assert.equal((await clover.state()).orders.length, before + 1);
  });

  step('a modifier that Clover does not have any more leaves the product, and what the owner added stays', async (browser) => {
    await settings(browser, { modifiers: 'off', import_status: 'unpublished' });
    await sync(browser);
    assert.deepEqual(options(), []);
    assert.equal(product(NAME).state, 1, 'later the owner decides');
  });
});
