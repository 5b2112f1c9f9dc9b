import assert from 'node:assert/strict';
import { admin, page } from '../lib/browser.js';
import { chapter } from '../lib/chapter.js';
import { connect, dashboard, fresh, openTab, save, settings, settingsUrl, sync } from '../lib/given.js';
import { articles, close, edit, product, publish, published, rows, shopCount, shopPrice, storefront } from '../lib/products.js';
import { app, authCode, clover, query, site, until, value } from '../lib/site.js';

const SYNC = 'button[data-clover-action="sync"]';
const PRICE = '[name="jform[attribs][j2commerce][price]"]';
const COUNT = '[name="jform[attribs][j2commerce][quantity][quantity]"]';

/** Without the values that J2Commerce’s own form changes in any product: a variable one’s master price, and the flag of sold-out products. */
const comparable = (variants) => variants.map((row) => ({
  ...row,
  ...(row.is_master === 1 && row.product_type === 'variable' ? { price: null } : {}),
  ...(row.manage_stock === 1 && row.quantity <= 0 ? { availability: null } : {}),
}));

/** A SKU’s letters and digits: the shop stores text that looks like a tag in another form. */
const letters = (sku) => (sku ?? '').replace(/[^\p{L}\p{N}]/gu, '');

const badge = (browser) => browser.page.locator('[data-clover-product]');

chapter('Run Your First Sync, Products in J2Commerce', async (browser) => {
  await fresh();
  await browser.login();
  await settings(browser, { app_id: app.id, app_secret: app.secret, webhook_secret: authCode });
  await connect(browser);
}, (step) => {
  step('without a Default Category the first sync asks for it, and offers Uncategorised', async (browser) => {
    await dashboard(browser);
    await browser.page.click(SYNC);
    await browser.page.waitForSelector('#clover-category:not([hidden])');
    assert.match(await browser.page.innerText('#clover-category'), /No Default Category is set/);
    assert.equal(await browser.page.locator('#clover-category-select option:checked').innerText(), 'Uncategorised');
    assert.equal(value('SELECT COUNT(*) FROM #__j2commerce_products'), 0);
    assert.equal(await browser.page.isVisible('#clover-progress'), false, 'nothing has progressed');
    await browser.shot('03 default category');
    await browser.readable();
  });

  step('Sync Now shows its progress, Stop stops it between two pages, and Resume continues from there', async (browser) => {
    await clover.switches({ latency: 1500 });

    try {
      await browser.page.click('[data-clover-action="category"]');
      await browser.page.waitForSelector('#clover-stop:not([hidden])');
      assert.equal(await browser.page.isDisabled(SYNC), true);
      await browser.page.click('#clover-stop');
      await until('it stops', async () => /Stopped\. It can be resumed from here/.test(await browser.page.innerText('#clover-progress-text')), 60);
      await browser.shot('03 stopped');
      assert.equal(value("SELECT status FROM #__j2commerce_clover_runs ORDER BY id DESC LIMIT 1"), 'running');
      await clover.switches({ latency: 0 });
      await browser.page.click('#clover-resume');
      await browser.page.waitForSelector('#clover-result:not([hidden])', { timeout: 60_000 });
    } finally {
      await clover.switches({ latency: 0 });
    }

    assert.match(await browser.page.innerText('#clover-result-text'), /^Sync complete: 55 imported, 0 updated, 0 unchanged, 0 failed\.$/);
    assert.match(await browser.page.innerText('#clover-unpublished'), /^The imported products are unpublished/);
    assert.equal(value('SELECT COUNT(*) FROM #__j2commerce_clover_runs'), 1, 'it was one run');
    assert.equal(await browser.page.innerText('[data-clover-figure="products"]'), '55');
    assert.notEqual(await browser.page.innerText('[data-clover-figure="lastSync"]'), 'Never');
    await browser.page.waitForTimeout(1000);
    await browser.shot('03 synced');
    await browser.dark();
    await browser.shot('03 synced dark');
    await browser.readable();
  });

  step('Smart Search indexes the products soon after the sync', async () => {
    const waiting = () => value('SELECT COUNT(*) FROM #__j2commerce_clover_search');
    await until('Smart Search is up to date', async () => waiting() === 0, 60);
    const articles = value("SELECT COUNT(*) FROM #__content c JOIN #__j2commerce_products p ON p.product_source_id = c.id");
    const links = "FROM #__finder_links WHERE url LIKE 'index.php?option=com_j2commerce&view=product&id=%'";
    assert.equal(value(`SELECT COUNT(*) ${links}`), articles);
    assert.equal(value("SELECT COUNT(*) FROM #__j2commerce_clover_log WHERE action = 'update' AND entity_type = 'article'"), 0);
  });

  step('the imported products are in Catalog, Products, all of them unpublished', async (browser) => {
    await browser.page.click('#clover-result a:has-text("Products")');
    await browser.page.waitForURL(/view=products/);
    await browser.page.waitForSelector('text=/T-Shirt|Enamel Mug|House Blend|Poster/');
    assert.equal(value('SELECT COUNT(*) FROM #__j2commerce_products'), 55);
    assert.equal(value("SELECT COUNT(*) FROM #__content c JOIN #__j2commerce_products p ON p.product_source_id = c.id WHERE c.state <> 0"), 0);
    await browser.shot('03 products');
  });

  step('the Default Category that was chosen on the dashboard is the one in the settings, where it can be changed', async (browser) => {
    const chosen = '#jform_params_default_category option:checked';
    await browser.page.goto(settingsUrl());
    await openTab(browser, 'products');
    assert.equal((await browser.page.locator(chosen).innerText()).trim(), 'Uncategorised');
    await browser.shot('03 category in the settings');
    assert.match(await save(browser), /saved/i);
    assert.equal((await browser.page.locator(chosen).textContent()).trim(), 'Uncategorised');
  });

  step('a second sync changes nothing, and says so', async (browser) => {
    const before = rows();
    assert.match(await sync(browser), /^Sync complete: 0 imported, 0 updated, 55 unchanged, 0 failed\.$/);
    assert.deepEqual(rows(), before);
  });

  step('each product opens in J2Commerce’s own editor with the badge, and is saved there without damage', async (browser) => {
    const before = Object.values(rows()).map(comparable);

    for (const [{ article, title }] of before) {
      await edit(browser, article);
      assert.match(await badge(browser).innerText(), /Synced[\s\S]*Clover Item( Group)? ID\s+[0-9A-Z]{13}[\s\S]*Last successful sync\s+\d{4}-/, title);
      assert.match(await save(browser), /Article saved/, title);
      await close(browser);
    }

    assert.deepEqual(Object.values(rows()).map(comparable), before);
  }, { timeout: 400_000 });

  step('saving changed nothing, and the next sync finds nothing to correct', async (browser) => {
    const imported = Object.values(rows());
    const clovers = (await clover.state()).items;

    for (const row of imported.flat().filter((one) => one.sku !== '' && one.is_master === (one.product_type === 'simple' ? 1 : 0))) {
      const items = clovers.filter((item) => letters(item.sku) === letters(row.sku) && !item.deleted);
      assert.ok(items.some((item) => item.price / 100 === Number(row.price) || (item.priceType ?? 'FIXED') !== 'FIXED'), `${row.title} ${row.sku}: ${row.price}`);
    }

    assert.match(await sync(browser), /0 imported, \d+ updated, \d+ unchanged, 0 failed/);
    assert.deepEqual(Object.values(rows()).map(comparable), imported.map(comparable));
    assert.equal(imported.flat().length, 55 + 2 + 6 + 4);
  });

  step('the badge lists a variable product’s variants, and looks right in dark mode', async (browser) => {
    await edit(browser, product('T-Shirt').article);
    await badge(browser).locator('summary').click();
    assert.equal(await badge(browser).locator('tbody tr').count(), 6);
    await badge(browser).locator('td:has-text("TS-RE-L")').waitFor({ state: 'visible' });
    await browser.shot('03 badge');
    await browser.dark();
    await browser.shot('03 badge dark');
    await browser.readable();
    await close(browser);
  });

  step('a product saved while it was sold out can be bought again once Clover has more', async (browser) => {
    const { id } = product('Canvas Bag');
    const item = (await clover.state()).items.find((one) => one.sku === 'BAG');
    await clover.setStock(item.id, 6);
    await sync(browser);
    assert.equal(Number(shopCount('BAG')), 6);
    published('Canvas Bag');
    await storefront(browser, id);
    assert.match(await browser.page.innerText('main'), /6 In Stock/i);
    assert.equal(await browser.page.locator('.j2commerce-cart-button').first().isEnabled(), true);
    await clover.setStock(item.id, 0);
    await sync(browser);
    await browser.page.goto(`${site.url}/index.php?option=com_j2commerce&view=product&id=${id}`);
    assert.match(await browser.page.innerText('main'), /out of stock/i);
  });

  step('the owner’s changes stay, and Clover’s values come back with the next sync', async (browser) => {
    const { article } = product('Candle');
    await browser.page.goto(admin(`?option=com_content&task=article.edit&id=${article}`));
    await browser.page.fill('#jform_title', 'Beeswax Candle');
    await browser.page.locator('#myTab > [role="tablist"] [role="tab"]', { hasText: 'J2Commerce' }).click();
    await browser.page.waitForSelector('[data-clover-product]', { state: 'visible' });
    await save(browser);
    await close(browser);
    query('UPDATE #__content SET introtext = ? WHERE id = ?', ['<p>Burns for forty hours.</p>', article]);
    query("UPDATE #__j2commerce_variants SET price = 99, sku = 'MINE' WHERE sku = 'CANDLE'");
    await sync(browser);
    const after = product('Beeswax Candle');
    assert.equal(Number(after.master.price), 16);
    assert.equal(after.master.sku, 'CANDLE');
    assert.equal(value('SELECT introtext FROM #__content WHERE id = ?', [article]), '<p>Burns for forty hours.</p>');
  });

  step('“Sync this product” on the badge brings what has changed in Clover', async (browser) => {
    const mug = (await clover.state()).items.find((item) => item.sku === 'MUG-01');
    await clover.change(mug.id, { price: 1550 });
    await clover.setStock(mug.id, 14);
    const { article } = Object.values(rows()).flat().find((row) => row.sku === 'MUG-01');
    await edit(browser, article);
    await browser.page.click('[data-clover-resync]');
    await until('it is said', async () => /The form shows the shop’s values now/.test(await badge(browser).locator('[data-clover-said]').innerText()));
    assert.equal(shopPrice('MUG-01'), 15.5);
    assert.equal(shopCount('MUG-01'), 14);
    assert.deepEqual([Number(await browser.page.inputValue(PRICE)), Number(await browser.page.inputValue(COUNT))], [15.5, 14], 'the form has them');
    await browser.shot('03 resync on badge');
    assert.match(await save(browser), /saved/i);
    assert.deepEqual([shopPrice('MUG-01'), shopCount('MUG-01')], [15.5, 14]);
    await close(browser);
  });

  step('units kept for the till are not offered: those of the settings with the next sync, those of a product at once', async (browser) => {
    const { article } = Object.values(rows()).flat().find((row) => row.sku === 'MUG-01');
    const stored = async (said) => {
      await until('it is said', async () => said.test(await badge(browser).locator('[data-clover-said]').innerText()));
      return [shopCount('MUG-01'), Number(await browser.page.inputValue(COUNT))];
    };
    await settings(browser, { stock_reserve: 3 });
    await sync(browser);
    assert.equal(shopCount('MUG-01'), 11);
    await edit(browser, article);
    assert.equal(await browser.page.getAttribute('[data-clover-reserve]', 'placeholder'), '3');
    await browser.page.fill('[data-clover-reserve]', '4');
    await browser.page.click('[data-clover-reserve-save]');
    assert.deepEqual(await stored(/Units kept for the till: saved\.[\s\S]*The form shows the shop’s values now/), [10, 10]);
    await browser.shot('03 units kept for the till');
    await browser.readable();
    assert.match(await save(browser), /saved/i);
    assert.deepEqual([shopCount('MUG-01'), await browser.page.inputValue('[data-clover-reserve]')], [10, '4']);
    await browser.page.goto(page('mappings'));
    assert.match(await browser.page.locator('tr', { hasText: 'MUG-01' }).innerText(), /4 units kept for the till/);
    await edit(browser, article);
    await browser.page.fill('[data-clover-reserve]', '');
    await browser.page.press('[data-clover-reserve]', 'Enter');
    assert.deepEqual(await stored(/Units kept for the till: saved\.[\s\S]*The form shows the shop’s values now/), [11, 11]);
    await close(browser);
    await settings(browser, { stock_reserve: 0 });
    await sync(browser);
    assert.equal(shopCount('MUG-01'), 14);
  });

  step('a product’s form that is open while Clover’s values come writes no old ones back, and asks before it overwrites with what was typed', async (browser) => {
    const mug = (await clover.state()).items.find((item) => item.sku === 'MUG-01');
    const { article } = Object.values(rows()).flat().find((row) => row.sku === 'MUG-01');
    const other = await browser.tab();
    const first = browser.page;
    const elsewhere = async (price, count) => {
      await clover.change(mug.id, { price });
      await clover.setStock(mug.id, count);
      browser.page = other;
      await sync(browser);
      browser.page = first;
    };
    await edit(browser, article);
    await elsewhere(1650, 13);
    assert.match(await save(browser), /saved/i);
    assert.deepEqual([shopPrice('MUG-01'), shopCount('MUG-01')], [16.5, 13]);

    await edit(browser, article);
    const tab = await browser.page.locator(PRICE).evaluate((field) => field.closest('joomla-tab-element').id);
    await browser.page.click(`[aria-controls="${tab}"]`);
    await browser.page.fill(PRICE, '19.99');
    await elsewhere(1750, 12);
    const asked = [];
    const answer = (accepts) => browser.page.once('dialog', async (dialog) => {
      asked.push(dialog.message());
      await (accepts ? dialog.accept() : dialog.dismiss());
    });
    answer(false);
    await browser.page.click('.button-apply');
    await until('the question', async () => asked.length === 1);
    assert.match(asked[0], /changed in the shop after this form was opened[\s\S]*17\.50 → 19\.99/);
    assert.deepEqual([await browser.page.inputValue(PRICE), Number(await browser.page.inputValue(COUNT))], ['19.99', 12], 'what was typed is kept, the rest is new');
    assert.deepEqual([shopPrice('MUG-01'), shopCount('MUG-01')], [17.5, 12]);
    answer(true);
    assert.match(await save(browser), /saved/i);
    assert.deepEqual([shopPrice('MUG-01'), shopCount('MUG-01'), asked.length], [19.99, 12, 2]);
    await close(browser);
    await other.close();
    await clover.change(mug.id, { price: 1550 });
    await clover.setStock(mug.id, 14);
    await sync(browser);
  });

  step('the form of a variable product takes the new values of its variants', async (browser) => {
    const shirt = (await clover.state()).items.find((item) => item.sku === 'TS-RE-L' && !item.deleted);
    const { article, variants } = product('T-Shirt');
    const { variant, quantity } = variants.find((row) => row.sku === 'TS-RE-L');
    const count = await clover.count(shirt.id);
    await edit(browser, article);
    assert.equal(Number(await browser.page.inputValue(`[name="jform[attribs][j2commerce][variable][${variant}][quantity]"]`)), quantity);
    await clover.setStock(shirt.id, count + 5);
    await browser.page.click('[data-clover-resync]');
    await until('it is said', async () => /The form shows the shop’s values now/.test(await badge(browser).locator('[data-clover-said]').innerText()));
    assert.equal(Number(await browser.page.inputValue(`[name="jform[attribs][j2commerce][variable][${variant}][quantity]"]`)), quantity + 5);
    assert.match(await save(browser), /saved/i);
    assert.equal(shopCount('TS-RE-L'), quantity + 5);
    await close(browser);
    await clover.setStock(shirt.id, count);
    await sync(browser);
  });

  step('the badge says what the owner typed in place of Clover’s values, and its button takes Clover’s', async (browser) => {
    const { article, id } = Object.values(rows()).flat().map((row) => ({ ...row, id: row.product })).find((row) => row.sku === 'MUG-01');
    query("UPDATE #__j2commerce_variants SET price = 9.99 WHERE sku = 'MUG-01'");
    query("UPDATE #__j2commerce_productquantities SET quantity = 999 WHERE variant_id IN (SELECT j2commerce_variant_id FROM #__j2commerce_variants WHERE product_id = ?)", [id]);
    await edit(browser, article);
    assert.equal(await badge(browser).locator('.badge.text-bg-warning').first().innerText(), 'Differs');
    assert.deepEqual(await badge(browser).locator('[data-clover-differences] li').allInnerTexts(), ['price 9.99, Clover 15.50.', 'stock 999, Clover 14.']);
    await browser.readable();
    await browser.shot('03 badge differs');
    await browser.page.click('[data-clover-resync]:has-text("Take Clover’s values")');
    await until('it is said', async () => /The form shows the shop’s values now/.test(await badge(browser).locator('[data-clover-said]').innerText()));
    assert.equal(await badge(browser).locator('.card-header .badge').innerText(), 'Synced', 'the badge does not contradict it');
    assert.equal(await badge(browser).locator('[data-clover-differences]').isVisible(), false);
    await browser.shot('03 badge took Clover’s values');
    assert.equal(shopPrice('MUG-01'), 15.5);
    assert.equal(shopCount('MUG-01'), 14);
    await close(browser);
  });

  step('the Products list shows Clover’s state, and does not publish what would be sold at 0', async (browser) => {
    const odd = await clover.create({ name: 'Olives from the barrel', price: 0, priceType: 'VARIABLE', sku: 'OLIVES' });
    const card = await clover.create({ name: 'Gift Card', price: 2500, isRevenue: false, sku: 'GIFT' });
    await sync(browser);
    await publish(browser, 'Olives from the barrel');
    assert.match(await browser.messages(), /One product was not published, because the shop would sell it at 0: “Olives from the barrel”/);
    assert.equal(product('Olives from the barrel').state, 0);
    await publish(browser, 'Gift Card');
    assert.match(await browser.messages(), /Look at a product that you publish: “Gift Card” \(Clover does not count it as revenue/);
    assert.equal(product('Gift Card').state, 1);
    await browser.page.waitForSelector('[data-clover-state="synced"]');
    await browser.shot('03 products list');
    await edit(browser, product('Gift Card').article);
    assert.match(await badge(browser).locator('[data-clover-cautions]').innerText(), /gift card/);
    await browser.readable();
    await browser.shot('03 badge caution');
    await close(browser);
    await dashboard(browser);
    assert.match(await browser.page.innerText('#clover-dashboard'), /One published product should be looked at: “Gift Card”/);
    await browser.shot('03 dashboard caution');

    for (const { id } of [odd, card]) {
      await clover.remove(id);
    }

    await sync(browser);
  });

  step('Joomla’s list of articles does not publish what would be sold at 0 either, and publishes the others of a selection', async (browser) => {
    const odd = await clover.create({ name: 'Capers from the barrel', price: 0, priceType: 'VARIABLE', sku: 'CAPERS' });
    const plain = await clover.create({ name: 'Capers in a jar', price: 900, sku: 'JAR' });
    await sync(browser);
    await articles(browser, 'Capers');
    await browser.page.locator('tbody input[name="cid[]"]').evaluateAll((boxes) => boxes.forEach((box) => box.click()));
    await browser.page.click('#toolbar-status-group .dropdown-toggle, .button-status-group');
    await browser.loads(() => browser.page.click('.button-publish'));
    const said = await browser.messages();
    assert.match(said, /One product was not published, because the shop would sell it at 0: “Capers from the barrel”/);
    assert.match(said, /Article published/);
    assert.deepEqual([product('Capers from the barrel').state, product('Capers in a jar').state], [0, 1]);
    await browser.shot('03 articles not published');

    await articles(browser, 'Capers from');
    await browser.loads(() => browser.page.locator('tbody tr .icon-unpublish').first().click());
    assert.match(await browser.messages(), /One product was not published/);
    assert.equal(product('Capers from the barrel').state, 0);
    assert.doesNotMatch(await browser.messages(), /Article published/);
    await clover.remove(odd.id);
    await clover.remove(plain.id);
    await sync(browser);
  });

  step('the form of an article publishes what would be sold at 0 only when it is asked to again, or with a price', async (browser) => {
    const created = [];

    for (const [name, sku] of [['Nuts by the handful', 'NUTS'], ['Cheese from the wheel', 'WHEEL']]) {
      created.push(await clover.create({ name, price: 0, priceType: 'VARIABLE', sku }));
    }

    const card = await clover.create({ name: 'Festival token', price: 2500, isRevenue: false, sku: 'FESTIVAL' });
    await sync(browser);
    const publishing = async (title) => {
      await browser.page.goto(admin(`?option=com_content&task=article.edit&id=${product(title).article}`));
      // It is hidden where Joomla opens the last tab of the session.
      await browser.page.selectOption('#jform_state', '1', { force: true });
      return save(browser);
    };

    assert.match(await publishing('Nuts by the handful'), /The product was saved and not published, because the shop would sell it at 0: “Nuts by the handful” \(The price is typed in at the till/);
    assert.equal(product('Nuts by the handful').state, 0);
    assert.equal(await browser.page.inputValue('#jform_state'), '0');
    await browser.shot('03 form not published');
    await browser.page.selectOption('#jform_state', '1', { force: true });
    assert.match(await save(browser), /Look at a product that you publish: “Nuts by the handful”/);
    assert.equal(product('Nuts by the handful').state, 1);
    assert.doesNotMatch(await save(browser), /published, because|Look at a product/);
    assert.equal(product('Nuts by the handful').state, 1);
    await close(browser);

    await edit(browser, product('Cheese from the wheel').article);
    const price = browser.page.locator('[name="jform[attribs][j2commerce][price]"]');
    // Joomla opens the last tab of the session once more, some time after the page.
    await until('the price is typed in', async () => {
      await browser.page.click('[role="tab"][aria-controls="pricingTab"]');
      return price.fill('4.50', { timeout: 2_000 }).then(() => true, () => false);
    });
    await browser.page.locator('#myTab > [role="tablist"] [role="tab"]').first().click();
    await browser.page.selectOption('#jform_state', '1');
    assert.doesNotMatch(await save(browser), /not published/);
    assert.deepEqual([product('Cheese from the wheel').state, shopPrice('WHEEL')], [1, 4.5]);
    await close(browser);

    assert.match(await publishing('Festival token'), /Look at a product that you publish: “Festival token”/);
    assert.equal(product('Festival token').state, 1);
    await close(browser);

    for (const { id } of [...created, card]) {
      await clover.remove(id);
    }

    await sync(browser);
  });

  step('the badge says Pending, Error and Deleted as the manual has them', async (browser) => {
    const { article, id } = product('Apron');
    const mapping = 'UPDATE #__j2commerce_clover_mappings SET state = ?, error = ? WHERE product_id = ?';

    for (const [state, word, colour] of [['pending', 'Pending', 'warning'], ['error', 'Error', 'danger'], ['deleted', 'Deleted', 'secondary'], ['synced', 'Synced', 'success']]) {
      query(mapping, [state, state === 'error' ? 'Clover said no.' : null, id]);
      await edit(browser, article);
      assert.equal(await badge(browser).locator(`.badge.text-bg-${colour}`).first().innerText(), word);
      await browser.shot(`03 badge ${state}`);
      await browser.readable();
      await close(browser);
    }
  });

  step('published from the Products list, the storefront shows it with price and stock', async (browser) => {
    await publish(browser, 'Coffee Beans 250 g');
    const { id, state } = product('Coffee Beans 250 g');
    assert.equal(state, 1);
    await storefront(browser, id);
    const words = await browser.page.innerText('main');
    assert.match(words, /\$12\.99/);
    assert.match(words, /BEAN-250/);
    assert.match(words, /24 In Stock/i);
    await browser.shot('03 storefront');
  });

  step('a variant can be chosen, and has its own price, SKU and stock', async (browser) => {
    const { id } = published('T-Shirt');
    await storefront(browser, id);

    for (const [colour, size, sku, price, stock] of [['Blue', 'S', 'TS-BL-S', '25.00', '5 In Stock'], ['Red', 'L', 'TS-RE-L', '27.00', '12 In Stock']]) {
      const selects = browser.page.locator('main select[name^="product_option"]');
      await selects.nth(0).selectOption({ label: colour });
      // J2Commerce shows the response that arrives last, so the test waits for one choice before the next.
      await until(colour, async () => (await browser.page.innerText('main')).includes(sku.slice(0, -1)));
      await selects.nth(1).selectOption({ label: size });
      await until(sku, async () => (await browser.page.innerText('main')).includes(sku));
      const words = await browser.page.innerText('main');
      assert.ok(words.includes(`$${price}`), `${sku}: ${words}`);
      assert.ok(words.includes(stock), `${sku}: ${words}`);
    }

    await browser.shot('03 storefront variant');
  });

  step('a price and a count changed in Clover are in the shop after Sync Now', async (browser) => {
    const item = (await clover.state()).items.find((one) => one.sku === 'BEAN-250');
    await clover.change(item.id, { price: 1399 });
    await clover.setStock(item.id, 21);
    assert.match(await sync(browser), /0 imported, [1-9]\d* updated/);
    assert.equal(shopPrice('BEAN-250'), 13.99);
    assert.equal(shopCount('BEAN-250'), 21);
  });

  step('an item deleted in Clover is unpublished, and comes back as it was', async (browser) => {
    const item = (await clover.state()).items.find((one) => one.sku === 'BEAN-250');
    await clover.remove(item.id);
    assert.match(await sync(browser), /1 deleted in Clover/);
    assert.equal(product('Coffee Beans 250 g').state, 0);
    await edit(browser, product('Coffee Beans 250 g').article);
    assert.match(await badge(browser).innerText(), /Deleted/);
    await close(browser);
    await clover.change(item.id, { deleted: false });
    await sync(browser);
    assert.equal(product('Coffee Beans 250 g').state, 1);
  });

  step('many vanished items cause a question with their list; No leaves the products, Yes unpublishes them', async (browser) => {
    const live = (await clover.state()).items.filter((item) => !item.deleted && !item.sku);
    const gone = live.slice(0, 30);
    const deleted = () => value("SELECT COUNT(*) FROM #__j2commerce_clover_mappings WHERE state = 'deleted'");
    const before = deleted();
    const question = browser.page.locator('#clover-deletes');

    for (const item of gone) {
      await clover.remove(item.id);
    }

    await dashboard(browser);
    await browser.page.click(SYNC);
    await browser.page.waitForSelector('#clover-deletes:not([hidden])', { timeout: 60_000 });
    assert.match(await question.innerText(), /30 of \d+ linked items are no longer in Clover/);
    assert.match(await question.innerText(), /… and 5 more/);
    const listed = await question.locator('li a').allInnerTexts();
    assert.equal(listed.length, 25);
    assert.deepEqual(listed.filter((name) => !gone.some((item) => item.name.trim() === name)), []);
    assert.equal(await question.evaluate((element) => element === document.activeElement), true, 'the question has the focus');
    await browser.shot('03 confirm deletes');
    await browser.dark();
    await browser.shot('03 confirm deletes dark');
    await browser.readable();
    assert.equal(deleted(), before);

    await question.locator('[data-clover-action="keep-deletes"]').click();
    await browser.says(/The products stay as they are\. The next sync asks again/);
    assert.equal(await question.isVisible(), false);
    assert.equal(deleted(), before);
    await dashboard(browser);
    assert.equal(await question.isVisible(), false, 'it has its answer');
    await browser.shot('03 deletes kept');

    await browser.page.click(SYNC);
    await question.waitFor({ state: 'visible', timeout: 60_000 });
    const stale = await browser.tab();
    await stale.goto(browser.page.url());
    await stale.waitForSelector('#clover-deletes:not([hidden])');
    await browser.page.reload();
    await question.locator('[data-clover-action="confirm-deletes"]').click();
    await browser.page.waitForSelector('#clover-result:not([hidden])', { timeout: 60_000 });
    assert.match(await browser.page.innerText('#clover-result-text'), /30 deleted in Clover/);
    assert.equal(deleted(), before + 30);
    await stale.click('[data-clover-action="keep-deletes"]');
    await browser.says(/answered already/, stale);
    await stale.close();

    for (const item of gone) {
      await clover.change(item.id, { deleted: false });
    }

    await sync(browser);
    assert.equal(deleted(), before);
  });

  step('an item created in Clover is imported with the next sync', async (browser) => {
    await clover.create({ name: 'Kite', price: 2500, sku: 'KITE-1', quantity: 4, categories: ['Toys'] });
    assert.match(await sync(browser), /1 imported/);
    assert.equal(shopCount('KITE-1'), 4);
  });
});
