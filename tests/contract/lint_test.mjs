// What two linters that know OpenAPI say about the document: nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { document_file, run } from './tools.mjs';

const linters = {
  redocly: (path) => run('redocly', ['lint', path, '--config', 'redocly.yaml', '--format', 'stylish']),
  spectral: (path) => run('spectral', ['lint', path, '--ruleset', 'spectral.yaml', '--fail-severity', 'warn']),
};

/// An operation without an answer, and a reference to nowhere.
function spoilt(document) {
  document.paths['/api/v1/me'].get.responses = {};
  document.paths['/api/v1/rooms'].post.requestBody.content['application/json'].schema = { $ref: '#/components/schemas/Nowhere' };
  return document;
}

for (const [name, lint] of Object.entries(linters)) {
  test(`${name} has nothing to say`, async (t) => {
    const { code, said } = await lint(await document_file(t));
    assert.equal(code, 0, said);
    assert.doesNotMatch(said, /\bwarning\b/, said);
  });

  test(`${name} finds a document that is wrong`, async (t) => {
    const { code, said } = await lint(await document_file(t, spoilt));
    assert.notEqual(code, 0, said);
    assert.match(said, /Nowhere|Can't resolve \$ref/);
  });
}
