/**
 * The product badge's button. It is inside the article's form, but not a part of it.
 *
 * @license GNU General Public License version 2 or later; see LICENSE
 */
((window, document) => {
  'use strict';

  const say = (card, type, text) => {
    const place = card.querySelector('[data-clover-said]');
    const said = document.createElement('div');
    said.className = `alert alert-${type} mb-0`;
    said.textContent = text;
    place.replaceChildren(said);
  };

  const resync = async (card) => {
    const { ask, text } = window.CloverPos;
    say(card, 'info', text('PRODUCT_SYNCING'));

    try {
      const answer = await ask('mapping.resync', { clover_id: card.dataset.cloverId });
      say(card, answer.type === 'error' ? 'danger' : answer.type, `${answer.message} ${text('PRODUCT_SYNCED_NOW')}`);
    } catch (error) {
      say(card, 'danger', error.message);
    }
  };

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-clover-resync]');

    if (button) {
      window.CloverPos.press(button, () => resync(button.closest('[data-clover-product]')));
    }
  });
})(window, document);
