/**
 * Shared by the app's pages: requests to the server, messages, copying, and the window of Clover's approval.
 *
 * @license GNU General Public License version 2 or later; see LICENSE
 */
((window, document, Joomla) => {
  'use strict';

  const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_';
  const CHANNEL = 'plg_j2commerce_app_cloverpos';
  const text = (key) => Joomla.Text._(PREFIX + key);

  /** Why an action failed; `kind` tells a script what the owner can do about it. */
  class Problem extends Error {
    constructor(kind, message, details = '') {
      super(message);
      this.kind = kind;
      this.details = details;
    }
  }

  /**
   * Runs an action of the app.
   *
   * @param {string} action Such as "sync.slice"
   * @param {Object<string, string|number>} data
   * @returns {Promise<Object>} The action's result
   * @throws {Problem}
   */
  const ask = async (action, data = {}) => {
    const body = new FormData();
    body.append('plugin', 'app_cloverpos');
    body.append('action', action);
    body.append(Joomla.getOptions('csrf.token'), '1');
    Object.entries(data).forEach(([name, value]) => body.append(name, value));
    let answer;

    try {
      const response = await fetch('index.php?option=com_j2commerce&task=appPlugin.ajax', { method: 'POST', body, credentials: 'same-origin' });

      // Without the permission, the server responds with an error page.
      if (response.status === 403) {
        throw new Problem('forbidden', text('FORBIDDEN'));
      }

      // Without a login, the server responds with the login page.
      if (!(response.headers.get('content-type') || '').includes('json')) {
        throw new Problem(response.ok ? 'session' : 'server', text(response.ok ? 'SESSION_OVER' : 'NO_ANSWER'));
      }

      answer = await response.json();
    } catch (error) {
      throw error instanceof Problem ? error : new Problem('network', text('NO_ANSWER'));
    }

    if (!answer.success) {
      throw new Problem('forbidden', answer.message);
    }

    if (answer.data.error) {
      throw new Problem(answer.data.error.kind, answer.data.error.message, answer.data.error.details);
    }

    return answer.data;
  };

  /** Joomla renders messages as HTML, and ours contain text from other people. */
  const escape = (message) => {
    const box = document.createElement('div');
    box.textContent = message;
    return box.innerHTML;
  };

  /** Technical details, folded away. */
  const folded = (details) => {
    const box = document.createElement('details');
    const heading = document.createElement('summary');
    const body = document.createElement('code');
    heading.textContent = text('DETAILS');
    body.textContent = details;
    body.style.whiteSpace = 'pre-line';
    box.append(heading, body);
    return box;
  };

  /** Shows one message above the page; the screen reader reads it. */
  const show = (message, type = 'success', details = '') => {
    Joomla.removeMessages();
    Joomla.renderMessages({ [type]: [escape(message)] });
    const container = document.querySelector('#system-message-container');
    container?.scrollIntoView({ block: 'nearest' });

    if (details) {
      container?.querySelector('.alert-message')?.append(folded(details));
    }
  };

  /** Shows why an action failed. */
  const fail = (error) => show(error.message, 'error', error.details);

  /** Runs an action for a button, which is disabled meanwhile. */
  const press = async (button, work) => {
    button.disabled = true;
    button.setAttribute('aria-busy', 'true');

    try {
      return await work();
    } catch (error) {
      fail(error);
      return null;
    } finally {
      button.disabled = false;
      button.removeAttribute('aria-busy');
    }
  };

  /** Without HTTPS the browser has no clipboard API, so the text is selected and copied in the old way. */
  const copy = async (field) => {
    if (navigator.clipboard && window.isSecureContext) {
      await navigator.clipboard.writeText(field.value);
    } else {
      field.focus();
      field.select();
      document.execCommand('copy');
    }

    show(text('COPIED'));
  };

  /**
   * Opens Clover's approval in a separate window. Once it is on Clover's host, this page cannot see it any more; its result
   * arrives through a broadcast channel.
   *
   * @param {string} url
   * @param {function({ok: boolean, message: string}): void} done
   */
  const connect = (url, done) => {
    const [width, height] = [620, 760];
    const left = Math.max(0, window.screenX + (window.outerWidth - width) / 2);
    const top = Math.max(0, window.screenY + (window.outerHeight - height) / 2);
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = (event) => {
      // The window closes when it knows that its message is shown here.
      channel.postMessage({ shown: true });
      channel.close();
      done(event.data);
    };

    if (!window.open(url, 'cloverpos-connect', `popup=yes,width=${width},height=${height},left=${left},top=${top}`)) {
      channel.close();
      // The popup was blocked: the approval uses this window and returns to it.
      window.location.assign(url);
    }
  };

  /**
   * Sends web sales that are due, such as those that waited for a new connection, in portions.
   *
   * @param {function(Object): void} heard Receives the dashboard's figures after each portion
   */
  const sendDue = async (heard = () => {}) => {
    try {
      let answer;

      do {
        answer = await ask('outbox.continue');
        heard(answer.figures);
      } while (answer.worked && answer.figures.due);
    } catch {
      // It stays due, and the dashboard shows what stands in the way.
    }
  };

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-clover-copy]');

    if (button) {
      copy(document.getElementById(button.dataset.cloverCopy));
    }
  });

  window.CloverPos = { ask, show, fail, folded, press, copy, connect, sendDue, text, channel: CHANNEL };
})(window, document, Joomla);
