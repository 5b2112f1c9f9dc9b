/** A guest who orders, and the administrator who manages the order. */
import { admin } from './browser.js';
import { query, site } from './site.js';

const GUEST = {
  first_name: 'Gwen', last_name: 'O’Guest', email: 'gwen@example.org', address_1: '2 Mission Street', city: 'San Francisco', zip: '94105', phone_1: '4155550100', phone_2: '4155550100',
};

/** @param {string[]} choices Labels of radio buttons and check boxes, without their prices */
export const addToCart = async (tab, product, quantity = 1, options = {}, choices = []) => {
  await tab.goto(`${site.url}/index.php?option=com_j2commerce&view=product&id=${product}`);

  for (const [nth, label] of Object.values(options).entries()) {
    await tab.locator('main select[name^="product_option"]').nth(nth).selectOption({ label });
    await tab.waitForLoadState('networkidle');
  }

  for (const label of choices) {
    await tab.locator('main .form-check', { hasText: new RegExp(`^\\s*${label}\\b`) }).locator('input').first().check();
    await tab.waitForLoadState('networkidle');
  }

  for (let n = 1; n < quantity; n += 1) {
    await tab.click('[data-increment]');
  }

  await Promise.all([
    tab.waitForResponse((answer) => answer.request().method() === 'POST'),
    tab.click('form[action*="addItem"] .j2commerce-cart-button, .j2commerce-cart-button'),
  ]);
  await tab.waitForLoadState('networkidle');
};

/** From the cart to the confirmation, where nothing is to be paid without a payment method (null); returns the order's row and the milliseconds from the last click to the confirmation page. */
export const checkout = async (tab, payment = 'payment_banktransfer') => {
  await tab.goto(`${site.url}/index.php?option=com_j2commerce&view=checkout`);
  const guest = tab.locator('#guest');
  await tab.waitForSelector('#guest, #button-guest');

  if (await guest.count() > 0) {
    await guest.check();
    await tab.click('#button-account');
  }

  await tab.waitForSelector('#button-guest', { state: 'visible' });
  const form = tab.locator('#billing-address');

  for (const [name, text] of Object.entries(GUEST)) {
    for (const field of await form.locator(`input[name="${name}"]`).all()) {
      if (await field.isVisible()) {
        await field.fill(text);
      }
    }
  }

  for (const field of await form.locator('input[type="tel"]').all()) {
    if (await field.isVisible()) {
      await field.fill(GUEST.phone_1);
    }
  }

  await Promise.all([tab.waitForResponse((answer) => /zone/i.test(answer.url())).catch(() => {}), form.locator('select[name="country_id"]').selectOption({ label: 'United States' })]);
  await form.locator('select[name="zone_id"] option', { hasText: 'California' }).first().waitFor({ state: 'attached' });
  await form.locator('select[name="zone_id"]').selectOption({ label: 'California' });
  await tab.click('#button-guest');
  await tab.waitForSelector('#button-payment-method', { state: 'visible' });
  await tab.waitForLoadState('networkidle');
  const shipping = tab.locator('#shipping-payment-method input[name="shipping_plugin"]');

  if (await shipping.count() > 0) {
    await shipping.first().check();
    await tab.waitForLoadState('networkidle');
  }

  if (payment !== null) {
    await tab.check(`#shipping-payment-method input[name="payment_plugin"][value="${payment}"]`);
    await tab.waitForLoadState('networkidle');
  }

  await tab.click('#button-payment-method');
  const place = tab.locator('#confirm form button[type="submit"], #confirm form input[type="submit"], #confirm form button.btn-primary').first();
  await place.waitFor({ state: 'visible' });
  await tab.waitForLoadState('networkidle');
  const began = Date.now();
  await Promise.all([tab.waitForURL(/confirmation/i, { timeout: 40_000 }), place.click()]);
  const took = Date.now() - began;

  return { order: query('SELECT * FROM #__j2commerce_orders ORDER BY j2commerce_order_id DESC LIMIT 1')[0], took };
};

/**
 * The shopper's actions, in a separate browser.
 *
 * @param {function(Object): Promise<void>} before What he does between cart and checkout
 */
export const buy = async (browser, lines, payment, before = async () => {}) => {
  const shopper = await browser.browser.newContext({ viewport: { width: 1280, height: 1000 } });
  shopper.setDefaultTimeout(20_000);
  const tab = await shopper.newPage();
  browser.listen(tab);

  try {
    for (const { product, quantity, options, choices } of lines) {
      await addToCart(tab, product, quantity, options, choices);
    }

    await before(tab);
    return await checkout(tab, payment);
  } catch (error) {
    await browser.shot('failed purchase', tab).catch(() => {});
    throw error;
  } finally {
    await shopper.close();
  }
};

/** Opens it from the Orders list, as an administrator does. */
export const setStatus = async (browser, order, label) => {
  await browser.page.goto(admin('?option=com_j2commerce&view=orders'));
  const id = order.j2commerce_order_id;
  await browser.page.locator(`.order-status-select[data-order-id="${id}"]`).selectOption({ label });
  await Promise.all([
    browser.page.waitForResponse((answer) => answer.request().method() === 'POST'),
    browser.page.click(`.order-status-save[data-order-id="${id}"]`),
  ]);
  await browser.page.waitForLoadState('networkidle');
};

export const openOrder = async (browser, order) => {
  await browser.page.goto(admin(`?option=com_j2commerce&view=order&layout=view&id=${order.j2commerce_order_id}`));
  return browser.page.locator('[data-clover-order]');
};
