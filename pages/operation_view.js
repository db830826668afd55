// A call of the API: one line, and behind it all there is to know, and a form to try it.

import { element, icon } from './dom.js';
import { schema_view, folded } from './schema_view.js';
import { trying_view } from './trying.js';

export function operation_view(description, session, operation) {
  const details = element('details.operation', { id: operation.anchor },
    element('summary', {},
      element(`span.method.${operation.method.toLowerCase()}`, {}, operation.method),
      element('span.summary-words', {},
        element(`code.path${operation.is_deprecated ? '.deprecated' : ''}`, {}, ...breakable(operation.path)),
        element('span.soft.small', {}, operation.summary)),
      operation.is_locked && element('span.lock', { title: lock_words(operation) }, icon('lock'), element('span.visually-hidden', {}, lock_words(operation)))));
  details.addEventListener('toggle', () => details.append(inside(description, session, operation)), { once: true });
  return details;
}

function lock_words({ needs_token }) {
  return needs_token ? 'needs a token' : 'needs a key';
}

/// A long path may go on in the next line behind a slash.
function breakable(path) {
  return path.split(/(?<=\/)/).flatMap((part) => [part, element('wbr')]);
}

function inside(description, session, operation) {
  return element('div.operation-inside', {},
    element('div.about.stack', {},
      operation.description && operation.description !== operation.summary && element('p', {}, ...with_code(operation.description)),
      facts(operation),
      operation.parameters.length > 0 && part('Parameters', parameters_view(description, operation.parameters)),
      operation.body && part('Body', schema_view(description, operation.body.schema)),
      part('Answers', ...operation.answers.map((answer) => answer_view(description, answer)))),
    element('section.try', { 'aria-label': `Try ${operation.method} ${operation.path}` }, element('h3', {}, 'Try it'), trying_view(description, session, operation)));
}

function part(title, ...content) {
  return element('section', {}, element('h3', {}, title), ...content);
}

function facts({ needs_token, permission, rpc, is_deprecated }) {
  const known = [
    is_deprecated && ['State', 'deprecated'],
    permission ? ['Allowed to', permission] : needs_token && ['Allowed to', 'whoever is logged in'],
    rpc && ['Realtime rpc', element('code', {}, rpc)],
  ].filter(Boolean);
  return known.length > 0 && element('dl.facts', {}, ...known.map(([name, value]) =>
    element('div', {}, element('dt.soft', {}, name), element('dd', {}, value))));
}

function parameters_view(description, parameters) {
  return element('ul.properties', {}, ...parameters.map(({ name, in: where, required, schema = {}, description: words }) => element('li', {},
    element('p.property', {}, element('code.name', {}, name), ' ',
      element('span.type', {}, `${description.type_words(schema)}, in the ${where}`), required && element('span.required', {}, ' required')),
    words && element('p.small.soft', {}, ...with_code(words)))));
}

function answer_view(description, { status, description: words = '', contents, headers }) {
  const kind = status < '300' ? 'good' : status < '400' ? 'plain' : 'bad';
  const reasons = words.split(/; (?=`)/); // a refusal names each code it may have, and says what that is
  const codes = reasons.map((reason) => /^`([^`]+)`: /.exec(reason)?.[1]);
  const head = [element(`span.status.${kind}`, {}, status), ' ', ...(codes.every(Boolean) ? [codes.join(', ')] : with_code(words))];
  if (contents.length === 0 && headers.length === 0) return element('p.answer-line', {}, ...head);
  const shown = folded('', () => element('div.stack.tight', {},
    ...(codes.every(Boolean) ? reasons.map((reason) => element('p.small', {}, ...with_code(reason))) : []),
    ...headers.map(([name, { description: about = '' }]) => element('p.small', {}, element('code', {}, name), ' ', ...with_code(about))),
    ...contents.flatMap((content) => content_view(description, content))));
  shown.querySelector('summary').replaceChildren(...head);
  shown.classList.add('answer-line');
  return shown;
}

/// The text, with what stands between backquotes as code.
function with_code(text) {
  return text.split(/`([^`]+)`/).map((part, i) => (i % 2 === 1 ? element('code', {}, part) : part));
}

function content_view(description, { type, schema, example }) {
  return [
    element('p.small.soft', {}, type, schema && `: ${description.type_words(schema)}`),
    schema && schema_view(description, schema),
    example !== undefined && element('pre.small', { tabindex: '0', 'aria-label': 'Example' },
      typeof example === 'string' ? example : JSON.stringify(example, null, 2)),
  ].filter(Boolean);
}
