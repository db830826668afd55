// The page to try the API on: reads /openapi.json, shows it, searches it.

import { request, words_of } from './api.js';
import { busy, wire_dialogs } from './dialogs.js';
import { Session } from './docs_session.js';
import { by_id, draw_icons, element } from './dom.js';
import { Description } from './openapi.js';
import { operation_view } from './operation_view.js';
import { folded, schema_view } from './schema_view.js';
import { begin_with } from './trying.js';

const session = new Session();
let shown = []; ///< {operation, view, link, words}

async function show_document() {
  try {
    const description = new Description(await request('GET', '/openapi.json'));
    show_introduction(description.info);
    show_operations(description);
    show_schemas(description);
    follow_hash();
  } catch (error) {
    by_id('refusal').textContent = `What there is to call is not known: ${words_of(error)}`;
  }
}

function show_introduction({ title, version, description }) {
  if (title) by_id('title').textContent = title;
  document.title = title ?? 'Palabre API';
  by_id('version').replaceChildren(version ? `Version ${version} · ` : '', element('a', { href: '/openapi.json' }, 'openapi.json'));
  const paragraphs = (description ?? '').split(/\n{2,}/).filter(Boolean);
  by_id('description').replaceChildren(...paragraphs.map((words) => element('p', {}, words)));
}

function show_operations(description) {
  for (const { name, description: words, operations } of description.tags) {
    const id = `tag-${name.replace(/[^a-zA-Z0-9]+/g, '-')}`;
    const views = operations.map((operation) => show_operation(description, operation));
    by_id('tags').append(element('section.tag', { 'aria-labelledby': id },
      element('h2', { id }, name), words && element('p.soft', {}, words), element('div.cards', {}, ...views.map(({ view }) => view))));
    by_id('contents').append(element('section', {}, element('h2', {}, name), element('ul', {}, ...views.map(({ link }) => element('li', {}, link)))));
    shown.push(...views);
  }
}

function show_operation(description, operation) {
  const view = operation_view(description, session, operation);
  const link = element('a.contents-link', { href: `#${operation.anchor}`, title: operation.path },
    element(`span.method.${operation.method.toLowerCase()}`, {}, operation.method),
    element('span.contents-path', {}, operation.path.replace(/^\/api\/v1/, '') || '/'));
  const words = [operation.method, operation.path, operation.summary, operation.tag, operation.rpc].join(' ').toLowerCase();
  return { operation, view, link, words };
}

function show_schemas(description) {
  by_id('schemas').hidden = description.schemas.length === 0;
  const views = description.schemas.map(([name, schema]) => {
    const view = folded(name, () => element('div.schema', {},
      schema.description && element('p.soft', {}, schema.description), schema_view(description, schema)));
    view.classList.add('schema-card');
    return view;
  });
  by_id('schemas').querySelector('.cards').replaceChildren(...views);
}

// ---- finding

function search(text) {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const { view, link, words } of shown) {
    const matches = wanted.every((word) => words.includes(word));
    view.hidden = !matches;
    link.parentElement.hidden = !matches;
    if (matches) found += 1;
  }
  for (const section of document.querySelectorAll('#tags > section')) section.hidden = !section.querySelector('.operation:not([hidden])');
  for (const section of document.querySelectorAll('#contents > section')) section.hidden = !section.querySelector('li:not([hidden])');
  by_id('schemas').hidden = wanted.length > 0 || by_id('schemas').querySelector('details') === null;
  by_id('nothing-found').hidden = found > 0;
  by_id('status').textContent = wanted.length > 0 ? `${found} found` : '';
}

function follow_hash() {
  const view = by_id(window.location.hash.slice(1));
  if (!view?.classList.contains('operation')) return;
  view.open = true;
  view.scrollIntoView();
  view.querySelector('summary').focus({ preventScroll: true });
}

/// "/" goes to the search, unless one is writing.
function go_to_search(event) {
  if (event.key !== '/' || event.target.closest('input, textarea, select') || document.querySelector('dialog[open]')) return;
  event.preventDefault();
  by_id('search').focus();
}

// ---- who calls

function show_session() {
  const { user } = session;
  by_id('session').textContent = user ? user.login : 'Log in';
  by_id('session').classList.toggle('primary', !user);
  by_id('session').setAttribute('aria-label', user ? `Logged in as ${user.login}` : 'Log in');
  by_id('session-form').hidden = user !== null;
  by_id('session-open').hidden = user === null;
  by_id('session-token').value = session.token;
}

function wire_session() {
  const form = by_id('session-form');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const way = event.submitter?.value ?? 'login';
    busy(form, async () => {
      await session.open(way, by_id('session-login').value.trim(), by_id('session-password').value);
      by_id('session-password').value = '';
      by_id('session-dialog').close();
    });
  });
  by_id('log-out').addEventListener('click', () => session.close());
  session.addEventListener('changed', show_session);
  show_session();
}

/// What an answer has told goes into forms that are there already. What somebody has typed stays.
function fill_in({ detail: { path, id } }) {
  for (const { operation } of shown)
    for (const { name, in: where } of operation.parameters) {
      const input = where === 'path' && operation.path.startsWith(`${path}/{${name}}`) && by_id(`${operation.anchor}-path-${name}`);
      if (input && input.value === input.dataset.begun) begin_with(input, id);
    }
}

draw_icons();
wire_dialogs();
wire_session();
by_id('search').addEventListener('input', ({ target }) => search(target.value));
document.addEventListener('keydown', go_to_search);
document.addEventListener('learnt', fill_in);
window.addEventListener('hashchange', follow_hash);
show_document();
