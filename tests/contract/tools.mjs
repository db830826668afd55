// The programs of this folder's packages, and the document that they are given.

import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const here = fileURLToPath(new URL('.', import.meta.url));
export const client_folder = fileURLToPath(new URL('../../clients/typescript/', import.meta.url));

const quiet = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', NO_COLOR: '1', FORCE_COLOR: '0' };
const output_bytes_max = 64 * 1024 * 1024;
const tool_ms = 240_000;

const path_of = (tool) => join(here, 'node_modules/.bin', tool);

/// How the tool ended: {code, said}.
export async function run(tool, args, { cwd = here, env = {} } = {}) {
  const options = { cwd, env: { ...process.env, ...quiet, ...env }, maxBuffer: output_bytes_max, timeout: tool_ms };
  const ended = promisify(execFile)(path_of(tool), args, options);
  return ended.then(({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
                    (failed) => ({ code: failed.code ?? failed.signal, said: `${failed.stdout}${failed.stderr}` }));
}

/// For one that serves until it is ended.
export function begin(tool, args) {
  return spawn(path_of(tool), args, { cwd: here, env: { ...process.env, ...quiet }, stdio: ['ignore', 'pipe', 'pipe'] });
}

/// The document as the binary gives it, or another program.
export async function described(program = process.env.PALABRE_BINARY, args = ['describe', 'openapi']) {
  const { stdout } = await promisify(execFile)(program, args, { maxBuffer: output_bytes_max });
  return stdout;
}

/// A folder that goes with the test.
export async function folder_for(t) {
  const folder = await mkdtemp(join(tmpdir(), 'palabre-contract-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/// The document in a file that goes with the test; `change` may spoil it.
export async function document_file(t, change = (document) => document) {
  const path = join(await folder_for(t), 'openapi.json');
  await writeFile(path, JSON.stringify(change(JSON.parse(await described()))));
  return path;
}
