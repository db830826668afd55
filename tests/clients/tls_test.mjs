// TLS as clients meet it: Node's own stack, the centrifuge client over wss, and what is not TLS.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, copyFile, writeFile } from 'node:fs/promises';
import https from 'node:https';
import net from 'node:net';
import { test } from 'node:test';
import tls from 'node:tls';
import { promisify } from 'node:util';
import WebSocket from 'ws';
import { make_certificate } from './certificate.mjs';
import { new_client } from './client.mjs';
import { next_event, until, within } from './deadline.mjs';
import { start_server } from './server.mjs';

const run = promisify(execFile);

const settings_of = ({ certificate, key }) => ['--set', `tls.certificate_file=${certificate}`, '--set', `tls.key_file=${key}`];

async function tls_server(t, args = []) {
  const identity = await make_certificate(t);
  const server = await start_server(t, { args: [...settings_of(identity), ...args] });
  return { server, identity };
}

/// {status, headers, text} of one request over a connection of its own, or of `agent`.
function ask({ server, identity }, method, path, { token, body, headers = {}, ...options } = {}) {
  const all = { ...headers };
  if (token) all.authorization = `Bearer ${token}`;
  if (body !== undefined) all['content-type'] = 'application/json';
  const sent = new Promise((resolve, reject) => {
    const request = https.request({ host: '127.0.0.1', port: server.port, ca: identity.pem, method, path, headers: all, agent: false, ...options },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part) => { text += part; });
        response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
        response.on('error', reject);
      });
    request.on('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
  return within(sent, `${method} ${path}`);
}

async function asked(scene, status, method, path, options) {
  const answer = await ask(scene, method, path, options);
  assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`);
  return answer.text === '' ? null : JSON.parse(answer.text);
}

async function register(scene, login) {
  const body = { login, password: 'a quiet afternoon', display_name: login };
  return (await asked(scene, 201, 'POST', '/api/v1/auth/register', { body })).access_token;
}

/// A handshake; resolves to the socket.
function shake({ server, identity }, options) {
  return within(new Promise((resolve, reject) => {
    const socket = tls.connect({ host: '127.0.0.1', port: server.port, ca: identity.pem, ...options }, () => resolve(socket));
    socket.on('error', reject);
  }), 'the handshake');
}

/// Everything that came until the connection ended.
function rest_of(socket) {
  return within(new Promise((resolve) => {
    let text = '';
    socket.on('data', (bytes) => { text += bytes.toString('latin1'); });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  }), 'the end of the connection');
}

const request_text = 'GET /health HTTP/1.1\r\nHost: palabre.test\r\nConnection: close\r\n\r\n';

test('TLS 1.2 and 1.3 are spoken, with HTTP/1.1, and nothing older', async (t) => {
  const scene = await tls_server(t);
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    const socket = await shake(scene, { minVersion: version, maxVersion: version, ALPNProtocols: ['h2', 'http/1.1'] });
    assert.equal(socket.getProtocol(), version);
    assert.equal(socket.alpnProtocol, 'http/1.1');
    const answer = rest_of(socket);
    socket.write(request_text);
    assert.match(await answer, /^HTTP\/1\.1 200 OK\r\n/);
  }
  await assert.rejects(shake(scene, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }), /alert|protocol version/);
  await assert.rejects(shake(scene, { ALPNProtocols: ['h2'] }), /alert|no application protocol/i);
  await assert.rejects(shake(scene, { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA' }), /alert|handshake failure/i);
});

test('who speaks plain HTTP is told so', async (t) => {
  const { server } = await tls_server(t);
  const socket = net.connect(server.port, '127.0.0.1');
  const answer = rest_of(socket);
  socket.write(request_text);
  assert.match(await answer, /^HTTP\/1\.1 400 [^]*https:\/\//);
});

test('a handshake that does not go on is ended, and others do not wait for it', async (t) => {
  const scene = await tls_server(t, ['--set', 'server.request_timeout=1s']);
  const silent = net.connect(scene.server.port, '127.0.0.1');
  const ended = rest_of(silent);
  assert.equal((await ask(scene, 'GET', '/health')).status, 200);
  assert.equal(await ended, '');
});

test('large answers arrive whole, also at who reads late, and several over one connection', async (t) => {
  const scene = await tls_server(t);
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const { stdout } = await run(process.env.PALABRE_BINARY, ['describe', 'openapi'], { maxBuffer: 64 * 1024 * 1024 });
  const described = JSON.parse(stdout);
  for (let i = 0; i < 5; ++i) assert.deepEqual(JSON.parse((await ask(scene, 'GET', '/openapi.json', { agent })).text), described);
  const late = await shake(scene);
  late.pause();
  late.write('GET /openapi.json HTTP/1.1\r\nHost: palabre.test\r\nConnection: close\r\n\r\n');
  for (let i = 0; i < 20; ++i) await ask(scene, 'GET', '/health');
  const [, body] = (await rest_of(late.resume())).split(/\r\n\r\n([^]*)/);
  assert.deepEqual(JSON.parse(Buffer.from(body, 'latin1').toString('utf8')), described);
});

test('a request whose client has said that nothing more comes is answered', async (t) => {
  const scene = await tls_server(t);
  const socket = await shake(scene, { allowHalfOpen: true });
  const answer = rest_of(socket);
  socket.end(request_text);
  assert.match(await answer, /^HTTP\/1\.1 200 OK\r\n/);
});

test('a room is listened to over wss, and the drain says goodbye', async (t) => {
  const scene = await tls_server(t);
  const token = await register(scene, 'ada');
  const room = await asked(scene, 201, 'POST', '/api/v1/rooms', { token, body: { name: 'Salon' } });
  const { pem } = scene.identity;
  class TrustingSocket extends WebSocket {
    constructor(url, protocols) {
      super(url, protocols, { ca: pem });
    }
  }
  const client = new_client(t, `wss://127.0.0.1:${scene.server.port}/connection/websocket`, { token, websocket: TrustingSocket });
  const subscription = client.newSubscription(`room:${room.id}`);
  const heard = [];
  subscription.on('publication', ({ data }) => heard.push(data.data.body));
  const subscribed = next_event(subscription, 'subscribed');
  subscription.subscribe();
  client.connect();
  await subscribed;
  const said = Array.from({ length: 40 }, (_, i) => `${i} `.padEnd(3000, 'é'));
  for (const body of said) await asked(scene, 201, 'POST', `/api/v1/rooms/${room.id}/messages`, { token, body: { body } });
  await until(() => heard.length === said.length, () => `all words; there are ${heard.length}`);
  assert.deepEqual(heard, said);
  const goodbye = next_event(client, 'connecting');
  await scene.server.stop();
  assert.equal((await goodbye).code, 3001);
});

test('what a proxy behind TLS says of its clients counts: the peer is known', async (t) => {
  const args = ['limits.enabled=true', 'limits.address_per_second=1', 'server.trusted_proxies=127.0.0.1'];
  const scene = await tls_server(t, args.flatMap((each) => ['--set', each]));
  const from = (address) => ask(scene, 'GET', '/api/v1/me', { headers: { 'x-forwarded-for': address } });
  for (let i = 1; i <= 20; ++i) assert.equal((await from(`10.0.0.${i}`)).status, 401);
  await until(async () => (await from('10.0.1.1')).status === 429, 'one address to have asked too often');
});

test('a renewed certificate is for who comes then; a broken one is not taken', async (t) => {
  const scene = await tls_server(t);
  const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const serial = async (identity) => {
    const socket = await shake({ ...scene, identity });
    const found = socket.getPeerCertificate().serialNumber;
    socket.destroy();
    return found;
  };
  const before = await serial(scene.identity);
  assert.equal((await ask(scene, 'GET', '/health', { agent })).status, 200);
  const next = await make_certificate(t);
  await copyFile(next.key, scene.identity.key);
  scene.server.renew(); // a key that belongs to another certificate
  await until(() => /the certificate that was shown before stays/.test(scene.server.log), 'the refusal');
  assert.equal(await serial(scene.identity), before);
  await copyFile(next.certificate, scene.identity.certificate);
  scene.server.renew();
  await until(async () => (await serial(next).catch(() => before)) !== before, 'the new certificate');
  assert.equal((await ask(scene, 'GET', '/health', { agent })).status, 200, 'a connection from before goes on');
});

test('a server without a certificate takes no harm from being told to read it again', async (t) => {
  const server = await start_server(t);
  server.renew();
  await until(() => /there is no certificate/.test(server.log), 'the word');
  assert.equal((await fetch(`${server.url}/health`)).status, 200);
});

/// How `palabre` ends that is to refuse: {code, stderr}.
async function refusal(args) {
  const ended = run(process.env.PALABRE_BINARY, args);
  const failure = await within(ended.then(() => assert.fail('it did not refuse'), (error) => error), 'the refusal');
  return { code: failure.code, stderr: failure.stderr };
}

test('what cannot be shown is refused, by its option and its file', async (t) => {
  const identity = await make_certificate(t);
  const other = await make_certificate(t);
  const check = (...settings) => refusal(['config', 'check', ...settings.flatMap((each) => ['--set', each])]);
  const certificate = `tls.certificate_file=${identity.certificate}`;
  const expect = async (settings, words) => {
    const { code, stderr } = await check(...settings);
    assert.equal(code, 2);
    assert.match(stderr, words);
  };
  await run(process.env.PALABRE_BINARY, ['config', 'check', ...settings_of(identity)]);
  await expect([certificate], /one is given without the other/);
  await expect([certificate, `tls.key_file=${other.key}`], /does not belong to the certificate/);
  await expect([certificate, 'tls.key_file=/nowhere/key.pem'], /tls\.key_file: cannot open \/nowhere\/key\.pem/);
  await expect([`tls.certificate_file=${identity.key}`, `tls.key_file=${identity.key}`], /no certificate in PEM/);
  await chmod(identity.key, 0o644);
  await expect([certificate, `tls.key_file=${identity.key}`], /chmod 640/);
  await chmod(identity.key, 0o600);
  await run('openssl', ['ec', '-in', identity.key, '-out', `${identity.key}.locked`, '-aes256', '-passout', 'pass:secret']);
  await expect([certificate, `tls.key_file=${identity.key}.locked`], /without a password/);
  await writeFile(identity.certificate, `${identity.pem}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`);
  await expect([certificate, `tls.key_file=${identity.key}`], /a chain that cannot be read/);
  const served = await refusal(['serve', '--data', `${identity.key}.data`, '--listen', '127.0.0.1:0', '--set', certificate]);
  assert.equal(served.code, 1);
  assert.match(served.stderr, /one is given without the other/);
});
