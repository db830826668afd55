// The API's description of itself, as a judge: is this answer one that it says may come?

import Ajv2020 from 'ajv/dist/2020.js';
import add_formats from 'ajv-formats';

const methods = ['get', 'put', 'post', 'delete', 'patch'];
const passing_failures = ['not_yet', 'overloaded']; // the only codes of a 5xx that a healthy server may give

export class ApiDocument {
  #document;
  #ajv;
  #validators = new Map();
  operations; ///< {id, method, path, parameters, body, responses}

  constructor(document) {
    this.#document = document;
    this.#ajv = new Ajv2020({ strict: false, allErrors: false, validateSchema: true });
    add_formats(this.#ajv);
    this.#ajv.addSchema({ ...document, $schema: undefined }, 'document');
    this.operations = Object.entries(document.paths).flatMap(([path, item]) =>
      methods.filter((method) => item[method]).map((method) => this.#operation(path, method, item[method])));
  }

  /// The thing that a reference points to.
  resolve(thing) {
    if (!thing?.$ref) return thing;
    const steps = thing.$ref.replace(/^#\//, '').split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    return this.resolve(steps.reduce((at, step) => at[step], this.#document));
  }

  /// What is wrong with `answer` ({status, type, headers, body}) to a request of `operation`; null: nothing. Without an
  /// operation (the path is nobody's) only what holds for every answer is asked of it.
  fault_of(operation, answer) {
    return this.#fault_of_failure(operation, answer) ?? (operation ? this.#fault_of_operation(operation, answer) : this.#fault_of_any(answer));
  }

  #operation(path, method, { operationId, parameters = [], requestBody, responses }) {
    const body = requestBody && this.resolve(requestBody).content['application/json'];
    return { id: operationId, method: method.toUpperCase(), path, parameters: parameters.map((p) => this.resolve(p)),
             body, responses };
  }

  #fault_of_failure(operation, { status, headers, body }) {
    if (!headers['x-request-id']) return 'it has no X-Request-ID';
    if (status < 500 || (status === 501 && !operation)) return null; // 501: a method that nothing has
    const code = parsed(body)?.code;
    if (status === 503 && (code === undefined || passing_failures.includes(code))) return null;
    return `the server failed: ${status} ${code}`;
  }

  #fault_of_any({ status, type, body }) {
    if (status < 400) return null; // it found something after all
    if (type !== 'application/problem+json') return `a refusal of type ${type}`;
    return this.#fault_of_body({ $ref: '#/components/schemas/Problem' }, body);
  }

  #fault_of_operation(operation, { status, type, headers, body }) {
    const response = this.resolve(operation.responses[status]);
    if (!response) return `${operation.id} has no ${status} (${parsed(body)?.code})`;
    if (!response.content) return body === '' ? null : `a body where ${operation.id} has none with ${status}`;
    const media = response.content[type] ?? response.content['*/*'];
    if (!media) return `${operation.id} has no ${type} with ${status}`;
    for (const [name, header] of Object.entries(response.headers ?? {})) {
      const value = headers[name.toLowerCase()];
      if (value === undefined && this.resolve(header).required) return `no ${name} with ${status}`;
    }
    if (!type.endsWith('json')) return null;
    return this.#fault_of_body(media.schema, body) ?? fault_of_code(operation, status, media, body);
  }

  #fault_of_body(schema, body) {
    const value = parsed(body);
    if (value === undefined) return 'a body that is not JSON';
    const validate = this.#validator(schema);
    return validate(value) ? null : `a body that is not as described: ${this.#ajv.errorsText(validate.errors)}`;
  }

  #validator(schema) {
    const text = JSON.stringify(schema);
    if (!this.#validators.has(text)) {
      this.#validators.set(text, this.#ajv.compile(JSON.parse(text.replaceAll('"$ref":"#/', '"$ref":"document#/'))));
    }
    return this.#validators.get(text);
  }
}

/// The document names the codes of a status by their examples.
function fault_of_code(operation, status, media, body) {
  const { code } = parsed(body);
  if (!media.examples || status < 400 || media.examples[code]) return null;
  return `${operation.id} has no code ${code} with ${status}`;
}

function parsed(body) {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
