/** A browser on the site. It collects errors and console messages of the pages: a page that works has none. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { site } from './site.js';

export const admin = (query = '') => `${site.url}/administrator/index.php${query}`;
export const page = (name) => admin(`?option=com_j2commerce&task=appPlugin.display&plugin=app_cloverpos&pluginview=${name}`);

export class Browser {
  static async open(options = {}) {
    const browser = await chromium.launch({ executablePath: site.chromium, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
    const visitor = new Browser(browser);
    await visitor.anew(options);
    return visitor;
  }

  constructor(browser) {
    this.browser = browser;
    this.complaints = [];
  }

  /** A new visitor, without cookies. */
  async anew(options = {}) {
    await this.context?.close();
    this.context = await this.browser.newContext({ viewport: { width: 1440, height: 1000 }, ...options });
    this.context.setDefaultTimeout(15_000);
    this.page = await this.tab();
  }

  async tab() {
    const tab = await this.context.newPage();
    this.listen(tab);
    return tab;
  }

  listen(tab) {
    tab.on('pageerror', (error) => {
      // A screenshot of the full page resizes the viewport, which ends a transition between two pages.
      if (!/Transition was aborted because of invalid state\. Viewport size changed/.test(error.message)) {
        this.complaints.push(`error on ${tab.url()}: ${error.message}`);
      }
    });
    tab.on('console', (said) => {
      // Network errors are checked by the responses themselves.
      if (said.type() === 'error' && !said.text().startsWith('Failed to load resource')) {
        this.complaints.push(`console on ${tab.url()}: ${said.text()}`);
      }
    });
    tab.on('response', (answer) => {
      if (answer.status() >= 400 && answer.url().startsWith(site.url)) {
        this.complaints.push(`${answer.status()} ${answer.url()}`);
      }
    });
  }

  async login() {
    await this.page.goto(admin());

    if (await this.page.locator('#mod-login-username').count() > 0) {
      await this.page.fill('#mod-login-username', site.user);
      await this.page.fill('#mod-login-password', site.password);
      await this.loads(() => this.page.click('#btn-login-submit'));
      // The login page has a header too.
      await this.page.waitForSelector('#mod-login-username', { state: 'detached' });
    }
  }

  async dark(is = true) {
    await this.page.emulateMedia({ colorScheme: is ? 'dark' : 'light' });
  }

  /** Visible elements whose text has a contrast below 4.5, which WCAG's level AA asks for. */
  async pale(selector) {
    return this.page.locator(selector).evaluateAll((elements) => {
      const parse = (color) => {
        const numbers = color.match(/[\d.]+/g).map(Number);
        const unit = color.startsWith('color(') ? 255 : 1;
        return [numbers[0] * unit, numbers[1] * unit, numbers[2] * unit, numbers[3] ?? 1];
      };
      const over = ([r, g, b, a], under) => [r, g, b].map((channel, i) => channel * a + under[i] * (1 - a));
      const background = (element) => {
        if (element === null) {
          return [255, 255, 255];
        }

        const color = parse(getComputedStyle(element).backgroundColor);
        return color[3] === 1 ? color.slice(0, 3) : over(color, background(element.parentElement));
      };
      const luminance = (color) => color.map((channel) => channel / 255).map((channel) => (channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4))
        .reduce((sum, channel, i) => sum + channel * [0.2126, 0.7152, 0.0722][i], 0);

      return elements.filter((element) => element.checkVisibility()).map((element) => {
        const under = background(element);
        const [light, dark] = [luminance(over(parse(getComputedStyle(element).color), under)), luminance(under)].sort((a, b) => b - a);
        return { text: element.innerText.trim().slice(0, 40), contrast: Math.round(100 * (light + 0.05) / (dark + 0.05)) / 100 };
      }).filter(({ contrast }) => contrast < 4.5);
    });
  }

  /** Elements that are wider, on a phone, than what they are in: J2Commerce's form of a product is wider than a phone itself. */
  async tooWideForPhones(selector) {
    const size = this.page.viewportSize();
    await this.page.setViewportSize({ width: 390, height: 844 });

    try {
      return await this.page.locator(selector).evaluateAll((elements) => elements.filter((element) => element.getBoundingClientRect().right > element.parentElement.getBoundingClientRect().right + 1).map((element) => element.id || element.className));
    } finally {
      await this.page.setViewportSize(size);
    }
  }

  /** The app's own parts of this page, in light and dark colors and on a phone. */
  async readable() {
    const texts = '.clover :is(.badge, .alert, .text-body-secondary, .text-danger, .btn:not(:disabled), p, td, th, dt, dd, h2, h3)';

    for (const dark of [false, true]) {
      await this.dark(dark);
      assert.deepEqual(await this.pale(texts), [], dark ? 'contrast in dark colors' : 'contrast in light colors');
    }

    await this.dark(false);
    assert.deepEqual(await this.tooWideForPhones('.clover, .clover :is(table, .card, .alert, .pagination)'), [], 'wider than a phone');
  }

  async shot(name, tab = this.page) {
    if (site.shots) {
      mkdirSync(site.shots, { recursive: true });
      await tab.screenshot({ path: join(site.shots, `${name.replace(/[^\w-]+/g, '-').slice(0, 120)}.png`), fullPage: true });
    }
  }

  /** Runs an action that loads a new page, and waits for it. A link to "#" navigates too, but loads nothing. */
  async loads(act) {
    await Promise.all([this.page.waitForEvent('load'), act()]);
  }

  /** Joomla's messages above the page. */
  async messages(tab = this.page) {
    await tab.waitForSelector('#system-message-container joomla-alert');
    return (await tab.locator('#system-message-container .alert-message, #system-message-container joomla-alert').allInnerTexts()).join('\n');
  }

  /** Waits for a message above the page; an older message fades first. */
  async says(pattern, tab = this.page) {
    const end = Date.now() + 15_000;
    let said;

    do {
      said = await this.messages(tab);

      if (pattern.test(said)) {
        return;
      }

      await tab.waitForTimeout(100);
    } while (Date.now() < end);

    assert.match(said, pattern);
  }

  close() {
    return this.browser.close();
  }
}
