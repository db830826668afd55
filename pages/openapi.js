// An OpenAPI 3.1 document: what is called, with what, and what comes back. Pure.

const verbs = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];
const sample_depth_max = 6;

export class Description {
  #document;

  constructor(document) {
    this.#document = document;
  }

  get info() {
    return this.#document.info ?? {};
  }

  /// [name, schema]…
  get schemas() {
    return Object.entries(this.#document.components?.schemas ?? {});
  }

  /// [{name, description, operations}]…, in the order of the document's tags; tags that have no description come last.
  get tags() {
    const tags = new Map((this.#document.tags ?? []).map(({ name, description }) => [name, { name, description, operations: [] }]));
    for (const operation of this.operations) {
      if (!tags.has(operation.tag)) tags.set(operation.tag, { name: operation.tag, operations: [] });
      tags.get(operation.tag).operations.push(operation);
    }
    return [...tags.values()].filter(({ operations }) => operations.length > 0);
  }

  get operations() {
    const all = [];
    for (const [path, item] of Object.entries(this.#document.paths ?? {}))
      for (const verb of verbs) if (item[verb]) all.push(this.#operation(path, verb, this.resolved(item), item[verb]));
    return all;
  }

  #operation(path, verb, item, operation) {
    const { needs_token, keys } = this.#ways_in(operation.security ?? this.#document.security ?? []);
    const own = [...keys, ...(operation.parameters ?? []).map((parameter) => this.resolved(parameter))];
    const shared = (item.parameters ?? []).map((parameter) => this.resolved(parameter));
    const parameters = [...shared.filter((of) => !own.some(({ name, in: where }) => name === of.name && where === of.in)), ...own];
    return {
      path,
      method: verb.toUpperCase(),
      anchor: `${verb}${path}`.replace(/[^a-zA-Z0-9]+/g, '-').replace(/-$/, ''),
      tag: operation.tags?.[0] ?? 'Other',
      summary: operation.summary ?? '',
      description: operation.description ?? '',
      is_deprecated: operation.deprecated === true,
      needs_token,
      is_locked: needs_token || keys.length > 0,
      rpc: operation['x-palabre-rpc'] || '',
      permission: operation['x-palabre-permission'] || '',
      parameters: parameters.filter(({ in: where }) => where !== 'cookie'),
      body: operation.requestBody ? this.#body(this.resolved(operation.requestBody)) : null,
      answers: Object.entries(operation.responses ?? {}).map(([status, answer]) => this.#answer(status, this.resolved(answer))),
    };
  }

  /// Whether it is called with an access token, and with which keys, as parameters.
  #ways_in(security) {
    const schemes = this.#document.components?.securitySchemes ?? {};
    const used = security.flatMap((way) => Object.keys(way)).map((name) => this.resolved(schemes[name]));
    const keys = used.filter(({ type, in: where }) => type === 'apiKey' && where === 'header')
      .map(({ name, description }) => ({ name, in: 'header', required: true, description, schema: { type: 'string' } }));
    return { needs_token: used.some(({ type }) => type === 'http'), keys };
  }

  #body({ description, required, content = {} }) {
    const [type, media = {}] = Object.entries(content)[0] ?? ['application/json'];
    return { type, description, required: required === true, schema: media.schema ?? {}, example: this.#example_of(media) };
  }

  #answer(status, { description, headers = {}, content = {} }) {
    const contents = Object.entries(content).map(([type, media]) => ({ type, schema: media.schema, example: this.#given_example(media) }));
    return { status, description, contents, headers: Object.entries(headers).map(([name, of]) => [name, this.resolved(of)]) };
  }

  #given_example(media) {
    const examples = media.examples && Object.fromEntries(Object.entries(media.examples).map(([name, one]) => [name, this.resolved(one)]));
    return first_example({ ...media, examples });
  }

  #example_of(media) {
    const given = this.#given_example(media);
    return given !== undefined ? given : this.sample(media.schema ?? {});
  }

  /// What a parameter is filled with; '' if nothing is known.
  example_of_parameter(parameter) {
    const schema = this.resolved(parameter.schema ?? {});
    const given = [first_example(parameter), first_example(schema), schema.default].find((value) => value !== undefined && value !== null);
    return given === undefined ? '' : String(given);
  }

  /// Behind its $ref, with what stands beside that.
  resolved(value) {
    let at = value ?? {};
    for (let steps = 0; at.$ref && steps < 20; steps += 1) {
      const { $ref, ...beside } = at;
      at = { ...this.#at($ref), ...beside };
    }
    return at;
  }

  #at(reference) {
    const steps = reference.replace(/^#\//, '').split('/').map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));
    return steps.reduce((at, step) => at?.[step], this.#document) ?? {};
  }

  /// "Message", for a reference to components/schemas/Message.
  name_of(schema) {
    return schema?.$ref?.split('/').at(-1) ?? '';
  }

  /// The alternatives a value has beside null, and whether null is one.
  alternatives(schema) {
    const { anyOf, oneOf } = this.resolved(schema);
    const listed = anyOf ?? oneOf;
    const types = [this.resolved(schema).type ?? []].flat();
    if (!listed) return { shapes: [schema], nullable: types.includes('null') };
    const is_null = (of) => this.resolved(of).type === 'null';
    return { shapes: listed.filter((of) => !is_null(of)), nullable: listed.some(is_null) };
  }

  /// "string (uuid) or null", "array of Message".
  type_words(schema) {
    const { shapes, nullable } = this.alternatives(schema);
    const words = shapes.map((shape) => this.#shape_words(shape));
    return [...new Set(words), ...(nullable ? ['null'] : [])].join(' or ');
  }

  #shape_words(shape) {
    const name = this.name_of(shape);
    if (name) return name;
    const of = this.resolved(shape);
    if (of.const !== undefined) return JSON.stringify(of.const);
    const types = [of.type ?? (of.properties || of.allOf ? 'object' : of.enum ? 'string' : 'anything')].flat().filter((type) => type !== 'null');
    return types.map((type) => {
      if (type === 'array') return `array of ${this.type_words(of.items ?? {})}`;
      return of.format ? `${type} (${of.format})` : type;
    }).join(' or ');
  }

  /// [{name, schema, required}]…; of an array, those of its items. Empty: it has none.
  properties_of(schema) {
    const shape = this.resolved(this.alternatives(schema).shapes[0] ?? {});
    if (shape.type === 'array') return this.properties_of(shape.items ?? {});
    const parts = [shape, ...(shape.allOf ?? []).map((part) => this.resolved(part))];
    return parts.flatMap(({ properties = {}, required = [] }) =>
      Object.entries(properties).map(([name, of]) => ({ name, schema: of, required: required.includes(name) })));
  }

  /// Something that fits the schema.
  sample(schema, depth = 0) {
    const { shapes, nullable } = this.alternatives(schema);
    const of = this.resolved(shapes[0] ?? {});
    const given = [of.const, first_example(of), of.default, of.enum?.[0]].find((value) => value !== undefined);
    if (given !== undefined) return given;
    if (depth > sample_depth_max) return null;
    const type = [of.type ?? (of.properties || of.allOf ? 'object' : 'null')].flat()[0];
    if (type === 'object') return this.#sample_object(of, depth);
    if (type === 'array') return [this.sample(of.items ?? {}, depth + 1)];
    return nullable && depth > 0 ? null : { string: '', integer: of.minimum ?? 0, number: of.minimum ?? 0, boolean: false }[type] ?? null;
  }

  #sample_object(schema, depth) {
    const made = {};
    for (const { name, schema: of, required } of this.properties_of(schema))
      if (required || first_example(this.resolved(of)) !== undefined) made[name] = this.sample(of, depth + 1);
    return made;
  }
}

function first_example({ example, examples }) {
  if (example !== undefined) return example;
  if (Array.isArray(examples)) return examples[0];
  return examples ? Object.values(examples)[0]?.value : undefined;
}

/// "1 to 200", "at most 4000 characters", "matching …".
export function bounds_of(schema) {
  const words = [];
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, pattern } = schema;
  const range = (least, most, what) => {
    if (least !== undefined && most !== undefined) words.push(`${least} to ${most}${what}`);
    else if (least !== undefined) words.push(`at least ${least}${what}`);
    else if (most !== undefined) words.push(`at most ${most}${what}`);
  };
  range(minimum, maximum, '');
  range(minLength, maxLength, ' characters');
  range(minItems, maxItems, ' items');
  if (pattern) words.push(`matching ${pattern}`);
  return words;
}
