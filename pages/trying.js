// A form that makes a call: filled from the examples, and from what earlier calls have answered. Shows the answer and the
// line for curl.

import { element, icon } from './dom.js';

const shown_chars_max = 200_000;

/// Values for path parameters, by what stands before them: where a POST to /api/v1/rooms has answered an id, that is what
/// /api/v1/rooms/{id} begins with.
const known_values = new Map();

export function trying_view(description, session, operation) {
  const fields = operation.parameters.map((parameter) => parameter_field(description, operation, parameter));
  const body = operation.body && body_field(operation);
  const curl = element('code');
  const answer = element('div.answer', { 'aria-live': 'polite' });
  const send = element('button.button.primary', { type: 'submit' }, icon('send'), 'Send');
  const form = element('form.trying.stack', { 'aria-label': `Try ${operation.method} ${operation.path}` },
    ...fields.map(({ view }) => view), body?.view,
    element('div.curl', {}, element('pre', { tabindex: '0', 'aria-label': 'The same with curl' }, curl), copy_button(() => curl.textContent)),
    element('div.row', {}, send, operation.needs_token && element('span.small.soft.token-words', {})),
    answer);
  const show_curl = () => {
    curl.textContent = curl_line(request_of(operation, fields, body), operation.needs_token);
    const words = form.querySelector('.token-words');
    if (words) words.textContent = session.user ? `as ${session.user.login}` : 'needs a token: log in above';
  };
  form.addEventListener('input', show_curl);
  session.addEventListener('changed', show_curl);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    send.disabled = true;
    answer.replaceChildren(await made_call(session, operation, request_of(operation, fields, body)));
    send.disabled = false;
  });
  show_curl();
  return form;
}

// ---- the form

function parameter_field(description, operation, parameter) {
  const id = `${operation.anchor}-${parameter.in}-${parameter.name}`;
  const known = parameter.in === 'path' ? known_values.get(place_of(operation.path, parameter.name)) : undefined;
  const example = parameter.in === 'path' || parameter.required ? description.example_of_parameter(parameter) : '';
  const input = element('input', { id, required: parameter.required === true, autocomplete: 'off', spellcheck: 'false' });
  begin_with(input, known ?? example);
  const view = element('div.field', {},
    element('label', { for: id }, element('code', {}, parameter.name), ' ',
      element('span.soft', {}, `in the ${parameter.in}${parameter.required ? '' : ', may be empty'}`)), input);
  return { parameter, input, view };
}

export function begin_with(input, value) {
  input.value = value;
  input.dataset.begun = value;
  input.dispatchEvent(new Event('input', { bubbles: true }));
}

function body_field(operation) {
  const id = `${operation.anchor}-body`;
  const text = JSON.stringify(operation.body.example, null, 2) ?? '';
  const input = element('textarea.mono', { id, rows: String(Math.min(Math.max(text.split('\n').length, 3), 18)), spellcheck: 'false' });
  input.value = text;
  const view = element('div.field', {}, element('label', { for: id }, 'Body ', element('span.soft', {}, operation.body.type)), input);
  return { input, view };
}

/// "/api/v1/rooms" for {id} of "/api/v1/rooms/{id}/messages".
function place_of(path, name) {
  return path.slice(0, path.indexOf(`/{${name}}`));
}

function request_of(operation, fields, body) {
  let { path } = operation;
  const query = new URLSearchParams();
  const headers = { Accept: 'application/json' };
  for (const { parameter, input } of fields) {
    if (parameter.in === 'path') path = path.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    else if (input.value === '') continue;
    else if (parameter.in === 'query') query.append(parameter.name, input.value);
    else if (parameter.in === 'header') headers[parameter.name] = input.value;
  }
  if (body) headers['Content-Type'] = operation.body.type;
  const text = query.toString();
  return { method: operation.method, target: text ? `${path}?${text}` : path, headers, body: body?.input.value };
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function curl_line({ method, target, headers, body }, needs_token) {
  const parts = [`curl -i ${method === 'GET' ? '' : `-X ${method} `}${quoted(window.location.origin + target)}`];
  if (needs_token) parts.push('-H "Authorization: Bearer $token"');
  for (const [name, value] of Object.entries(headers)) if (name !== 'Accept') parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (body !== undefined) parts.push(`-d ${quoted(body.replace(/\n\s*/g, ' '))}`);
  return parts.join(' \\\n  ');
}

function copy_button(text_of) {
  const said = element('span', {}, 'Copy');
  const copy = async () => {
    await navigator.clipboard.writeText(text_of()).then(() => { said.textContent = 'Copied'; }, () => { said.textContent = 'Select it'; });
    setTimeout(() => { said.textContent = 'Copy'; }, 2_000);
  };
  return element('button.button.small', { type: 'button', onclick: copy, 'aria-label': 'Copy the line for curl' }, icon('copy'), said);
}

// ---- the answer

async function made_call(session, operation, { method, target, headers, body }) {
  const token = await session.fresh_token();
  if (token && operation.needs_token) headers.Authorization = `Bearer ${token}`;
  const begun = performance.now();
  try {
    const response = await fetch(target, { method, headers, body, cache: 'no-store' });
    const text = await response.text();
    if (method === 'POST' && response.ok) learn(operation.path, text);
    return answer_view(response, text, Math.round(performance.now() - begun));
  } catch {
    return element('p.refusal', {}, 'No answer: the server cannot be reached.');
  }
}

function answer_view(response, text, took_ms) {
  const kind = response.status < 300 ? 'good' : response.status < 400 ? 'plain' : 'bad';
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
  return element('div.stack.tight', {},
    element('p', {}, element(`span.status.${kind}`, {}, `${response.status} ${response.statusText}`), element('span.soft.small', {}, ` ${took_ms} ms`)),
    element('h4', {}, 'Headers'), element('pre.small', { tabindex: '0', 'aria-label': 'Headers of the answer' }, headers),
    element('h4', {}, 'Body'),
    text === '' ? element('p.soft.small', {}, 'none') : element('pre', { tabindex: '0', 'aria-label': 'Body of the answer' }, pretty(text)));
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2).slice(0, shown_chars_max);
  } catch {
    return text.slice(0, shown_chars_max);
  }
}

/// Remembers the id of what was made, and puts it into the forms that ask for one and have none of their own yet.
function learn(path, text) {
  let id = null;
  try {
    id = JSON.parse(text).id;
  } catch {
    return;
  }
  if (typeof id !== 'string') return;
  known_values.set(path, id);
  document.dispatchEvent(new CustomEvent('learnt', { detail: { path, id } }));
}
