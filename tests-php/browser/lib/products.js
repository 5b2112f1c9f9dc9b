/** Products as the database holds them, in J2Commerce's editor and on the storefront. */
import { admin } from './browser.js';
import { query, site, value } from './site.js';

const byProduct = (found) => found.reduce((products, row) => ({ ...products, [row.product]: [...(products[row.product] ?? []), row] }), {});

/** The values that saving a form must keep, by product. */
export const rows = () => byProduct(query(`
  SELECT p.j2commerce_product_id AS product, c.id AS article, c.title, c.alias, c.state, c.catid, p.product_type, p.enabled, p.taxprofile_id, v.j2commerce_variant_id AS variant, v.is_master,
         v.sku, v.upc, v.price, v.manage_stock, v.availability, q.quantity,
         (SELECT GROUP_CONCAT(pov.product_optionvalue_ids) FROM #__j2commerce_product_variant_optionvalues pov WHERE pov.variant_id = v.j2commerce_variant_id) AS options
    FROM #__j2commerce_products p
    JOIN #__content c ON c.id = p.product_source_id AND p.product_source = 'com_content'
    JOIN #__j2commerce_variants v ON v.product_id = p.j2commerce_product_id
    LEFT JOIN #__j2commerce_productquantities q ON q.variant_id = v.j2commerce_variant_id
   ORDER BY p.j2commerce_product_id, v.j2commerce_variant_id`));

/** The first product of this title, with its variants. */
export const product = (title) => {
  const variants = Object.values(rows()).find((found) => found[0].title === title);

  if (variants === undefined) {
    throw new Error(`no product "${title}"`);
  }

  return { id: variants[0].product, article: variants[0].article, state: variants[0].state, catid: variants[0].catid, master: variants.find((row) => row.is_master === 1), variants };
};

export const edit = async (browser, article) => {
  await browser.page.goto(admin(`?option=com_content&task=article.edit&id=${article}`));
  await browser.page.locator('#myTab > [role="tablist"] [role="tab"]', { hasText: 'J2Commerce' }).click();
  await browser.page.waitForSelector('[data-clover-product]', { state: 'visible' });
};

export const close = async (browser) => {
  await browser.loads(() => browser.page.click('.button-cancel'));
};

/** Opens it from the Products list, as in the manual. */
export const publish = async (browser, title) => {
  await browser.page.goto(admin('?option=com_j2commerce&view=products'));
  await browser.page.fill('#filter_search', title);
  await browser.loads(() => browser.page.press('#filter_search', 'Enter'));
  const row = browser.page.locator('tbody tr', { hasText: title }).first();

  if (await row.locator('.icon-unpublish').count() > 0) {
    await browser.loads(() => row.locator('.icon-unpublish').first().click());
  }
};

/** Joomla's own list of articles, searched. */
export const articles = async (browser, title) => {
  await browser.page.goto(admin('?option=com_content&view=articles'));
  await browser.page.fill('#filter_search', title);
  await browser.loads(() => browser.page.press('#filter_search', 'Enter'));
};

export const published = (title) => {
  query('UPDATE #__content SET state = 1 WHERE title = ? AND id IN (SELECT product_source_id FROM #__j2commerce_products)', [title]);
  return product(title);
};

export const storefront = async (browser, id) => {
  await browser.page.goto(`${site.url}/index.php?option=com_j2commerce&view=product&id=${id}`);
  await browser.page.waitForSelector('form[action*="addItem"], .j2commerce-cart-button');
};

export const shopCount = (sku) => value('SELECT q.quantity FROM #__j2commerce_productquantities q JOIN #__j2commerce_variants v ON v.j2commerce_variant_id = q.variant_id WHERE v.sku = ?', [sku]);
export const shopPrice = (sku) => Number(value('SELECT price FROM #__j2commerce_variants WHERE sku = ?', [sku]));
export const titleOf = (sku) => value('SELECT c.title FROM #__content c JOIN #__j2commerce_products p ON p.product_source_id = c.id JOIN #__j2commerce_variants v ON v.product_id = p.j2commerce_product_id WHERE v.sku = ?', [sku]);
