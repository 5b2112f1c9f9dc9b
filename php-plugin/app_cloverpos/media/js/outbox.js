/**
 * The outbox: sends waiting entries now, and sends the owner's decisions about uncertain ones.
 *
 * @license GNU General Public License version 2 or later; see LICENSE
 */
((window, document) => {
  'use strict';

  const root = document.getElementById('clover-outbox');

  if (!root) {
    return;
  }

  const { ask, press, show, text } = window.CloverPos;
  const KEPT = 'cloverpos.outbox';
  const kept = window.sessionStorage.getItem(KEPT);
  const status = document.getElementById('clover-outbox-status');

  if (kept) {
    window.sessionStorage.removeItem(KEPT);
    const { message, type } = JSON.parse(kept);
    show(message, type);
  }

  root.addEventListener('click', async (event) => {
    const button = event.target.closest('button[data-clover-action]');

    if (!button) {
      return;
    }

    const { cloverAction, cloverRow, cloverWord, cloverResume } = button.dataset;
    const data = cloverRow ? { row: cloverRow, word: cloverWord } : { resume: cloverResume || '0' };
    status.textContent = cloverRow ? '' : text('OUTBOX_SENDING');
    const answer = await press(button, () => ask(cloverAction, data));
    status.textContent = '';

    if (answer) {
      window.sessionStorage.setItem(KEPT, JSON.stringify({ message: answer.message, type: answer.type }));
      window.location.assign(root.dataset.page);
    }
  });
})(window, document);
