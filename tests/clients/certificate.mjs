// Certificates for 127.0.0.1 that sign themselves, made by openssl, as files in a folder of their own.

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { at_end } from './at_end.mjs';

const run = promisify(execFile);

/// {certificate, key: paths; pem: what a client trusts}; gone with the test `t`.
export async function make_certificate(t) {
  const folder = await mkdtemp(join(tmpdir(), 'palabre-tls-'));
  at_end(t, () => rm(folder, { recursive: true, force: true }));
  const certificate = join(folder, 'certificate.pem');
  const key = join(folder, 'key.pem');
  await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
                        '-subj', '/CN=palabre test', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', certificate]);
  return { certificate, key, pem: await readFile(certificate, 'utf8') };
}
