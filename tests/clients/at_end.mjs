// What a test has opened is closed in the reverse order, all of it, whatever fails on the way.

const actions_of = new WeakMap();

/// Runs `action` when the test `t` is over, before the actions registered earlier.
export function at_end(t, action) {
  if (!actions_of.has(t)) {
    actions_of.set(t, []);
    t.after(() => run_all(actions_of.get(t).reverse()));
  }
  actions_of.get(t).push(action);
}

async function run_all(actions) {
  const errors = [];
  for (const action of actions) {
    try {
      await action();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
