// Randomness that can be repeated: a test prints its seed, and PALABRE_SEED gives it back.

export function seed_of(t) {
  const seed = process.env.PALABRE_SEED ? Number(process.env.PALABRE_SEED) : Math.floor(Math.random() * 2 ** 32);
  t.diagnostic(`PALABRE_SEED=${seed}`);
  return seed;
}

/// Mulberry32: a generator of a few lines that is good enough to break things with.
export class Random {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /// From 0 to n - 1.
  below(n) {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * n);
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  bytes(count) {
    return Buffer.from(Array.from({ length: count }, () => this.below(256)));
  }
}
