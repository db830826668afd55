// JSON values by their schemas: right ones, and ones with something wrong about them.

const words = ['palabre', 'é€😀', 'a quiet afternoon', '\u0000', '\u202e', 'x', '<b>&amp;', "'; --", '👍🏽', '2026-11-21'];
const fitting = ['ada-17', '17', 'abc', 'x', 'UTC', '#aabbcc', '2026-11-21T12:00:00.000Z', '0'];
const numbers = [0, 1, -1, 2, 199, 200, 201, 2 ** 31, 2 ** 53, -(2 ** 53)];

/// `ids` are of things that exist: most strings in the format uuid are one of them.
export class Values {
  #random;
  #document;
  #ids;

  constructor(random, document, ids) {
    this.#random = random;
    this.#document = document;
    this.#ids = ids;
  }

  /// One that the schema allows, as far as a schema can say it.
  right(schema, depth = 0) {
    const s = this.#document.resolve(schema);
    if (s === undefined || depth > 6) return null;
    if (s.enum) return this.#random.pick(s.enum);
    const any = s.anyOf ?? s.oneOf;
    if (any) return this.right(this.#random.pick(any), depth + 1);
    const type = Array.isArray(s.type) ? this.#random.pick(s.type) : s.type;
    if (type === 'object') return this.#object(s, depth);
    if (type === 'array') return this.#array(s, depth);
    if (type === 'string') return this.#string(s);
    if (type === 'integer' || type === 'number') return this.#number(s);
    if (type === 'boolean') return this.#random.below(2) === 0;
    return null;
  }

  /// Anything, whatever was asked for.
  wrong() {
    return this.#random.pick([
      () => null, () => true, () => 17.5, () => 1e300, () => -1, () => '', () => [], () => ({}), () => [[[]]],
      () => 'x'.repeat(this.#random.pick([100, 5_000, 70_000])), () => this.#random.pick(words),
      () => '\ud800', () => 'a\udc00b', () => ({ a: { b: [1, null] } }), () => 'not-a-uuid', () => nested(this.#random.pick([10, 40])),
    ])();
  }

  word() {
    return this.#random.pick(words);
  }

  id() {
    return this.#random.below(10) === 0 ? '0192f0c1-7a3e-7cc0-8d21-5f0e4b9a6c11' : this.#random.pick(this.#ids);
  }

  #object(s, depth) {
    const needed = s.required ?? [];
    const present = Object.entries(s.properties ?? {}).filter(([name]) => needed.includes(name) || this.#random.below(3) > 0);
    return Object.fromEntries(present.map(([name, property]) => [name, this.right(property, depth + 1)]));
  }

  #array(s, depth) {
    const count = this.#random.below(Math.min(s.maxItems ?? 4, 4) + 1);
    return Array.from({ length: count }, () => this.right(s.items ?? {}, depth + 1));
  }

  #string(s) {
    if (s.format === 'uuid') return this.id();
    if (s.format === 'date-time') return new Date(Date.now() + this.#random.below(10_000_000)).toISOString();
    if (s.format === 'email') return `ada${this.#random.below(1_000_000)}@example.org`;
    if (s.format === 'uri') return 'https://example.org/picture.png';
    if (s.pattern) return fitting.find((text) => new RegExp(s.pattern, 'u').test(text) && fits(text, s)) ?? 'x';
    if (s.description?.includes('emoji')) return this.#random.pick(['👍', '🎉', '❤️', '👩🏽‍🚀']);
    const least = s.minLength ?? 0, most = Math.min(s.maxLength ?? 200, this.#random.pick([20, 200, 4_000]));
    const text = `${this.word()} ${this.#random.below(1_000_000)}`;
    return [...text.padEnd(least, 'x')].slice(0, Math.max(least, most)).join('');
  }

  #number(s) {
    const least = s.minimum ?? -1000, most = Math.min(s.maximum ?? 1000, Number.MAX_SAFE_INTEGER);
    const picked = this.#random.pick([...numbers, least, most, this.#random.below(100)]);
    return Math.max(least, Math.min(most, picked));
  }
}

function fits(text, { minLength = 0, maxLength = Infinity }) {
  return text.length >= minLength && text.length <= maxLength;
}

function nested(depth) {
  let value = 1;
  for (let i = 0; i < depth; ++i) value = [value];
  return value;
}
