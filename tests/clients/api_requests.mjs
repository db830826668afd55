// Requests made of the API's description: valid, nearly valid (one thing is wrong) and hostile. A request is
// {operation, method, path, headers, body}; `operation` is null where the path may well be nobody's.

import { Values } from './api_values.mjs';

/// `known`: {tokens, people, rooms, messages: [{id, room_id, seq}]}: what exists by now. Whoever owns it may add to it
/// between calls.
export function random_request(random, document, operations, known) {
  const values = new Values(random, document, [...known.people, ...known.rooms, ...known.messages.map(({ id }) => id)]);
  const operation = random.pick(operations);
  const request = valid(random, values, operation, known);
  const kind = random.below(10);
  if (kind < 3) return { kind: 'valid', ...request };
  if (kind < 8) return { kind: 'nearly valid', ...random.pick(near_misses)(random, values, request) };
  return { kind: 'hostile', ...random.pick(hostilities)(random, values, request) };
}

function valid(random, values, operation, known) {
  const parts = { operation, method: operation.method, captures: {}, query: [], headers: {}, value: undefined };
  const message = random.pick(known.messages);
  parts.headers.authorization = `Bearer ${random.pick(known.tokens)}`;
  for (const parameter of operation.parameters) set_parameter(random, values, parts, parameter, message, known);
  if (operation.body) {
    parts.value = operation.body.example && random.below(3) === 0 ? operation.body.example : values.right(operation.body.schema);
    parts.headers['content-type'] = 'application/json';
  }
  return written(parts);
}

function set_parameter(random, values, parts, { name, in: where, schema, required, example }, message, known) {
  if (!required && random.below(3) > 0) return;
  let value = values.right(schema);
  if (name === 'at' || name === 'Palabre-Min-Position') value = random.pick([message.seq, 0]);
  if (where === 'path' && random.below(8) > 0) value = fitting_id(random, parts.operation, name, message, known) ?? value;
  if (name.endsWith('_ids')) value = Array.from({ length: 1 + random.below(4) }, () => values.id()).join(',');
  if (example !== undefined && random.below(where === 'path' ? 16 : 4) === 0) value = example;
  if (where === 'path') parts.captures[name] = String(value ?? 'x');
  if (where === 'query') parts.query.push([name, String(value)]);
  if (where === 'header') parts.headers[name.toLowerCase()] = header_text(value);
}

/// What the path means by `name`: a room and a message in it, or a person.
function fitting_id(random, { path }, name, message, known) {
  if (name === 'mid') return message.id;
  if (name === 'user_id' || path.startsWith('/api/v1/users/')) return random.pick(known.people);
  if (name === 'id') return path.includes('{mid}') || random.below(2) === 0 ? message.room_id : random.pick(known.rooms);
  return undefined;
}

/// Request with `path` and `body` as they go over the wire.
function written(parts) {
  const path = parts.operation.path.replaceAll(/\{(\w+)\}/g, (_, name) => percent_encoded(parts.captures[name]));
  const query = parts.query.map(([name, value]) => `${name}=${percent_encoded(value)}`).join('&');
  const body = parts.value === undefined ? '' : JSON.stringify(parts.value);
  return { ...parts, path: query ? `${path}?${query}` : path, body };
}

/// Lone surrogates become U+FFFD, as in every URL.
const percent_encoded = (text) => encodeURIComponent(String(text).toWellFormed?.() ?? Buffer.from(String(text)).toString());

/// HTTP knows no other characters in a value.
const header_text = (value) => String(value).replaceAll(/[^\t -~\u0080-\u00ff]/g, '?');

// ---- One thing is wrong

function with_value(request, value) {
  return { ...request, value, body: JSON.stringify(value) };
}

function one_field(random, request, change) {
  if (!request.operation.body || typeof request.value !== 'object') return request;
  const names = Object.keys(request.value);
  if (names.length === 0) return request;
  const value = { ...request.value };
  change(value, random.pick(names));
  return with_value(request, value);
}

const near_misses = [
  (random, values, request) => one_field(random, request, (value, name) => delete value[name]),
  (random, values, request) => one_field(random, request, (value, name) => { value[name] = values.wrong(); }),
  (random, values, request) => one_field(random, request, (value, name) => { value[name] = values.wrong(); }),
  (random, values, request) => one_field(random, request, (value, name) => { value[`${name}_`] = values.wrong(); }),
  (random, values, request) => one_field(random, request, (value, name) => { value[name] = 'x'.repeat(300_000); }),
  (random, values, request) => (request.value === undefined ? request : with_value(request, values.wrong())),
  other_media_type,
  broken_text,
  other_query,
  other_capture,
  other_header,
  (random, values, request) => ({ ...request, headers: { ...request.headers, authorization: other_authorization(random, request) } }),
  (random, values, request) => ({ ...request, body: request.body || '{"a":1}', headers: { ...request.headers, 'content-type': 'application/json' } }),
];

function other_media_type(random, values, request) {
  const type = random.pick(['text/plain', 'application/json; charset=utf-8', 'application/jsonp', 'APPLICATION/JSON',
                            'application/xml', '', ';', 'multipart/form-data; boundary=x']);
  return { ...request, headers: { ...request.headers, 'content-type': type } };
}

/// JSON that is not quite that, or not quite text.
function broken_text(random, values, request) {
  if (request.body === '') return request;
  const text = request.body;
  const body = random.pick([
    () => text.slice(0, random.below(text.length)),
    () => `${text}${random.pick([',', '}', '\u0000', ' x', text])}`,
    () => text.replace('{', `{"${random.pick(Object.keys(request.value ?? {}).concat('a'))}":1,`), // a duplicate key
    () => `${'['.repeat(random.pick([30, 1_000, 100_000]))}`,
    () => `{"a":${'{"a":'.repeat(500)}1${'}'.repeat(500)}}`,
    () => text.replace(/:("[^"]*"|\d+)/, `:${random.pick(['1e999', '-0', '9'.repeat(400), '0x10', 'NaN', '01', '"\\ud800"', '"\\u0000"'])}`),
    () => Buffer.from(text.replace(/"[^"]*"}/, '"\u00ff\u00fe"}'), 'latin1'), // not UTF-8
    () => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]),
    () => Buffer.concat([Buffer.from(text), random.bytes(1 + random.below(8))]),
  ])();
  return { ...request, body };
}

function other_query(random, values, request) {
  const names = request.operation.parameters.filter((p) => p.in === 'query').map((p) => p.name).concat('limit', 'cursor', 'at', 'nothing');
  const name = random.pick(names);
  const value = random.pick([
    () => '', () => '0', () => '-1', () => '201', () => '9'.repeat(30), () => '1e3', () => '1.5', () => 'true', () => 'null',
    () => random.bytes(1 + random.below(60)).toString('base64url'), () => values.word(), () => values.id(),
    () => '2026-11-21T12:00:00.000Z', () => '2026-13-41T99:00:00Z', () => '1970-01-01T00:00:00Z', () => '99999-01-01T00:00:00Z',
    () => Array.from({ length: 250 }, () => values.id()).join(','),
  ])();
  const more = `${name}=${percent_encoded(value)}`;
  return { ...request, path: request.path + (request.path.includes('?') ? '&' : '?') + more };
}

function other_capture(random, values, request) {
  const names = Object.keys(request.captures);
  if (names.length === 0) return request;
  const value = random.pick(['not-a-uuid', '0', '-', '..', '%', ' ', '\u0000', 'x'.repeat(300), values.word(), values.id(), values.id().toUpperCase()]);
  const changed = written({ ...request, captures: { ...request.captures, [random.pick(names)]: value } });
  return value === '..' ? { ...changed, operation: null } : changed;
}

function other_header(random, values, request) {
  const [name, value] = random.pick([
    () => ['if-match', random.pick(['*', '"', '"1-x"', 'W/"1-x"', '"1-x", "2-y"', ',,', '\u00ff', '"'.repeat(500)])],
    () => ['if-none-match', random.pick(['*', '"x"', 'W/"x"', ',', '"99999999999999999999-x"'])],
    () => ['idempotency-key', random.pick(['', 'a b', 'k'.repeat(129), 'k'.repeat(128), '\u00e9', 'same-key', 'same-key'])],
    () => ['palabre-min-position', random.pick(['-1', 'x', '0', '1', '9'.repeat(25), ''])],
    () => ['x-request-id', random.pick(['', 'a b', 'x'.repeat(200), 'fine-1', '\u00e9'])],
    () => ['traceparent', random.pick(['x', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '00-0-0-0'])],
    () => ['accept', random.pick(['text/html', '*/*', 'application/xml;q=0', 'x'])],
    () => ['accept-encoding', random.pick(['gzip', 'br', 'identity;q=0', 'gzip;q=x', '*'])],
    () => ['last-event-id', random.pick(['x', ':', 'a:1', '99:-1'])],
    () => ['origin', random.pick(['null', 'https://example.org', 'x'])],
    () => ['x-api-key', random.bytes(32).toString('hex')],
    () => ['expect', random.pick(['200-ok', 'x'])],
  ])();
  const headers = { ...request.headers, [name]: value };
  return { ...request, headers };
}

function other_authorization(random, request) {
  const right = request.headers.authorization;
  return random.pick(['', 'Bearer', 'Bearer ', 'Basic YTpi', right.toLowerCase(), right.slice(0, -3), `${right}x`,
                      `${right}, ${right}`, 'Bearer eyJhbGciOiJub25lIn0.e30.', `Bearer ${'x'.repeat(5_000)}`, right.replace('.', '..')]);
}

// ---- Nobody would send this

const strange_paths = ['//', '/./', '/../', '/%2e%2e/', '/%2f', '/%00', '/%', '/%zz', '/%c0%af', '/%ff', '/\\', '/;a=b', '/?', '/#x', '/%25'];

function strange_path(random, values, request) {
  const [path, query = ''] = request.path.split('?');
  const at = path.indexOf('/', 1 + random.below(path.length));
  const cut = at < 0 ? path.length : at;
  const strange = path.slice(0, cut) + random.pick(strange_paths) + path.slice(cut);
  return { ...request, operation: null, path: query ? `${strange}?${query}` : strange };
}

function strange_query(random, values, request) {
  const noise = random.pick(['&&&', '=', '%', '%zz=1', 'limit', 'limit=1&limit=2', 'a=%00', 'a=%ff', 'at=&at=', 'x='.repeat(100), '?', '[]=1']);
  return { ...request, path: request.path + (request.path.includes('?') ? '&' : '?') + noise };
}

const hostilities = [
  strange_path,
  strange_query,
  (random, values, request) => ({ ...request, operation: null, method: random.pick(['PUT', 'DELETE', 'PATCH', 'POST', 'OPTIONS', 'TRACE', 'PROPFIND', 'GET']) }),
  (random, values, request) => ({ ...request, operation: null, path: `/${random.bytes(1 + random.below(30)).toString('base64url')}` }),
  (random, values, request) => ({ ...request, path: `${request.path}${request.path.includes('?') ? '&' : '?'}${'x'.repeat(random.pick([7_000, 9_000, 20_000]))}` }),
  (random, values, request) => ({ ...request, headers: { ...request.headers, 'x-noise': 'n'.repeat(random.pick([1_000, 7_000, 15_000])) } }),
  (random, values, request) => ({ ...request, headers: { ...request.headers, ...Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`x-${i}`, 'n'])) } }),
  (random, values, request) => ({ ...request, body: random.bytes(random.pick([1, 100, 10_000, 270_000])), headers: { ...request.headers, 'content-type': 'application/json' } }),
  broken_text,
  (random, values, request) => other_header(random, values, other_header(random, values, other_capture(random, values, request))),
  (random, values, request) => broken_text(random, values, other_query(random, values, other_media_type(random, values, request))),
];
