/** A chapter of the manual as a suite: one browser, steps in their order, a picture of where a step failed. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Browser } from './browser.js';
import { skip } from './site.js';

/**
 * @param {string} name
 * @param {function(Browser): Promise<void>} begin Preconditions of the chapter's first step
 * @param {function(function(string, function(Browser): Promise<void>, Object=)): void} steps
 * @param {{skip?: string|false, after?: function(): (void|Promise<void>)}} also Another reason to skip the chapter, and what to clean up after it
 */
export const chapter = (name, begin, steps, also = {}) => describe(name, { skip: skip || also.skip, concurrency: 1 }, () => {
  let browser;

  before(async () => {
    browser = await Browser.open();

    try {
      await begin(browser);
    } catch (error) {
      await browser.shot(`failed ${name}`).catch(() => {});
      throw error;
    }
  });

  after(async () => {
    await browser?.close();
    await also.after?.();
  });

  steps((sentence, walk, options = {}) => it(sentence, { timeout: 180_000, ...options }, async () => {
    browser.complaints.length = 0;

    try {
      await walk(browser);
      assert.deepEqual(browser.complaints.filter((complaint) => !(options.expects ?? []).some((expected) => complaint.includes(expected))), [], 'the browser had something to complain about');
    } catch (error) {
      await browser.shot(`failed ${sentence}`).catch(() => {});
      throw error;
    }
  }));
});
