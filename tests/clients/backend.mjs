// Another system beside Palabre: it signs tokens for its users and calls the server API.

import { createHash, createHmac, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at_end } from './at_end.mjs';
import { start_server } from './server.mjs';

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

export const in_seconds = (seconds) => Math.floor(Date.now() / 1000) + seconds;

/// A backend and the server it works with. `namespaces` is the text of their tables: KEY_HASH in it stands for the hash
/// of the backend's API key.
export async function start_backend(t, namespaces, settings = '') {
  const backend = new Backend();
  const folder = await mkdtemp(join(tmpdir(), 'palabre-backend-'));
  at_end(t, () => rm(folder, { recursive: true, force: true }));
  const key_file = join(folder, 'token.key');
  await writeFile(key_file, `${backend.token_key}\n`);
  await chmod(key_file, 0o600);
  const hash = createHash('sha256').update(backend.api_key).digest('hex');
  const config = `[realtime]\ntoken_key_file = "${key_file}"\n${settings}\n${namespaces.replaceAll('KEY_HASH', hash)}`;
  backend.server = await start_server(t, { config });
  return backend;
}

class Backend {
  token_key = randomBytes(32).toString('hex');
  api_key = randomBytes(32).toString('hex');
  server = null;

  sign(claims) {
    const signed = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url(claims)}`;
    return `${signed}.${createHmac('sha256', this.token_key).update(signed).digest('base64url')}`;
  }

  /// The result of a method of the server API, or {error}.
  async call(method, params = {}) {
    const { status, body } = await this.post(method, params);
    if (status !== 200) throw new Error(`${method}: ${status} ${JSON.stringify(body)}`);
    return body.result ?? { error: body.error };
  }

  async post(method, params, headers = { 'X-API-Key': this.api_key }) {
    const body = typeof params === 'string' ? params : JSON.stringify(params);
    const response = await fetch(`${this.server.url}/api/${method}`, { method: 'POST', headers, body });
    return { status: response.status, body: await response.json() };
  }
}
