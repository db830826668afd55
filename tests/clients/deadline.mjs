// Waiting that ends: a condition, an event or a promise comes true before its deadline, or the test fails and says what it
// was waiting for. Nothing here makes an operation succeed by repeating it.

export const deadline_ms = 20_000;

/// The value of `promise`, or a failure that names `what` after the deadline.
export async function within(promise, what, ms = deadline_ms) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`after ${ms} ms still waiting for ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/// The context of the next event `name` of a client or a subscription. Call it before causing the event.
export function next_event(emitter, name, ms = deadline_ms) {
  const event = within(new Promise((resolve) => emitter.once(name, resolve)), `the event "${name}"`, ms);
  event.catch(() => {}); // a test that failed before it came to wait has said why already
  return event;
}

/// Looks at `condition` (which may be asynchronous) until it holds.
export async function until(condition, what, ms = deadline_ms) {
  const end = Date.now() + ms;
  while (!(await condition())) {
    const said = typeof what === 'function' ? what() : what;
    if (Date.now() > end) throw new Error(`after ${ms} ms still waiting for ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
