import type { Random } from '../verify/rows.fixture.ts';
import { CHECKSUMS } from '../../../audit/evidence/checksums.ts';
import { areSame, type Files, linesOf, without, withLines } from './files.ts';
import { changedJson } from './random-json.ts';

/** A changed folder, and in words what was changed. */
export type Changed = Readonly<{ files: Files; what: string }>;
/** Another folder of the same kind helps: some changes mix both. */
type Tamper = (files: Files, other: Files, random: Random) => Changed | undefined;

const one = <T>(of: readonly T[], random: Random): T | undefined => of[random(Math.max(1, of.length))];

const withBytes = (files: Files, path: string, ...parts: readonly Buffer[]): Files =>
  new Map([...files, [path, Buffer.concat(parts)]]);

/** Any file. The list of hashes is made anew after each change, so it is never the one. */
const anyPath = (files: Files, random: Random): string | undefined =>
  one(
    [...files.keys()].filter((path) => path !== CHECKSUMS),
    random,
  );

/** A change of the bytes of one file at a random place. */
const ofBytes =
  (what: string, change: (bytes: Buffer, at: number, random: Random) => readonly Buffer[]): Tamper =>
  (files, _other, random) => {
    const path = anyPath(files, random);
    const bytes = path === undefined ? undefined : files.get(path);
    if (path === undefined || !bytes || bytes.length === 0) return undefined;
    const at = random(bytes.length);
    return {
      files: withBytes(files, path, ...change(bytes, at, random)),
      what: `${what} at ${at} of ${path}`,
    };
  };

/** A change of the lines of one file. */
const ofLines =
  (what: string, change: (lines: readonly string[], random: Random) => readonly string[]): Tamper =>
  (files, _other, random) => {
    const path = anyPath(files, random);
    if (path === undefined) return undefined;
    const lines = linesOf(files.get(path)?.toString() ?? '');
    if (lines.length === 0) return undefined;
    return { files: withLines(files, path, change(lines, random)), what: `${what} in ${path}` };
  };

const moveLine: Tamper = (files, _other, random) => {
  const [from, to] = [anyPath(files, random), anyPath(files, random)];
  if (from === undefined || to === undefined || from === to) return undefined;
  const [lines, target] = [from, to].map((path) => linesOf(files.get(path)?.toString() ?? ''));
  const line = lines && one(lines, random);
  if (!lines || !target || line === undefined) return undefined;
  const at = random(target.length + 1);
  const less = withLines(files, from, lines.toSpliced(lines.indexOf(line), 1));
  return {
    files: withLines(less, to, target.toSpliced(at, 0, line)),
    what: `a line of ${from} is moved to line ${at} of ${to}`,
  };
};

const lineOfOther: Tamper = (files, other, random) => {
  const path = anyPath(files, random);
  const line = path && one(linesOf(other.get(path)?.toString() ?? ''), random);
  if (path === undefined || line === undefined) return undefined;
  const lines = linesOf(files.get(path)?.toString() ?? '');
  const at = random(lines.length + 1);
  return {
    files: withLines(files, path, lines.toSpliced(at, random(2), line)),
    what: `line ${at} of ${path} is from the other folder: ${line.slice(0, 200)}`,
  };
};

const ofFiles: readonly Tamper[] = [
  (files, _other, random) => {
    const path = anyPath(files, random);
    return path === undefined ? undefined : { files: without(files, path), what: `${path} is removed` };
  },
  (files, _other, random) => {
    const path = anyPath(files, random);
    return path === undefined ? undefined : { files: withBytes(files, path), what: `${path} is emptied` };
  },
  (files, _other, random) => {
    const [first, second] = [anyPath(files, random), anyPath(files, random)];
    const [one, two] = [files.get(first ?? ''), files.get(second ?? '')];
    if (first === undefined || second === undefined || !one || !two) return undefined;
    return {
      files: new Map([...files, [first, two], [second, one]]),
      what: `${first} and ${second} are swapped`,
    };
  },
  (files, other, random) => {
    const path = anyPath(files, random);
    const bytes = other.get(path ?? '');
    if (path === undefined || !bytes) return undefined;
    return { files: withBytes(files, path, bytes), what: `${path} is from the other folder` };
  },
  (files, _other, random) => {
    const path = anyPath(files, random);
    const bytes = files.get(path ?? '');
    if (path === undefined || !bytes) return undefined;
    const digits = [...path.matchAll(/[0-9]+/g)].at(-1);
    const renamed = digits
      ? path.replace(digits[0], String(Number(digits[0]) + 1))
      : path.replace(/[^/]+$/, (name) => `more-${name}`);
    return {
      files: new Map([...without(files, path), [renamed, bytes]]),
      what: `${path} is renamed to ${renamed}`,
    };
  },
];

const NUMBER_IN_NAME = /(?<=[a-z_/-])[0-9]+|[0-9]+(?=[a-z_/-])/g;
const BASE64 = /[A-Za-z0-9+/]{40,}={0,2}/g;

/** Replaces one of the places of a pattern in a random line. */
const ofMatches =
  (what: string, pattern: RegExp, change: (found: string, random: Random) => string): Tamper =>
  (files, _other, random) => {
    const path = anyPath(files, random);
    if (path === undefined) return undefined;
    const lines = linesOf(files.get(path)?.toString() ?? '');
    const at = random(Math.max(1, lines.length));
    const found = one([...(lines[at] ?? '').matchAll(pattern)], random);
    if (!found) return undefined;
    const line = found.input.slice(0, found.index) + change(found[0], random);
    const rest = found.input.slice(found.index + found[0].length);
    return {
      files: withLines(files, path, lines.with(at, line + rest)),
      what: `${what} in line ${at} of ${path}: ${found[0].slice(0, 120)}`,
    };
  };

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function otherBase64(text: string, random: Random): string {
  const end = text.replace(/=+$/, '').length;
  // The last letter has bits that nobody reads, so it is changed often.
  const at = random(3) === 0 ? end - 1 : random(end);
  return text.slice(0, at) + LETTERS[random(64)] + text.slice(at + 1);
}

const TAMPERS: readonly Tamper[] = [
  ofBytes('a bit is flipped', (bytes, at, random) => [
    bytes.subarray(0, at),
    Buffer.of((bytes[at] ?? 0) ^ (1 << random(8))),
    bytes.subarray(at + 1),
  ]),
  ofBytes('some bytes are deleted', (bytes, at, random) => [
    bytes.subarray(0, at),
    bytes.subarray(at + 1 + random(4)),
  ]),
  ofBytes('a byte is inserted', (bytes, at, random) => [
    bytes.subarray(0, at),
    Buffer.of(random(256)),
    bytes.subarray(at),
  ]),
  ofBytes('the end is cut off', (bytes, at) => [bytes.subarray(0, at)]),
  ofLines('a line is deleted', (lines, random) => lines.toSpliced(random(lines.length), 1)),
  ofLines('a line is there twice', (lines, random) => {
    const at = random(lines.length);
    return lines.toSpliced(random(lines.length + 1), 0, lines[at] ?? '');
  }),
  ofLines('two lines are swapped', (lines, random) => {
    const [first, second] = [random(lines.length), random(lines.length)];
    return lines.with(first, lines[second] ?? '').with(second, lines[first] ?? '');
  }),
  ofLines('the last lines are deleted', (lines, random) => lines.slice(0, random(lines.length))),
  moveLine,
  lineOfOther,
  ...ofFiles,
  ofMatches('a number of a name is another one', NUMBER_IN_NAME, (found, random) =>
    String(Number(found) + 1 + random(9)),
  ),
  ofMatches('base64 has another letter', BASE64, otherBase64),
];

/** How many of the tampers change JSON: as many as the others together. */
const JSON_SHARE = 2;

/** A random change of a folder. Undefined when it changes nothing. `other` is another folder of the same kind. */
export function randomTamper(files: Files, other: Files, random: Random): Changed | undefined {
  const path = anyPath(files, random);
  const changed =
    random(JSON_SHARE) === 0 && path !== undefined
      ? changedJson(files, path, random)
      : one(TAMPERS, random)?.(files, other, random);
  return changed && !areSame(files, changed.files) ? changed : undefined;
}
