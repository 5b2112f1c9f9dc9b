/** The tested site: its console, its database, its files and its Clover simulator. All of it is deleted afterwards. */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED = ['JOOMLA_ROOT', 'JOOMLA_URL', 'JOOMLA_USER', 'JOOMLA_PASSWORD', 'JOOMLA_SIMULATOR', 'PACKAGE'];
const QUERY = fileURLToPath(new URL('query.php', import.meta.url));

const env = process.env;
const chromium = env.CHROMIUM || '/usr/bin/chromium';
const missing = NEEDED.filter((name) => !env[name]);

/** Why the tests cannot run here; false when they can. */
export const skip = missing.length > 0
  ? `needs ${missing.join(', ')}: a throw-away site`
  : !existsSync(chromium) && `needs a browser: ${chromium} is not there`;

export const site = {
  root: env.JOOMLA_ROOT,
  url: (env.JOOMLA_URL || '').replace(/\/+$/, ''),
  user: env.JOOMLA_USER,
  password: env.JOOMLA_PASSWORD,
  simulator: (env.JOOMLA_SIMULATOR || '').replace(/\/+$/, ''),
  php: env.JOOMLA_PHP || 'php',
  package: env.PACKAGE,
  chromium,
  shots: env.BROWSER_SHOTS,
  extensionOff: env.JOOMLA_EXTENSION_OFF,
  extensionOn: env.JOOMLA_EXTENSION_ON,
};

export const app = { id: 'APPID00000001', secret: '11111111-2222-3333-4444-555555555555' };
export const authCode = 'aaaaaaaa-0000-4000-8000-bbbbbbbbbbbb';
export const EXTENSION = "type = 'plugin' AND folder = 'j2commerce' AND element = 'app_cloverpos'";

const environment = () => ({ ...env, CLOVERSYNC_BASE_URL: site.simulator });

/** Joomla's own command line. */
export const joomla = (...words) => execFileSync(site.php, [join(site.root, 'cli/joomla.php'), ...words], { encoding: 'utf8', env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });

/** The same, running in parallel with the test. */
export const joomlaBeside = (...words) => new Promise((done) => {
  let said = '';
  const process = spawn(site.php, [join(site.root, 'cli/joomla.php'), ...words], { env: environment() });
  process.stdout.on('data', (part) => { said += part; });
  process.stderr.on('data', (part) => { said += part; });
  process.on('close', (code) => done({ code, said }));
});

export const shell = (command) => execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' });

/** Rows of a query, or how many rows a statement changed. */
export const query = (sql, values = []) => JSON.parse(execFileSync(site.php, [QUERY, site.root], { encoding: 'utf8', input: JSON.stringify({ sql, values }), maxBuffer: 1 << 26 }));
export const value = (sql, values = []) => Object.values(query(sql, values)[0] ?? {})[0] ?? null;
export const column = (sql, values = []) => query(sql, values).map((row) => Object.values(row)[0]);

/** The last lines of a file in the site's log folder. */
export const logOf = (file) => {
  const path = join(site.root, 'administrator/logs', file);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
};

const ask = async (method, path, body) => {
  const response = await fetch(`${site.simulator}/__sim/${path}`, { method, body: body === undefined ? undefined : JSON.stringify(body) });
  const answer = await response.json();

  if (!response.ok) {
    throw new Error(`${method} /__sim/${path}: ${response.status} ${answer.message}`);
  }

  return answer;
};

/** The simulator's control interface. */
export const clover = {
  state: () => ask('GET', 'state'),
  requests: (since = 0) => ask('GET', `requests?since=${since}`),
  reset: (catalog) => ask('POST', 'reset', catalog ? { catalog } : {}),
  create: (item) => ask('POST', 'items', item),
  change: (id, fields) => ask('POST', `items/${id}`, fields),
  remove: (id) => ask('DELETE', `items/${id}`),
  setStock: (id, quantity) => ask('POST', `stock/${id}`, { quantity }),
  sale: (itemId, quantity) => ask('POST', 'sale', { itemId, quantity }),
  merchant: (facts) => ask('POST', 'merchant', facts),
  switches: (values) => ask('POST', 'switches', values),
  faults: (list) => ask('POST', 'faults', list),
  clearFaults: () => ask('DELETE', 'faults'),
  advance: (seconds) => ask('POST', 'clock', { advance_s: seconds }),
  orderType: (label) => ask('POST', 'order_types', { label }),
  tokens: (what) => ask('POST', 'tokens', { do: what }),
  webhook: (facts) => ask('POST', 'webhook', facts),
  item: async (name) => (await ask('GET', 'state')).items.find((item) => item.name === name),
  count: async (id) => (await ask('GET', 'state')).stock[id],
  lastRequest: async () => (await ask('GET', 'requests')).at(-1)?.n ?? 0,
};

/** Repeats a look until it returns a true value; the error shows the last one. */
export const until = async (what, look, seconds = 20) => {
  const end = Date.now() + seconds * 1000;
  let last;

  do {
    last = await look();

    if (last) {
      return last;
    }

    await new Promise((next) => { setTimeout(next, 250); });
  } while (Date.now() < end);

  throw new Error(`${what}: not within ${seconds} s, last ${JSON.stringify(last)}`);
};
