/**
 * The buttons among the app's settings.
 *
 * @license GNU General Public License version 2 or later; see LICENSE
 */
((document, CloverPos) => {
  'use strict';

  document.addEventListener('click', (event) => {
    const connect = event.target.closest('[data-clover-connect]');
    const test = event.target.closest('[data-clover-test]');

    if (connect) {
      CloverPos.connect(connect.dataset.cloverConnect, (result) => {
        CloverPos.show(result.message, result.ok ? 'success' : 'error');

        if (result.ok) {
          CloverPos.sendDue();
        }
      });
    }

    if (test) {
      CloverPos.press(test, async () => CloverPos.show((await CloverPos.ask('connection.test')).message));
    }
  });
})(document, window.CloverPos);
