/**
 * The product badge inside the article's form: its button, and what keeps an old form from writing old values back.
 *
 * @license GNU General Public License version 2 or later; see LICENSE
 */
((window, document) => {
  'use strict';

  const FIELDS = 'jform[attribs][j2commerce]';
  const { ask, press, text } = window.CloverPos;
  const card = document.querySelector('[data-clover-product]');
  const form = card?.closest('form');
  /** The shop's values that the form was opened with, and has taken since. */
  const known = JSON.parse(card?.dataset.cloverValues ?? '{}');

  const say = (type, words) => {
    const said = document.createElement('div');
    said.className = `alert alert-${type} mb-0`;
    said.textContent = words;
    card.querySelector('[data-clover-said]').replaceChildren(said);
  };

  const named = (name) => [...form.elements].filter((element) => element.name === name);

  /** The controls of a value: one, or the radio buttons of a group. A single product's variant has no number in its fields. */
  const controls = (key) => {
    const [variant, field] = key.split('.');

    if (field === undefined) {
      return named(`jform[${key}]`);
    }

    const numbered = named(`${FIELDS}[variable][${variant}][${field}]`);

    if (numbered.length > 0 || named(`${FIELDS}[j2commerce_variant_id]`)[0]?.value !== variant) {
      return numbered;
    }

    return named(field === 'quantity' ? `${FIELDS}[quantity][quantity]` : `${FIELDS}[${field}]`);
  };

  const isRadio = (control) => control.type === 'radio';
  const valueOf = (group) => (isRadio(group[0]) ? group.find((control) => control.checked)?.value ?? '' : group[0].value);

  const isTouched = (group) => group.some((control) => {
    if (isRadio(control)) {
      return control.checked !== control.defaultChecked;
    }

    return control.options
      ? [...control.options].some((option) => option.defaultSelected && !option.selected)
      : control.value !== control.defaultValue;
  });

  const write = (group, value) => {
    group.forEach((control) => {
      if (isRadio(control)) {
        control.checked = control.value === value;
        control.defaultChecked = control.checked;
      } else if (control.options) {
        control.value = value;
        [...control.options].forEach((option) => { option.defaultSelected = option.value === value; });
      } else {
        control.value = value;
        control.defaultValue = value;
      }
    });
    group[0].dispatchEvent(new Event('change', { bubbles: true }));
  };

  const isSame = (key, one, other) => one === other
    || (/\.(price|quantity)$/.test(key) && one !== '' && other !== '' && Number(one) === Number(other));

  const label = (key, group) => {
    const variant = key.split('.')[0];
    const words = group[0].labels?.[0]?.innerText.trim() || key.split('.').pop();
    return group[0].name.includes('[variable]') ? `${known[`${variant}.sku`] || variant}, ${words}` : words;
  };

  /**
   * Takes values that have changed in the shop into fields that the owner has not touched.
   *
   * @param {Object<string, string>} now The shop's values
   * @returns {string[]} The others, which the form would overwrite
   */
  const renew = (now) => {
    const others = [];

    Object.entries(now).filter(([key, value]) => !isSame(key, known[key] ?? value, value)).forEach(([key, value]) => {
      const group = controls(key);

      if (group.length > 0 && !isSame(key, valueOf(group), value)) {
        if (isTouched(group)) {
          others.push(`${label(key, group)}: ${value} → ${valueOf(group)}`);
          return;
        }

        write(group, value);
      }

      known[key] = value;
    });

    return others;
  };

  const renewed = async () => renew((await ask('product.values', { product: card.dataset.cloverProduct })).values);

  /** The badge compared the product when the page was opened. */
  const showState = async () => {
    const now = (await ask('product.states', { products: card.dataset.cloverProduct })).products[card.dataset.cloverProduct];
    const differs = card.querySelector('[data-clover-differs]');

    if (now) {
      const badge = card.querySelector('.card-header .badge');
      badge.textContent = now.label;
      badge.className = `badge text-bg-${now.color}`;
      differs.hidden = now.differences.length === 0;
      differs.querySelector('ul').replaceChildren(...now.differences.map((difference) => {
        const item = document.createElement('li');
        item.textContent = difference;
        return item;
      }));
    }
  };

  /** @param {string} before Words of what was done before */
  const resync = async (before = '') => {
    say('info', `${before} ${text('PRODUCT_SYNCING')}`.trim());

    try {
      const answer = await ask('mapping.resync', { clover_id: card.dataset.cloverId });
      const others = await renewed();
      await showState();
      say(
        answer.type === 'error' ? 'danger' : answer.type,
        `${before} ${answer.message} ${others.length === 0 ? text('PRODUCT_FORM_RENEWED') : `${text('PRODUCT_FORM_DIFFERS')} ${others.join('; ')}`}`.trim(),
      );
    } catch (error) {
      say('danger', `${before} ${error.message}`.trim());
    }
  };

  /** Stores the number of units that are kept for the till, and applies it to the shop's count. */
  const keep = async () => {
    const field = card.querySelector('[data-clover-reserve]');
    let saved;

    if (!field.reportValidity()) {
      return;
    }

    try {
      saved = await ask('product.reserve', { clover_id: card.dataset.cloverId, units: field.value });
    } catch (error) {
      say('danger', error.message);
      return;
    }

    await resync(saved.message);
  };

  let isChecking = false;
  let isChecked = false;

  /** Looks at the shop's values once more before the form is sent. */
  const check = async () => {
    if (isChecking) {
      return;
    }

    isChecking = true;

    try {
      const others = await renewed();
      isChecked = others.length === 0 || window.confirm(`${text('PRODUCT_FORM_OLD')}\n\n${others.join('\n')}`);
    } catch {
      // Without an answer the form is sent as it is.
      isChecked = true;
    }

    if (isChecked) {
      form.requestSubmit();
    }

    isChecking = false;
    isChecked = false;
  };

  form?.addEventListener('submit', (event) => {
    if (!isChecked && !form.elements.task?.value.endsWith('.cancel')) {
      event.preventDefault();
      event.stopImmediatePropagation();
      check();
    }
  }, true);

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-clover-resync]');

    if (button) {
      press(button, () => resync());
    }

    const save = event.target.closest('[data-clover-reserve-save]');

    if (save) {
      press(save, keep);
    }
  });

  // Enter would send the article's form.
  card?.querySelector('[data-clover-reserve]')?.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') {
      event.preventDefault();
      card.querySelector('[data-clover-reserve-save]').click();
    }
  });
})(window, document);
