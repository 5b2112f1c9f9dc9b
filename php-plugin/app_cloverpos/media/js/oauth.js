/**
 * The end of an approval: tells the page that began it, and leaves.
 *
 * @license GNU General Public License version 2 or later; see LICENSE
 */
((window, document) => {
  'use strict';

  const CHANNEL = 'plg_j2commerce_app_cloverpos';
  const LEAVE = 1500;
  const { ok, message } = document.body.dataset;
  const done = ok === '1';
  const channel = new BroadcastChannel(CHANNEL);

  // The address holds the code of the approval; it need not stay in the history.
  window.history.replaceState(null, '', window.location.pathname);
  channel.postMessage({ ok: done, message });

  if (done) {
    // What was said must have left before the window closes.
    window.setTimeout(() => window.close(), 100);
    // A window that no script opened does not close: it is the page of before, and goes back there.
    window.setTimeout(() => document.querySelector('a').click(), LEAVE);
  }
})(window, document);
