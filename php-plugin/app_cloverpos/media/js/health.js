/**
 * The page Health: draws the chart of the last days, and folds its table away. The table stays on the page for screen readers,
 * and is all that is shown where J2Commerce has no chart library.
 *
 * @license GNU General Public License version 2 or later; see LICENSE
 */
((window, document, Joomla) => {
  'use strict';

  const chart = document.getElementById('clover-days-chart');
  const table = document.getElementById('clover-days-table');
  const toggle = document.getElementById('clover-days-toggle');
  const { days } = Joomla.getOptions('plg_j2commerce_app_cloverpos') || {};

  if (!chart || !days) {
    return;
  }

  const { text } = window.CloverPos;

  /** Shapes differ as well as colors. The colors have a contrast of 3 to white and to dark backgrounds. */
  const LOOKS = {
    units: { type: 'bar', backgroundColor: '#4c8dd6', pointStyle: 'rect', order: 2 },
    syncs: { type: 'line', borderColor: '#2e9e6b', backgroundColor: '#2e9e6b', pointStyle: 'circle' },
    errors: { type: 'line', borderColor: '#d9534f', backgroundColor: '#d9534f', pointStyle: 'triangle', borderDash: [6, 3] },
    backlog: { type: 'line', borderColor: '#a06cd5', backgroundColor: '#a06cd5', pointStyle: 'rectRot', borderDash: [2, 3] },
  };

  const show = (isShown) => {
    table.classList.toggle('visually-hidden', !isShown);
    // For screen readers it is always there, so nothing is said to be collapsed.
    toggle.textContent = isShown ? text('HEALTH_HIDE_TABLE') : text('HEALTH_SHOW_TABLE');
  };

  /** The page's own colors, which change with the reader's choice of light or dark. */
  const colored = (options) => {
    const style = window.getComputedStyle(chart);
    const line = style.getPropertyValue('--bs-border-color').trim() || 'rgba(128, 128, 128, .4)';
    options.scales.x.ticks.color = style.color;
    options.scales.y.ticks.color = style.color;
    options.scales.y.grid.color = line;
    options.plugins.legend.labels.color = style.color;
    return options;
  };

  const draw = () => {
    if (typeof window.Chart !== 'function') {
      return;
    }

    chart.hidden = false;
    toggle.hidden = false;
    const drawn = new window.Chart(chart.querySelector('canvas'), {
      type: 'bar',
      data: {
        labels: days.labels,
        datasets: Object.entries(LOOKS).map(([name, look]) => ({ ...look, label: days.names[name], data: days[name], borderWidth: 2, pointRadius: 3 })),
      },
      options: colored({
        animation: false,
        interaction: { mode: 'index', intersect: false },
        locale: document.documentElement.lang || undefined,
        maintainAspectRatio: false,
        plugins: { legend: { labels: { usePointStyle: true } } },
        scales: {
          x: { grid: { display: false }, ticks: { maxRotation: 0 } },
          y: { beginAtZero: true, grid: {}, ticks: { precision: 0 } },
        },
      }),
    });
    new MutationObserver(() => {
      colored(drawn.options);
      drawn.update();
    }).observe(document.documentElement, { attributes: true, attributeFilter: ['data-bs-theme'] });
    toggle.addEventListener('click', () => show(table.classList.contains('visually-hidden')));
    show(false);
  };

  // The library may come after this script.
  if (window.Chart) {
    draw();
  } else {
    window.addEventListener('load', draw);
  }
})(window, document, Joomla);
