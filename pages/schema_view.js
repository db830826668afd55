// A schema as a tree: names, types, bounds, words. What is inside is shown when it is asked for, because schemas refer to
// each other in circles.

import { element } from './dom.js';
import { bounds_of } from './openapi.js';

/// Its properties, or one line where it has none.
export function schema_view(description, schema) {
  const properties = description.properties_of(schema);
  if (properties.length === 0) return element('p.type', {}, description.type_words(schema), facts_of(description.resolved(schema)));
  return element('ul.properties', {}, ...properties.map((property) => property_view(description, property)));
}

function property_view(description, { name, schema, required }) {
  const shape = description.resolved(description.alternatives(schema).shapes[0] ?? {});
  const beside = description.resolved(schema);
  const inside = description.properties_of(schema);
  return element('li', {},
    element('p.property', {},
      element('code.name', {}, name), ' ',
      element('span.type', {}, description.type_words(schema)),
      required && element('span.required', {}, ' required')),
    (beside.description || shape.description) && element('p.small.soft', {}, beside.description ?? shape.description),
    facts_of({ ...shape, ...beside }),
    inside.length > 0 && folded(`Fields of ${name}`, () => schema_view(description, schema)));
}

function facts_of(schema) {
  const words = [...bounds_of(schema)];
  if (schema.enum) words.push(`one of ${schema.enum.map((value) => JSON.stringify(value)).join(', ')}`);
  if (schema.default !== undefined) words.push(`${JSON.stringify(schema.default)} if left out`);
  return words.length > 0 && element('p.small.soft', {}, words.join('; '));
}

/// Made when it is opened first.
export function folded(title, make) {
  const details = element('details.fold', {}, element('summary', {}, title));
  details.addEventListener('toggle', () => details.append(make()), { once: true });
  return details;
}
