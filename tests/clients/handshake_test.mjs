// Who gets a WebSocket, and what whoever asks in the wrong way is told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from './deadline.mjs';
import { frame, op } from './frames.mjs';
import { ask_raw, key, open_raw, upgrade_request } from './raw_socket.mjs';
import { start_server } from './server.mjs';
import { watch } from './unharmed.mjs';

const version = 'Sec-WebSocket-Version', key_header = 'Sec-WebSocket-Key';
const other_start = (start) => (path) => upgrade_request(path, {}, start.replace('PATH', path));

/// What is asked, by path, and the status it is answered with.
const refused = {
  'no version': [426, (path) => upgrade_request(path, { [version]: null })],
  'version 0': [426, (path) => upgrade_request(path, { [version]: '0' })],
  'version 8': [426, (path) => upgrade_request(path, { [version]: '8' })],
  'version 14': [426, (path) => upgrade_request(path, { [version]: '14' })],
  'version 130': [426, (path) => upgrade_request(path, { [version]: '130' })],
  'no Upgrade': [426, (path) => upgrade_request(path, { Upgrade: null })],
  'an upgrade to something else': [426, (path) => upgrade_request(path, { Upgrade: 'h2c' })],
  'no Connection': [426, (path) => upgrade_request(path, { Connection: null })],
  'a connection to be kept': [426, (path) => upgrade_request(path, { Connection: 'keep-alive' })],
  'nothing but GET': [426, (path) => `GET ${path} HTTP/1.1\r\nHost: palabre.test\r\n\r\n`],
  'no key': [400, (path) => upgrade_request(path, { [key_header]: null })],
  'an empty key': [400, (path) => upgrade_request(path, { [key_header]: '' })],
  'a key of 15 bytes': [400, (path) => upgrade_request(path, { [key_header]: Buffer.alloc(15).toString('base64') })],
  'a key of 17 bytes': [400, (path) => upgrade_request(path, { [key_header]: Buffer.alloc(17).toString('base64') })],
  'a key that is not base64': [400, (path) => upgrade_request(path, { [key_header]: '!'.repeat(22) + '==' })],
  'two keys': [400, (path) => upgrade_request(path, { [key_header]: key, 'sec-websocket-key': key })],
  'two versions': [400, (path) => upgrade_request(path, { [version]: '13', 'sec-websocket-version': '13' })],
  'two origins': [400, (path) => upgrade_request(path, { Origin: 'http://palabre.test', origin: 'http://evil.test' })],
  'no Host': [400, (path) => upgrade_request(path, { Host: null })],
  'HTTP/1.0': [426, other_start('GET PATH HTTP/1.0')],
  'POST': [405, other_start('POST PATH HTTP/1.1')],
  'HEAD': [405, other_start('HEAD PATH HTTP/1.1')],
  'DELETE': [405, other_start('DELETE PATH HTTP/1.1')],
  'a page of another site': [403, (path) => upgrade_request(path, { Origin: 'http://evil.test' })],
  'a page of another port': [403, (path) => upgrade_request(path, { Origin: 'http://palabre.test:8080' })],
  'a page of nowhere': [403, (path) => upgrade_request(path, { Origin: 'null' })],
  'the protobuf format': [400, (path) => upgrade_request(`${path}?format=protobuf`)],
};

const accepted = {
  'a page of its own': { Origin: 'http://palabre.test' },
  'a page that was allowed': { Origin: 'https://app.test' },
  'several tokens': { Connection: 'keep-alive, Upgrade', Upgrade: 'WebSocket' },
  'an extension': { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits, x-unknown' },
  'a protocol nobody speaks': { 'Sec-WebSocket-Protocol': 'mqtt' },
};

const config = '[server]\nallowed_origins = ["https://app.test"]\n';

for (const path of ['/test/echo', '/connection/websocket']) {
  test(`${path} is not for everybody`, async (t) => {
    const server = await start_server(t, { config, args: ['--enable-test-routes'] });
    const assert_unharmed = await watch(server);
    for (const [name, [status, request]] of Object.entries(refused)) {
      await t.test(`${name}: ${status}`, async () => {
        const { headers, ...answer } = await ask_raw(server, request(path));
        assert.equal(answer.status, status);
        if (status === 426) assert.equal(headers['sec-websocket-version'], '13');
        if (status === 405) assert.equal(headers.allow, 'GET');
      });
    }
    await assert_unharmed();
  });

  test(`${path} is open to who asks as the standard says`, async (t) => {
    const server = await start_server(t, { config, args: ['--enable-test-routes'] });
    const assert_unharmed = await watch(server);
    for (const [name, headers] of Object.entries(accepted)) {
      await t.test(name, async () => {
        const raw = await open_raw(server, path, { headers });
        const answered = (await raw.head).headers;
        assert.equal(answered['sec-websocket-extensions'], undefined, 'no extension is spoken here');
        assert.equal(answered['sec-websocket-protocol'], undefined);
        raw.send(frame(op.close));
        assert.equal(await raw.close_code(), 0);
      });
    }
    await assert_unharmed();
  });
}

test('the echo is there only with --enable-test-routes, which the log warns of', async (t) => {
  const usual = await start_server(t), testing = await start_server(t, { args: ['--enable-test-routes'] });
  assert.equal((await ask_raw(usual, upgrade_request('/test/echo'))).status, 404);
  assert.equal((await ask_raw(testing, upgrade_request('/test/echo'))).status, 101);
  const warning = /"level":"warning".*test routes are enabled/;
  await until(() => warning.test(testing.log), 'the warning');
  assert.doesNotMatch(usual.log, warning);
});
