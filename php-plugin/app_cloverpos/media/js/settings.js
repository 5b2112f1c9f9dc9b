/**
 * The buttons among the app's settings.
 *
 * @license GNU General Public License version 2 or later; see LICENSE
 */
((document, CloverPos) => {
  'use strict';

  /** Names the range of each wrong number, and shows the first one, which may be on another tab. */
  const areNumbersRight = () => {
    const wrong = [...document.querySelectorAll('[data-clover-number]')].filter((field) => !field.validity.valid);

    if (wrong.length === 0) {
      return true;
    }

    const tab = wrong[0].closest('joomla-tab-element');
    document.querySelector(`[aria-controls="${tab?.id}"]`)?.click();
    CloverPos.show(wrong.map((field) => `${field.dataset.cloverNumber}.`).join(' '), 'error');
    // Joomla removes the mark of a field that gets the focus.
    wrong[0].focus({ preventScroll: true });
    wrong.forEach((field) => document.formvalidator.markInvalid(field));
    return false;
  };

  document.addEventListener('DOMContentLoaded', () => {
    document.formvalidator.custom = { ...document.formvalidator.custom, cloverNumbers: { exec: areNumbersRight } };
  });

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
