/** An administrator whose language is German, and the English texts of the app that he must not see. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { query, site } from './site.js';

const SOURCES = fileURLToPath(new URL('../../../php-plugin', import.meta.url));
const TAG = 'de-DE';

/** Joomla's own words stay English here: this pack has only what makes it a language, and how numbers are written. */
const METADATA = `<?xml version="1.0" encoding="UTF-8"?>
<metafile client="administrator">
  <name>German</name><version>6.0.0</version><creationDate>2026-01</creationDate><author>Tests</author><copyright>-</copyright><license>GPL</license><description>-</description>
  <metadata><name>German (Germany)</name><nativeName>Deutsch</nativeName><tag>${TAG}</tag><rtl>0</rtl><locale>de_DE.utf8, de_DE</locale><firstDay>1</firstDay><weekEnd>0,6</weekEnd><calendar>gregorian</calendar></metadata>
</metafile>
`;
const WORDS = { JYES: 'Ja', JNO: 'Nein', DECIMALS_SEPARATOR: ',', THOUSANDS_SEPARATOR: '.', DATE_FORMAT_LC6: 'd.m.Y H:i:s', DATE_FORMAT_LC5: 'd.m.Y H:i', DATE_FORMAT_LC4: 'd.m.Y' };

const folder = () => join(site.root, 'administrator/language', TAG);

export const speakGerman = () => {
  mkdirSync(folder(), { recursive: true });
  writeFileSync(join(folder(), 'langmetadata.xml'), METADATA);
  writeFileSync(join(folder(), 'joomla.ini'), Object.entries(WORDS).map(([key, text]) => `${key}="${text}"\n`).join(''));
  query("UPDATE #__users SET params = JSON_SET(IF(params = '', '{}', params), '$.admin_language', ?) WHERE username = ?", [TAG, site.user]);
};

export const speakEnglish = () => {
  rmSync(folder(), { recursive: true, force: true });
  query("UPDATE #__users SET params = JSON_REMOVE(IF(params = '', '{}', params), '$.admin_language') WHERE username = ?", [site.user]);
};

const files = (path, language) => readdirSync(path, { recursive: true, withFileTypes: true })
  .filter((file) => file.name.endsWith('.ini') && file.parentPath.endsWith(`/${language}`))
  .map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'));

export const plain = (text) => text.replace(/&#39;/g, '’').replace(/&amp;/g, '&').replace(/'/g, '’').replace(/\s+/g, ' ');

export const texts = (language) => Object.fromEntries(files(SOURCES, language).flatMap((text) => [...text.matchAll(/^([A-Z0-9_]+)="(.*)"$/gm)].map(([, key, words]) => [key, plain(words)])));

/** The parts of a text between the values that are inserted. */
export const parts = (text) => text.split(/%(?:\d+\$)?[sd]|\{\w+\}|<[^>]+>/).map((part) => part.trim());
const isSentence = (part) => (part.match(/[\p{L}\p{N}][\p{L}\p{N}’-]*/gu) ?? []).length >= 3;

/** What is English in the app's texts and not in their German translation. */
export const english = () => {
  const german = Object.values(texts(TAG)).join('\n');
  return [...new Set(Object.values(texts('en-GB')).flatMap(parts).filter((part) => isSentence(part) && !german.includes(part)))];
};

/** English sentences of the app on this page, shown or not: in its texts, the attributes that are read, and the texts of its scripts. */
export const found = async (tab, phrases) => {
  const { page, own } = await tab.evaluate(() => {
    const body = document.body.cloneNode(true);
    // Pieces that say of themselves that they are English, and what technicians read.
    body.querySelectorAll('[lang="en"], details code, script:not(.joomla-script-options), style').forEach((element) => element.remove());
    const attributes = [...body.querySelectorAll('*')].flatMap((element) => ['title', 'aria-label', 'placeholder', 'alt', 'value', 'data-bs-original-title'].map((name) => element.getAttribute(name) ?? ''));
    const options = [...document.querySelectorAll('script.joomla-script-options')].map((script) => Object.values(JSON.parse(script.textContent)['joomla.jtext'] ?? {}).join('\n'));
    const walker = (root) => { const all = []; const nodes = document.createTreeWalker(root, NodeFilter.SHOW_TEXT); while (nodes.nextNode()) { all.push(nodes.currentNode.data); } return all; };
    return {
      page: [document.title, body.textContent, ...attributes, ...options].join('\n'),
      own: [...body.querySelectorAll('.clover, [data-clover-product], [data-clover-order]')].flatMap(walker),
    };
  });
  const read = plain(page);
  const ofEnglish = /\b(?:the|is|are|and|of|to|has|have|this|that|from|with|were|been|it|cannot)\b/g;

  return [
    ...phrases.filter((phrase) => read.includes(phrase)),
    // Sentences that are in no language file.
    ...new Set(own.map((text) => text.trim().replace(/\s+/g, ' ')).filter((text) => (text.match(ofEnglish) ?? []).length >= 2)),
  ];
};
