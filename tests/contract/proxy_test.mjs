// The end-to-end tests of the typed client, compiled, through a proxy that holds every answer against the document.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { register, request } from '../clients/person.mjs';
import { start_server } from '../clients/server.mjs';
import proxied from './proxy.mjs';
import { client_folder, here, run } from './tools.mjs';

const cases = join(here, '../clients/typed_client_test.mjs');

/// As a process of its own: node:test runs one file in one.
function run_cases(env) {
  return new Promise((resolve) => {
    const options = { cwd: join(here, '../clients'), env: { ...process.env, ...env }, maxBuffer: 1 << 26 };
    delete options.env.NODE_TEST_CONTEXT; // it is a run of its own, not a part of this one
    execFile(process.execPath, ['--test', '--test-reporter=tap', cases], options,
             (error, stdout, stderr) => resolve({ code: error?.code ?? 0, said: stdout + stderr }));
  });
}

test('what the typed client is answered is in the document', async () => {
  const compiled = await run('tsc', ['-p', client_folder]);
  assert.equal(compiled.code, 0, compiled.said);
  const { code, said } = await run_cases({
    PALABRE_CLIENT: pathToFileURL(join(client_folder, 'dist/index.js')).href,
    PALABRE_API_URL_FOR: pathToFileURL(join(here, 'proxy.mjs')).href,
  });
  assert.equal(code, 0, said);
  assert.ok(Number(/^# pass (\d+)$/m.exec(said)?.[1]) > 10, said);
});

test('the proxy refuses an answer that is not in the document', async (t) => {
  const server = await start_server(t);
  const ada = await register(server, 'ada');
  const ask = (url) => request(url, 'GET', '/api/v1/me', { token: ada.token });
  assert.equal((await ask(await proxied(t, server))).status, 200);
  const spoilt = await proxied(t, server, (document) => {
    document.components.schemas.Me.properties.login = { type: 'integer' };
    return document;
  });
  assert.equal((await ask(spoilt)).status, 500);
});
