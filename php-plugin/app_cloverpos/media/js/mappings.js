/**
 * The mappings: actions on links, and the two reports that read from Clover.
 *
 * @license GNU General Public License version 2 or later; see LICENSE
 */
((window, document) => {
  'use strict';

  const root = document.getElementById('clover-mappings');

  if (!root) {
    return;
  }

  const { ask, press, show, text } = window.CloverPos;
  const word = (key) => text(`MAPPING_${key}`);
  const fill = (sentence, ...values) => values.reduce((filled, value, i) => filled.split(`%${i + 1}$s`).join(value).replace('%s', () => value), sentence);
  const KEPT = 'cloverpos.mappings';

  /** Loads the list again by GET, because a reload would send a search again. The new page shows the message. */
  const again = (message, type) => {
    window.sessionStorage.setItem(KEPT, JSON.stringify({ message, type }));
    window.location.assign(root.dataset.page);
  };

  const kept = window.sessionStorage.getItem(KEPT);

  if (kept) {
    window.sessionStorage.removeItem(KEPT);
    const { message, type } = JSON.parse(kept);
    show(message, type);
  }

  const report = document.getElementById('clover-report');
  const status = document.getElementById('clover-report-status');
  const action = (name) => word(`PREVIEW_ACTION_${name.toUpperCase()}`);
  const count = (value) => (value === null ? word('DRIFT_UNTRACKED') : String(value));

  // A new product has all fields; a tax profile is named.
  const fields = ({ action: kind, fields: names, tax }) => [
    ...(['update', 'error'].includes(kind) ? names.filter((name) => name !== 'tax') : []),
    ...(tax ? [tax] : []),
  ].join(', ');

  const REPORTS = {
    preview: {
      title: 'PREVIEW_TITLE',
      none: 'PREVIEW_NONE',
      columns: ['PREVIEW_ACTION', 'PREVIEW_PRODUCT', 'PREVIEW_FIELDS', 'PREVIEW_PRICES', 'CLOVER_ID'],
      row: (change) => [action(change.action), change.title, fields(change), change.prices, change.clover_id],
    },
    drift: {
      title: 'DRIFT_TITLE',
      none: 'DRIFT_NONE',
      columns: ['PRODUCT', 'SKU', 'DRIFT_SHOP', 'DRIFT_CLOVER', 'DRIFT_REASON'],
      row: (item) => [item.name, item.sku, count(item.shop), count(item.clover), item.reason],
    },
  };

  const cells = (tag, values, labels) => {
    const row = document.createElement('tr');
    values.forEach((value, nth) => {
      const cell = document.createElement(tag);
      cell.textContent = value;
      cell.className = 'text-break';

      if (labels) {
        cell.dataset.cloverLabel = labels[nth];
      }

      if (tag === 'th') {
        cell.scope = 'col';
      }

      row.append(cell);
    });

    return row;
  };

  const fillReport = (kind, answer) => {
    const table = document.getElementById('clover-report-table');
    const summary = [answer.summary];

    if (answer.rows.length === 0) {
      summary.push(word(kind.none));
    } else if (answer.capped) {
      summary.push(fill(word('REPORT_CAPPED'), answer.rows.length));
    }

    document.getElementById('clover-report-title').textContent = word(kind.title);
    document.getElementById('clover-report-summary').textContent = summary.join(' ');
    table.caption.textContent = word(kind.title);
    const columns = kind.columns.map(word);
    table.tHead.replaceChildren(...(answer.rows.length ? [cells('th', columns)] : []));
    table.tBodies[0].replaceChildren(...answer.rows.map((row) => cells('td', kind.row(row), columns)));
    // Only this report has a file.
    document.getElementById('clover-report-csv').hidden = kind !== REPORTS.drift || answer.rows.length === 0;
    report.hidden = false;
    report.focus();
  };

  root.addEventListener('click', async (event) => {
    const button = event.target.closest('button');

    if (!button) {
      return;
    }

    if (button.dataset.cloverReportClose !== undefined) {
      report.hidden = true;

      return;
    }

    if (button.dataset.cloverReport) {
      status.textContent = word('ASKING');
      const answer = await press(button, () => ask(`mapping.${button.dataset.cloverReport}`));
      status.textContent = '';

      if (answer) {
        fillReport(REPORTS[button.dataset.cloverReport], answer);
      }

      return;
    }

    const { cloverAction, cloverConfirm, cloverId, cloverName } = button.dataset;

    if (!cloverAction || (cloverConfirm && !window.confirm(fill(word(cloverConfirm), cloverName)))) {
      return;
    }

    const pairs = [...(button.closest('[data-clover-pairs]')?.querySelectorAll('select') ?? [])]
      .map((select) => [select.dataset.cloverOption, select.value]);
    const data = cloverId ? { clover_id: cloverId, options: JSON.stringify(Object.fromEntries(pairs)) } : {};
    const answer = await press(button, () => ask(cloverAction, data));

    if (answer) {
      again(answer.message, answer.type);
    }
  });
})(window, document);
