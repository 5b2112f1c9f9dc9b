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
  const back = document.querySelector('main a');
  const dark = window.matchMedia('(prefers-color-scheme: dark)').matches;

  /** A window that was not opened by a script cannot be closed: it returns to the dashboard. */
  const leave = () => {
    window.close();
    window.setTimeout(() => window.location.assign(back.href), LEAVE);
  };

  // Atum's page sets these for its styles.
  document.documentElement.style.setProperty('--hue', '214');
  document.documentElement.dataset.bsTheme = dark ? 'dark' : 'light';
  document.documentElement.dataset.colorScheme = dark ? 'dark' : 'light';
  // The address contains the approval's code, which is removed from the history.
  window.history.replaceState(null, '', window.location.pathname);

  back.addEventListener('click', (event) => {
    event.preventDefault();
    leave();
  });

  channel.onmessage = leave;
  channel.postMessage({ ok: done, message });

  // The page that started it may be closed. A failure stays to be read.
  if (done) {
    window.setTimeout(leave, LEAVE);
  }
})(window, document);
