/**
 * The Clover Dashboard: the sync in slices, Clover's approval, and the verification code of the webhook.
 *
 * @license GNU General Public License version 2 or later; see LICENSE
 */
((window, document, Joomla, CloverPos) => {
  'use strict';

  const { ask, show, fail, folded, press, connect, sendDue, text } = CloverPos;
  const options = Joomla.getOptions('plg_j2commerce_app_cloverpos');
  const KEPT = 'plg_j2commerce_app_cloverpos.message';
  const RUNNING = 'running';
  const byId = (id) => document.getElementById(`clover-${id}`);
  const wait = (milliseconds) => new Promise((resolve) => { window.setTimeout(resolve, milliseconds); });

  let busy = false;
  let stopping = false;
  /** Number of the loop that shows the sync's progress; a loop with another number ends. */
  let watcher = 0;
  let code = options.figures.code;

  const toggle = (id, visible) => { byId(id).hidden = !visible; };

  /** Reloads the page, which then shows the message. */
  const reload = (message, type = 'success') => {
    window.sessionStorage.setItem(KEPT, JSON.stringify({ message, type }));
    window.location.reload();
  };

  const figures = (now) => {
    document.querySelectorAll('[data-clover-figure]').forEach((field) => {
      const value = String(now[field.dataset.cloverFigure]);

      // A screen reader would read an unchanged value again.
      if (field.textContent !== value) {
        field.textContent = value;
      }
    });
    document.querySelector('[data-clover-figure="errors"]').classList.toggle('text-danger', now.errors > 0);

    // Where requests arrive, the site's address does not show that none can.
    if (byId('webhook-local')) {
      toggle('webhook-local', !now.reached);
    }

    // With an API token the page has neither webhook nor code.
    if (now.code !== code && byId('webhook-code')) {
      code = now.code;
      byId('webhook-code').value = code;

      if (code !== '') {
        show(text('WEBHOOK_CODE_CAME'));
      }
    }
  };

  // The sync

  const say = (message) => {
    if (byId('progress-text').textContent !== message) {
      byId('progress-text').textContent = message;
    }
  };

  const progress = (run, moving) => {
    const box = byId('progress');
    box.hidden = false;
    const bar = box.querySelector('.progress-bar');
    const unknown = run.percent === null;
    // A full bar that does not move would mean that it is done.
    bar.style.width = `${unknown ? (moving ? 100 : 0) : run.percent}%`;
    bar.classList.toggle('progress-bar-striped', moving);
    bar.classList.toggle('progress-bar-animated', moving);

    if (unknown) {
      box.removeAttribute('aria-valuenow');
    } else {
      box.setAttribute('aria-valuenow', run.percent);
    }
  };

  /** Hides everything below the bar; the next state shows its own. */
  const clear = () => {
    ['result', 'sync-problem', 'deletes', 'category', 'currency', 'stop', 'resume'].forEach((id) => toggle(id, false));
  };

  const open = () => {
    toggle('sync', true);
    clear();
  };

  const ended = (run, failures = []) => {
    clear();
    progress(run, false);
    say('');
    byId('steps')?.remove();
    // Warnings about an earlier sync do not stand above a newer result.
    document.querySelectorAll('[data-clover-until="sync"]').forEach((warning) => warning.remove());
    byId('result-text').textContent = `${text('SYNC_DONE')} ${run.summary}`;
    byId('failures').replaceChildren(...failures.map((failure) => {
      const item = document.createElement('li');
      item.textContent = failure;
      return item;
    }));
    byId('failures').hidden = failures.length === 0;
    byId('result').querySelector('.alert').className = `alert mb-0 alert-${run.failed > 0 ? 'warning' : 'success'}`;
    toggle('unpublished', run.imported > 0 && options.unpublished);
    toggle('conflicts', run.conflicts > 0);
    toggle('result', true);
  };

  /** The run whose question is shown; an answer is for this one. */
  let asking = 0;

  const listed = ({ name, sku, url }) => {
    const item = document.createElement('li');
    const text = document.createElement(url === '' ? 'span' : 'a');
    text.textContent = name;

    if (url !== '') {
      text.href = url;
      text.className = 'alert-link';
    }

    item.append(text, sku === '' ? '' : ` (${sku})`);
    return item;
  };

  const askForDeletes = (run) => {
    clear();
    progress(run, false);
    say(run.text);
    asking = run.id;
    ['title', 'answers', 'confirm'].forEach((part, nth) => {
      const element = byId(`deletes-${part}`);

      // Only who may answer has the button.
      if (element) {
        element.textContent = run.question[nth];
      }
    });
    byId('deletes-text').textContent = run.message;
    byId('deletes-list').replaceChildren(...run.vanished.map(listed));
    byId('deletes-more').textContent = run.more;
    toggle('deletes-more', run.more !== '');
    toggle('deletes', true);
  };

  const offerResume = (run, message) => {
    clear();
    progress(run, false);
    say(`${message} ${run.text}`);
    toggle('resume', true);
  };

  /** Shows the sync of another administrator or of a task until it ends. */
  const follow = async () => {
    watcher += 1;
    const me = watcher;
    open();

    for (;;) {
      const { figures: now, latest } = await ask('sync.status');

      if (me !== watcher) {
        return;
      }

      figures(now);

      if (now.run === null) {
        if (latest !== null && latest.status === 'done') {
          ended(latest);
        } else {
          clear();
          say(text('SYNC_ELSEWHERE_ENDED'));
        }

        return;
      }

      if (now.run.status !== RUNNING) {
        askForDeletes(now.run);
        return;
      }

      if (!now.run.active) {
        // Between two slices it has no holder either.
        await wait(options.follow);
        const again = (await ask('sync.status')).figures.run;

        if (me !== watcher) {
          return;
        }

        if (again !== null && again.id === now.run.id && !again.active && again.text === now.run.text) {
          offerResume(again, text('SYNC_INTERRUPTED'));
          return;
        }
      } else {
        progress(now.run, true);
        say(`${text('SYNC_ELSEWHERE')} ${now.run.text}`);
      }

      await wait(options.follow);
    }
  };

  const problem = async (error) => {
    clear();
    say('');
    toggle('progress', false);

    if (error.kind === 'already_running') {
      await follow();
      return;
    }

    if (error.kind === 'default_category') {
      toggle('category', true);
      byId('category-select').focus();
      return;
    }

    if (error.kind === 'currency') {
      const { figures: now } = await ask('connection.poll');

      if (!now.hasCurrency) {
        toggle('currency', true);
        return;
      }
    }

    byId('sync-problem').replaceChildren(error.message, ...(error.details ? [folded(error.details)] : []));
    toggle('sync-problem', true);
    toggle('resume', true);
  };

  /** Runs slices until the sync is done or stopped. If the page is closed in between, the run can be resumed. */
  const sync = async (first = 'sync.slice', words = text('SYNC_RUNNING'), data = {}) => {
    if (busy) {
      return;
    }

    busy = true;
    stopping = false;
    watcher += 1;
    open();
    toggle('stop', true);
    progress({ percent: null }, true);
    say(words);
    document.querySelectorAll('[data-clover-action="sync"]').forEach((button) => { button.disabled = true; });

    try {
      let action = first;
      let sent = { started: 1, ...data };
      let answer;

      do {
        answer = await ask(action, sent);
        action = 'sync.slice';
        sent = {};

        if (answer.run.status === RUNNING) {
          progress(answer.run, true);
          say(stopping ? text('SYNC_STOPPING') : answer.run.text);
        }
      } while (answer.run.status === RUNNING && !stopping);

      if (answer.run.status === RUNNING) {
        offerResume(answer.run, text('SYNC_STOPPED'));
      } else if (answer.run.status === 'done') {
        figures(answer.figures);
        ended(answer.run, answer.failures);
      } else {
        askForDeletes(answer.run);
        byId('deletes').focus();
      }
    } catch (error) {
      await problem(error).catch(fail);
    } finally {
      busy = false;
      document.querySelectorAll('[data-clover-action="sync"]').forEach((button) => { button.disabled = false; });
    }
  };

  /** Shows the run that an earlier visit left open. */
  const goOn = async () => {
    const { run } = options.figures;

    if (run === null || !options.canWork) {
      return;
    }

    open();

    if (run.status !== RUNNING) {
      askForDeletes(run);
    } else if (run.active) {
      await follow();
    } else {
      offerResume(run, text('SYNC_INTERRUPTED'));
    }
  };

  // The webhook's code, and web sales that are due

  const poll = async () => {
    let now = options.figures;

    while (true) {
      if (now.due && options.canWork) {
        await sendDue(figures);
      }

      await wait(options.poll);

      // A hidden page sends no requests.
      if (document.hidden) {
        continue;
      }

      try {
        now = (await ask('connection.poll')).figures;
        figures(now);
      } catch (error) {
        if (error.kind === 'session' || error.kind === 'forbidden') {
          show(text('SESSION_OVER'), 'warning');
          return;
        }
      }
    }
  };

  // The buttons

  const approved = (result) => (result.ok ? reload(result.message) : show(result.message, 'error'));

  const act = (button, action, data = {}) => press(button, async () => reload((await ask(action, data)).message));

  const actions = {
    sync: () => sync(),
    stop: (button) => {
      stopping = true;
      button.hidden = true;
      say(text('SYNC_STOPPING'));
    },
    'confirm-deletes': () => sync('sync.confirmDeletes', text('DELETES_ASKING'), { run: asking }),
    'keep-deletes': (button) => press(button, async () => {
      const { run, figures: now, message } = await ask('sync.keepDeletes', { run: asking });
      figures(now);
      ended(run);
      show(message, 'info');
    }),
    category: (button) => press(button, async () => {
      show((await ask('sync.category', { category: byId('category-select').value })).message);
      await sync();
    }),
    currency: (button) => press(button, async () => {
      show((await ask('connection.currency', { currency: button.dataset.cloverCurrency })).message);
      await sync();
    }),
    test: (button) => press(button, async () => show((await ask('connection.test')).message)),
    disconnect: (button) => window.confirm(text('DISCONNECT_CONFIRM')) && act(button, 'connection.disconnect'),
    move: (button) => act(button, 'connection.move'),
    resume: (button) => act(button, 'connection.resume'),
    'unpublish-sandbox': (button) => window.confirm(text('SANDBOX_UNPUBLISH_CONFIRM')) && act(button, 'mapping.unpublishSandbox'),
    connect: (button) => connect(button.dataset.cloverUrl, approved),
    'by-hand': (button) => {
      const callback = byId('hand').value.trim();

      if (callback === '') {
        show(text('HAND_EMPTY'), 'warning');
        byId('hand').focus();
      } else {
        act(button, 'connection.byHand', { callback });
      }
    },
    'api-token': (button) => {
      const fields = ['merchant-id', 'api-token'].map(byId);
      const missing = fields.find((field) => field.value.trim() === '');

      if (missing) {
        show(text('API_TOKEN_EMPTY'), 'warning');
        missing.focus();
      } else {
        act(button, 'connection.apiToken', { merchant_id: fields[0].value, api_token: fields[1].value });
      }
    },
    check: (button) => press(button, async () => {
      const before = code;
      const now = (await ask('connection.poll')).figures;
      figures(now);

      if (now.code === before) {
        show(code === '' ? text('WEBHOOK_CODE_NONE') : `${text('WEBHOOK_CODE_LAST')} ${now.codeAt}`, 'info');
      }
    }),
  };

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-clover-action]');

    if (button && !button.disabled) {
      actions[button.dataset.cloverAction](button);
    }
  });

  const kept = window.sessionStorage.getItem(KEPT);

  if (kept !== null) {
    window.sessionStorage.removeItem(KEPT);
    const { message, type } = JSON.parse(kept);
    show(message, type);
  }

  goOn().catch(fail);

  if (options.mayAct) {
    poll();
  }
})(window, document, window.Joomla, window.CloverPos);
