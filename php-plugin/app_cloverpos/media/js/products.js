/**
 * J2Commerce's list of products: Clover's state of each product on the page.
 *
 * @license GNU General Public License version 2 or later; see LICENSE
 */
((document) => {
  'use strict';

  const line = ({ state, label, color, notes }) => {
    const shown = document.createElement('div');
    const badge = document.createElement('span');
    badge.className = `badge text-bg-${color}`;
    badge.textContent = label;
    shown.className = 'clover';
    shown.dataset.cloverState = state;
    shown.append(`${window.CloverPos.text('PRODUCT_IN_CLOVER')} `, badge, ` ${notes.join(' ')}`);

    return shown;
  };

  const start = async () => {
    const rows = new Map([...document.querySelectorAll('#productsList tbody tr')]
      .map((row) => [row.querySelector('input[name="cid[]"]')?.value, row.querySelector('th .small')])
      .filter(([id, place]) => id && place));

    if (rows.size === 0) {
      return;
    }

    try {
      const { products } = await window.CloverPos.ask('product.states', { products: [...rows.keys()].join(',') });
      Object.entries(products).forEach(([id, product]) => rows.get(id)?.append(line(product)));
    } catch {
      // The list is J2Commerce's, and works without it.
    }
  };

  start();
})(document);
