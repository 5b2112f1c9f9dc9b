/**
 * The end of an approval: reports to the page that started it, and closes the window.
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

  // The address contains the approval's code, which is removed from the history.
  window.history.replaceState(null, '', window.location.pathname);
  channel.postMessage({ ok: done, message });

  if (done) {
    // The message must be sent before the window closes.
    window.setTimeout(() => window.close(), 100);
    // A window that was not opened by a script cannot be closed: it returns to the dashboard.
    window.setTimeout(() => document.querySelector('a').click(), LEAVE);
  }
})(window, document);
