/**
 * What the app's pages share: asking the server, showing what it says, copying, and the window in which Clover asks for approval.
 *
 * @license GNU General Public License version 2 or later; see LICENSE
 */
((window, document, Joomla) => {
  'use strict';

  const PREFIX = 'PLG_J2COMMERCE_APP_CLOVERPOS_';
  const CHANNEL = 'plg_j2commerce_app_cloverpos';
  const text = (key) => Joomla.Text._(PREFIX + key);

  /** Why an action did not do what was asked; `kind` tells a script what the owner can do about it. */
  class Problem extends Error {
    constructor(kind, message) {
      super(message);
      this.kind = kind;
    }
  }

  /**
   * Asks the app for something.
   *
   * @param {string} action As "sync.slice"
   * @param {Object<string, string|number>} data
   * @returns {Promise<Object>} What the action gives
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

      // Who lacks the right gets an error page.
      if (response.status === 403) {
        throw new Problem('refused', text('FORBIDDEN'));
      }

      // Somebody who is not logged in any more gets the login page.
      if (!(response.headers.get('content-type') || '').includes('json')) {
        throw new Problem(response.ok ? 'session' : 'server', text(response.ok ? 'SESSION_OVER' : 'NO_ANSWER'));
      }

      answer = await response.json();
    } catch (error) {
      throw error instanceof Problem ? error : new Problem('network', text('NO_ANSWER'));
    }

    if (!answer.success) {
      throw new Problem('refused', answer.message);
    }

    if (answer.data.error) {
      throw new Problem(answer.data.error.kind, answer.data.error.message);
    }

    return answer.data;
  };

  /** Joomla renders messages as HTML, and ours name what others have written. */
  const escape = (message) => {
    const box = document.createElement('div');
    box.textContent = message;
    return box.innerHTML;
  };

  /** Shows one message above the page; the screen reader reads it. */
  const show = (message, type = 'success') => {
    Joomla.removeMessages();
    Joomla.renderMessages({ [type]: [escape(message)] });
    document.querySelector('#system-message-container')?.scrollIntoView({ block: 'nearest' });
  };

  /** Runs an action behind a button, which cannot be pressed again meanwhile. */
  const press = async (button, work) => {
    button.disabled = true;
    button.setAttribute('aria-busy', 'true');

    try {
      return await work();
    } catch (error) {
      show(error.message, 'error');
      return null;
    } finally {
      button.disabled = false;
      button.removeAttribute('aria-busy');
    }
  };

  /** Without HTTPS the browser offers no clipboard, so the text is selected and copied the old way. */
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
   * Opens Clover's approval in a window of its own. Once that is on Clover's host this page cannot see it any more; what became of it comes through a channel.
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
      channel.close();
      done(event.data);
    };

    if (!window.open(url, 'cloverpos-connect', `popup=yes,width=${width},height=${height},left=${left},top=${top}`)) {
      channel.close();
      // A blocked popup: the approval takes this window instead and comes back to it.
      window.location.assign(url);
    }
  };

  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-clover-copy]');

    if (button) {
      copy(document.getElementById(button.dataset.cloverCopy));
    }
  });

  window.CloverPos = { ask, show, press, copy, connect, text, channel: CHANNEL };
})(window, document, Joomla);
