// A row that no build has (tests/http/greeting_routes.hpp) is in the generated client, on the page to try it on, and
// nothing for a linter to complain of.

import assert from 'node:assert/strict';
import { cp, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Description } from '../../pages/openapi.js';
import { schema_of } from './schema.mjs';
import { client_folder, described, folder_for, run } from './tools.mjs';

const document = () => described(process.env.PALABRE_DESCRIBES_GREETING, []);

/// Compiles `text` as a user of the client would, whose types are those of this document.
async function compile(t, text) {
  const folder = await folder_for(t);
  await cp(join(client_folder, 'src'), join(folder, 'src'), { recursive: true });
  await writeFile(join(folder, 'src/schema.ts'), await schema_of(await document()));
  await symlink(join(client_folder, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await writeFile(join(folder, 'src/example.ts'), `import { Palabre } from './index.js';
const palabre = new Palabre({ url: 'x' });
${text}`);
  const options = { noEmit: true, declaration: false, rootDir: 'src' };
  const config = { extends: join(client_folder, 'tsconfig.json'), compilerOptions: options, include: ['src'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  return run('tsc', ['-p', folder]);
}

test('it is called by the generated client', async (t) => {
  const { code, said } = await compile(t, `
const made = await palabre.post('/api/v1/greetings', { body: { to: 'Ada', times: 2 } });
const greeting: string = made.greeting;
console.log(greeting);
`);
  assert.equal(code, 0, said);
});

const mistakes = {
  'no body': `await palabre.post('/api/v1/greetings');`,
  'a body without what it needs': `await palabre.post('/api/v1/greetings', { body: { times: 1 } });`,
  'a field of another type': `await palabre.post('/api/v1/greetings', { body: { to: 7 } });`,
  'a method that it does not have': `await palabre.get('/api/v1/greetings');`,
  'a field that its answer does not have': `(await palabre.post('/api/v1/greetings', { body: { to: 'Ada' } })).farewell;`,
};

test('what would be wrong at run time does not compile', async (t) => {
  const { code, said } = await compile(t, Object.values(mistakes).join('\n'));
  assert.notEqual(code, 0);
  const missed = Object.keys(mistakes).filter((_, i) => !said.includes(`example.ts(${3 + i},`));
  assert.deepEqual(missed, [], said);
});

test('it is on the page to try it on', async () => {
  const { tags } = new Description(JSON.parse(await document()));
  const [greet] = tags.find(({ name }) => name === 'Greetings').operations;
  assert.equal(`${greet.method} ${greet.path}`, 'POST /api/v1/greetings');
  assert.equal(greet.summary, 'Greet somebody.');
  assert.equal(greet.rpc, 'greeting.make');
  assert.ok(greet.body, 'a body to fill in');
  const told = greet.answers.map(({ status }) => Number(status));
  for (const status of [201, 401, 409, 413, 415, 422, 429]) assert.ok(told.includes(status), `${status} of ${told}`);
});

test('linters have nothing to say of it', async (t) => {
  const path = join(await folder_for(t), 'openapi.json');
  await writeFile(path, await document());
  for (const [tool, ...args] of [['redocly', 'lint', path, '--config', 'redocly.yaml'],
                                 ['spectral', 'lint', path, '--ruleset', 'spectral.yaml', '--fail-severity', 'warn']]) {
    const { code, said } = await run(tool, args);
    assert.equal(code, 0, said);
    assert.doesNotMatch(said, /\bwarning\b/, said);
  }
});
