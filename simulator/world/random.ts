/** Draws from a seed. The same seed and the same calls give the same values. */
export type Random = Readonly<{
  /** At least `from`, and less than `to`. */
  between(from: number, to: number): number;
  /** A whole number from `from` to `to`, both inclusive. */
  whole(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(values: readonly [T, ...T[]] | readonly T[]): T;
}>;

/** Random draws for one purpose. Each purpose has a stream of its own, so that one more draw here changes nothing there. */
export function randomOf(seed: number, purpose: string): Random {
  const next = generator(`${seed} ${purpose}`);
  const between = (from: number, to: number): number => from + next() * (to - from);
  const whole = (from: number, to: number): number => Math.floor(between(from, to + 1));
  return {
    between,
    whole,
    chance: (probability) => next() < probability,
    pick: (values) => {
      const value = values[whole(0, values.length - 1)];
      if (value === undefined) throw new Error('there is nothing to pick from');
      return value;
    },
  };
}

/** The generator sfc32, whose state is a hash of the text (FNV-1a). Its values are from 0 to less than 1. */
function generator(text: string): () => number {
  const hash = (salt: number): number => {
    let value = 0x811c9dc5 ^ salt;
    for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
    return value >>> 0;
  };
  let [a, b, c, d] = [hash(1), hash(2), hash(3), 1];
  const next = (): number => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let round = 0; round < 15; round += 1) next();
  return next;
}
