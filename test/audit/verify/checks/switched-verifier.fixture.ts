import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

// A copy of the verifier in which each check can be switched off.

const VERIFIER = resolve(import.meta.dirname, '../../../../audit/verify/verify.mjs');

/**
 * One place in the verifier that reports a problem, gives a reason why something is not proven, or refuses a proof. `name` has the function and the
 * line of code, which stay the same when lines above it move.
 */
export type Check = Readonly<{ number: number; name: string; line: number }>;

export type SwitchedVerifier = Readonly<{
  /** Runs the verifier while these checks are off. `reported` are the checks that found something. */
  run: (off: readonly number[], verify: (verifier: Verifier) => string) => Run;
}>;
export type Verifier = typeof import('../../../../audit/verify/verify.mjs');
export type Run = Readonly<{ verdict: string; reported: readonly number[] }>;

/** The code before which the switch of a check is written, and the switch. */
type Place = Readonly<{ from: number; to: number; code: (number: number) => string }>;

/** The places with a code. Throws when there is none: then the code is written in another way, and this file must be too. */
function placesOf(source: string, code: RegExp, switchOf: Place['code']): readonly Place[] {
  const found = [...source.matchAll(code)];
  if (found.length === 0) throw new Error(`the verifier has no code ${code.source}`);
  return found.map(({ index, 0: text }) => ({ from: index, to: index + text.length, code: switchOf }));
}

/** The parts of the source in which each sentence is a reason why something is not proven. */
const REASONS =
  /^function missingLines\([^]*?\n}\n|^ {4}missing: [^]*?^ {2}};\n|^ {2}const missing = keys[^]*?;\n/gm;

function reasonsIn(source: string): readonly Place[] {
  const parts = [...source.matchAll(REASONS)];
  if (parts.length !== 4) throw new Error('the reasons why something is not proven are written elsewhere');
  return parts.flatMap(({ index, 0: part }) =>
    placesOf(part, /(?<=[[ ])(?=['`][A-Z])/g, (number) => `switches.reason(${number}) + `).map((place) => ({
      ...{ ...place, from: place.from + index, to: place.to + index },
    })),
  );
}

/** Every place, in the order of the source. */
function allPlaces(source: string): readonly Place[] {
  const reporter = (name: string) => (number: number) => `switches.reporter(${number}, ${name})(`;
  return [
    // A function that only hands a sentence on is no check: `(why) => add('wrong-review', { why })`.
    ...placesOf(source, /(?<![.\w])add\((?!\{|'[a-z-]+', \{ why \}\))/g, reporter('add')),
    ...placesOf(source, /(?<![.\w])wrong\(/g, reporter('wrong')),
    // A proof without a checkpoint that counts has no sentence of its own: `headOf` refuses it.
    ...placesOf(source, /return (?=wrongProof\(['`])/g, (number) => `if (switches.isOn(${number})) return `),
    ...placesOf(source, /(?<=head: )kind(?= \? undefined)/g, (number) => `kind && switches.isOn(${number})`),
    ...reasonsIn(source),
  ].sort((one, other) => one.from - other.from);
}

/** Every check of the verifier. */
export function checksOf(source = readFileSync(VERIFIER, 'utf8')): readonly Check[] {
  return allPlaces(source).map(({ from }, number) => {
    const before = source.slice(0, from);
    const around = [...before.matchAll(/^(?:export )?function (\w+)/gm)].at(-1)?.[1] ?? '';
    const line = before.split('\n').length;
    const code = (source.split('\n')[line - 1] ?? '').trim();
    return { number, line, name: `${around}: ${code}` };
  });
}

function switchedSource(source: string): string {
  let text = source;
  for (const [number, { from, to, code }] of [...allPlaces(source).entries()].reverse())
    text = `${text.slice(0, from)}${code(number)}${text.slice(to)}`;
  const [first, second, third, ...others] = text.split('missing.length > 0');
  if (second === undefined || third === undefined || others.length > 0)
    throw new Error('the verdict of a folder or of proofs is made in another way');
  return [first, second, third].join('switches.areMissing(missing)');
}

/** What the copy calls. It is a variable on globalThis. */
function switchesOf() {
  let off: ReadonlySet<number> = new Set();
  const reported = new Set<number>();
  const isOn = (number: number): boolean => {
    if (!off.has(number)) reported.add(number);
    return !off.has(number);
  };
  return {
    reported,
    start(numbers: readonly number[]) {
      off = new Set(numbers);
      reported.clear();
    },
    isOn,
    reporter:
      (number: number, report: (...given: readonly unknown[]) => unknown) =>
      (...given: readonly unknown[]) =>
        isOn(number) ? report(...given) : undefined,
    reason: (number: number) => `${number}\0`,
    areMissing: (reasons: readonly string[]) =>
      reasons.filter((reason) => isOn(Number(reason.split('\0')[0]))).length > 0,
  };
}

/** Imports the copy of the verifier, in which every check is on at first. */
export async function switchedVerifier(): Promise<SwitchedVerifier> {
  const folder = mkdtempSync(join(tmpdir(), 'curfew-switched-'));
  try {
    const file = join(folder, 'verify.mjs');
    writeFileSync(file, switchedSource(readFileSync(VERIFIER, 'utf8')));
    const switches = switchesOf();
    Object.assign(globalThis, { switches });
    const verifier = (await import(file)) as Verifier;
    return {
      run(off, verify) {
        switches.start(off);
        return { verdict: verify(verifier), reported: [...switches.reported] };
      },
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
