/**
 * The card about Clover on an order's page.
 *
 * @license GNU General Public License version 2 or later; see LICENSE
 */
((window, document) => {
  'use strict';

  const say = (card, type, text) => {
    const said = document.createElement('div');
    said.className = `alert alert-${type}`;
    said.textContent = text;
    card.querySelector('[data-clover-said]').replaceChildren(said);
  };

  /** @returns {?string} JSON of units by line; null when no units are entered or a number is invalid */
  const units = (card) => {
    const fields = [...card.querySelectorAll('[data-clover-line]')];
    const wrong = fields.find((field) => !field.reportValidity());
    const chosen = fields.filter((field) => field.valueAsNumber > 0).map((field) => [field.dataset.cloverLine, field.valueAsNumber]);

    if (!wrong && chosen.length === 0) {
      say(card, 'warning', window.CloverPos.text('ORDER_NOTHING_CHOSEN'));
    }

    return wrong || chosen.length === 0 ? null : JSON.stringify(Object.fromEntries(chosen));
  };

  const act = async (card, button) => {
    const { cloverAction: action, row, word } = button.dataset;
    const data = { order_id: card.dataset.cloverOrder };

    if (action === 'restock') {
      data.units = units(card);

      if (data.units === null) {
        return;
      }
    } else if (action === 'settle') {
      Object.assign(data, { row, word });
    }

    try {
      const answer = await window.CloverPos.ask(`order.${action}`, data);
      card.querySelector('[data-clover-body]').innerHTML = answer.html;
      say(card, answer.type, answer.message);
      // The button with the focus was removed with the old card.
      card.querySelector('h2').focus();
    } catch (error) {
      say(card, 'danger', error.message);
    }
  };

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-clover-order] [data-clover-action]');

    if (button) {
      window.CloverPos.press(button, () => act(button.closest('[data-clover-order]'), button));
    }
  });
})(window, document);
