import assert from 'node:assert/strict';
import { page } from '../lib/browser.js';
import { chapter } from '../lib/chapter.js';
import { dashboard, openTab, save, settingsUrl, sync, synced } from '../lib/given.js';
import { edit, product } from '../lib/products.js';
import { clover, query, value } from '../lib/site.js';

const HOUSE = 901;
const SPIRITS = 902;
const SEVEN = 903;

/** A profile with one rate. */
const profile = (id, name, percent) => {
  query('INSERT INTO #__j2commerce_taxprofiles (j2commerce_taxprofile_id, taxprofile_name, enabled) VALUES (?, ?, 1)', [id, name]);
  query('INSERT INTO #__j2commerce_taxrates (j2commerce_taxrate_id, geozone_id, taxrate_name, tax_percent, enabled) VALUES (?, 1, ?, ?, 1)', [id, name, percent]);
  query("INSERT INTO #__j2commerce_taxrules (taxprofile_id, taxrate_id, address) VALUES (?, ?, 'billing')", [id, id]);
};

const removed = () => {
  query('DELETE FROM #__j2commerce_taxrules WHERE taxprofile_id BETWEEN 901 AND 903');
  query('DELETE FROM #__j2commerce_taxrates WHERE j2commerce_taxrate_id BETWEEN 901 AND 903');
  query('DELETE FROM #__j2commerce_taxprofiles WHERE j2commerce_taxprofile_id BETWEEN 901 AND 903');
};

const profileOf = (title) => value('SELECT taxprofile_id FROM #__j2commerce_products WHERE j2commerce_product_id = ?', [product(title).id]);

const warnings = (browser) => browser.page.innerText('#clover-dashboard');

const readRates = async (browser) => {
  await browser.page.goto(settingsUrl());
  await openTab(browser, 'products');
  await browser.page.click('[data-clover-taxes-read]');
  await browser.page.waitForSelector('[data-clover-taxes-found]', { state: 'visible' });
};

chapter('Tax Profiles by Rate', async (browser) => {
  await clover.switches({ refused_lists: [] });
  removed();
  profile(HOUSE, 'House 8.25', '8.25');
  profile(SPIRITS, 'Spirits 10', '10');
  profile(SEVEN, 'Seven', '7');
  await synced(browser);
}, (step) => {
  step('the settings list Clover’s rates with their percentage, and propose the profile that has the same', async (browser) => {
    await readRates(browser);
    const rows = await browser.page.locator('[data-clover-taxes] tbody tr').evaluateAll((found) => found.map((row) => [...row.querySelectorAll('th, td:nth-child(2)')].map((cell) => cell.innerText).concat(row.querySelector('select').selectedOptions[0].text)));
    assert.deepEqual(rows, [
      ['House Tax', '8.25%, default rate', 'House 8.25'],
      ['Kitchen Tax', '8.25%', 'House 8.25'],
      ['NO_TAX_APPLIED', '0%', 'Not taxable'],
      ['Spirits Tax', '10%', 'Spirits 10'],
    ]);
    await browser.shot('14 proposals');
  });

  step('what is taken over is stored by Save, and the next sync gives the profiles', async (browser) => {
    await readRates(browser);
    await browser.page.click('[data-clover-taxes-take]');
    assert.match(await browser.page.innerText('[data-clover-taxes-said]'), /Save the settings/);
    await browser.page.click('[data-clover-taxes-take]');
    assert.equal(await browser.page.locator('[name^="jform[params][tax_mapping]"][name$="[rate]"]').count(), 4, 'No row twice.');
    assert.match(await save(browser), /saved/);
    await sync(browser);
    assert.deepEqual([profileOf('Draft Lager'), profileOf('Tap Water')], [SPIRITS, 0]);
    await dashboard(browser);
    assert.doesNotMatch(await warnings(browser), /taxed differently/);
  });

  step('a profile that the owner chooses stays, and is counted on the dashboard, listed and explained', async (browser) => {
    query('UPDATE #__j2commerce_products SET taxprofile_id = ? WHERE j2commerce_product_id = ?', [SEVEN, product('Draft Lager').id]);
    await sync(browser);
    assert.equal(profileOf('Draft Lager'), SEVEN);
    await dashboard(browser);
    assert.match(await warnings(browser), /1 product is taxed differently in Clover and in the shop/);
    await browser.page.goto(`${page('mappings')}&filter[state]=taxed`);
    const listed = await browser.page.locator('#cloverMappings tbody tr').allInnerTexts();
    assert.equal(listed.length, 1);
    assert.match(listed[0], /Draft Lager[\s\S]*Clover taxes it at 10% \(Spirits Tax\), the shop by the tax profile Seven at 7%/);
    await browser.shot('14 taxed differently');
    await edit(browser, product('Draft Lager').article);
    assert.match(await browser.page.innerText('[data-clover-tax]'), /Choose the right tax profile in the product/);
  });

  step('without the permission, the profiles stay, and the dashboard says it', async (browser) => {
    await clover.switches({ refused_lists: ['tax_rates'] });
    assert.match(await sync(browser), /0 failed/);
    assert.equal(profileOf('Tap Water'), 0);
    await dashboard(browser);
    assert.match(await warnings(browser), /does not show these fields of items to the app: taxRates/);
    await clover.switches({ refused_lists: [] });
  });

  step('an empty list ends it', async (browser) => {
    await browser.page.goto(settingsUrl());
    await openTab(browser, 'products');

    for (let rows = 4; rows > 0; rows -= 1) {
      await browser.page.locator('joomla-field-subform[name*="tax_mapping"] .group-remove').first().click();
    }

    assert.match(await save(browser), /saved/);
    await sync(browser);
    await dashboard(browser);
    assert.doesNotMatch(await warnings(browser), /taxed differently|taxRates/);
  });
}, { after: removed });
