/**
 * The buttons among the app's settings.
 *
 * @license GNU General Public License version 2 or later; see LICENSE
 */
((window, document, Joomla, CloverPos) => {
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

  const form = document.querySelector('form[name="adminForm"]');
  const entries = () => new URLSearchParams(new FormData(form)).toString();
  const kept = Joomla.getOptions('plg_j2commerce_app_cloverpos').unsaved;
  let opened = '';

  window.addEventListener('load', () => { opened = entries(); });

  /** Leaves the form by Joomla's Close, which ends the editing of the plugin, and goes on to a page of the app. */
  const leave = (event, link) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) {
      return;
    }

    event.preventDefault();

    if ((kept || entries() !== opened) && !window.confirm(CloverPos.text('SETTINGS_LEAVE'))) {
      return;
    }

    const back = document.createElement('input');
    back.type = 'hidden';
    back.name = 'return';
    back.value = window.btoa(link.getAttribute('href'));
    form.append(back);
    Joomla.submitform('plugin.cancel', form);
  };

  const word = (key) => CloverPos.text(`TAX_${key}`);

  const element = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };

  /** A choice of tax profiles, with the proposed one selected. */
  const profileChoice = (rate, profiles) => {
    const choice = element('select', { className: 'form-select form-select-sm' }, new Option(word('CHOOSE'), ''));
    choice.append(...profiles.map((profile) => new Option(profile.name, profile.id)));
    choice.value = rate.profile;
    choice.dataset.cloverRate = rate.rate;
    choice.setAttribute('aria-label', `${word('PROFILE')}: ${rate.label}`);
    return choice;
  };

  /** Lists Clover's rates with their proposals. */
  const showTaxes = (box, { message, rates, profiles }) => {
    const table = box.querySelector('table');
    const heading = (key) => element('th', { scope: 'col', textContent: word(key) });
    table.tHead.replaceChildren(element('tr', {}, heading('RATE'), heading('PERCENT'), heading('PROFILE')));
    table.tBodies[0].replaceChildren(...rates.map((rate) => element(
      'tr',
      {},
      element('th', { scope: 'row', className: 'fw-normal text-break', textContent: rate.label }),
      element('td', { textContent: rate.percent }),
      element('td', {}, profileChoice(rate, profiles)),
    )));
    table.hidden = rates.length === 0;
    box.querySelector('[data-clover-taxes-take]').hidden = rates.length === 0;
    box.querySelector('[data-clover-taxes-found]').hidden = false;
    box.querySelector('[data-clover-taxes-said]').textContent = message;
  };

  /** Letter case and accents do not matter, as in the settings. */
  const rowOf = (field, rate) => [...field.querySelectorAll('[name$="[rate]"]')]
    .find((input) => input.value.trim().localeCompare(rate.trim(), 'en', { sensitivity: 'base' }) === 0)
    ?.closest('.subform-repeatable-group');

  /** Puts the chosen profiles into the rows of the setting. */
  const takeTaxes = (box) => {
    const field = [...document.querySelectorAll('joomla-field-subform')].find((subform) => subform.getAttribute('name')?.includes('[tax_mapping]'));

    [...box.querySelectorAll('select')].filter((choice) => choice.value !== '').forEach((choice) => {
      const row = rowOf(field, choice.dataset.cloverRate) ?? field.addRow();
      const set = (name, value) => {
        const input = row.querySelector(`[name$="[${name}]"]`);
        input.value = value;
        input.dispatchEvent(new Event('change', { bubbles: true }));
      };
      set('rate', choice.dataset.cloverRate);
      set('profile', choice.value);
    });
    box.querySelector('[data-clover-taxes-said]').textContent = word('TAKEN');
  };

  document.addEventListener('click', (event) => {
    const taxes = event.target.closest('[data-clover-taxes]');
    const connect = event.target.closest('[data-clover-connect]');
    const test = event.target.closest('[data-clover-test]');
    const page = event.target.closest('a[href*="plugin=app_cloverpos"]:not([target="_blank"])');

    if (page) {
      leave(event, page);
    }

    if (connect) {
      CloverPos.connect(connect.dataset.cloverConnect, (result) => {
        CloverPos.show(result.message, result.ok ? 'success' : 'error');

        if (result.ok) {
          CloverPos.sendDue();
        }
      });
    }

    if (taxes && event.target.closest('[data-clover-taxes-read]')) {
      CloverPos.press(event.target.closest('button'), async () => showTaxes(taxes, await CloverPos.ask('tax.rates')));
    }

    if (taxes && event.target.closest('[data-clover-taxes-take]')) {
      takeTaxes(taxes);
    }

    if (test) {
      CloverPos.press(test, async () => CloverPos.show((await CloverPos.ask(test.dataset.cloverTest)).message));
    }
  });
})(window, document, window.Joomla, window.CloverPos);
