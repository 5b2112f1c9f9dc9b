/** A browser on the site. It collects errors and console messages of the pages: a page that works has none. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { site } from './site.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Joomla's own elements within the app's forms: the chosen options of its select have buttons inside. */
const JOOMLAS = ['joomla-field-fancy-select'];

/** Width and height; the phone is the last. */
const SCREENS = [[1366, 768], [390, 844]];

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
      // A request of Joomla's first page that ends late would write back a session without what is opened next.
      await this.page.waitForLoadState('networkidle');
    }
  }

  async dark(is = true) {
    await this.page.emulateMedia({ colorScheme: is ? 'dark' : 'light' });
  }

  /** What axe finds in these parts of the page, in the colors and on the screen that are set: rules with the elements that break them. */
  async axe(selector) {
    if (!(await this.page.evaluate(() => 'axe' in window))) {
      await this.page.evaluate(AXE);
    }

    return this.page.evaluate(async ([parts, exclude]) => {
      const { violations } = await window.axe.run({ include: document.querySelectorAll(parts), exclude }, { resultTypes: ['violations'] });

      return violations.map(({ id, help, nodes }) => ({ rule: id, help, elements: nodes.map(({ html, failureSummary }) => `${html.slice(0, 200)}: ${failureSummary}`) }));
    }, [selector, JOOMLAS]);
  }

  /** Elements that are wider, on a phone, than what they are in: J2Commerce's form of a product is wider than a phone itself. */
  async tooWide(selector) {
    return this.page.locator(selector).evaluateAll((elements) => elements.filter((element) => element.getBoundingClientRect().right > element.parentElement.getBoundingClientRect().right + 1).map((element) => element.id || element.className));
  }

  /** The app's own parts of this page, or others, are accessible in light and dark colors, on a small screen and on a phone. */
  async readable(selector = '.clover') {
    const size = this.page.viewportSize();
    await this.page.emulateMedia({ reducedMotion: 'reduce' });

    try {
      for (const [width, height] of SCREENS) {
        await this.page.setViewportSize({ width, height });

        for (const dark of [false, true]) {
          await this.dark(dark);
          assert.deepEqual(await this.axe(selector), [], `${dark ? 'dark' : 'light'} colors, ${width} pixels`);
        }
      }

      assert.deepEqual(await this.tooWide(`:is(${selector}), :is(${selector}) :is(table, fieldset, .card, .alert, .pagination)`), [], 'wider than a phone');
    } finally {
      await this.dark(false);
      await this.page.setViewportSize(size);
    }
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
