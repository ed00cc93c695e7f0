#!/usr/bin/env node
// @ts-check
// Verifies an exported log of Curfew, offline, with nothing but public keys. It imports nothing of Curfew and can be copied out:
//
//   node verify.mjs <folder> --key <vkey>… [--kept <file>]… [--place <folder>]… [--archive <folder>]… [--checksum <sha256>] [--json]
//   node verify.mjs <file with proofs> --key <vkey>… [--json]
//
// docs/verify.md describes every format and rule that is checked here, so that anybody can write another verifier. This is one
// file on purpose: a person who trusts nobody copies and reads one file.

import { isUtf8 } from 'node:buffer';
import { createHash, createPublicKey, hash, verify } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

// ---------------------------------------------------------------------------------------------------------------------
// Types and limits

/**
 * A SHA-256 hash, as a string with one character for each byte: faster to compare and to copy than a buffer.
 * @typedef {string} Hash
 * @typedef {Readonly<{ [name: string]: unknown }>} Json
 * @typedef {import('node:crypto').KeyObject} KeyObject
 */

/**
 * What is known of a problem. `index`, `id` and `at` are those of an entry, `from` and `to` the first and the last index of a range,
 * `size` that of a checkpoint, `file`, `line` and `place` say where it was found.
 * @typedef {Readonly<{ [name: string]: string | number | undefined }>} Facts
 * @typedef {Facts & Readonly<{ kind: ProblemKind, text: string }>} Problem
 * @typedef {(kind: ProblemKind, facts?: Facts) => void} Add
 */

/**
 * `verified`: everything is covered by a checkpoint that a given key signed and every given witness cosigned. `unproven`: nothing is wrong, and
 * something is not covered. `failed`: something is wrong.
 * @typedef {'verified' | 'unproven' | 'failed'} Verdict
 */

/**
 * `provenSize`: so many entries fit a checkpoint that a given key signed. `signed` says who signed it. `missing`: why the verdict is `unproven`.
 * `moreProblems`: so many are not listed.
 * @typedef {Readonly<{ verdict: Verdict, ok: boolean, origin: string, size: number, provenSize: number, signed: string }>} Result
 * @typedef {Readonly<{ checked: readonly string[], notChecked: readonly string[], missing: readonly string[] }>} Lines
 * @typedef {Readonly<{ problems: readonly Problem[], moreProblems: number }> & Result & Lines} Report
 */

/**
 * `keys`: public keys of the log and of witnesses. `kept`: files with checkpoints that were kept. `places`: folders that places published.
 * `archives`: older exports, which have entries that were purged since. `checksum`: the SHA-256 of the list of hashes of an evidence folder.
 * @typedef {Readonly<{ keys?: readonly string[], kept?: readonly string[], places?: readonly string[], archives?: readonly string[] }>} Inputs
 * @typedef {Inputs & Readonly<{ checksum?: string | undefined }>} Options
 */

/** An entry bundle of C2SP tlog-tiles has the length of an entry in 16 bits. */
const MAX_ENTRY = 65_535;
const MAX_NOTE = 1_000_000;
const MAX_LINE = 16 * 1024 * 1024;
const MAX_BODY_LINE = 64 * 1024 * 1024;
const MAX_DEPTH = 100;
/** In characters. */
const MAX_SALT = 100;
const TILE_WIDTH = 256;
/** So many problems of one kind are listed. The others are counted. */
const MOST_OF_A_KIND = 20;
const READ_AT_ONCE = 256 * 1024;
const BUNDLE = 'curfew-log-bundle/2';

/** A command is used in a wrong way, or a file that it needs cannot be read. */
export class UsageError extends Error {}

// ---------------------------------------------------------------------------------------------------------------------
// Problems

/** @param {Facts} facts */
const entryOf = ({ index, id, at }) => {
  const names = [id, at].filter((each) => each !== undefined).join(', ');
  return `${index === undefined ? 'entry' : `entry ${index}`}${names === '' ? '' : ` (${names})`}`;
};
/** @param {Facts} facts */
const proofOf = ({ place, proven }) =>
  `The place ${place} has another one there, under its checkpoint of size ${proven}.`;
/** @param {Facts} facts */
const fileOf = ({ file, line, place }) =>
  `${line === undefined ? '' : `line ${line} of `}${file}${place === undefined ? '' : ` of the place ${place}`}`;
/** @param {Facts} facts */
const checkpointOf = (facts) => `the checkpoint of size ${facts.size} in ${fileOf(facts)}`;

/** @typedef {keyof typeof PROBLEMS} ProblemKind */
/**
 * Every kind of problem and its sentence.
 * @satisfies {Record<string, (facts: Facts) => string>}
 */
export const PROBLEMS = {
  'missing-file': (facts) => `There is no file ${fileOf(facts)}.`,
  unreadable: (facts) => `What is in ${fileOf(facts)} cannot be read: ${facts.why}.`,
  'wrong-size': ({ size, found }) =>
    `bundle.json says that there are ${size} entries, and there are ${found}.`,

  'wrong-key': ({ vkey }) => `bundle.json has the key ${vkey}, which you do not trust.`,
  'wrong-origin': (facts) =>
    `What is in ${fileOf(facts)} is of the log ${facts.origin}, and the key is of another one.`,
  'bad-checkpoint': (facts) => `What is in ${fileOf(facts)} is not a checkpoint.`,
  'not-signed': (facts) => `There is no signature of a key that you trust on ${checkpointOf(facts)}.`,
  'bad-signature': (facts) =>
    `There is a wrong signature of the key ${facts.vkey} on ${checkpointOf(facts)}.`,
  'bad-cosignature': (facts) =>
    `There is a wrong cosignature of the witness ${facts.vkey} on ${checkpointOf(facts)}.`,
  'retired-key': (facts) =>
    `The log names the keys that sign from the entry ${facts.index} on, and none of them that you trust is on ${checkpointOf(facts)}.`,
  'checkpoint-order': (facts) => `After a checkpoint of size ${facts.before} comes ${checkpointOf(facts)}.`,
  'missing-checkpoint': (facts) => `The list checkpoints/ledger.jsonl does not have ${checkpointOf(facts)}.`,

  'edited-entry': (facts) => `The ${entryOf(facts)} was edited. ${proofOf(facts)}`,
  'deleted-entry': (facts) =>
    `The ${entryOf(facts)} was deleted: it is at the place ${facts.place}, under a checkpoint of size ${facts.proven}.`,
  'inserted-entry': (facts) => `The ${entryOf(facts)} was inserted. ${proofOf(facts)}`,
  'reordered-entry': (facts) =>
    `The entries were reordered: the ${entryOf(facts)} is not where the place ${facts.place} has it, under a checkpoint of size ${facts.proven}.`,
  'truncated-log': (facts) =>
    `The log is truncated: the ${entryOf(facts)} is the first that is missing, and ${checkpointOf(facts)} covers it.`,
  'changed-range': (facts) =>
    `At least one of the entries ${facts.from} to ${facts.to} was edited, deleted, inserted, reordered or cut off: the entries before fit a checkpoint, and they do not fit ${checkpointOf(facts)}.`,
  fork: (facts) =>
    `There are two logs: a trusted key signed ${checkpointOf(facts)}, and also ${facts.other}.${facts.first === undefined ? '' : ` They differ first at the ${entryOf({ ...facts, index: facts.first })}.`}`,
  rollback: (facts) =>
    `The log was rolled back, and perhaps written again: it has ${facts.entries} entries and does not fit ${checkpointOf(facts)}.${Number(facts.size) > Number(facts.entries) ? ' If that one is newer than the export, export again.' : ''}`,

  'place-rollback': ({ place, shows, size }) =>
    `The place ${place} was rolled back: it shows the checkpoint of size ${shows} and also has one of size ${size}.`,
  'missing-tile': (facts) =>
    `There is no file ${fileOf(facts)}, which is for the entries ${facts.from} to ${facts.to}.`,
  'wrong-tile': (facts) =>
    `The file ${fileOf(facts)} ${facts.why}, at the entries ${facts.from} to ${facts.to}.`,
  'wrong-published-entry': (facts) =>
    `The ${entryOf(facts)} in ${fileOf(facts)} does not have the hash that the place signed.`,

  'entry-too-long': (facts) => `The ${entryOf(facts)} is longer than ${MAX_ENTRY} bytes.`,
  'not-canonical': (facts) => `The ${entryOf(facts)} is not canonical JSON: ${facts.why}.`,
  'malformed-entry': (facts) => `The ${entryOf(facts)} ${facts.why}.`,
  'duplicate-id': (facts) => `The ${entryOf(facts)} has the id of an earlier entry.`,
  'event-order': (facts) => `The ${entryOf(facts)} comes after ${facts.next}, a later event of its request.`,
  'missing-event': ({ id, next }) =>
    `The event ${id} is missing: ${next}, a later event of its request, is there.`,
  'time-goes-back': (facts) =>
    `The ${entryOf(facts)} has an earlier time than the event before it in its request.`,
  'wrong-time': (facts) => `The ${entryOf(facts)} has another time in its body.`,

  'unknown-purge': (facts) =>
    `The ${entryOf(facts)} has only its hash here, and says that it left with the purge ${facts.purge}. The log that is signed has no such purge after it.`,
  'wrong-purge': (facts) =>
    `The purge ${facts.purge} names ${facts.expected} entries. The ${facts.found} entries that have only their hash here are not the same ones, in their number or their digest. The first is the ${entryOf(facts)}.`,
  'purge-without-export': ({ purge, size }) =>
    `The purge ${purge} says that an export of ${size} entries was made before it. No checkpoint shows that, or it does not have what was purged.`,
  'wrong-purged-entry': (facts) => `The ${entryOf(facts)} was purged with ${facts.purge}, and ${facts.why}.`,

  'missing-body': (facts) => `The long body of the ${entryOf(facts)} is missing in ${fileOf(facts)}.`,
  'wrong-body': (facts) => `The long body in ${fileOf(facts)} does not have the hash ${facts.sha256}.`,
  'unused-body': (facts) => `No entry has the long body ${facts.sha256} in ${fileOf(facts)}.`,
  'wrong-text': (facts) =>
    `A text of the ${entryOf(facts)} in ${fileOf(facts)} does not have the salted hash in the entry.`,
  'wrong-reason': (facts) =>
    `The text ${facts.id} in ${fileOf(facts)} does not have the salted hash in its event.`,
  'unknown-text': (facts) =>
    `The texts of ${facts.id} in ${fileOf(facts)} belong to no entry, or are there twice.`,

  'wrong-file': (facts) => `The file ${facts.file} does not have the SHA-256 in ${CHECKSUMS}.`,
  'extra-file': (facts) => `The file ${facts.file} does not belong to the folder.`,
  'wrong-checksums': ({ why }) => `The list of hashes in ${CHECKSUMS} is another one: ${why}.`,
  'wrong-evidence': ({ why }) => `What is in ${CONTENTS} does not fit: ${why}.`,
  'wrong-answer': ({ field, id, found, expected, entry, ...facts }) =>
    `In ${fileOf(facts)} the ${field} of ${id} is ${found}, and the log says ${expected}. The last entry of it is ${entry}.`,
  'missing-answer': ({ id, file, entry }) =>
    `There is no row of ${id} in ${file}, and the log has it: ${entry}.`,
  'extra-answer': (facts) =>
    `The row of ${facts.id} in ${fileOf(facts)} is there twice, or the log does not have it in this period and scope.`,
  'row-order': (facts) => `The row of ${facts.id} in ${fileOf(facts)} is not in its place.`,
  'wrong-csv': ({ file, other }) => `The file ${file} does not say the same as ${other}.`,
  'wrong-sample': ({ file }) => `The file ${file} does not have exactly what the root of the log chooses.`,
  'wrong-review': ({ why }) => `What is in ${REVIEW} does not fit: ${why}.`,
  'wrong-population': ({ why }) => `What is in ${POPULATION} is not the population of the review: ${why}.`,
  'own-access': ({ by, id, entry, ...facts }) =>
    `In ${fileOf(facts)} the access ${id} was decided by ${by}, whose own access it is: ${entry}.`,
  'missing-proof': (facts) => `There is no proof of ${facts.id} in ${fileOf(facts)}.`,
  'wrong-proof': (facts) => `The proof in ${fileOf(facts)} does not prove the event ${facts.id}.`,
};

/** Collects problems. Of each kind it keeps the first ones and counts the others. */
function problemList() {
  /** @type {Problem[]} */
  const found = [];
  /** @type {Map<string, number>} */
  const counts = new Map();
  let more = 0;
  /** @type {Add} */
  const add = (kind, facts = {}) => {
    const before = counts.get(kind) ?? 0;
    counts.set(kind, before + 1);
    if (before >= MOST_OF_A_KIND) return void (more += 1);
    const known = Object.entries(facts).filter(([, value]) => value !== undefined);
    const plain = Object.fromEntries(
      known.map(([n, value]) => [n, typeof value === 'string' ? shown(value) : value]),
    );
    found.push({ ...plain, kind, text: PROBLEMS[kind](plain) });
  };
  /** Puts the problems of another list behind these. @param {Readonly<{ found: readonly Problem[], more: () => number }>} others */
  const append = (others) => {
    found.push(...others.found);
    more += others.more();
  };
  return { add, append, found, more: () => more };
}

/** A text of a file that nobody trusts, for a sentence: short, on one line, without control characters. @param {unknown} value */
function shown(value) {
  const whole = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
  const text = whole.replaceAll(/[\p{C}\p{Z}]+/gu, ' ');
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}

// ---------------------------------------------------------------------------------------------------------------------
// The Merkle tree of RFC 6962

/** @param {Uint8Array | string} data @returns {Hash} */
const sha256 = (data) => hash('sha256', data, 'binary');

/** @param {Hash} hashed */
const hexOf = (hashed) => Buffer.from(hashed, 'latin1').toString('hex');

const EMPTY_ROOT = sha256('');
const NODE = Buffer.alloc(65, 1);

/** @param {Hash} left @param {Hash} right @returns {Hash} */
function nodeHash(left, right) {
  for (let at = 0; at < 32; at += 1) {
    NODE[at + 1] = left.charCodeAt(at);
    NODE[at + 33] = right.charCodeAt(at);
  }
  return hash('sha256', NODE, 'binary');
}

/** @param {string | Uint8Array} entry The exact bytes of an entry. @returns {Hash} */
export const leafHash = (entry) =>
  sha256(Buffer.concat([Buffer.of(0), typeof entry === 'string' ? Buffer.from(entry) : entry]));

/**
 * A tree that grows leaf by leaf and keeps only the roots of its complete subtrees, at most 53 hashes. `onTile` gets each
 * hash of the levels 8, 16, …: those are the hashes in the tiles of level 1, 2, ….
 * @param {(level: number, index: number, hashed: Hash) => void} [onTile]
 */
export function growingTree(onTile) {
  /** @type {Hash[]} */
  const roots = [];
  let size = 0;
  return {
    size: () => size,
    /** @param {Hash} leaf */
    push(leaf) {
      let hashed = leaf;
      let rest = size;
      size += 1;
      for (let level = 1; rest % 2 === 1; level += 1) {
        hashed = nodeHash(/** @type {Hash} */ (roots.pop()), hashed);
        rest = (rest - 1) / 2;
        if (level % 8 === 0) onTile?.(level / 8, rest, hashed);
      }
      roots.push(hashed);
    },
    /** @returns {Hash} */
    root: () => (roots.length === 0 ? EMPTY_ROOT : roots.reduceRight((right, left) => nodeHash(left, right))),
  };
}

/**
 * Whether an inclusion proof leads from a leaf to the root (RFC 9162, section 2.1.3.2).
 * @param {Readonly<{ leaf: Hash, index: number, size: number, path: readonly Hash[], root: Hash }>} proof
 */
export function provesInclusion({ leaf, index, size, path, root }) {
  if (index < 0 || index >= size || [leaf, ...path].some(({ length }) => length !== 32)) return false;
  let [place, last, hashed] = [index, size - 1, leaf];
  for (const each of path) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      hashed = nodeHash(each, hashed);
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, Math.floor(last / 2)];
    } else hashed = nodeHash(hashed, each);
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0 && hashed === root;
}

/**
 * Whether a consistency proof shows that the older tree is the beginning of the newer one (RFC 9162, section 2.1.4.2).
 * @param {Readonly<{ from: { size: number, root: Hash }, to: { size: number, root: Hash }, path: readonly Hash[] }>} proof
 */
export function provesConsistency({ from, to, path }) {
  if (from.size === 0 || from.size > to.size || path.some(({ length }) => length !== 32)) return false;
  if (from.size === to.size) return path.length === 0 && from.root === to.root;
  let [place, last] = [from.size - 1, to.size - 1];
  while (place % 2 === 1) [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  const hashes = place === 0 ? [from.root, ...path] : [...path];
  const first = hashes.shift();
  if (first === undefined) return false;
  let [older, newer] = [first, first];
  for (const each of hashes) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      [older, newer] = [nodeHash(each, older), nodeHash(each, newer)];
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, Math.floor(last / 2)];
    } else newer = nodeHash(newer, each);
    [place, last] = [Math.floor(place / 2), Math.floor(last / 2)];
  }
  return last === 0 && older === from.root && newer === to.root;
}

// ---------------------------------------------------------------------------------------------------------------------
// JSON that everybody reads in the same way

/**
 * The canonical text of a JSON value (RFC 8785). Throws for lone surrogates, and for values that are nested too deeply.
 * @param {unknown} value @returns {string}
 */
export function canonical(value, depth = 0) {
  if (typeof value === 'string') return canonicalString(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (depth > MAX_DEPTH) throw new Error(`it is nested deeper than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) return `[${value.map((each) => canonical(each, depth + 1)).join()}]`;
  const members = /** @type {Json} */ (value);
  const fields = Object.keys(members)
    .sort()
    .map((name) => `${canonicalString(name)}:${canonical(members[name], depth + 1)}`);
  return `{${fields.join()}}`;
}

/**
 * Whether a text is the canonical one of its value. Nearly always `JSON.stringify` writes the same, and only the order of names must be
 * checked, which is faster. It writes names that are numbers in another order, and it writes lone surrogates.
 * @param {string} text @param {unknown} value
 */
const isCanonical = (text, value) =>
  (!text.includes('\\ud') && isSorted(value) && JSON.stringify(value) === text) || canonical(value) === text;

/** @param {unknown} value @returns {boolean} */
function isSorted(value, depth = 0) {
  if (typeof value !== 'object' || value === null) return true;
  if (depth > MAX_DEPTH) return false;
  if (Array.isArray(value)) return value.every((each) => isSorted(each, depth + 1));
  const members = /** @type {Json} */ (value);
  const names = Object.keys(members);
  return names.every((name, at) => (names[at - 1] ?? '') <= name && isSorted(members[name], depth + 1));
}

/** @param {string} text */
function canonicalString(text) {
  const written = JSON.stringify(text);
  if (written.includes('\\ud') && !text.isWellFormed()) throw new Error('it has a lone surrogate');
  return written;
}

/**
 * Throws when a text is nested too deeply, or when an object in it has a name twice: then two programs may read two values.
 * @param {string} text Valid JSON, as far as the nesting is not too deep.
 */
function assertPlain(text) {
  /** @type {(Set<string> | null)[]} */
  const open = [];
  let isName = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '{' || char === '[') {
      if (open.push(char === '{' ? new Set() : null) > MAX_DEPTH)
        throw new Error(`it is nested deeper than ${MAX_DEPTH} levels`);
      isName = char === '{';
    } else if (char === '}' || char === ']') open.pop();
    else if (char === ',') isName = (open.at(-1) ?? null) !== null;
    else if (char === ':') isName = false;
    else if (char === '"') {
      const from = at;
      for (at += 1; at < text.length && text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1;
      const names = isName ? open.at(-1) : null;
      if (!names) continue;
      const name = stringOf(JSON.parse(text.slice(from, at + 1)));
      if (names.has(name)) throw new Error(`it has the name ${shown(name)} twice in one object`);
      names.add(name);
    }
  }
}

/** A JSON object of a file, or why it cannot be read. @param {Uint8Array} bytes @returns {{ value?: Json, why?: string }} */
function readObject(bytes) {
  if (!isUtf8(bytes)) return { why: 'it is not valid UTF-8' };
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    const value = JSON.parse(text);
    // Nearly always `JSON.stringify` writes the same. Then no name is there twice, and looking for one would take longer.
    if (text.length > MAX_DEPTH * 2 || JSON.stringify(value) !== text) assertPlain(text);
    return isObject(value) ? { value } : { why: 'it is not a JSON object' };
  } catch (error) {
    return { why: whyOf(error) };
  }
}

/** @param {unknown} value @returns {value is Json} */
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text, or an empty one in the place of what is none. A list or an object is never read as the text that it would be written as. @param {unknown} value */
const stringOf = (value) => (typeof value === 'string' ? value : '');

/** @param {unknown} value @returns {readonly unknown[]} */
const listOf = (value) => (Array.isArray(value) ? value : []);

/** A hash in base64. It is empty when it is written in another way. @param {unknown} value @returns {Hash} */
function hashIn(value) {
  const bytes = Buffer.from(stringOf(value), 'base64');
  return bytes.toString('base64') === value ? bytes.toString('latin1') : '';
}
/** The hashes in base64 of a list. @param {unknown} path @returns {readonly Hash[]} */
const hashesIn = (path) => listOf(path).map(hashIn);

/** Whether an object has no other fields than these. @param {Json} value @param {readonly string[]} fields */
const hasOnly = (value, fields) => Object.keys(value).every((name) => fields.includes(name));
/** Whether each of these parts that is an object has no other fields. @param {Json} value @param {Readonly<Record<string, readonly string[]>>} parts */
const haveOnly = (value, parts) =>
  Object.entries(parts).every(([part, fields]) => {
    const its = value[part];
    return !isObject(its) || hasOnly(its, fields);
  });
const INNER_FIELDS = {
  title: ['salt', 'text'],
  checkpoint: ['origin', 'size', 'root'],
  draw: ['size', 'root'],
  sample: ['wanted', 'rows'],
};
const OTHER_FIELD = 'it has a field that does not belong there';

/** @param {unknown} value @returns {readonly string[]} */
const stringsOf = (value) => listOf(value).filter((each) => typeof each === 'string');

/** Why a value could not be read. The message of the JSON parser quotes the text, so it is not repeated. @param {unknown} error */
const whyOf = (error) =>
  error instanceof SyntaxError
    ? 'it is not valid JSON'
    : error instanceof Error
      ? error.message
      : 'it cannot be read';

// ---------------------------------------------------------------------------------------------------------------------
// Files

/**
 * Calls `visit` for each line of a file, in memory for the longest allowed line. The line is `buffer` from `start` to `end`, and
 * what is before `end` may be overwritten. A line that is too long has the end -1.
 * @param {string} file @param {number} limit In bytes.
 * @param {(buffer: Buffer, start: number, end: number, line: number) => void} visit
 */
function eachLine(file, limit, visit) {
  const fd = openSync(file, 'r');
  try {
    let buffer = Buffer.allocUnsafe(READ_AT_ONCE);
    let [used, line, isTooLong] = [1, 0, false]; // The byte 0 is free, so that there is one before the first line.
    for (;;) {
      if (used === buffer.length)
        buffer = Buffer.concat([buffer], Math.min(buffer.length * 2, limit + READ_AT_ONCE));
      const read = readSync(fd, buffer, used, buffer.length - used, null);
      if (read === 0) break;
      const searched = used;
      used += read;
      let start = 1;
      for (
        let end = buffer.indexOf(10, searched);
        end !== -1 && end < used;
        end = buffer.indexOf(10, start)
      ) {
        line += 1;
        visit(buffer, start, isTooLong || end - start > limit ? -1 : end, line);
        isTooLong = false;
        start = end + 1;
      }
      if (isTooLong || used - start > limit) [isTooLong, used, start] = [true, 1, 1];
      buffer.copyWithin(1, start, used);
      used -= start - 1;
    }
    if (isTooLong || used > 1) visit(buffer, 1, isTooLong ? -1 : used, line + 1);
  } finally {
    closeSync(fd);
  }
}

const INCLUSION_FIELDS = ['format', 'entry', 'index', 'size', 'path', 'note'];

/** The fields of the lines of files. Those of an answer are the columns of its question. @type {readonly (readonly [files: RegExp, fields: readonly string[]])[]} */
const FIELDS = [
  [/^texts\.jsonl$/, ['index', 'salt', 'texts']],
  [/^free-texts\.jsonl$/, ['id', 'request', 'kind', 'seq', 'salt', 'body']],
  [/^checkpoints\//, ['note']],
  [/proofs\.jsonl$/, INCLUSION_FIELDS],
];

/**
 * The JSON objects of a file, one a line. A line that cannot be read, and a file that is missing, are problems.
 * @param {string} folder @param {string} file @param {Add} add @param {(value: Json, line: number) => void} visit
 */
function eachObject(folder, file, add, visit) {
  if (!isFile(join(folder, file))) return add('missing-file', { file });
  eachLine(join(folder, file), MAX_LINE, (buffer, start, end, line) => {
    const bytes = end === -1 ? undefined : buffer.subarray(start, end);
    const value = objectIn(bytes, { file, line }, add);
    if (value) visit(value, line);
  });
}

/** The JSON object in a line, which is too long without bytes. Undefined: it is reported. @param {Uint8Array | undefined} bytes @param {Readonly<{ file: string, line: number }>} where @param {Add} add */
function objectIn(bytes, where, add) {
  const { value, why } = bytes ? readObject(bytes) : { why: TOO_LONG };
  const fields = FIELDS.find(([files]) => files.test(where.file))?.[1];
  if (value && (!fields || hasOnly(value, fields))) return value;
  add('unreadable', { ...where, why: why ?? OTHER_FIELD });
  return undefined;
}

const TOO_LONG = 'it is too long';

/** @param {string} path */
const isFile = (path) => existsSync(path) && statSync(path).isFile();
/** @param {string} path */
const isFolder = (path) => existsSync(path) && statSync(path).isDirectory();

/** A small file, or undefined when it is missing or larger than it may be. @param {string} path @param {number} limit */
const smallFile = (path, limit) =>
  isFile(path) && statSync(path).size <= limit ? readFileSync(path) : undefined;

// ---------------------------------------------------------------------------------------------------------------------
// Keys, signed notes and checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature)

/**
 * @typedef {Readonly<{ vkey: string, name: string, id: string, isWitness: boolean, key: import('node:crypto').KeyObject }>} Key
 * @typedef {Readonly<{ name: string, id: string, bytes: Buffer }>} Signature
 * @typedef {Readonly<{ origin: string, size: number, root: Hash }>} Head
 */

const ED25519 = 1;
const COSIGNATURE = 4;
/** The last time that a date can hold. */
const MAX_SECONDS = 8_640_000_000_000;

/**
 * A public key, as C2SP writes it: `<name>+<id>+<base64 of the type and the key>`. Throws a UsageError when it is none.
 * @param {string} vkey @returns {Key}
 */
export function parseKey(vkey) {
  const [, name = '', id = '', encoded = ''] =
    /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(vkey) ?? [];
  const data = Buffer.from(encoded, 'base64');
  const isWitness = data[0] === COSIGNATURE;
  if (data.length !== 33 || (data[0] !== ED25519 && !isWitness))
    throw new UsageError(`This is not a public key of a log or a witness: ${shown(vkey)}.`);
  if (hexOf(sha256(Buffer.concat([Buffer.from(`${name}\n`), data]))).slice(0, 8) !== id)
    throw new UsageError(`The id in this key does not fit the key: ${shown(vkey)}.`);
  const x = data.subarray(1).toString('base64url');
  return {
    vkey,
    name,
    id,
    isWitness,
    key: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
  };
}

/**
 * The signed text of a note and its signatures, or undefined when it is no note.
 * @param {string} note @returns {{ text: string, signatures: readonly Signature[] } | undefined}
 */
export function parseNote(note) {
  if (note.length > MAX_NOTE || /[^\P{Cc}\n]/u.test(note) || !note.isWellFormed() || !note.endsWith('\n'))
    return undefined;
  const end = note.lastIndexOf('\n\n');
  if (end === -1) return undefined;
  const lines = note.slice(end + 2, -1).split('\n');
  const signatures = lines.map((line) => {
    const [, name = '', encoded = ''] = /^— ([^\s+]+) ([A-Za-z0-9+/]+=*)$/u.exec(line) ?? [];
    const bytes = Buffer.from(encoded, 'base64');
    return { name, id: bytes.subarray(0, 4).toString('hex'), bytes: bytes.subarray(4) };
  });
  if (signatures.some(({ name, bytes }) => name === '' || bytes.length === 0)) return undefined;
  return { text: note.slice(0, end + 1), signatures };
}

/** The size and the root in the text of a checkpoint. @param {string} text @returns {Head | undefined} */
export function parseCheckpoint(text) {
  const [origin = '', size = '', encoded = ''] = text.split('\n');
  const root = Buffer.from(encoded, 'base64');
  if (origin === '' || !/^(0|[1-9]\d{0,14})$/.test(size) || root.length !== 32) return undefined;
  return root.toString('base64') === encoded
    ? { origin, size: Number(size), root: root.toString('latin1') }
    : undefined;
}

/**
 * Whether one signature of a note is by a key.
 * @param {string} text @param {Signature} signature @param {Key} key
 * @returns {{ good: boolean, time: number }} `time` is in seconds, of a witness.
 */
export function judgeSignature(text, { bytes }, { isWitness, key }) {
  if (!isWitness)
    return { good: bytes.length === 64 && verify(null, Buffer.from(text), key, bytes), time: 0 };
  if (bytes.length !== 72) return { good: false, time: 0 };
  const time = Number(bytes.readBigUInt64BE(0));
  const signed = Buffer.from(`cosignature/v1\ntime ${bytes.readBigUInt64BE(0)}\n${text}`);
  return { good: time <= MAX_SECONDS && verify(null, signed, key, bytes.subarray(8)), time };
}

/**
 * What a note says and who signed it. It counts when a trusted key of the log signed it and no signature of a known key is wrong:
 * else `kind` is the problem. `unknown`: so many signatures are of keys that are not known here.
 * @param {string} note @param {readonly Key[]} keys
 * @returns {{ kind?: ProblemKind, vkey?: string, head?: Head, signedBy: readonly string[], cosigned: readonly Seen[], unknown: number }}
 * @typedef {Readonly<{ vkey: string, name: string, time: number }>} Seen `time` is in seconds since 1970.
 */
export function judgeNote(note, keys) {
  const { text, signatures } = parseNote(note) ?? { text: '', signatures: [] };
  const head = parseCheckpoint(text);
  /** @type {Seen[]} */
  const cosigned = [];
  /** @type {string[]} */
  const signedBy = [];
  if (!head) return { kind: 'bad-checkpoint', signedBy, cosigned, unknown: 0 };
  let unknown = 0;
  for (const signature of signatures) {
    const key = keys.find(({ name, id }) => name === signature.name && id === signature.id);
    const { good, time } = key ? judgeSignature(text, signature, key) : { good: false, time: 0 };
    if (!key) unknown += 1;
    else if (!good)
      return {
        kind: key.isWitness ? 'bad-cosignature' : 'bad-signature',
        ...{ vkey: key.vkey, head, signedBy, cosigned, unknown },
      };
    else if (key.isWitness) cosigned.push({ vkey: key.vkey, name: key.name, time });
    else if (key.name !== head.origin) return { kind: 'wrong-origin', head, signedBy, cosigned, unknown };
    else signedBy.push(key.vkey);
  }
  const read = { head, signedBy, cosigned, unknown };
  return signedBy.length > 0 ? read : { kind: 'not-signed', ...read };
}

// ---------------------------------------------------------------------------------------------------------------------
// All checkpoints at hand

/**
 * A checkpoint that a trusted key signed. `source` says where it is: in the list of the ledger, in the bundle's list of a place,
 * published in the folder of a place, or kept by the person who verifies.
 * @typedef {'ledger' | 'listed' | 'published' | 'kept'} Source
 * @typedef {Readonly<{ source: Source, name: string, facts: Facts }>} From
 * @typedef {Readonly<{ size: number, root: Hash, signedBy: readonly string[], cosigned: readonly Seen[] }> & From} Checkpoint
 */

/** Takes checkpoints from everywhere and keeps those that a trusted key signed. @param {readonly Key[]} keys @param {Add} add */
function checkpointCollection(keys, add) {
  /** @type {Checkpoint[]} */
  const trusted = [];
  /** @type {Map<Hash, ReturnType<typeof judgeNote>>} */
  const judged = new Map();
  let unknown = 0;

  /** @param {unknown} note @param {From} from @returns {Checkpoint | undefined} */
  const take = (note, from) => {
    const text = typeof note === 'string' ? note : '';
    const digest = sha256(Buffer.from(text));
    const verdict = judged.get(digest) ?? judgeNote(text, keys);
    const { kind, head, vkey } = verdict;
    if (!judged.has(digest)) unknown += verdict.unknown;
    judged.set(digest, verdict);
    const facts = { ...from.facts, size: head?.size };
    if (kind || !head) {
      add(kind ?? 'bad-checkpoint', { ...facts, origin: head?.origin, vkey });
      return undefined;
    }
    const { signedBy, cosigned } = verdict;
    const checkpoint = { ...from, size: head.size, root: head.root, signedBy, cosigned, facts };
    trusted.push(checkpoint);
    return checkpoint;
  };

  return { trusted, take, unknown: () => unknown };
}
/** @typedef {ReturnType<typeof checkpointCollection>} Checkpoints */

/**
 * Takes the list of the ledger and the lists of places in a bundle.
 * @param {string} bundle @param {Checkpoints} checkpoints @param {Add} add
 */
function takeLists(bundle, checkpoints, add) {
  const folder = join(bundle, 'checkpoints');
  const files = isFolder(folder) ? readdirSync(folder).filter((each) => each.endsWith('.jsonl')) : [];
  for (const each of new Set(['ledger.jsonl', ...files.sort()])) {
    const file = `checkpoints/${each}`;
    const name = basename(each, '.jsonl');
    let before = -1;
    eachObject(bundle, file, add, ({ note }, line) => {
      const source = name === 'ledger' ? 'ledger' : 'listed';
      const taken = checkpoints.take(note, { source, name, facts: { file, line } });
      if (taken && taken.size < before) add('checkpoint-order', { ...taken.facts, before });
      before = Math.max(before, taken?.size ?? -1);
    });
  }
}

/** Takes the notes that a person kept. @param {string} path @param {Checkpoints} checkpoints */
function takeKept(path, checkpoints) {
  const bytes = smallFile(path, MAX_BODY_LINE);
  if (!bytes) throw new UsageError(`The kept note cannot be read: ${shown(path)}.`);
  const file = basename(path);
  for (const note of notesIn(bytes.toString('utf8')))
    checkpoints.take(note, { source: 'kept', name: file, facts: { file } });
}

/** The notes in a file: one or several after one another, or one in each line as JSON. @param {string} text */
function notesIn(text) {
  if (!text.trimStart().startsWith('{'))
    return text.split(/(?<=\n— [^\n]*\n)(?!— )\n*/u).filter((each) => each.trim() !== '');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => readObject(Buffer.from(line)).value?.note);
}

// ---------------------------------------------------------------------------------------------------------------------
// A folder in which a place published the log (C2SP tlog-tiles)

/** The path of a number: groups of three digits, of which all but the last begin with `x`. @param {number} index */
function tilePath(index) {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  return groups.map((group, at) => (at === groups.length - 1 ? group : `x${group}`)).join('/');
}

/**
 * A tile of a tree of this size, whole or else partial, with the first and the last of its entries.
 * @param {Readonly<{ folder: string, size: number }>} place
 * @param {number} level @param {number} index @param {string} [kind] Of the entries, else the level.
 * @returns {Readonly<{ file: string, width: number, from: number, to: number, bytes: Buffer | undefined }>}
 */
function readTile({ folder, size }, level, index, kind = String(level)) {
  const span = TILE_WIDTH ** level;
  const width = Math.max(Math.min(Math.floor(size / span) - index * TILE_WIDTH, TILE_WIDTH), 0);
  const whole = `tile/${kind}/${tilePath(index)}`;
  const file = width === TILE_WIDTH || isFile(join(folder, whole)) ? whole : `${whole}.p/${width}`;
  const from = index * TILE_WIDTH * span;
  const bytes = smallFile(join(folder, file), TILE_WIDTH * (MAX_ENTRY + 2));
  return { file, width, from, to: from + width * span - 1, bytes };
}

/** @param {Buffer} tile @param {number} at @returns {Hash} */
const hashInTile = (tile, at) =>
  tile.toString('latin1', (at % TILE_WIDTH) * 32, ((at % TILE_WIDTH) + 1) * 32);

/** The entries in an entry bundle, or undefined when the lengths do not fit. @param {Buffer} bytes */
function entriesIn(bytes) {
  const entries = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const end = at + 2 + bytes.readUInt16BE(at);
    if (end > bytes.length) return undefined;
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return at === bytes.length ? entries : undefined;
}

/**
 * Opens a place: takes its checkpoints and reads its tiles one at a time. After a tile that cannot be read it has no further hashes.
 * @param {string} folder @param {string} name @param {Checkpoints} checkpoints @param {Add} add
 */
function openPlace(folder, name, checkpoints, add) {
  if (!isFolder(folder)) throw new UsageError(`The folder of the place cannot be read: ${shown(folder)}.`);
  const size = takePublished(folder, name, checkpoints, add);
  /** @type {{ index: number, bytes: Buffer } | undefined} */
  let tile;
  let isOpen = true;
  /** @param {number} at @returns {Hash | undefined} */
  const hashAt = (at) => {
    if (!isOpen || at >= size) return undefined;
    const index = Math.floor(at / TILE_WIDTH);
    if (tile?.index !== index) {
      const { bytes, width, ...where } = readTile({ folder, size }, 0, index);
      isOpen = bytes !== undefined && bytes.length >= width * 32 && bytes.length % 32 === 0;
      if (!bytes) add('missing-tile', { place: name, ...where });
      else if (!isOpen) add('wrong-tile', { place: name, ...where, why: 'has a wrong length' });
      if (!bytes || !isOpen) return undefined;
      tile = { index, bytes };
    }
    return hashInTile(tile.bytes, at);
  };
  /** @param {number} at */
  const entryAt = (at) => {
    const { bytes } = readTile({ folder, size }, 0, Math.floor(at / TILE_WIDTH), 'entries');
    return bytes && entriesIn(bytes)?.[at % TILE_WIDTH];
  };
  return { name, folder, size, hashAt, entryAt, isOpen: () => isOpen };
}
/** @typedef {ReturnType<typeof openPlace>} Place */

/**
 * Takes the checkpoint that the place shows now and those that it keeps. Returns the largest trusted size.
 * @param {string} folder @param {string} place @param {Checkpoints} checkpoints @param {Add} add
 */
function takePublished(folder, place, checkpoints, add) {
  /** @param {string} file */
  const take = (file) => {
    const note = smallFile(join(folder, file), MAX_NOTE)?.toString('utf8');
    if (note === undefined) {
      add('missing-file', { place, file });
      return undefined;
    }
    return checkpoints.take(note, { source: 'published', name: place, facts: { place, file } });
  };
  const shows = take('checkpoint')?.size;
  let largest = shows ?? 0;
  const kept = isFolder(join(folder, 'checkpoints')) ? readdirSync(join(folder, 'checkpoints')).sort() : [];
  for (const each of kept) {
    const taken = take(`checkpoints/${each}`);
    if (taken && taken.size !== Number(each)) add('bad-checkpoint', taken.facts);
    largest = Math.max(largest, taken?.size ?? 0);
  }
  if (shows !== undefined && shows < largest) add('place-rollback', { place, shows, size: largest });
  return largest;
}

/**
 * Checks that the tiles, the entries and the long bodies of a place fit each other and its checkpoints. Returns the largest size at
 * which its hashes fit one of its checkpoints.
 * @param {Place} place @param {readonly Checkpoint[]} trusted
 * @param {Readonly<{ proven: number, difference: number, purgedTiles: ReadonlySet<number> }>} log What is known of the entries in the bundle.
 * @param {Add} add
 */
function verifyPlace(place, trusted, { proven, difference, purgedTiles }, add) {
  const { name, size, hashAt } = place;
  const own = trusted.filter(({ source, facts }) => source === 'published' && facts.place === name);
  const ends = new Map(own.map((each) => [each.size, each.root]));
  /** @type {Map<string, { end: number, report: () => void }>} */
  const wrongUpper = new Map();
  const tree = growingTree((level, at, hashed) => {
    const { file, bytes } = readTile(place, level, Math.floor(at / TILE_WIDTH));
    if (wrongUpper.has(file) || (bytes && hashInTile(bytes, at) === hashed)) return;
    const [from, end] = [at * TILE_WIDTH ** level, (at + 1) * TILE_WIDTH ** level];
    const facts = { place: name, file, from, to: end - 1, why: 'does not fit the tiles below it' };
    wrongUpper.set(file, { end, report: () => add(bytes ? 'wrong-tile' : 'missing-tile', facts) });
  });
  let authentic = 0;
  for (let at = 0; at < size; at += 1) {
    const hashed = hashAt(at);
    if (hashed === undefined) break;
    tree.push(hashed);
    const root = ends.get(at + 1);
    if (root !== undefined && root === tree.root()) authentic = at + 1;
  }
  if (place.isOpen() && authentic < size) {
    const isKnown = difference < proven;
    const { file } = readTile(place, 0, Math.floor((isKnown ? difference : authentic) / TILE_WIDTH));
    const range = isKnown ? { from: difference, to: difference } : { from: authentic, to: size - 1 };
    add('wrong-tile', { place: name, file, ...range, why: 'or one after it has a wrong hash' });
  }
  const known = Math.max(authentic, Math.min(proven, difference));
  for (const { end, report } of wrongUpper.values()) if (end <= known) report();
  for (let index = 0; index * TILE_WIDTH < size && place.isOpen(); index += 1)
    verifyEntryBundle(place, index, { known, mayBeMissing: purgedTiles.has(index) }, add);
  return authentic;
}

/**
 * Checks that published entries have the published hashes, of which `known` are proven, and that their long bodies are there. A place
 * that was new after a purge does not have the purged entries.
 * @param {Place} place @param {number} index @param {Readonly<{ known: number, mayBeMissing: boolean }>} what @param {Add} add
 */
function verifyEntryBundle(place, index, { known, mayBeMissing }, add) {
  const { bytes, width, ...where } = readTile(place, 0, index, 'entries');
  const facts = { place: place.name, ...where };
  const entries = bytes && entriesIn(bytes);
  if (!bytes && mayBeMissing) return;
  if (!bytes) return add('missing-tile', facts);
  if (!entries || entries.length < width)
    return add('wrong-tile', { ...facts, why: 'does not have all its entries' });
  for (const [at, entry] of entries.entries()) {
    const its = index * TILE_WIDTH + at;
    if (its < known && leafHash(entry) !== place.hashAt(its))
      add('wrong-published-entry', { place: place.name, file: where.file, index: its });
    const body = entry.indexOf('"body":{"sha256":"');
    const text = body === -1 ? '' : entry.toString('latin1', body, body + 100);
    const [, sha = ''] = /^"body":\{"sha256":"([0-9a-f]{64})"\}/.exec(text) ?? [];
    if (sha !== '') verifyPublishedBody(place, sha, add);
  }
}

/** @param {Place} place @param {string} sha @param {Add} add */
function verifyPublishedBody({ name, folder }, sha, add) {
  const file = `bodies/${sha}`;
  const body = smallFile(join(folder, file), MAX_BODY_LINE);
  if (!body) add('missing-file', { place: name, file });
  else if (hexOf(sha256(body)) !== sha) add('wrong-body', { place: name, file, sha256: sha });
}

// ---------------------------------------------------------------------------------------------------------------------
// Entries that left the ledger with a purge: only their hashes are in the bundle

/** @typedef {Readonly<{ leaf: Hash, purge: string }>} PurgedLine */

const PURGED_LINE = /^\{"leaf":"([A-Za-z0-9+/]{43}=)","purge":"([0-9a-f-]{36})"\}$/;
const LETTER_L = 0x6c;

/**
 * The hash in the line of a purged entry; undefined for the line of an entry, which begins with another name.
 * @param {Buffer} buffer @param {number} start @param {number} end @returns {PurgedLine | undefined}
 */
function purgedIn(buffer, start, end) {
  if (end === -1 || buffer[start + 2] !== LETTER_L) return undefined;
  const [, leaf, purge] = PURGED_LINE.exec(buffer.toString('latin1', start, end)) ?? [];
  if (leaf === undefined || purge === undefined) return undefined;
  const bytes = Buffer.from(leaf, 'base64');
  return bytes.toString('base64') === leaf ? { leaf: bytes.toString('latin1'), purge } : undefined;
}

/** The hash of the entry in a line. @param {Buffer} line @returns {Hash} */
const leafOf = (line) => purgedIn(line, 0, line.length)?.leaf ?? leafHash(line);

const BASE_32 = '0123456789abcdefghjkmnpqrstvwxyz';

/** The ids of requests that are made at this time, in milliseconds since 1970, or later are not below this text. @param {number} at */
function idsFrom(at) {
  let [rest, text] = [BigInt(Math.max(Math.trunc(at), 0) || 0), ''];
  for (let place = 0; place < 10; place += 1) {
    text = (BASE_32[Number(rest & 31n)] ?? '0') + text;
    rest >>= 5n;
  }
  return `req_${text}`;
}

/**
 * Keeps which entries have only their hash, and compares them with the purges that the signed log names.
 * @param {Add} add
 */
function purgeSum(add) {
  /** @type {Map<number, PurgedLine>} */
  const lines = new Map();
  /** @type {Map<string, { first: number, last: number, count: number, digest: import('node:crypto').Hash }>} */
  const left = new Map();
  /** @type {Map<string, { body: Json, index: number, at: unknown }>} */
  const named = new Map();
  /** @type {Map<string, { isOpened: boolean, isClosed: boolean, facts: Facts }>} Requests of which purged entries were read elsewhere. */
  const requests = new Map();
  /** @type {Set<number>} */
  const read = new Set();

  /** @param {PurgedLine} line @param {number} index */
  const take = (line, index) => {
    const { leaf, purge } = line;
    lines.set(index, line);
    const its = left.get(purge) ?? { first: index, last: index, count: 0, digest: createHash('sha256') };
    its.digest.update(`${index} ${Buffer.from(leaf, 'latin1').toString('base64')}\n`);
    left.set(purge, { ...its, last: index, count: its.count + 1 });
  };

  /** The entry of a purge. @param {Readonly<{ index: number, id: string, at: string }>} facts @param {Json} body */
  const takeEntry = ({ index, id, at }, body) => void named.set(id, { body, index, at });

  /**
   * An entry that was purged, as another copy has it: it must be of a request that was made before the time of the purge. Another one than
   * the one with this hash says nothing.
   * @param {number} index @param {Buffer} bytes
   */
  const takeBytes = (index, bytes) => {
    const line = lines.get(index);
    const its = line && named.get(line.purge);
    // A purge that the log does not have is reported by itself.
    if (!its || read.has(index) || leafHash(bytes) !== line.leaf) return;
    read.add(index);
    const { purge } = line;
    const { type, id, at, body } = readObject(bytes).value ?? {};
    const facts = {
      index,
      purge,
      id: typeof id === 'string' ? id : undefined,
      at: typeof at === 'string' ? at : undefined,
    };
    const [, name = ''] = EVENT_ID.exec(stringOf(id)) ?? [];
    const before = Date.parse(stringOf(its.body.before));
    if (type !== 'event' || !(name < idsFrom(before)))
      return add('wrong-purged-entry', {
        ...facts,
        why: 'it is not of a request that was made before the time of the purge',
      });
    const kind = isObject(body) ? body.kind : undefined;
    const known = requests.get(name);
    const isOpened = kind === 'requested' || known?.isOpened === true;
    requests.set(name, {
      isOpened,
      isClosed: kind === 'closed' || known?.isClosed === true,
      facts: known?.facts ?? facts,
    });
  };

  /** @param {Readonly<{ proven: number, sizes: ReadonlySet<number> }>} signed The sizes of trusted checkpoints. */
  const report = ({ proven, sizes }) => {
    for (const [purge, { first, last, count: found, digest }] of left) {
      const its = named.get(purge);
      const size = Number(its?.body.exportSize);
      if (!its || its.index < last || its.index >= proven) add('unknown-purge', { purge, index: first });
      else if (its.body.entries !== found || its.body.digest !== digest.digest('hex'))
        add('wrong-purge', { purge, index: first, found, expected: shown(its.body.entries) });
      else if (!(last < size && size <= its.index && sizes.has(size)))
        add('purge-without-export', { purge, size });
    }
    if (read.size < lines.size) return;
    for (const { isOpened, isClosed, facts } of requests.values())
      if (isOpened && !isClosed) add('wrong-purged-entry', { ...facts, why: 'its request was not closed' });
  };

  return {
    lines,
    left,
    named,
    take,
    takeEntry,
    takeBytes,
    report,
    count: () => lines.size,
    unread: () => lines.size - read.size,
  };
}

// ---------------------------------------------------------------------------------------------------------------------
// The tree of the entries, and which entry is wrong

/**
 * Hashes the entry in a line, and overwrites what is before it. The view of each length is kept, because it takes longer to make one than to copy
 * the line.
 */
function leafHasher() {
  /** @type {Buffer | undefined} */
  let last;
  /** @type {Uint8Array[]} */
  let views = [];
  /** @param {Buffer} buffer @param {number} start @param {number} end @returns {Hash} */
  return (buffer, start, end) => {
    if (buffer !== last) [last, views] = [buffer, []];
    const length = end - start + 1;
    buffer[0] = 0;
    buffer.copyWithin(1, start, end);
    return sha256((views[length] ??= new Uint8Array(buffer.buffer, buffer.byteOffset, length)));
  };
}

/**
 * Hashes all entries and the tree over them in constant memory. `sizes` are the sizes at which the root is wanted. For each
 * place it finds the first entry whose hash differs from the published one. `purgedTiles`: those in which an entry has only its hash. `visit` gets each
 * line before it is hashed, so that the file is read once.
 * @param {string} file @param {Iterable<number>} [sizes] @param {readonly Place[]} [places]
 * @param {(buffer: Buffer, start: number, end: number) => void} [visit]
 */
export function hashLog(file, sizes = [], places = [], visit) {
  const wanted = [...new Set(sizes)].sort((one, other) => one - other);
  const [tree, leafIn] = [growingTree(), leafHasher()];
  /** @type {Map<number, Hash>} */
  const roots = new Map(wanted[0] === 0 ? [[0, EMPTY_ROOT]] : []);
  /** @type {Map<Place, number>} */
  const differences = new Map();
  /** @type {Set<number>} */
  const purgedTiles = new Set();
  let [next, size] = [roots.size, 0];
  eachLine(file, MAX_ENTRY, (buffer, start, end) => {
    visit?.(buffer, start, end);
    const purged = purgedIn(buffer, start, end);
    if (purged) purgedTiles.add(Math.floor(size / TILE_WIDTH));
    const leaf = purged?.leaf ?? (end === -1 ? EMPTY_ROOT : leafIn(buffer, start, end));
    tree.push(leaf);
    for (const place of places)
      if (!differences.has(place) && (place.hashAt(size) ?? leaf) !== leaf) differences.set(place, size);
    size += 1;
    if (size !== wanted[next]) return;
    roots.set(size, tree.root());
    next += 1;
  });
  for (const place of places) if (!differences.has(place) && place.size > size) differences.set(place, size);
  return { size, root: tree.root(), roots, differences, purgedTiles };
}
/** @typedef {ReturnType<typeof hashLog>} Hashed */

/**
 * Compares the entries with every trusted checkpoint. `proven` is the largest size at which they agree. A foreign one is of another
 * log: the entries fit a later one.
 * @param {readonly Checkpoint[]} all @param {Hashed} hashed
 */
function compareCheckpoints(all, { size, roots }) {
  const trusted = [...all].sort((one, other) => one.size - other.size);
  const wrong = trusted.filter((each) => each.size <= size && roots.get(each.size) !== each.root);
  const fitting = trusted.findLast((each) => each.size <= size && roots.get(each.size) === each.root);
  const proven = fitting?.size ?? 0;
  const foreign = wrong.filter((each) => each.size <= proven);
  const later = wrong.filter((each) => each.size > proven);
  return { size, proven, fitting, foreign, later, beyond: trusted.filter((each) => each.size > size) };
}
/** @typedef {ReturnType<typeof compareCheckpoints>} Compared */

/** The id and the time in an entry, as far as they can be read. @param {Uint8Array | undefined} entry */
function namesIn(entry) {
  const { id, at } = (entry && readObject(entry).value) ?? {};
  return { id: typeof id === 'string' ? id : undefined, at: typeof at === 'string' ? at : undefined };
}

/**
 * One line of the entries, and whether it or a later one has a hash.
 * @param {string} file @param {number} index @param {Hash | undefined} sought
 */
function lookInLog(file, index, sought) {
  /** @type {Buffer | undefined} */
  let entry;
  let [at, isFound] = [0, false];
  eachLine(file, MAX_ENTRY, (buffer, start, end) => {
    if (at >= index && end !== -1) {
      if (at === index) entry = Buffer.from(buffer.subarray(start, end));
      isFound ||= leafOf(buffer.subarray(start, end)) === sought;
    }
    at += 1;
  });
  return { entry, isFound };
}

/**
 * What happened to the first entry that is not the one which a place has published and signed.
 * @param {string} file @param {Place} place @param {number} index
 * @param {number} authentic So many hashes of the place fit its checkpoint.
 * @returns {Readonly<{ kind: ProblemKind, names: Facts }>} `names` has the id and the time of the entry.
 */
function namedDifference(file, place, index, authentic) {
  const published = place.hashAt(index);
  const bytes = place.entryAt(index);
  const right = namesIn(bytes && leafHash(bytes) === published ? bytes : undefined);
  const { entry, isFound } = lookInLog(file, index, published);
  if (!entry) return { kind: 'truncated-log', names: right };
  const found = namesIn(entry);
  const hashed = leafOf(entry);
  let isElsewhere = false;
  for (let at = index; at < authentic && !isElsewhere; at += 1) isElsewhere = place.hashAt(at) === hashed;
  if (isFound)
    return isElsewhere ? { kind: 'reordered-entry', names: right } : { kind: 'inserted-entry', names: found };
  // After the last entry that is covered, nothing shows whether the next one moved up or this one got another id.
  const isMovedUp = index === authentic - 1 && found.id !== right.id;
  return { kind: isElsewhere || isMovedUp ? 'deleted-entry' : 'edited-entry', names: right };
}

/**
 * Reports where the entries, the checkpoints and the places differ. Returns how many entries are proven.
 * @param {string} file @param {Hashed} hashed @param {Readonly<{ trusted: readonly Checkpoint[], places: readonly Place[] }>} given
 * @param {Add} add
 */
function reportDifferences(file, hashed, { trusted, places }, add) {
  const compared = compareCheckpoints(trusted, hashed);
  const { proven } = compared;
  /** @type {Map<string, Facts>} */
  const firstAt = new Map();
  let named = '';
  for (const place of places) {
    const difference = hashed.differences.get(place) ?? Infinity;
    const authentic = verifyPlace(
      place,
      trusted,
      { proven, difference, purgedTiles: hashed.purgedTiles },
      add,
    );
    if (difference >= authentic) continue;
    const { kind, names } = namedDifference(file, place, difference, authentic);
    if (difference < proven) firstAt.set(place.name, { ...names, first: difference });
    else if (named !== `${kind} ${difference}`) {
      const checkpoint = trusted.find((each) => each.size === authentic && each.facts.place === place.name);
      add(kind, { ...checkpoint?.facts, ...names, index: difference, place: place.name, proven: authentic });
      named = `${kind} ${difference}`;
    }
  }
  reportForks(compared, trusted, firstAt, add);
  reportUnproven(compared, named !== '', add);
  return proven;
}

/**
 * @param {Compared} compared @param {readonly Checkpoint[]} trusted
 * @param {ReadonlyMap<string, Facts>} firstAt Of each place that differs, where. @param {Add} add
 */
function reportForks({ size, fitting, foreign }, trusted, firstAt, add) {
  for (const each of foreign) {
    const other = fitting && `${checkpointOf(fitting.facts)}, which the entries fit`;
    if (each.source === 'kept') add('rollback', { ...each.facts, entries: size });
    else add('fork', { ...each.facts, other, ...firstAt.get(each.name) });
  }
  /** @type {Map<number, Checkpoint>} */
  const first = new Map();
  for (const each of trusted) {
    const other = first.get(each.size) ?? each;
    first.set(each.size, other);
    if (other.root !== each.root && !foreign.includes(each) && !foreign.includes(other))
      add('fork', { ...each.facts, other: checkpointOf(other.facts) });
  }
}

/**
 * Reports checkpoints that the entries do not reach or do not fit.
 * @param {Compared} compared @param {boolean} isNamed Whether a place named the first wrong entry. @param {Add} add
 */
function reportUnproven({ size, proven, later, beyond }, isNamed, add) {
  const [first] = [...later, ...beyond];
  if (first && !isNamed)
    if (proven === size) add('truncated-log', { ...first.facts, index: size });
    else add('changed-range', { ...first.facts, from: proven, to: first.size - 1 });
  const ahead = beyond.findLast(({ source }) => source === 'kept' || source === 'published');
  if (ahead) add('rollback', { ...ahead.facts, entries: size });
}

// ---------------------------------------------------------------------------------------------------------------------
// A request as the sum of its events

/**
 * What is known of one request. `seq` is the number of the last event, `leases` are the ids of its leases, one for each of its targets.
 * @typedef {'blank' | 'pending' | 'granting' | 'closed'} State
 * @typedef {{ requester: string, entitlement: string, minutes: number, targets: readonly string[] }} Details
 * @typedef {{ seq: number, at: number }} Trail
 * @typedef {{ id: string, state: State, leases: readonly string[] } & Details & Trail} Request
 */

/** @param {string} id @returns {Request} */
const blank = (id) => ({
  id,
  state: 'blank',
  requester: '',
  entitlement: '',
  minutes: 0,
  targets: NONE,
  leases: NONE,
  seq: -1,
  at: 0,
});
/** @type {readonly string[]} */
const NONE = [];

/** The kinds of events that this program knows. */
const EVENT_KINDS = new Set([
  ...[
    'requested',
    'judged',
    'asked',
    'answered',
    'approved',
    'grant-started',
    'intended',
    'granted',
    'activated',
  ],
  ...[
    'delivered',
    'extension-requested',
    'extension-approved',
    'extension-started',
    'lease-extended',
    'extended',
  ],
  ...[
    'extension-closed',
    'end-adopted',
    'revoke-started',
    'revoked',
    'undone',
    'repaired',
    'drifted',
    'tidied',
  ],
  ...['refused', 'closed'],
]);

/**
 * Applies one event to a request. An event that comes in the wrong state changes nothing.
 * @param {Request} request @param {Json} event @param {(text: string) => string} intern
 */
function apply(request, event, intern) {
  const { state } = request;
  if (event.kind === 'requested' && state === 'blank') openRequest(request, event.details, intern);
  if (event.kind === 'grant-started' && state === 'pending') {
    request.state = 'granting';
    request.leases = stringsOf(event.leases);
  }
  if (event.kind === 'closed' && state !== 'blank') request.state = 'closed';
}

/** @param {Request} request @param {unknown} details @param {(text: string) => string} intern */
function openRequest(request, details, intern) {
  const { requester, entitlement, minutes, targets } = isObject(details) ? details : {};
  request.state = 'pending';
  request.requester = intern(stringOf(requester));
  request.entitlement = intern(stringOf(entitlement));
  request.minutes = Number(minutes);
  request.targets = stringsOf(targets).map(intern);
}

/** A time in milliseconds since 1970. @param {unknown} value */
const instant = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : 0);

/** The same string for equal strings, so that a million events need little memory. */
function interning() {
  /** @type {Map<string, string>} */
  const known = new Map();
  return (/** @type {string} */ text) => {
    const before = known.get(text);
    if (before === undefined) known.set(text, text);
    return before ?? text;
  };
}

// ---------------------------------------------------------------------------------------------------------------------
// What the entries say

const AT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const EVENT_ID = /^(.+)\/(0|[1-9]\d{0,8})$/;
const OTHER_TYPES =
  /^(finding-decision|mass-ending|mass-ending-lift|mass-ending-cut-off|log-beginning|log-keys|erasure|purge|quarantine|quarantine-end|reading|copy|review|review-decision|visit)$/;

/**
 * An entry. `name` and `seq` are the request and the number of an event. `time` is in milliseconds since 1970. `hashes` are those of its texts, each at
 * the number of its text. `written` is the hash of a text that a person wrote. The functions make what is wanted rarely. They work until the next entry is read.
 * @typedef {{ type: string, id: () => string, name: string, seq: number, time: number, kind: unknown, written: unknown, mayBeDenied: boolean, bodyAt: unknown, hashes: readonly string[], at: () => string, via: () => unknown, body: () => Json }} Entry
 */

/**
 * One entry, or why it is none.
 * @param {Buffer} buffer @param {number} start @param {number} end @returns {{ kind?: ProblemKind, why?: string, names: Json, entry?: Entry }}
 */
export function readEntry(buffer, start, end) {
  if (end === -1) return { kind: 'entry-too-long', names: {} };
  if (!isUtf8(buffer.subarray(start, end)))
    return { kind: 'not-canonical', why: 'it is not valid UTF-8', names: {} };
  const text = buffer.toString('utf8', start, end);
  try {
    const value = JSON.parse(text);
    if (!isCanonical(text, value))
      return { kind: 'not-canonical', why: 'RFC 8785 writes it differently', names: {} };
    const why = isObject(value) ? wrongFields(value) : 'is not a JSON object';
    return why === undefined
      ? { entry: madeEntry(value), names: value }
      : { kind: 'malformed-entry', why, names: isObject(value) ? value : {} };
  } catch (error) {
    return { kind: 'not-canonical', why: whyOf(error), names: {} };
  }
}

/** @param {Json} value The fields of an entry, which are those of its type. @returns {Entry} */
function madeEntry({ type, id, at, body, via }) {
  const own = isObject(body) ? body : {};
  const [, name = '', number] = EVENT_ID.exec(stringOf(id)) ?? [];
  return {
    ...{
      type: stringOf(type),
      id: () => stringOf(id),
      name,
      seq: Number(number),
      time: Date.parse(stringOf(at)),
    },
    ...{ kind: own.kind, written: writtenIn(own), mayBeDenied: true, bodyAt: own.at },
    hashes: textHashes(own),
    ...{ at: () => stringOf(at), via: () => via, body: () => own },
  };
}

/** The hash of a text that a person wrote with an event. @param {Json} body */
const writtenIn = ({ writtenHash, details, extension }) =>
  writtenHash ??
  (isObject(details) ? details.reasonHash : undefined) ??
  (isObject(extension) ? extension.reasonHash : undefined);

// Most of the time of a verification is that of making values. So most events are read without making them.

const [QUOTE, BACKSLASH, COMMA, COLON, SLASH] = [0x22, 0x5c, 0x2c, 0x3a, 0x2f];
const [MINUS, ZERO] = [0x2d, 0x30];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];
const [TRUE, FALSE, NULL] = [Buffer.from('true'), Buffer.from('false'), Buffer.from('null')];
const [BEFORE_AT, BEFORE_BODY] = [Buffer.from('{"at":'), Buffer.from(',"body":')];
const [BEFORE_ID, BEFORE_STEP] = [Buffer.from(',"id":'), Buffer.from(',"step":')];
const BEFORE_VIA = Buffer.from(',"type":"event","via":');
const [BEFORE_INDEX, BEFORE_SALT] = [Buffer.from('{"index":'), Buffer.from(',"salt":')];
const BEFORE_TEXTS = Buffer.from(',"texts":[');
const [BEFORE_OWN_ID, BEFORE_REQUEST] = [Buffer.from('{"id":'), Buffer.from(',"request":')];
const [BEFORE_KIND, BEFORE_SEQ] = [Buffer.from(',"kind":'), Buffer.from(',"seq":')];
const BEFORE_WRITTEN = Buffer.from(',"body":');
/** The bytes of a name with four letters, as one number. @param {Uint8Array} bytes @param {number} at */
const fourAt = (bytes, at) =>
  ((bytes[at] ?? 0) << 24) |
  ((bytes[at + 1] ?? 0) << 16) |
  ((bytes[at + 2] ?? 0) << 8) |
  (bytes[at + 3] ?? 0);
const [WRITTEN_HASH, REASON_HASH] = [Buffer.from('writtenHash'), Buffer.from('reasonHash')];
/** The parts of a body in which a hash of a reason is. */
const [DETAILS, EXTENSION] = [Buffer.from('details'), Buffer.from('extension')];
const [KIND_NAME, HASH_NAME, TEXT_NAME] = [0x6b696e64, 0x68617368, 0x74657874];
/** Whether a byte of a string is printable ASCII, and neither a quote nor a backslash. */
const IS_PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte <= 0x7e && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);
const [LETTER_A, LETTER_T] = [0x61, 0x74];
/** The first letters of the kind `denied`. */
const DENIED = 0x64656e69;
/** A number for a kind of event: its length, its first and its last letter. @param {Uint8Array} bytes @param {number} from @param {number} end */
const keyOfKind = (bytes, from, end) =>
  ((end - from) << 16) | ((bytes[from] ?? 0) << 8) | (bytes[end - 1] ?? 0);
const KINDS_BY_BYTES = new Map(
  [...EVENT_KINDS].map((kind) => {
    const bytes = Buffer.from(kind);
    return [keyOfKind(bytes, 0, bytes.length), { kind, bytes }];
  }),
);
const LONGEST_NUMBER = 15;
const TIME_LENGTH = '2026-11-28T10:00:00.000Z'.length;

/** Whether a number begins with this byte. @param {number | undefined} byte */
const isOfNumber = (byte) => byte !== undefined && (byte === MINUS || (byte >= ZERO && byte <= ZERO + 9));

/**
 * Reads an event that is canonical and of the usual form: printable ASCII without a backslash, and whole numbers of at most 15 digits. It goes over the
 * bytes once. Each method moves behind what it reads, and returns false when something else is there. That says nothing about the entry, because
 * `readEntry` reads it then.
 *
 * `npm run bench -- --parts log` shows why it is written like this: private methods take longer in V8, and so does a field whose first value is of
 * another kind than the later ones. So a number that becomes large begins as NaN.
 */
export class QuickReader {
  /** @type {Buffer} */
  bytes = Buffer.of();
  at = 0;
  /** Where the last string began, and whether it has no escaped character. */
  textAt = 0;
  isPlain = true;
  number = Number.NaN;
  /** @type {string[]} */
  hashes = [];
  timeOf = timeReader();
  lastName = Buffer.alloc(MAX_ENTRY);
  /** Whether the part of the body that is read may have the hash of a reason. */
  hasReason = false;
  salted = Buffer.alloc(MAX_ENTRY + 2);
  /** @type {Buffer[]} */
  views = [];
  found = { atAt: 0, bodyAt: 0, bodyEnd: 0, viaAt: 0, viaEnd: 0 };
  /** @type {Entry} What the last event was. */
  entry = {
    type: 'event',
    name: '',
    seq: 0,
    time: Number.NaN,
    kind: undefined,
    written: undefined,
    mayBeDenied: false,
    bodyAt: undefined,
    hashes: this.hashes,
    id: () => `${this.entry.name}/${this.entry.seq}`,
    at: () => this.text(this.found.atAt, this.found.atAt + TIME_LENGTH),
    via: () => this.text(this.found.viaAt, this.found.viaEnd),
    body: () => JSON.parse(this.text(this.found.bodyAt, this.found.bodyEnd)),
  };

  /** The event in these bytes; undefined when it is not of the usual form. It counts until the next call. @param {Buffer} bytes @param {number} start @param {number} end @returns {Entry | undefined} */
  read(bytes, start, end) {
    const entry = this.entry;
    const found = this.found;
    this.bytes = bytes;
    this.at = start;
    if (this.hashes.length > 0) this.hashes.length = 0;
    entry.kind = undefined;
    entry.written = undefined;
    entry.mayBeDenied = false;
    entry.bodyAt = undefined;
    if (!this.isNext(BEFORE_AT) || !this.string()) return undefined;
    found.atAt = this.textAt;
    entry.time = this.at - 1 - this.textAt === TIME_LENGTH ? this.timeOf(bytes, this.textAt) : Number.NaN;
    if (Number.isNaN(entry.time) || !this.isNext(BEFORE_BODY)) return undefined;
    found.bodyAt = this.at;
    if (bytes[this.at] !== OPEN_OBJECT || !this.object(1)) return undefined;
    found.bodyEnd = this.at;
    if (!this.isNext(BEFORE_ID) || !this.plainString()) return undefined;
    const idAt = this.textAt;
    const idEnd = this.at - 1;
    if (!this.isNext(BEFORE_STEP) || !this.string() || !this.isNext(BEFORE_VIA) || !this.plainString())
      return undefined;
    found.viaAt = this.textAt;
    found.viaEnd = this.at - 1;
    const isWhole = bytes[this.at] === CLOSE_OBJECT && this.at + 1 === end;
    return isWhole && entry.kind !== undefined && this.takeId(idAt, idEnd) ? entry : undefined;
  }

  /**
   * A line of the file with texts, with the salted hash of each text. Undefined when it is not of the usual form.
   * @param {Buffer} bytes @param {number} start @param {number} end
   */
  readTexts(bytes, start, end) {
    [this.bytes, this.at] = [bytes, start];
    if (!this.isNext(BEFORE_INDEX) || !this.wholeNumber()) return undefined;
    const index = this.number;
    if (!this.isNext(BEFORE_SALT) || !this.plainString()) return undefined;
    const [saltAt, saltEnd] = [this.textAt, this.at - 1];
    if (saltEnd - saltAt > MAX_SALT || !this.isNext(BEFORE_TEXTS)) return undefined;
    const hashes = [];
    do {
      if (!this.plainString() || saltEnd - saltAt + this.at - this.textAt > MAX_ENTRY) return undefined;
      hashes.push(this.hashOf(saltAt, saltEnd, this.textAt, this.at - 1));
    } while (this.isAt(COMMA));
    if (!this.isAt(CLOSE_LIST) || !this.isAt(CLOSE_OBJECT) || this.at !== end) return undefined;
    return { index, hashes };
  }

  /**
   * A line of the file with texts that people wrote, with the salted hash of the text. Undefined when it is not of the usual form.
   * @param {Buffer} bytes @param {number} start @param {number} end
   */
  readFreeText(bytes, start, end) {
    [this.bytes, this.at] = [bytes, start];
    const own = this.textAfter(BEFORE_OWN_ID);
    const request = this.textAfter(BEFORE_REQUEST);
    const kind = this.textAfter(BEFORE_KIND);
    if (own === undefined || request === undefined || kind === undefined || !this.isNext(BEFORE_SEQ))
      return undefined;
    const isNull = this.isNext(NULL);
    if (!isNull && !this.wholeNumber()) return undefined;
    const seq = isNull ? null : this.number;
    if (!this.isNext(BEFORE_SALT) || !this.plainString()) return undefined;
    const [saltAt, saltEnd] = [this.textAt, this.at - 1];
    if (saltEnd - saltAt > MAX_SALT || !this.isNext(BEFORE_WRITTEN) || !this.plainString()) return undefined;
    const textEnd = this.at - 1;
    if (!this.isAt(CLOSE_OBJECT) || this.at !== end || end - start > MAX_ENTRY) return undefined;
    return { id: own, request, kind, seq, hash: this.hashOf(saltAt, saltEnd, this.textAt, textEnd) };
  }

  /** @param {Uint8Array} before @returns {string | undefined} */
  textAfter(before) {
    return this.isNext(before) && this.plainString() ? this.text(this.textAt, this.at - 1) : undefined;
  }

  /** @param {number} saltAt @param {number} saltEnd @param {number} textAt @param {number} textEnd */
  hashOf(saltAt, saltEnd, textAt, textEnd) {
    const length = this.copied(this.salted, 0, saltAt, saltEnd);
    this.salted[length] = 10;
    const whole = this.copied(this.salted, length + 1, textAt, textEnd);
    return hash('sha256', (this.views[whole] ??= this.salted.subarray(0, whole)), 'hex');
  }

  /** The number of an event has no zero before it, and at most nine digits. @param {number} from @param {number} end */
  takeId(from, end) {
    const slash = this.bytes.lastIndexOf(SLASH, end - 1);
    this.at = slash + 1;
    if (slash <= from || end - slash > 10 || !this.wholeNumber() || this.at !== end || this.number < 0)
      return false;
    this.entry.name = this.nameOf(from, slash);
    this.entry.seq = this.number;
    return true;
  }

  /** Events of one request are often next to each other, and making a text takes longer than comparing bytes. @param {number} from @param {number} end */
  nameOf(from, end) {
    const bytes = this.bytes;
    const last = this.lastName;
    const { name } = this.entry;
    let at = 0;
    if (end - from === name.length) while (at < name.length && bytes[from + at] === last[at]) at += 1;
    if (at === name.length && at > 0) return name;
    this.copied(last, 0, from, end);
    return this.text(from, end);
  }

  /**
   * Copies bytes to `at`, and returns where they end there. It is faster than `Buffer.copy` for few bytes.
   * @param {Buffer} into @param {number} at @param {number} from @param {number} end
   */
  copied(into, at, from, end) {
    const bytes = this.bytes;
    for (let each = from; each < end; each += 1) into[at + each - from] = bytes[each] ?? 0;
    return at + end - from;
  }

  /** @param {number} from @param {number} end */
  text(from, end) {
    return this.bytes.toString('latin1', from, end);
  }

  /** @param {Uint8Array} text */
  isNext(text) {
    const bytes = this.bytes;
    const at = this.at;
    for (let each = 0; each < text.length; each += 1) if (bytes[at + each] !== text[each]) return false;
    this.at = at + text.length;
    return true;
  }

  /** A string in which nothing is escaped. */
  plainString() {
    return this.string() && this.isPlain;
  }

  string() {
    const bytes = this.bytes;
    let at = this.at;
    if (bytes[at] !== QUOTE) return false;
    at += 1;
    this.textAt = at;
    this.isPlain = true;
    for (;;) {
      while (IS_PLAIN[/** @type {number} */ (bytes[at])] === 1) at += 1;
      if (bytes[at] === QUOTE) break;
      if (bytes[at] !== BACKSLASH || (bytes[at + 1] !== QUOTE && bytes[at + 1] !== BACKSLASH)) return false;
      this.isPlain = false;
      at += 2;
    }
    this.at = at + 1;
    return true;
  }

  wholeNumber() {
    const bytes = this.bytes;
    const isNegative = bytes[this.at] === MINUS;
    const first = this.at + (isNegative ? 1 : 0);
    let at = first;
    let value = 0;
    for (let digit = (bytes[at] ?? 0) - ZERO; digit >= 0 && digit <= 9; digit = (bytes[at] ?? 0) - ZERO) {
      value = value * 10 + digit;
      at += 1;
    }
    const digits = at - first;
    if (digits === 0 || digits > LONGEST_NUMBER) return false;
    if (bytes[first] === ZERO && (digits > 1 || isNegative)) return false;
    this.at = at;
    this.number = isNegative ? -value : value;
    return true;
  }

  /** @param {number} depth @returns {boolean} */
  value(depth) {
    switch (this.bytes[this.at]) {
      case QUOTE:
        return this.string();
      case OPEN_OBJECT:
        return this.object(depth + 1);
      case OPEN_LIST:
        return this.list(depth + 1);
      default:
        return this.wholeNumber() || this.isNext(TRUE) || this.isNext(FALSE) || this.isNext(NULL);
    }
  }

  /** @param {number} depth @returns {boolean} */
  list(depth) {
    this.at += 1;
    if (this.isAt(CLOSE_LIST)) return true;
    while (depth < MAX_DEPTH && this.value(depth)) {
      if (this.isAt(CLOSE_LIST)) return true;
      if (!this.isAt(COMMA)) return false;
    }
    return false;
  }

  /** The names of an object are in their order, so none is there twice. @param {number} depth @returns {boolean} */
  object(depth) {
    this.at += 1;
    if (this.isAt(CLOSE_OBJECT)) return true;
    /** @type {string | undefined} */
    let hashed;
    let before = 0;
    let beforeEnd = 0;
    while (depth < MAX_DEPTH) {
      if (!this.plainString()) return false;
      const name = this.textAt;
      const nameEnd = this.at - 1;
      if (beforeEnd !== 0 && !this.isInOrder(before, beforeEnd, name, nameEnd)) return false;
      before = name;
      beforeEnd = nameEnd;
      if (!this.isAt(COLON)) return false;
      const first = this.bytes[this.at];
      if (depth === 1 && first === OPEN_OBJECT)
        this.hasReason = this.isName(DETAILS, name, nameEnd) || this.isName(EXTENSION, name, nameEnd);
      if (!this.value(depth)) return false;
      if (nameEnd - name === 4) {
        const four = fourAt(this.bytes, name);
        if (four === HASH_NAME && first === QUOTE) {
          if (!this.isPlain) return false;
          hashed = this.text(this.textAt, this.at - 1);
        } else if (four === TEXT_NAME && hashed !== undefined && !this.takeHash(hashed, first)) return false;
        else if (four === KIND_NAME && !this.takeKind(depth, first)) return false;
      } else if (depth === 1 && nameEnd - name === 2 && !this.takeBodyAt(name, first)) return false;
      else if (nameEnd - name >= REASON_HASH.length && !this.takeWritten(depth, name, nameEnd, first))
        return false;
      if (this.isAt(CLOSE_OBJECT)) return true;
      if (!this.isAt(COMMA)) return false;
    }
    return false;
  }

  /** A text that is there twice with two hashes is left to `readEntry`. @param {string} hashed @param {number | undefined} first */
  takeHash(hashed, first) {
    const text = this.number;
    if (!isOfNumber(first) || !isTextNumber(text)) return false;
    if ((this.hashes[text] ?? hashed) !== hashed) return false;
    this.hashes[text] = hashed;
    return true;
  }

  /** The hash of a text that a person wrote. The names are in their order, so `writtenHash` comes last. @param {number} depth @param {number} name @param {number} nameEnd @param {number | undefined} first */
  takeWritten(depth, name, nameEnd, first) {
    const isWhole = depth === 1 && this.isName(WRITTEN_HASH, name, nameEnd);
    if (!isWhole && !(depth === 2 && this.hasReason && this.isName(REASON_HASH, name, nameEnd))) return true;
    if (first !== QUOTE || !this.isPlain) return false;
    if (isWhole || this.entry.written === undefined) this.entry.written = this.text(this.textAt, this.at - 1);
    return true;
  }

  /** @param {Uint8Array} text @param {number} name @param {number} nameEnd */
  isName(text, name, nameEnd) {
    if (nameEnd - name !== text.length) return false;
    for (let at = 0; at < text.length; at += 1) if (this.bytes[name + at] !== text[at]) return false;
    return true;
  }

  /** The kind of the event, or of something in it. @param {number} depth @param {number | undefined} first */
  takeKind(depth, first) {
    if (depth > 1) {
      if (first === QUOTE && fourAt(this.bytes, this.textAt) === DENIED) this.entry.mayBeDenied = true;
      return true;
    }
    if (first !== QUOTE || !this.isPlain) return false;
    this.entry.kind = this.kindOf(this.textAt, this.at - 1);
    return true;
  }

  /** @param {number} from @param {number} end */
  kindOf(from, end) {
    const known = KINDS_BY_BYTES.get(keyOfKind(this.bytes, from, end));
    if (known?.bytes.length !== end - from) return this.text(from, end);
    for (let at = 0; from + at < end; at += 1)
      if (this.bytes[from + at] !== known.bytes[at]) return this.text(from, end);
    return known.kind;
  }

  /** @param {number} name @param {number | undefined} first */
  takeBodyAt(name, first) {
    if (this.bytes[name] !== LETTER_A || this.bytes[name + 1] !== LETTER_T) return true;
    this.entry.bodyAt = this.number;
    return isOfNumber(first);
  }

  /** @param {number | undefined} byte */
  isAt(byte) {
    if (this.bytes[this.at] !== byte) return false;
    this.at += 1;
    return true;
  }

  /** Whether the bytes of a name are below those of the next one. @param {number} from @param {number} end @param {number} next @param {number} nextEnd */
  isInOrder(from, end, next, nextEnd) {
    const bytes = this.bytes;
    const length = Math.min(end - from, nextEnd - next);
    for (let each = 0; each < length; each += 1) {
      const one = bytes[from + each] ?? 0;
      const other = bytes[next + each] ?? 0;
      if (one !== other) return one < other;
    }
    return end - from < nextEnd - next;
  }
}

/** Reads times of 24 bytes, in milliseconds since 1970. NaN: it is none, or not one of the usual form. */
function timeReader() {
  let lastDate = Number.NaN;
  let lastDay = Number.NaN;
  /** @param {Buffer} bytes @param {number} at @param {number} count */
  const digits = (bytes, at, count) => {
    let value = 0;
    for (let each = at; each < at + count; each += 1) {
      const digit = (bytes[each] ?? 0) - ZERO;
      value = digit >= 0 && digit <= 9 ? value * 10 + digit : Number.NaN;
    }
    return value;
  };
  return (/** @type {Buffer} */ bytes, /** @type {number} */ at) => {
    for (const place of SEPARATORS) if (bytes[at + place] !== A_TIME[place]) return Number.NaN;
    const date = (digits(bytes, at, 4) * 100 + digits(bytes, at + 5, 2)) * 100 + digits(bytes, at + 8, 2);
    if (Number.isNaN(date)) return date;
    if (date !== lastDate) lastDay = Date.parse(bytes.toString('latin1', at, at + 'YYYY-MM-DD'.length));
    lastDate = date;
    const hour = digits(bytes, at + 11, 2);
    const minute = digits(bytes, at + 14, 2);
    const second = digits(bytes, at + 17, 2);
    if (!(hour <= 23 && minute <= 59 && second <= 59)) return Number.NaN;
    return lastDay + ((hour * 60 + minute) * 60 + second) * 1000 + digits(bytes, at + 20, 3);
  };
}
const A_TIME = Buffer.from('YYYY-MM-DDTHH:MM:SS.sssZ');
/** Where a time has something else than a digit. */
const SEPARATORS = [4, 7, 10, 13, 16, 19, 23];

/** Why the fields of an entry are not those of its type; undefined when they are. @param {Json} entry */
function wrongFields(entry) {
  const { type, id, at, body, step, via } = entry;
  if (typeof type !== 'string' || typeof id !== 'string' || !isObject(body)) return 'has no type, id or body';
  if (typeof at !== 'string' || !AT.test(at) || Number.isNaN(Date.parse(at))) return 'has no valid time';
  const names = Object.keys(entry).join();
  if (type !== 'event') return names === 'at,body,id,type' ? undefined : 'has other fields than its type';
  const isEvent = names === 'at,body,id,step,type,via' && typeof step === 'string' && typeof via === 'string';
  return isEvent && EVENT_ID.test(id) ? undefined : 'has other fields than an event';
}

/** The long bodies of the bundle. Only their places in the file are in memory. @param {string} folder @param {Add} add */
function longBodies(folder, add) {
  const file = 'bodies.jsonl';
  const path = join(folder, file);
  /** @type {Map<string, { offset: number, length: number, line: number, isUsed: boolean }>} */
  const known = new Map();
  let offset = 0;
  if (!isFile(path)) add('missing-file', { file });
  else
    eachLine(path, MAX_BODY_LINE, (buffer, start, end, line) => {
      const { value, why } = end === -1 ? { why: TOO_LONG } : readObject(buffer.subarray(start, end));
      const sha = stringOf(value?.sha256);
      if (!value) add('unreadable', { file, line, why });
      else if (shaOf(value.body) !== sha) add('wrong-body', { file, line, sha256: sha });
      else known.set(sha, { offset, length: end - start, line, isUsed: false });
      if (value && !hasOnly(value, ['sha256', 'body'])) add('unreadable', { file, line, why: OTHER_FIELD });
      offset += end - start + 1;
    });
  /** @param {string} sha @returns {Json | undefined} */
  const bodyOf = (sha) => {
    const found = known.get(sha);
    if (!found) return undefined;
    found.isUsed = true;
    const bytes = Buffer.alloc(found.length);
    const fd = openSync(path, 'r');
    readSync(fd, bytes, 0, found.length, found.offset);
    closeSync(fd);
    const body = readObject(bytes).value?.body;
    return isObject(body) ? body : undefined;
  };
  const reportUnused = () => {
    for (const [sha256, { line, isUsed }] of known) if (!isUsed) add('unused-body', { file, line, sha256 });
  };
  return { bodyOf, reportUnused, count: () => known.size };
}

/** @param {unknown} body */
function shaOf(body) {
  try {
    return hexOf(sha256(canonical(body)));
  } catch {
    return '';
  }
}

/** @param {unknown} value @returns {value is number} */
const isTextNumber = (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 1000;

/** The salted hashes in a body, each at the number of its text. @param {unknown} value @param {string[]} [found] */
function textHashes(value, found = []) {
  if (typeof value !== 'object' || value === null) return found;
  const { text, hash: hashed } = /** @type {Json} */ (value);
  if (isTextNumber(text) && typeof hashed === 'string')
    found[text] = PRINTABLE.test(hashed) ? hashed : 'not a hash';
  for (const each of Object.values(value)) textHashes(each, found);
  return found;
}

/** The length of a SHA-256 in hex. */
const HEX_LENGTH = 64;
const PRINTABLE = /^[\x20-\x7e]*$/;

/**
 * The hashes of all texts of an entry as one text of 64 characters. The hash of a single text stands for itself. Others begin with a
 * newline, which no hash of an entry has. An empty place of a list is written like an empty text.
 * @param {readonly string[]} hashes @returns {string}
 */
function textsDigest(hashes) {
  const [first = ''] = hashes;
  if (hashes.length === 1 && first.length === HEX_LENGTH) return first;
  return `\n${hash('sha256', hashes.join('\n'), 'hex').slice(1)}`;
}

/** @typedef {Readonly<{ entry: Entry, index: number }>} Early An event that came before an earlier one of its request. */

/**
 * Reads the events of requests and keeps the state of each. An event that comes before an earlier one of its request waits for it.
 * @param {Add} add @param {Set<string>} newer Gets the kinds that are not known here. @param {EvidenceSum | undefined} evidence
 */
function requestSum(add, newer, evidence) {
  const intern = interning();
  /** @type {Map<string, Request>} */
  const requests = new Map();
  /** @type {Map<string, Map<number, Early>>} */
  const early = new Map();

  /** @type {Request | undefined} Events of one request are often next to each other. */
  let last;
  /** @param {string} name */
  const requestOf = (name) => {
    if (last?.id === name) return last;
    last = requests.get(name);
    if (!last) requests.set(name, (last = blank(name)));
    return last;
  };

  /** @param {Entry} entry @param {number} index */
  const take = (entry, index) => {
    const { name, seq } = entry;
    const request = requestOf(name);
    const waiting = early.size === 0 ? undefined : early.get(name);
    if (seq <= request.seq || waiting?.has(seq)) return add('duplicate-id', factsOf(entry, index));
    if (seq > request.seq + 1) {
      const event = { entry: kept(entry), index };
      return void early.set(name, (waiting ?? new Map()).set(seq, event));
    }
    step(request, entry, index);
    if (!waiting) return;
    const [next] = waiting.values();
    const facts = factsOf(entry, index);
    if (next) add('event-order', { ...facts, next: `the ${entryOf(factsOf(next.entry, next.index))}` });
    for (let each = waiting.get(request.seq + 1); each; each = waiting.get(request.seq + 1)) {
      waiting.delete(request.seq + 1);
      step(request, each.entry, each.index);
    }
  };

  /** @param {Request} request @param {Entry} entry @param {number} index */
  const step = (request, entry, index) => {
    const { seq, time, kind } = entry;
    if (time < request.at) add('time-goes-back', factsOf(entry, index));
    request.seq = seq;
    request.at = Math.max(time, request.at);
    if (typeof kind === 'string' && !EVENT_KINDS.has(kind)) newer.add(kind);
    if (!evidence) return;
    const body = entry.body();
    apply(request, body, intern);
    evidence.take({ seq, at: time, facts: factsOf(entry, index), body, via: entry.via(), request });
  };

  return { requests, take, reportMissing: () => reportMissing(requests, early, add) };
}

/**
 * After all entries: an event that is still missing.
 * @param {ReadonlyMap<string, Request>} requests @param {ReadonlyMap<string, ReadonlyMap<number, Early>>} early @param {Add} add
 */
function reportMissing(requests, early, add) {
  for (const [name, waiting] of early) {
    const request = requests.get(name);
    const [first] = [...waiting].sort(([one], [other]) => one - other);
    if (!request || !first) continue;
    const facts = factsOf(first[1].entry, first[1].index);
    const id = `${name}/${request.seq + 1}`;
    add('missing-event', { ...facts, id, at: undefined, next: `the ${entryOf(facts)}` });
  }
}

/** The SHA-256 that an entry has in place of a long body; undefined when it has its body. @param {Json} body */
const longBodyOf = (body) =>
  typeof body.sha256 === 'string' && Object.keys(body).length === 1 ? body.sha256 : undefined;

/** @param {Entry} entry @param {number} index */
const factsOf = (entry, index) => ({ index, id: entry.id(), at: entry.at() });

/** The entry, also when another one was read. @param {Entry} entry @returns {Entry} */
function kept(entry) {
  const [id, at, via, body] = [entry.id(), entry.at(), entry.via(), entry.body()];
  return { ...entry, hashes: [], id: () => id, at: () => at, via: () => via, body: () => body };
}

/**
 * What is expected for each entry with texts, by its index. They are added in order, and nearly always taken in order: then no map is needed. The
 * digests are bytes in one buffer, because the garbage collector would copy a million strings.
 */
function expectedTexts() {
  /** @type {number[]} */
  const indexes = [];
  let digests = Buffer.allocUnsafe(1024 * HEX_LENGTH);
  const digestAt = (/** @type {number} */ position) =>
    digests.toString('latin1', position * HEX_LENGTH, (position + 1) * HEX_LENGTH);
  /** @type {Map<number, string>} Those that were left out. */
  const others = new Map();
  let [next, taken] = [0, 0];
  return {
    left: () => indexes.length - taken,
    /** @param {number} index @param {string} digest */
    keep(index, digest) {
      const at = indexes.length * HEX_LENGTH;
      if (at === digests.length) digests = Buffer.concat([digests], at * 2);
      digests.write(digest, at, 'latin1');
      indexes.push(index);
    },
    /** Each is there once: undefined the next time. @param {number} index @returns {string | undefined} */
    take(index) {
      for (; Number(indexes[next]) < index; next += 1) others.set(Number(indexes[next]), digestAt(next));
      const isNext = indexes[next] === index;
      const digest = isNext ? digestAt(next) : others.get(index);
      if (isNext) next += 1;
      if (isNext || others.delete(index)) taken += 1;
      return digest;
    },
  };
}

/**
 * Reads entries and keeps what they add up to: the state of each request, and of each entry with texts one hash of them.
 * @param {string} folder @param {EvidenceSum | undefined} evidence @param {Add} add
 */
function summing(folder, evidence, add) {
  /** @type {Set<string>} */
  const newer = new Set();
  const bodies = longBodies(folder, add);
  const { requests, take: takeEvent, reportMissing } = requestSum(add, newer, evidence);
  const texts = expectedTexts();
  const written = writtenHashes();
  /** @type {Set<string>} */
  const others = new Set();
  /** @type {Map<string, number>} */
  const counts = new Map([['event', 0]]);
  const purges = purgeSum(add);
  /** @type {Readonly<{ index: number, keys: readonly string[] }>[]} The keys that sign the log after each of these entries. */
  const logKeys = [];
  /** @type {Json[]} What the log says of the log before it. */
  const beginnings = [];
  let events = 0;

  /** @param {Entry} entry @param {number} index */
  const take = (entry, index) => {
    const { type, hashes } = entry;
    if (hashes.length > 0) texts.keep(index, textsDigest(hashes));
    if (type === 'event') {
      events += 1;
      if (typeof entry.bodyAt === 'number' && entry.bodyAt !== entry.time)
        add('wrong-time', factsOf(entry, index));
      takeWritten(written, entry);
      return takeEvent(entry, index);
    }
    const [facts, body] = [factsOf(entry, index), entry.body()];
    const { id } = facts;
    counts.set(type, (counts.get(type) ?? 0) + 1);
    evidence?.takeOther(type, id, { at: entry.time, body, facts });
    if (!OTHER_TYPES.test(type)) newer.add(type);
    if (type === 'purge') purges.takeEntry(facts, body);
    if (type === 'log-keys') logKeys.push({ index, keys: stringsOf(body.keys) });
    if (type === 'log-beginning') beginnings.push(body);
    if (others.has(`${type} ${id}`)) add('duplicate-id', facts);
    others.add(`${type} ${id}`);
  };

  /** An entry whose body is beside it, with this body. @param {Entry} entry @param {string} sha @param {number} index @returns {Entry} */
  const withLongBody = (entry, sha, index) => {
    const body = bodies.bodyOf(sha);
    if (!body) add('missing-body', { ...factsOf(entry, index), file: 'bodies.jsonl' });
    const { type } = entry;
    return madeEntry({ type, id: entry.id(), at: entry.at(), via: entry.via(), body });
  };

  const end = () => {
    if (events > 0) counts.set('event', events);
    else counts.delete('event');
    reportMissing();
    bodies.reportUnused();
  };

  /** @param {Entry} entry @param {number} index */
  const takeWhole = (entry, index) => {
    const sha = entry.kind === undefined ? longBodyOf(entry.body()) : undefined;
    take(sha === undefined ? entry : withLongBody(entry, sha, index), index);
  };

  return {
    take: takeWhole,
    end,
    requests,
    texts,
    written,
    counts,
    newer,
    purges,
    logKeys,
    beginnings,
    longBodies: bodies.count,
  };
}
/** @typedef {ReturnType<typeof summing>} Sum */

/**
 * Reads entry by entry. `times` has the times of those that are wanted, and `count` says how many were read.
 * @param {Readonly<{ sum: Sum, add: Add, timesOf?: ReadonlySet<number> }>} into
 */
function entryReader({ sum, add, timesOf }) {
  /** @type {Map<number, unknown>} */
  const times = new Map();
  const quickReader = new QuickReader();
  const textIn = (/** @type {unknown} */ value) => (typeof value === 'string' ? value : undefined);
  let count = 0;
  /** @param {Buffer} buffer @param {number} start @param {number} end */
  const take = (buffer, start, end) => {
    const index = count;
    count += 1;
    const purged = purgedIn(buffer, start, end);
    if (purged) return sum.purges.take(purged, index);
    const quick = end === -1 ? undefined : quickReader.read(buffer, start, end);
    const slow = quick ? undefined : readEntry(buffer, start, end);
    const entry = quick ?? slow?.entry;
    if (timesOf?.has(index)) times.set(index, quick ? quick.at() : slow?.names.at);
    if (entry) sum.take(entry, index);
    else if (slow?.kind) {
      const { kind, names, why } = slow;
      add(kind, { index, id: textIn(names.id), at: textIn(names.at), why });
    }
  };
  return { take, times, count: () => count };
}
/** @typedef {ReturnType<typeof entryReader>} EntryReader */

/** What the entries in a folder add up to, for a folder that is made and not verified. @param {string} folder @param {EvidenceSum} evidence */
function sumOf(folder, evidence) {
  const add = () => undefined;
  const sum = summing(folder, evidence, add);
  eachLine(join(folder, 'entries.jsonl'), MAX_ENTRY, entryReader({ sum, add }).take);
  return sum;
}

// ---------------------------------------------------------------------------------------------------------------------
// Texts

/**
 * Reads the lines of a file with texts, each in the quick way when it is of the usual form.
 * @template Row
 * @param {string} path
 * @param {(buffer: Buffer, start: number, end: number) => Row | undefined} quick
 * @param {(bytes: Uint8Array | undefined, line: number) => Row | undefined} slow Reports a line that cannot be read. A line that is too long has no bytes.
 * @param {(row: Row, line: number) => void} take
 */
function eachText(path, quick, slow, take) {
  eachLine(path, MAX_LINE, (buffer, start, end, line) => {
    const isTooLong = end === -1;
    const row = isTooLong ? undefined : quick(buffer, start, end);
    const read = row ?? slow(isTooLong ? undefined : buffer.subarray(start, end), line);
    if (read) take(read, line);
  });
}
/** Checks the texts beside the entries. Returns how many entries have theirs. @param {string} folder @param {Sum} sum @param {Add} add */
function verifyTexts(folder, { texts }, add) {
  const file = 'texts.jsonl';
  const [before, reader] = [texts.left(), new QuickReader()];
  /** @param {Uint8Array | undefined} bytes @param {number} line */
  const slow = (bytes, line) => {
    const value = objectIn(bytes, { file, line }, add);
    return (
      value && { index: value.index, hashes: listOf(value.texts).map((text) => saltedHash(value.salt, text)) }
    );
  };
  if (!isFile(join(folder, file))) add('missing-file', { file });
  else
    eachText(join(folder, file), reader.readTexts.bind(reader), slow, ({ index: entry, hashes }, line) => {
      const index = typeof entry === 'number' ? entry : Number.NaN;
      const expected = texts.take(index);
      if (expected === undefined) return add('unknown-text', { file, line, id: `entry ${shown(entry)}` });
      if (textsDigest(hashes) !== expected) add('wrong-text', { file, line, index });
    });
  return before - texts.left();
}

/**
 * The kinds of events with which a person wrote something, and the kind of the text. Of some texts a request has one, and their lines have no number.
 * @type {ReadonlyMap<unknown, Readonly<{ text: string, isOne: boolean }>>}
 */
const WRITTEN = new Map(
  Object.entries({
    requested: { text: 'reason', isOne: true },
    asked: { text: 'question', isOne: false },
    answered: { text: 'answer', isOne: false },
    'extension-requested': { text: 'extension', isOne: false },
    closed: { text: 'denial', isOne: true },
    'extension-closed': { text: 'denial', isOne: false },
  }),
);

/** The hashes of what people wrote, by the kind of the text, the request, and the number of the event. A text without a number has another one than each with a number. */
function writtenHashes() {
  /** @type {{ single: Map<string, Map<string, string>>, numbered: Map<string, Map<string, string>> }} */
  const { single, numbered } = { single: new Map(), numbered: new Map() };
  /** @param {string} text @param {string} request @param {number | null} seq @returns {[hashes: Map<string, string>, key: string]} */
  const placeOf = (text, request, seq) => {
    const byKind = seq === null ? single : numbered;
    let hashes = byKind.get(text);
    if (!hashes) byKind.set(text, (hashes = new Map()));
    return [hashes, seq === null ? request : `${request}/${seq}`];
  };
  let size = 0;
  return {
    size: () => size,
    /** Keeps the first hash of a text. @param {string} text @param {string} request @param {number | null} seq @param {string} hash */
    keep(text, request, seq, hash) {
      const [hashes, key] = placeOf(text, request, seq);
      if (hashes.get(key) !== undefined) return;
      hashes.set(key, hash);
      size += 1;
    },
    /** Each is there once: undefined the next time. @param {string} text @param {string} request @param {number | null} seq */
    take(text, request, seq) {
      const [hashes, key] = placeOf(text, request, seq);
      const hash = hashes.get(key);
      hashes.delete(key);
      return hash;
    },
  };
}
/** @typedef {ReturnType<typeof writtenHashes>} WrittenHashes */

/**
 * Keeps the hash of what a person wrote with an event. It is empty in an event of an earlier version.
 * @param {WrittenHashes} written @param {Entry} entry
 */
function takeWritten(written, entry) {
  const { kind, name, seq, mayBeDenied } = entry;
  const its = WRITTEN.get(kind);
  if (!its || (its.text === 'denial' && !mayBeDenied)) return;
  if (its.text === 'denial') {
    const { ending } = entry.body();
    if (!isObject(ending) || ending.kind !== 'denied') return;
  }
  const hash = typeof entry.written === 'string' ? entry.written : '';
  written.keep(its.text, name, its.isOne ? null : seq, hash);
}

/**
 * Checks what people wrote: reasons, denials, questions and answers. Returns how many of these texts have their hash in an event, of how many the
 * event has none, and how many are not here.
 * @param {string} folder @param {Sum} sum @param {Add} add
 */
function verifyFreeTexts(folder, { written }, add) {
  const file = 'free-texts.jsonl';
  let [hashed, unhashed] = [0, 0];
  const reader = new QuickReader();
  /** @param {Uint8Array | undefined} bytes @param {number} line */
  const slow = (bytes, line) => {
    const value = objectIn(bytes, { file, line }, add);
    if (!value) return undefined;
    const { id, request, kind, seq, salt, body } = value;
    return { id, request, kind, seq, hash: saltedHash(salt, body) };
  };
  if (isFile(join(folder, file)))
    eachText(
      join(folder, file),
      reader.readFreeText.bind(reader),
      slow,
      ({ id: own, request, kind, seq, hash: found }, line) => {
        const [name, text] = [stringOf(request), stringOf(kind)];
        const number = typeof seq === 'number' ? seq : null;
        const id = number === null ? `${name}/${text}` : `${name}/${text}/${number}`;
        const isOwn = own === id && seq === number;
        const expected = isOwn ? written.take(text, name, number) : undefined;
        if (expected === undefined) return add('unknown-text', { file, line, id: shown(own) });
        if (expected === '') unhashed += 1;
        else hashed += 1;
        if (expected !== '' && found !== expected) add('wrong-reason', { file, line, id });
      },
    );
  return { hashed, unhashed, missing: written.size() - hashed - unhashed };
}

/**
 * The hash of a text with its salt. A salt has no end of a line: else the first lines of a text could be hidden in it. It is short: else many texts
 * of a line could make this program run for days.
 * @param {unknown} salt @param {unknown} text
 */
const saltedHash = (salt, text) =>
  typeof salt === 'string' && typeof text === 'string' && salt.length <= MAX_SALT && !salt.includes('\n')
    ? hash('sha256', `${salt}\n${text}`, 'hex')
    : '';

/** @param {number | null} at */
const rfc3339 = (at) => (at === null || Math.abs(at) > 8.64e15 ? null : new Date(at).toISOString());

// ---------------------------------------------------------------------------------------------------------------------
// Evidence beside the log: answers to questions, which are made from the log alone

const EVIDENCE = 'evidence';
const CHECKSUMS = 'evidence/SHA256SUMS';
const CONTENTS = 'evidence/controls.json';
const SAMPLE = 'evidence/sample.jsonl';
const PROOFS = 'evidence/sample-proofs.jsonl';
/** Files in the folder of the evidence that are no answers. */
const OTHER_EVIDENCE = [CHECKSUMS, CONTENTS, SAMPLE, PROOFS, 'evidence/README.md'];
const MAX_SAMPLE = 10_000;
const EVIDENCE_FORMAT = 'curfew-evidence/2';
/** Access may be held for so long after its end before it is an overstay. */
const ALLOWED_MS = 60_000;

/** By which columns each answer is narrowed to the scope. */
const NARROWS = {
  grants: ['entitlement', 'provider'],
  approvals: ['entitlement'],
  'self-approvals': ['entitlement'],
  pairs: [],
  refusals: ['entitlement'],
  overstays: ['entitlement', 'provider'],
  drift: ['entitlement', 'provider'],
  decisions: [],
  'review-decisions': [],
  endings: [],
  policies: [],
  readings: [],
  purges: [],
};
const APPROVAL = [
  ...['id', 'at', 'person', 'via', 'approved', 'requester', 'entitlement', 'minutes', 'stage', 'digest'],
  'request_id',
];
const HELD = ['person', 'entitlement', 'provider', 'level', 'until', 'planned_end', 'request_id'];
/** The columns of each answer, in their order. */
const COLUMNS = {
  grants: ['id', 'at', ...HELD, 'approved_by', 'approvals', 'granted_event', 'receipt'],
  approvals: APPROVAL,
  'self-approvals': APPROVAL,
  pairs: ['id', 'at', 'person', 'other', 'approved', 'was_approved', 'first_at'],
  refusals: ['id', 'at', 'person', 'via', 'tried', 'code', 'requester', 'entitlement', 'request_id'],
  overstays: ['id', 'at', ...HELD, 'seconds'],
  drift: ['id', 'at', 'kind', 'change', 'lease_id', 'person', 'entitlement', 'provider', 'request_id'],
  decisions: ['id', 'at', 'person', 'via', 'decision', 'finding_id', 'refused'],
  'review-decisions': ['id', 'at', 'person', 'via', 'decision', 'review_id', 'line_id', 'refused'],
  endings: ['id', 'at', 'person', 'scope', 'scope_name', 'needs', 'requests'],
  policies: ['id', 'at', 'last_at', 'judged'],
  readings: ['id', 'at', 'person', 'kind', 'address', 'entry'],
  purges: ['id', 'at', 'person', 'before_at', 'requests', 'entries', 'export_size'],
};
/** @typedef {keyof typeof NARROWS} Question */

/** The questions that each control must have. */
const CONTROLS = {
  soc2: {
    'CC6.1': ['grants', 'refusals', 'overstays', 'drift', 'decisions'],
    'CC6.2': ['grants', 'approvals', 'self-approvals', 'refusals', 'review-decisions', 'endings'],
    'CC6.3': [
      'grants',
      'approvals',
      'self-approvals',
      'pairs',
      'overstays',
      'decisions',
      'review-decisions',
      'policies',
    ],
    'CC6.6': ['refusals', 'decisions', 'endings'],
    'CC6.8': ['drift', 'decisions', 'policies'],
  },
  iso27001: {
    'A.5.15': ['policies', 'grants', 'refusals', 'self-approvals'],
    'A.5.16': ['grants', 'decisions', 'endings'],
    'A.5.17': ['grants', 'overstays'],
    'A.5.18': ['grants', 'approvals', 'overstays', 'decisions', 'review-decisions', 'endings'],
    'A.8.2': ['grants', 'approvals', 'self-approvals', 'pairs', 'overstays', 'drift', 'readings'],
  },
  'nist-800-53': {
    'AC-2': ['grants', 'approvals', 'overstays', 'drift', 'decisions', 'review-decisions', 'endings'],
    'AC-5': ['approvals', 'self-approvals', 'pairs', 'refusals'],
    'AC-6': ['grants', 'overstays', 'drift', 'decisions', 'review-decisions', 'policies'],
    'AU-2': ['grants', 'approvals', 'refusals', 'decisions', 'endings', 'policies', 'readings'],
    'AU-9': ['purges', 'readings'],
    'AU-10': ['approvals', 'decisions', 'readings'],
  },
};
/** A smaller sample than this one, of more rows, is named in the report. */
const USUAL_SAMPLE = 25;

/** @param {string} name @returns {name is Question} */
const isQuestion = (name) => Object.hasOwn(NARROWS, name);

/**
 * A row of an answer, and the entries that it is made of. `scope` has an entitlement and a provider, or null for each.
 * @typedef {Readonly<{ fields: Json, facts: readonly Facts[] }>} AnswerRow
 * @typedef {Readonly<{ from: number, to: number, answeredAt: number, scope: Json }>} Asked Times in milliseconds since 1970.
 * @typedef {Readonly<{ seq: number, at: number, facts: Facts, body: Json, via: unknown, request: Request }>} Happened
 * @typedef {{ granted?: Happened, revoked?: Happened, level?: unknown, undone: Happened[], repaired: Happened[], request: Request }} LeaseFacts
 * @typedef {Readonly<{ kind: unknown, by: unknown, after: number }>} ApprovalStep `after`: so many entries that are no events were read before it.
 * @typedef {{ endsAt: number | null, approvals: Happened[], steps: ApprovalStep[], endings: Set<string> }} RequestFacts
 */

/** Keeps what the answers are made of, as the entries are read, up to the entry of the order. @param {unknown} order The id of that entry. */
function evidenceSum(order) {
  /** @type {Map<string, LeaseFacts>} */
  const leases = new Map();
  /** @type {Map<Request, RequestFacts>} */
  const requests = new Map();
  /** @type {Record<'refusals' | 'drift', Happened[]>} */
  const lists = { refusals: [], drift: [] };
  /** @type {Map<string, { at: number, last: number, judged: number, facts: Facts }>} */
  const policies = new Map();
  /** @type {Map<string, Set<Request>>} The requests that each mass ending ended. */
  const ended = new Map();
  /** @type {Readonly<{ type: string, id: string, at: number, body: Json, facts: Facts }>[]} */
  const others = [];

  /** @param {string} id @param {Request} request */
  const leaseOf = (id, request) => {
    const known = leases.get(id) ?? { undone: [], repaired: [], request };
    leases.set(id, known);
    return known;
  };
  /** @param {Request} request */
  const requestOf = (request) => {
    const known = requests.get(request) ?? { endsAt: null, approvals: [], steps: [], endings: new Set() };
    requests.set(request, known);
    return known;
  };

  /** @type {OtherEntry | undefined} */
  let ordered;
  /** @type {Json[]} The decisions of reviews after the order that count. */
  const decidedLater = [];

  /** @param {Happened} event */
  const take = (event) => {
    if (ordered) return;
    const { body, at, facts, request } = event;
    const { kind, drift, ending, requirements } = body;
    const lease = typeof body.lease === 'string' ? leaseOf(body.lease, request) : undefined;
    if (kind === 'granted' && lease) lease.granted ??= event;
    if (kind === 'revoked' && lease) lease.revoked ??= event;
    if (kind === 'undone' && lease) lease.undone.push(event);
    if (kind === 'repaired' && lease) lease.repaired.push(event);
    if (kind === 'intended' && lease && !lease.granted) lease.level = body.level;
    if (kind === 'approved' || kind === 'extension-approved') requestOf(request).approvals.push(event);
    if (kind === 'approved' || stringOf(kind).startsWith('extension-'))
      requestOf(request).steps.push({ kind, by: body.by, after: others.length });
    if (kind === 'refused') lists.refusals.push(event);
    if (kind === 'drifted' || kind === 'repaired' || drift !== undefined) lists.drift.push(event);
    if (kind === 'grant-started' || kind === 'extended' || kind === 'end-adopted')
      requestOf(request).endsAt = Math.max(requestOf(request).endsAt ?? 0, instant(body.endsAt));
    const policy = isObject(requirements) ? requirements.policy : undefined;
    if ((kind === 'judged' || kind === 'extension-requested') && typeof policy === 'string') {
      const known = policies.get(policy) ?? { at, last: at, judged: 0, facts };
      policies.set(policy, {
        facts: at < known.at ? facts : known.facts,
        at: Math.min(known.at, at),
        last: Math.max(known.last, at),
        judged: known.judged + 1,
      });
    }
    const mass = isObject(ending) ? ending.massEnding : undefined;
    if (typeof mass === 'string') ended.set(mass, (ended.get(mass) ?? new Set()).add(request));
  };

  /** @param {string} type @param {string} id @param {Readonly<{ at: number, body: Json, facts: Facts }>} entry */
  const takeOther = (type, id, entry) => {
    const { body } = entry;
    if (ordered && type === 'review-decision' && body.refusal === null) decidedLater.push(body);
    if (ordered) return;
    others.push({ type, id, ...entry });
    if (type === 'copy' && id === order) ordered = others.at(-1);
  };

  return {
    take,
    takeOther,
    ordered: () => ordered,
    leases,
    requests,
    lists,
    policies,
    ended,
    others,
    decidedLater,
  };
}
/** @typedef {ReturnType<typeof evidenceSum>} EvidenceSum */

/** When the access of a lease ended: at its receipt, or before it, when it was revoked without the ledger. @param {LeaseFacts} lease */
function endOf({ granted, revoked, undone, repaired }) {
  if (!granted) return null;
  const counts = undone.filter(
    ({ seq }) => !repaired.some((each) => each.seq > seq && (!revoked || each.seq < revoked.seq)),
  );
  const ends = [...counts.map(({ body }) => instant(body.undoneAt)), ...(revoked ? [revoked.at] : [])];
  return ends.length === 0 ? null : Math.max(granted.at, Math.min(...ends));
}

/** @param {Request} request @param {unknown} lease */
const providerOf = ({ leases, targets }, lease) => targets[leases.indexOf(stringOf(lease))] ?? null;

/** The rows of an answer, the oldest first. @param {Question} name @param {EvidenceSum} sum @param {Asked} asked @returns {readonly AnswerRow[]} */
function answerRows(name, sum, asked) {
  /** @type {AnswerRow[]} */
  const rows = [];
  const { from, to, scope } = asked;
  const isWithin = (/** @type {number} */ at) => at >= from && at <= to;
  /** @param {Json} fields @param {...Facts} facts */
  const add = (fields, ...facts) => {
    const row = Object.fromEntries(COLUMNS[name].map((column) => [column, fields[column] ?? null]));
    if (NARROWS[name].every((column) => scope[column] === null || row[column] === scope[column]))
      rows.push({ fields: row, facts });
  };
  /** @param {Happened} event @param {Json} fields */
  const addEvent = ({ at, facts, request }, fields) => {
    if (isWithin(at)) add({ id: facts.id, at: rfc3339(at), request_id: request.id, ...fields }, facts);
  };
  /** @param {string} wanted @param {(body: Json, id: string) => Json} fieldsOf */
  const addOthers = (wanted, fieldsOf) => {
    for (const { id, at, body, facts, type } of sum.others)
      if (type === wanted && isWithin(at)) add({ id, at: rfc3339(at), ...fieldsOf(body, id) }, facts);
  };
  switch (name) {
    case 'grants':
      for (const [id, lease] of sum.leases) addGrant(id, lease, { sum, asked, add });
      break;
    case 'overstays':
      for (const [id, lease] of sum.leases) addOverstay(id, lease, { sum, asked, add });
      break;
    case 'approvals':
    case 'self-approvals':
      for (const [request, { approvals }] of sum.requests)
        for (const event of approvals) {
          const { by, stage, digest, kind } = event.body;
          const approved = kind === 'approved' ? 'request' : 'extension';
          const { requester, entitlement, minutes, state } = request;
          if (state !== 'blank' && (name === 'approvals' || by === requester))
            addEvent(event, {
              ...{ person: by, via: event.via, approved, requester, entitlement, minutes, stage, digest },
            });
        }
      break;
    case 'pairs':
      addPairs(sum, add);
      break;
    case 'refusals':
      for (const event of sum.lists.refusals) {
        const { by: person, tried, refusal } = event.body;
        const { requester, entitlement, state } = event.request;
        const its = state === 'blank' ? {} : { requester, entitlement };
        addEvent(event, {
          ...{ person, via: event.via, tried, code: isObject(refusal) ? refusal.code : null, ...its },
        });
      }
      break;
    case 'drift':
      for (const event of sum.lists.drift) {
        const { kind, lease, drift } = event.body;
        const seen = kind === 'drifted' ? event.body : isObject(drift) ? drift : {};
        const { requester: person, entitlement, state } = event.request;
        const provider = providerOf(event.request, lease);
        if (state !== 'blank')
          addEvent(event, { kind, change: seen.change, lease_id: lease, person, entitlement, provider });
      }
      break;
    case 'decisions':
      addOthers('finding-decision', ({ by, via, kind, finding, refusal }) => ({
        ...{ person: by, via, decision: kind, finding_id: finding, refused: refusal },
      }));
      break;
    case 'review-decisions':
      addOthers('review-decision', ({ by, via, kind, review, line, refusal }) => ({
        ...{ person: by, via, decision: kind === 'certify' ? 'certified' : 'objected' },
        ...{ review_id: review, line_id: line, refused: refusal },
      }));
      break;
    case 'endings':
      addOthers('mass-ending', ({ by, scope: its, needs }, id) => ({
        ...{ person: by, needs, scope: isObject(its) ? its.kind : null },
        scope_name: isObject(its) ? (its.person ?? its.entitlement ?? its.provider) : null,
        requests: sum.ended.get(id)?.size ?? 0,
      }));
      break;
    case 'policies':
      for (const [id, { at, last, judged, facts }] of sum.policies)
        if (isWithin(at)) add({ id, at: rfc3339(at), last_at: rfc3339(last), judged }, facts);
      break;
    case 'readings':
      addReadings(sum, { isWithin, add });
      break;
    case 'purges':
      addOthers('purge', ({ by, before, requests, entries, exportSize }) => ({
        ...{ person: by, before_at: before, requests, entries, export_size: exportSize },
      }));
      break;
  }
  const keyOf = (/** @type {AnswerRow} */ { fields: { at, id } }) => `${stringOf(at)} ${stringOf(id)}`;
  return rows.sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

/**
 * Each reading of a visit, and each that is an entry of its own, from before there were visits.
 * @param {EvidenceSum} sum
 * @param {Readonly<{ isWithin: (at: number) => boolean, add: Adding['add'] }>} into
 */
function addReadings({ others }, { isWithin, add }) {
  for (const { type, id: entry, at: recorded, body, facts } of others) {
    /** @type {readonly Json[]} */
    const own = type === 'reading' ? [{ ...body, id: entry, at: rfc3339(recorded) }] : [];
    for (const { id, at, kind, address } of type === 'visit' ? listOf(body.readings).filter(isObject) : own)
      if (isWithin(Date.parse(stringOf(at))))
        add({ id, at, person: body.by, kind, address, entry: `${type}/${entry}` }, facts);
  }
}

/** @typedef {Readonly<{ sum: EvidenceSum, asked: Asked, add: (fields: Json, ...facts: readonly Facts[]) => void }>} Adding */

/** What the log says of a lease that was granted. @param {string} id @param {LeaseFacts} lease @param {EvidenceSum} sum */
function heldFields(id, lease, sum) {
  const { request, level } = lease;
  const { endsAt = null } = sum.requests.get(request) ?? {};
  return {
    ...{ id, person: request.requester, entitlement: request.entitlement, provider: providerOf(request, id) },
    ...{ level, until: rfc3339(endOf(lease)), planned_end: rfc3339(endsAt), request_id: request.id },
  };
}

/** @param {string} id @param {LeaseFacts} lease @param {Adding} into */
function addGrant(id, lease, { sum, asked: { from, to }, add }) {
  const { granted, revoked, request } = lease;
  if (!granted || !request.leases.includes(id)) return;
  if (granted.at > to || (endOf(lease) ?? Infinity) < from) return;
  const { approvals = [] } = sum.requests.get(request) ?? {};
  const own = {
    ...{ at: rfc3339(granted.at), approved_by: approvals.map(({ body }) => body.by) },
    ...{ approvals: approvals.map(({ facts }) => facts.id), granted_event: granted.facts.id },
    receipt: revoked?.facts.id,
  };
  const events = [...approvals, granted, ...(revoked ? [revoked] : [])];
  add({ ...heldFields(id, lease, sum), ...own }, ...events.map(({ facts }) => facts));
}

/** What is still held is held at the moment of the answer. @param {string} id @param {LeaseFacts} lease @param {Adding} into */
function addOverstay(id, lease, { sum, asked: { from, answeredAt }, add }) {
  const { granted, revoked, request } = lease;
  const { endsAt = null } = sum.requests.get(request) ?? {};
  const end = endOf(lease) ?? answeredAt;
  if (!granted || !request.leases.includes(id) || endsAt === null) return;
  if (end <= endsAt + ALLOWED_MS || end < from) return;
  const own = { at: rfc3339(end), seconds: (end - endsAt) / 1000 };
  add({ ...heldFields(id, lease, sum), ...own }, granted.facts, ...(revoked ? [revoked.facts] : []));
}

/** @param {EvidenceSum} sum @param {Adding['add']} add */
function addPairs({ requests }, add) {
  /** @type {Map<string, { count: number, first: number, last: number, facts: Facts }>} */
  const given = new Map();
  for (const [{ requester, state }, { approvals }] of requests)
    for (const { body, at, facts } of approvals) {
      const key = JSON.stringify([body.by, requester]);
      const known = given.get(key) ?? { count: 0, first: at, last: at, facts };
      const [first, last] = [Math.min(known.first, at), Math.max(known.last, at)];
      if (state !== 'blank') given.set(key, { count: known.count + 1, first, last, facts });
    }
  for (const [key, one] of given) {
    const [person, other] = /** @type {[string, string]} */ (JSON.parse(key));
    const back = given.get(JSON.stringify([other, person]));
    if (!back || person >= other) continue;
    const counts = { id: `${person}/${other}`, person, other, approved: one.count, was_approved: back.count };
    const at = rfc3339(Math.max(one.last, back.last));
    add({ ...counts, at, first_at: rfc3339(Math.min(one.first, back.first)) }, one.facts, back.facts);
  }
}

/** The rows of an answer as the lines of its two files. @param {Question} name @param {readonly AnswerRow[]} rows */
function answerLines(name, rows) {
  return {
    jsonl: rows.map(({ fields }) => JSON.stringify(fields)),
    csv: [
      COLUMNS[name].map(quotedCell).join(),
      ...rows.map(({ fields }) => Object.values(fields).map(cellOf).join()),
    ],
  };
}

/**
 * The answers to questions, as the lines of their files, made from the entries in a folder up to the entry of an order. Rows of `grants` are the ones
 * that a sample is drawn from, by `root`. The program that makes evidence calls this, so that there is one way to make an answer.
 * @param {string} folder @param {Readonly<{ names: readonly string[], asked: Asked, order: string }>} wanted
 */
export function answersFrom(folder, { names, asked, order }) {
  const evidence = evidenceSum(order);
  const sum = sumOf(folder, evidence);
  const entry = evidence.ordered();
  if (!entry) throw new Error(`the log in ${folder} has no entry of the order ${order}`);
  const answers = names.filter(isQuestion).map((name) => {
    const rows = answerRows(name, evidence, asked);
    return { name, rows: rows.map(({ fields }) => fields), ...answerLines(name, rows) };
  });
  return {
    answers,
    root: drawingRoot(folder, entry).root,
    incompleteBefore: rfc3339(wholeFrom(sum.purges)),
  };
}

/** The SHA-256 of a file, in hex. @param {string} path */
function shaOfFile(path) {
  const digest = createHash('sha256');
  const buffer = Buffer.allocUnsafe(READ_AT_ONCE);
  const fd = openSync(path, 'r');
  try {
    for (let read = readSync(fd, buffer); read > 0; read = readSync(fd, buffer))
      digest.update(buffer.subarray(0, read));
  } finally {
    closeSync(fd);
  }
  return digest.digest('hex');
}

/** Every file below a folder, with its path in it. What is neither a file nor a folder, such as a link, counts as an extra file. @param {string} folder @param {Add} add @param {string} [below] @returns {readonly string[]} */
function filesBelow(folder, add, below = '') {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((each) => {
    const file = `${below}${each.name}`;
    if (each.isDirectory()) return filesBelow(folder, add, `${file}/`);
    if (!each.isFile()) add('extra-file', { file });
    return each.isFile() ? [file] : [];
  });
}

/**
 * Checks the hashes of all files. Returns them, and the hash of the list itself.
 * @param {string} folder @param {string | undefined} given The hash of the list that somebody has from elsewhere. @param {Add} add
 */
function verifyChecksums(folder, given, add) {
  const isOther = (/** @type {string} */ file) => file !== CHECKSUMS;
  const hashes = new Map(
    filesBelow(folder, add)
      .filter(isOther)
      .sort()
      .map((file) => [file, shaOfFile(join(folder, file))]),
  );
  const bytes = smallFile(join(folder, CHECKSUMS), MAX_LINE);
  if (!bytes) {
    add('missing-file', { file: CHECKSUMS });
    return { hashes, own: '' };
  }
  const text = bytes.toString('utf8');
  const listed = new Map(text.split('\n').map((line) => [line.slice(66), line.slice(0, 64)]));
  let isFine = true;
  for (const [file, found] of hashes) {
    if (listed.get(file) === found) continue;
    isFine = false;
    add(listed.has(file) ? 'wrong-file' : 'extra-file', { file });
  }
  for (const file of listed.keys()) {
    if (file === '' || hashes.has(file)) continue;
    isFine = false;
    add('missing-file', { file });
  }
  const written = [...hashes].map(([file, found]) => `${found}  ${file}\n`).join('');
  const own = hexOf(sha256(bytes));
  if (isFine && written !== text) add('wrong-checksums', { why: 'it is not written as docs/verify.md says' });
  if (given !== undefined && given.toLowerCase() !== own)
    add('wrong-checksums', { why: `its SHA-256 is ${own}` });
  return { hashes, own };
}

// What a spreadsheet gets is written as the program that makes the evidence writes it, so that both files can be compared.
const HIDDEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800]/gu;
const STRAY_SELECTOR = /(?<!\p{Extended_Pictographic})[\ufe0e\ufe0f](?!\u20e3)/gu;
const STRAY_JOINER =
  /(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0e\ufe0f])\u200d|\u200d(?!\p{Extended_Pictographic})/gu;
const FORMULA = /(?<=^|;)(?=[\s"]*[=+\-@\uff1d\uff0b\uff0d\uff20])/g;
const BOX = '\u25af';

/** A value as a cell of CSV. @param {unknown} value @returns {string} */
function cellOf(value) {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? '' : cellOf(value.join(' '));
  const plain = typeof value === 'string' ? value : JSON.stringify(value);
  const text = plain.toWellFormed().replaceAll(STRAY_SELECTOR, BOX).replaceAll(STRAY_JOINER, BOX);
  const shownText = text.replaceAll(HIDDEN, (hidden) =>
    '\u200d\ufe0e\ufe0f'.includes(hidden) ? hidden : BOX,
  );
  return quotedCell(shownText.replaceAll(FORMULA, "'"));
}

/** @param {string} text */
const quotedCell = (text) => (/[",'\s]/.test(text) || text === '' ? `"${text.replaceAll('"', '""')}"` : text);

/** The rows that a root in base64 chooses. @param {readonly AnswerRow[]} rows @param {string} root @param {number} most */
function sampleOf(rows, root, most) {
  const byId = new Map(rows.map((row) => [stringOf(row.fields.id), row]));
  return chosenIds([...byId.keys()], root, most).flatMap((id) => byId.get(id) ?? []);
}

/**
 * Compares an answer with the one that the log gives, row by row, and its file for spreadsheets too.
 * @param {string} folder @param {Question} name @param {Readonly<{ rows: readonly AnswerRow[], hashes: ReadonlyMap<string, string> }>} with_ @param {Add} add
 */
function verifyAnswer(folder, name, { rows, hashes }, add) {
  const [file, csv] = [`evidence/${name}.jsonl`, `evidence/${name}.csv`];
  const expected = new Map(rows.map((row) => [row.fields.id, row]));
  const seen = new Set();
  let count = 0;
  eachObject(folder, file, add, (row, line) => {
    const id = stringOf(row.id);
    const its = expected.get(id);
    if (!its || seen.has(id)) return add('extra-answer', { file, line, id });
    seen.add(id);
    if (id !== rows[count]?.fields.id) add('row-order', { file, line, id });
    count += 1;
    reportDifferentFields(row, its, { file, line, id }, add);
    reportOtherColumns(row, COLUMNS[name], { file, line }, add);
  });
  for (const { fields, facts } of rows)
    if (!seen.has(fields.id))
      add('missing-answer', { file, id: stringOf(fields.id), entry: `the ${entryOf(facts.at(-1) ?? {})}` });
  const written = answerLines(name, rows)
    .csv.map((each) => `${each}\n`)
    .join('');
  if (!hashes.has(csv)) add('missing-file', { file: csv });
  else if (hashes.get(csv) !== hexOf(sha256(written))) add('wrong-csv', { file: csv, other: file });
}

/** @param {Json} row @param {AnswerRow} expected @param {Facts} where @param {Add} add */
function reportDifferentFields(row, { fields, facts }, where, add) {
  const differs = (/** @type {string} */ field) =>
    JSON.stringify(row[field]) !== JSON.stringify(fields[field]);
  const field = Object.keys(fields).find(differs);
  if (field === undefined) return;
  const values = {
    found: shown(JSON.stringify(row[field])),
    expected: shown(JSON.stringify(fields[field])),
  };
  add('wrong-answer', { ...where, field, ...values, entry: `the ${entryOf(facts.at(-1) ?? {})}` });
}

/**
 * Checks that the sample has the rows that the root chooses, and a proof for each of their events.
 * @param {string} folder @param {readonly AnswerRow[]} rows
 * @param {Readonly<{ head: Readonly<{ size: number, root: Hash }>, keys: readonly Key[] }>} with_ @param {Add} add
 */
function verifySample(folder, rows, { head, keys }, add) {
  /** @type {string[]} */
  const found = [];
  eachObject(folder, SAMPLE, add, (row) => void found.push(JSON.stringify(row)));
  if (rows.length !== found.length || rows.some(({ fields }, at) => JSON.stringify(fields) !== found[at]))
    add('wrong-sample', { file: SAMPLE });
  const events = rows.flatMap(({ facts }) => facts);
  let [count, unwitnessed] = [0, 0];
  eachObject(folder, PROOFS, add, (proof, line) => {
    const { index, id } = events[count] ?? {};
    count += 1;
    const judged = judgeProof(proof, id, { head, keys });
    if (judged === 'wrong' || proof.index !== index) add('wrong-proof', { file: PROOFS, line, id });
    if (judged === 'unwitnessed') unwitnessed += 1;
  });
  if (count < events.length) add('wrong-sample', { file: PROOFS });
  return { count: events.length, unwitnessed };
}

/**
 * Whether a proof is of the entry with this id in this checkpoint, and each witness that was given cosigned it there.
 * @param {Json} proof @param {Facts[string]} id @param {Readonly<{ head: Readonly<{ size: number, root: Hash }>, keys: readonly Key[] }>} with_
 */
function judgeProof(proof, id, { head, keys }) {
  const { head: own, cosigned } = headOf(proof.note, keys);
  const isOfIt = own?.size === head.size && own.root === head.root;
  const isGood =
    proof.format === 'curfew-inclusion-proof/1' && checkInclusion(proof, hashesIn(proof.path), keys).ok;
  if (id === undefined || !isOfIt || !isGood || namesIn(Buffer.from(stringOf(proof.entry))).id !== id)
    return 'wrong';
  const isWitnessed = keys.every(({ isWitness, vkey }) => !isWitness || hasKey(cosigned, vkey));
  return isWitnessed ? 'good' : 'unwitnessed';
}

/** What the evidence says that it is of. Undefined when it cannot be read. @param {string} folder @param {Add} add */
function readContents(folder, add) {
  const bytes = smallFile(join(folder, CONTENTS), MAX_LINE);
  if (!bytes) {
    add('missing-file', { file: CONTENTS });
    return undefined;
  }
  const { value, why } = readObject(bytes);
  const wrong = value ? wrongContents(value) : why;
  if (!value || wrong !== undefined) {
    add('unreadable', { file: CONTENTS, why: wrong });
    return undefined;
  }
  const [from = 0, to = 0] = timesIn(value);
  const scope = { entitlement: value.entitlement ?? null, provider: value.provider ?? null };
  const { wanted, rows: rowsOfSample } = isObject(value.sample) ? value.sample : {};
  const checkpoint = isObject(value.checkpoint) ? value.checkpoint : {};
  const answers = listOf(value.answers).filter(isObject);
  return { value, period: { from, to, scope }, wanted: Number(wanted), rowsOfSample, answers, checkpoint };
}

/** @param {Json} contents */
const timesIn = ({ from, to }) => [from, to].map((each) => Date.parse(stringOf(each)));

/** Why the evidence does not say what it is of; undefined when it does. @param {Json} contents */
function wrongContents(contents) {
  const { wanted } = isObject(contents.sample) ? contents.sample : {};
  if (contents.format !== EVIDENCE_FORMAT) return `it does not have the format ${EVIDENCE_FORMAT}`;
  if (!hasOnly(contents, CONTENTS_FIELDS) || !haveOnly(contents, INNER_FIELDS)) return OTHER_FIELD;
  if (timesIn(contents).some((each) => Number.isNaN(each))) return 'it has no period';
  const isKnown = (/** @type {unknown} */ each) => isObject(each) && hasOnly(each, PART_FIELDS);
  if (![...listOf(contents.answers), ...listOf(contents.controls)].every(isKnown))
    return 'an answer or a control is no object, or has a field that does not belong there';
  return isSize(wanted) ? undefined : 'it does not say how large the sample is';
}

/** The fields of an answer and of a control. */
const PART_FIELDS = ['question', 'title', 'rows', 'framework', 'id', 'asks', 'questions', 'cannot'];
const CONTENTS_FIELDS = [
  ...['format', 'order', 'from', 'to', 'entitlement', 'provider', 'incompleteBefore', 'checkpoint', 'sample'],
  ...['controls', 'answers'],
];

/** @param {unknown} value */
const isSize = (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_SAMPLE;

/**
 * The checkpoint that a folder names, and whether it is the newest one that the ledger lists and that the entries fit.
 * @param {Json} checkpoint @param {Readonly<{ listed: readonly Checkpoint[], origin: unknown, proven: number }>} log
 */
function headNamed(checkpoint, { listed, origin, proven }) {
  const root = hashIn(checkpoint.root);
  const head = { size: Number(checkpoint.size), root };
  const isNewest =
    listed.every(({ size }) => size <= head.size) &&
    head.size <= proven &&
    checkpoint.origin === origin &&
    listed.some((each) => each.size === head.size && each.root === root);
  return { head, isNewest };
}

/** The id of the entry with the order of a folder of evidence, by its own contents. @param {string} folder */
function orderNamed(folder) {
  const files = [REVIEW, CONTENTS].map((file) => smallFile(join(folder, file), MAX_LINE));
  return readObject(files.find((bytes) => bytes) ?? Buffer.of()).value?.order;
}

/**
 * The root of the log that ends with an entry, by the entries in a folder: it draws a sample. In base64.
 * @param {string} folder @param {OtherEntry} entry
 */
function drawingRoot(folder, { facts: { index } }) {
  const size = Number(index) + 1;
  const root = hashLog(join(folder, 'entries.jsonl'), [size]).roots.get(size) ?? '';
  return { size, root: Buffer.from(root, 'latin1').toString('base64') };
}

/**
 * The entry of the order, which must be for exactly this.
 * @param {Json} value @param {Json} ordered What the contents say of the order. @param {EvidenceSum} sum @param {(why: string) => void} wrong
 */
function orderOf(value, ordered, sum, wrong) {
  const entry = sum.ordered();
  if (!entry) wrong(`the log has no order ${shown(value.order)}`);
  for (const [field, its] of Object.entries(ordered))
    if (entry && canonicalOf(its) !== canonicalOf(entry.body[field]))
      wrong(`it was ordered with another ${field}`);
  return entry;
}

/**
 * Checks the evidence beside the log. Returns lines for people.
 * @param {string} folder
 * @param {Readonly<{ sum: EvidenceSum, purges: Sum['purges'], trusted: readonly Checkpoint[], keys: readonly Key[], origin: unknown, proven: number, checksum: string | undefined }>} given
 * @param {Add} add
 */
function verifyEvidence(folder, { sum, purges, trusted, keys, origin, proven, checksum }, add) {
  const { hashes, own } = verifyChecksums(folder, checksum, add);
  const contents = readContents(folder, add);
  if (!contents) return { checked: [], notChecked: [], missing: [] };
  const { value, period, wanted, rowsOfSample, answers, checkpoint } = contents;
  const wrong = (/** @type {string} */ why) => add('wrong-evidence', { why });
  const listed = trusted.filter(({ source }) => source === 'ledger');
  const { head, isNewest } = headNamed(checkpoint, { listed, origin, proven });
  if (!isNewest) wrong('its checkpoint is not the newest one of this log');
  const controls = listOf(value.controls).filter(isObject);
  const entry = orderOf(
    value,
    {
      ...{ kind: 'evidence', from: value.from, to: value.to, sample: wanted, ...period.scope },
      controls: controls.map(({ framework, id }) => `${stringOf(framework)} ${stringOf(id)}`),
    },
    sum,
    wrong,
  );
  const asked = { ...period, answeredAt: entry?.at ?? 0 };
  const names = answers.map(({ question }) => stringOf(question));
  const otherControls = judgeControls(controls, add);
  reportUnlistedFiles(hashes, { controls, names }, add);

  /** @type {readonly AnswerRow[]} */
  let grants = [];
  /** @type {Map<string, number>} */
  const all = new Map();
  let ofScope = 0;
  for (const name of names.filter(isQuestion)) {
    const rows = answerRows(name, sum, asked);
    const { answeredAt } = asked;
    all.set(name, answerRows(name, sum, { ...ALWAYS, answeredAt }).length);
    ofScope += answerRows(name, sum, { ...ALWAYS, answeredAt, scope: period.scope }).length;
    if (name === 'grants') grants = rows;
    verifyAnswer(folder, name, { rows, hashes }, add);
    const { rows: said } = answers.find(({ question }) => question === name) ?? {};
    if (said !== rows.length)
      wrong(`it says that ${name} has ${shown(said)} rows, and there are ${rows.length}`);
  }
  const sample = entry ? sampleOf(grants, drawingRoot(folder, entry).root, wanted) : [];
  if (rowsOfSample !== sample.length) wrong(`its sample has ${sample.length} rows`);
  const whole = wholeFrom(purges);
  if (value.incompleteBefore !== rfc3339(whole))
    wrong(`by the log it is whole since ${rfc3339(whole) ?? 'its beginning'}`);
  const proofs = verifySample(folder, sample, { head, keys }, add);
  return evidenceLines({
    ...{ hashes, own, contents, answeredAt: asked.answeredAt, proofs, otherControls, checksum },
    ...{ sampled: sample.length, grants: grants.length, all, isOfNothing: ofScope === 0 },
    lacksBefore:
      whole !== null && period.from < whole && names.some((name) => OF_REQUESTS.has(name)) ? whole : null,
    other: names.filter((name) => !isQuestion(name)).map(shown),
  });
}

/**
 * Before this time answers may lack requests that were purged, because access lasts at most 30 days. Null: nothing was purged.
 * @param {Readonly<{ named: ReadonlyMap<string, Readonly<{ body: Json }>> }>} purges
 */
function wholeFrom({ named }) {
  const times = [...named.values()].map(({ body }) => Date.parse(stringOf(body.before)) + LONGEST_MS);
  return times.length === 0 ? null : Math.max(...times);
}
const LONGEST_MS = 30 * 86_400_000;

/** The questions whose answers have rows of requests. */
const OF_REQUESTS = new Set([
  ...[
    'grants',
    'approvals',
    'self-approvals',
    'pairs',
    'refusals',
    'overstays',
    'drift',
    'endings',
    'policies',
  ],
]);

const ALWAYS = { from: -Infinity, to: Infinity, scope: { entitlement: null, provider: null } };

/**
 * Every control that this program knows has its questions. Returns the names of the others. @param {readonly Json[]} controls @param {Add} add
 */
function judgeControls(controls, add) {
  const other = [];
  for (const { id, framework, questions } of controls) {
    /** @type {Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>} */
    const known = CONTROLS;
    const wanted = Object.hasOwn(known, stringOf(framework)) ? known[stringOf(framework)] : undefined;
    const its = wanted && Object.hasOwn(wanted, stringOf(id)) ? wanted[stringOf(id)] : undefined;
    if (!its) other.push(shown(`${stringOf(framework)} ${stringOf(id)}`));
    else if (JSON.stringify(questions) !== JSON.stringify(its))
      add('wrong-evidence', {
        why: `the control ${shown(id)} does not have its questions, ${its.join(', ')}`,
      });
  }
  return other;
}

/** Every control has its answers, and every file is of one. @param {ReadonlyMap<string, string>} hashes @param {Readonly<{ controls: readonly Json[], names: readonly string[] }>} contents @param {Add} add */
function reportUnlistedFiles(hashes, { controls, names }, add) {
  const wanted = new Set(controls.flatMap(({ questions }) => stringsOf(questions)));
  if (
    new Set(names).size !== names.length ||
    wanted.size !== names.length ||
    names.some((name) => !wanted.has(name))
  )
    add('wrong-evidence', { why: 'its answers are not those that its controls name' });
  const files = new Set([
    ...OTHER_EVIDENCE,
    ...names.flatMap((name) => [`evidence/${name}.csv`, `evidence/${name}.jsonl`]),
  ]);
  for (const file of hashes.keys())
    if (file.startsWith(`${EVIDENCE}/`) && !files.has(file)) add('extra-file', { file });
}

/**
 * `all`: how many rows the whole log has for each question, `grants` how many grants are of the period and scope.
 * @param {Readonly<{ hashes: ReadonlyMap<string, string>, own: string, contents: NonNullable<ReturnType<typeof readContents>>, answeredAt: number, other: readonly string[], otherControls: readonly string[], proofs: Readonly<{ count: number, unwitnessed: number }>, sampled: number, grants: number, all: ReadonlyMap<string, number>, isOfNothing: boolean, lacksBefore: number | null, checksum: string | undefined }>} done
 */
function evidenceLines({ hashes, own, contents: { period, answers }, ...done }) {
  const {
    answeredAt,
    other,
    otherControls,
    proofs,
    sampled,
    grants,
    all,
    isOfNothing,
    lacksBefore,
    checksum,
  } = done;
  const scope = [period.scope.entitlement, period.scope.provider]
    .filter((each) => each !== null)
    .map(shown)
    .join(', ');
  const counts = answers
    .map(
      ({ question, rows }) =>
        `${shown(rows)} of ${all.get(stringOf(question)) ?? 'unknown'} ${shown(question)}`,
    )
    .join(', ');
  const hasGrants = answers.some(({ question }) => question === 'grants');
  return {
    checked: [
      `evidence from ${rfc3339(period.from)} until ${rfc3339(period.to)}${scope === '' ? '' : ` of ${scope}`}, as the log said at ${rfc3339(answeredAt)}: ${counts}. The others are outside of the period or scope`,
      'the order of this evidence, which is in the log, and its answers: no row is missing, and none is too many',
      ...(hasGrants
        ? [`${counted(sampled, 'row')} of the sample, with ${counted(proofs.count, 'proof')}`]
        : []),
      `the SHA-256 of ${counted(hashes.size, 'file')}; that of ${CHECKSUMS} is ${own}`,
    ],
    notChecked: [
      ...(checksum === undefined ? [OTHER_FOLDER] : []),
      ...(hasGrants && sampled < Math.min(USUAL_SAMPLE, grants)
        ? [
            `Most of the accesses in detail: the sample has ${counted(sampled, 'row')} of ${grants}. Whoever made the evidence chose how many.`,
          ]
        : []),
      'The words in evidence/README.md and in evidence/controls.json: only their hashes.',
    ],
    missing: [
      ...(proofs.unwitnessed > 0
        ? [
            `A witness did not cosign the checkpoint in ${counted(proofs.unwitnessed, 'proof')} of the sample.`,
          ]
        : []),
      ...(lacksBefore === null
        ? []
        : [
            `Old requests were purged, so answers about the time before ${rfc3339(lacksBefore)} may lack some.`,
          ]),
      ...(scope !== '' && isOfNothing
        ? [
            `The log has nothing about ${scope} that these questions list, so nothing shows that this is a name that people use.`,
          ]
        : []),
      ...(other.length > 0 ? [`This program does not know these answers: ${other.join(', ')}.`] : []),
      ...(otherControls.length > 0
        ? [`This program does not know which questions these controls have: ${otherControls.join(', ')}.`]
        : []),
    ],
  };
}

const OTHER_FOLDER = `Whether this is the evidence that somebody else has: compare the SHA-256 of ${CHECKSUMS} with theirs, or give it with --checksum.`;

// ---------------------------------------------------------------------------------------------------------------------
// The evidence of a review of access: its population and its lines, which the log is read for again

const REVIEW = 'evidence/review.json';
const POPULATION = 'evidence/population.txt';
const REVIEW_FORMAT = 'curfew-review/2';
const REVIEW_PROOFS = 'evidence/proofs.jsonl';
const REVIEW_FILES = [
  ...[CHECKSUMS, REVIEW, POPULATION, REVIEW_PROOFS, 'evidence/README.md'],
  ...['lines', 'decisions'].flatMap((name) => [`evidence/${name}.csv`, `evidence/${name}.jsonl`]),
];
/** What was recorded so near to the opening of a review may have been committed before its population was frozen, or after it. */
const FROZEN_WITHIN_MS = 30_000;

/** @typedef {Readonly<{ type: string, id: string, at: number, body: Json, facts: Facts }>} OtherEntry */
/** @typedef {Readonly<{ value: Json, entry: OtherEntry, decisions: readonly OtherEntry[], sum: EvidenceSum }>} ReviewFacts */

/** Why review.json is none; undefined when it is one. @param {Json} value */
function wrongReview(value) {
  if (value.format !== REVIEW_FORMAT) return `it does not have the format ${REVIEW_FORMAT}`;
  return hasOnly(value, REVIEW_FIELDS) && haveOnly(value, INNER_FIELDS) ? undefined : OTHER_FIELD;
}
const REVIEW_FIELDS = [
  ...[
    'format',
    'order',
    'review',
    'title',
    'by',
    'scope',
    'from',
    'to',
    'due',
    'sample',
    'population',
    'digest',
  ],
  ...['openedAt', 'checkpoint', 'draw', 'lines', 'decisions', 'certified', 'objected', 'finishedAt'],
];

/** What the folder says of a review, and the entry of the log that it must fit. Undefined when there is none. @param {string} folder @param {EvidenceSum} sum @param {Add} add @returns {ReviewFacts | undefined} */
function readReview(folder, sum, add) {
  const { value, why } = readObject(smallFile(join(folder, REVIEW), MAX_LINE) ?? Buffer.of());
  const wrong = value ? wrongReview(value) : why;
  if (!value || wrong !== undefined) {
    add('unreadable', { file: REVIEW, why: wrong });
    return undefined;
  }
  const entry = sum.others.find(({ type, id }) => type === 'review' && id === value.review);
  if (!entry) {
    add('wrong-review', { why: `the log has no review ${shown(value.review)}` });
    return undefined;
  }
  const decisions = decisionsOf(value.review, sum);
  for (const field of ['by', 'scope', 'from', 'to', 'due', 'sample', 'population', 'digest'])
    if (canonicalOf(value[field]) !== canonicalOf(entry.body[field]))
      add('wrong-review', { why: `the log has another value for ${field}` });
  if (Date.parse(stringOf(value.openedAt)) !== entry.at)
    add('wrong-review', { why: 'the log has another time of the opening' });
  if (value.title !== null && !hasHash(value.title, entry.body.title))
    add('wrong-review', { why: 'its title does not have the salted hash in the log' });
  return { value, entry, decisions, sum };
}

/** Every decision of a review. @param {unknown} review @param {EvidenceSum} sum */
const decisionsOf = (review, sum) =>
  sum.others.filter(({ type, body }) => type === 'review-decision' && body.review === review);

/** The canonical text of a value; undefined when it has none. @param {unknown} value */
function canonicalOf(value) {
  try {
    return canonical(value ?? null);
  } catch {
    return undefined;
  }
}

/** Whether a salted text has the hash that an entry has. @param {unknown} text @param {unknown} hashed */
const hasHash = (text, hashed) =>
  isObject(text) && isObject(hashed) && saltedHash(text.salt, text.text) === hashed.hash;

/** Every row has the columns of its table, in their order. @param {Json} row @param {readonly string[]} columns @param {Facts} where @param {Add} add */
function reportOtherColumns(row, columns, where, add) {
  if (Object.keys(row).join('\n') !== columns.join('\n'))
    add('unreadable', { ...where, why: 'it does not have the columns of its table, in their order' });
}

/** The rows of a table of a review, whose two files must say the same. @param {string} folder @param {string} name @param {Readonly<{ columns: readonly string[], hashes: ReadonlyMap<string, string> }>} of @param {Add} add */
function tableRows(folder, name, { columns, hashes }, add) {
  const [file, csv] = [`evidence/${name}.jsonl`, `evidence/${name}.csv`];
  /** @type {Readonly<{ row: Json, line: number }>[]} */
  const rows = [];
  eachObject(folder, file, add, (row, line) => void rows.push({ row, line }));
  for (const { row, line } of rows) reportOtherColumns(row, columns, { file, line }, add);
  const written = [
    columns.map(quotedCell).join(),
    ...rows.map(({ row }) => Object.values(row).map(cellOf).join()),
  ];
  if (!hashes.has(csv)) add('missing-file', { file: csv });
  else if (hexOf(sha256(written.map((line) => `${line}\n`).join(''))) !== hashes.get(csv))
    add('wrong-csv', { file: csv, other: file });
  return { file, rows };
}

/** A lease as it was known from what was recorded until a moment. @param {LeaseFacts} lease @param {number} at @returns {LeaseFacts} */
const knownUntil = ({ granted, revoked, undone, repaired, ...rest }, at) => ({
  ...rest,
  ...(granted && granted.at <= at ? { granted } : {}),
  ...(revoked && revoked.at <= at ? { revoked } : {}),
  undone: undone.filter((each) => each.at <= at),
  repaired: repaired.filter((each) => each.at <= at),
});

/**
 * Whether a lease was in the period and the scope of a review, by what was recorded until a moment. `slack` is how near to an edge of the period
 * it may be.
 * @param {string} id @param {LeaseFacts} lease @param {ReviewFacts} review @param {Readonly<{ at: number, slack: number }>} known
 */
function isMember(id, lease, { value, sum }, { at, slack }) {
  const seen = knownUntil(lease, at);
  const { granted, request } = seen;
  if (!granted || !request.leases.includes(id)) return false;
  const [from, to] = [Date.parse(stringOf(value.from)) - slack, Date.parse(stringOf(value.to)) + slack];
  if (granted.at > to || (endOf(seen) ?? Infinity) < from) return false;
  const approvals = (sum.requests.get(request)?.approvals ?? []).filter((each) => each.at <= at);
  /** @type {Readonly<Record<string, readonly unknown[]>>} */
  const has = {
    person: [request.requester],
    entitlement: [request.entitlement],
    provider: [providerOf(request, id)],
    approver: approvals.map(({ body }) => body.by),
  };
  const scope = isObject(value.scope) ? value.scope : {};
  return Object.entries(scope).every(([key, ids]) => listOf(ids).some((one) => has[key]?.includes(one)));
}

/** Checks the population: its digest, and that it has what the log shows. Returns its ids. @param {string} folder @param {ReviewFacts} review @param {boolean} isPurged @param {Add} add */
function verifyPopulation(folder, review, isPurged, add) {
  const { entry, sum } = review;
  const bytes = smallFile(join(folder, POPULATION), MAX_LINE) ?? Buffer.of();
  const ids = bytes.toString('utf8').split('\n').slice(0, -1);
  if (hexOf(sha256(bytes)) !== entry.body.digest || ids.length !== entry.body.population)
    add('wrong-population', { why: 'it does not have the digest or the number in the log' });
  const members = new Set(ids);
  const [before, after] = [entry.at - FROZEN_WITHIN_MS, entry.at + FROZEN_WITHIN_MS];
  for (const [id, lease] of sum.leases)
    if (!members.has(id) && [before, after].every((at) => isMember(id, lease, review, { at, slack: -1 })))
      add('wrong-population', {
        why: `it does not have ${shown(id)}, which was held in the period and scope`,
      });
  let unknown = 0;
  for (const id of members) {
    const lease = sum.leases.get(id);
    const isHere =
      lease && [before, entry.at, after].some((at) => isMember(id, lease, review, { at, slack: 1 }));
    if (isHere) continue;
    if (id.startsWith('find_') || (!lease && isPurged)) unknown += 1;
    else add('wrong-population', { why: `${shown(id)} was not held in the period and scope` });
  }
  return { ids, unknown };
}

/**
 * Whether the sample of a review may have been drawn in the previous log: the review was opened before this log began, and the previous log had a
 * checkpoint that is not smaller than that of the draw. The review had another index there.
 * @param {Json} draw @param {ReviewFacts} review @param {number} covered So many entries have a checkpoint. Nobody signed the others.
 */
function mayBeOfPreviousLog({ size, root }, { entry, sum }, covered) {
  const opened = Number(entry.facts.index ?? Infinity);
  return sum.others.some(({ type, body, facts }) => {
    const index = Number(facts.index ?? Infinity);
    if (type !== 'log-beginning' || body.previous === null || index < opened || index >= covered)
      return false;
    const newest = parseCheckpoint(parseNote(stringOf(body.note))?.text ?? '');
    if (!newest || newest.origin !== body.previous) return false;
    return Number(size) < newest.size || (size === newest.size && hashIn(root) === newest.root);
  });
}

/**
 * The ids of the lines, in their order, that the log chooses. `isOfPreviousLog`: the root that chose them is of the previous log.
 * @param {string} folder @param {ReviewFacts} review @param {Readonly<{ ids: readonly string[], proven: number }>} log @param {Add} add
 * @returns {Readonly<{ chosen: readonly string[], isOfPreviousLog: boolean }>}
 */
function chosenLines(folder, review, { ids, proven }, add) {
  const { value, entry } = review;
  if (value.sample === null && value.draw !== null)
    add('wrong-review', { why: 'it has a draw, and no sample' });
  if (value.sample === null) return { chosen: ids, isOfPreviousLog: false };
  const draw = isObject(value.draw) ? value.draw : {};
  const own = drawingRoot(folder, entry);
  const isOwn = draw.size === own.size && draw.root === own.root;
  const isOfPreviousLog = !isOwn && mayBeOfPreviousLog(draw, review, proven);
  if (!isOwn && !isOfPreviousLog)
    add('wrong-review', { why: 'its sample was not drawn by the root of the log that ends with its entry' });
  return { chosen: chosenIds(ids, stringOf(draw.root), Number(value.sample)), isOfPreviousLog };
}

const LINE_COLUMNS = [
  ...[
    'id',
    'review_id',
    'line_id',
    'position',
    'kind',
    'at',
    ...HELD,
    'approved_by',
    'approvals',
    'granted_event',
  ],
  ...['receipt', 'decision', 'decided_by', 'decided_at', 'decision_id'],
];
const DECISION_COLUMNS = ['id', 'at', 'person', 'via', 'decision', 'refused', 'review_id', 'line_id'];
/** The person who objected wrote the reason, so it is beside the log, with its salt. */
const REASON_COLUMNS = ['reason', 'salt'];

/** @typedef {Readonly<{ review: unknown, decisions: readonly OtherEntry[], sum: EvidenceSum }>} Decided */

/** A line of a review, as the log has it. @param {string} id @param {number} position @param {Decided} of @returns {AnswerRow} */
function lineRow(id, position, { review, decisions, sum }) {
  const lease = sum.leases.get(id);
  const decision = decisions.find(({ body }) => body.line === id && body.refusal === null);
  const { approvals = [] } = (lease && sum.requests.get(lease.request)) ?? {};
  const { granted, revoked } = lease ?? {};
  const events = lease ? [...approvals, ...(granted ? [granted] : []), ...(revoked ? [revoked] : [])] : [];
  /** @type {Json} */
  const fields = {
    ...(lease ? heldFields(id, lease, sum) : {}),
    ...{ id: `${stringOf(review)}/${id}`, review_id: review, line_id: id, position },
    ...{ kind: id.startsWith('find_') ? 'standing' : 'grant', at: granted ? rfc3339(granted.at) : null },
    approved_by: approvals.map(({ body }) => body.by),
    approvals: approvals.map(({ facts }) => facts.id),
    ...{ granted_event: granted?.facts.id, receipt: revoked?.facts.id },
    decision: decision && (decision.body.kind === 'certify' ? 'certified' : 'objected'),
    ...{ decided_by: decision?.body.by, decision_id: decision?.id },
    decided_at: decision && rfc3339(decision.at),
  };
  return {
    fields: Object.fromEntries(LINE_COLUMNS.map((column) => [column, fields[column] ?? null])),
    facts: [...events.map(({ facts }) => facts), ...(decision ? [decision.facts] : [])],
  };
}

/** A decision in a review, as the log has it. @param {OtherEntry} entry @returns {AnswerRow} */
const decisionRow = ({ id, at, body: { by, via, kind, refusal, review, line }, facts }) => ({
  fields: {
    ...{ id, at: rfc3339(at), person: by, via, decision: kind === 'certify' ? 'certified' : 'objected' },
    ...{ refused: refusal ?? null, review_id: review, line_id: line },
  },
  facts: [facts],
});

/**
 * The lines of a review with these ids and its decisions, made from the entries in a folder up to the entry of an order. The reasons are not in the log.
 * The program that makes the folder of a review calls this.
 * @param {string} folder @param {Readonly<{ review: string, order: string, ids: readonly string[] }>} wanted
 */
export function reviewFrom(folder, { review, order, ids }) {
  const evidence = evidenceSum(order);
  sumOf(folder, evidence);
  if (!evidence.ordered()) throw new Error(`the log in ${folder} has no entry of the order ${order}`);
  const decisions = decisionsOf(review, evidence);
  return {
    lines: ids.map((id, at) => lineRow(id, at + 1, { review, decisions, sum: evidence })),
    lineColumns: [...LINE_COLUMNS, ...REASON_COLUMNS],
    decisions: decisions.map(decisionRow),
    decisionColumns: DECISION_COLUMNS,
  };
}

/** The ids with the lowest ranks by a root in base64. @param {readonly string[]} ids @param {string} root @param {number} most */
export const chosenIds = (ids, root, most) =>
  ids
    .map((id) => ({ id, rank: hexOf(sha256(`${root}\n${id}`)) }))
    .sort((one, other) => (one.rank < other.rank ? -1 : 1))
    .slice(0, most)
    .map(({ id }) => id);

/** Checks the lines against the log. Returns the entries that prove them. @param {ReturnType<typeof tableRows>} table @param {ReviewFacts} review @param {readonly string[]} chosen @param {Add} add */
function verifyLines({ file, rows }, review, chosen, add) {
  const { value, decisions, sum } = review;
  /** @type {Facts[]} */
  const proving = [];
  const isChosen = (/** @type {Readonly<{ row: Json }>} */ { row }, /** @type {number} */ at) =>
    row.line_id === chosen[at] && row.position === at + 1;
  if (rows.length !== chosen.length || !rows.every(isChosen)) add('wrong-sample', { file });
  for (const [at, { row, line }] of rows.entries()) {
    const id = stringOf(row.line_id);
    const its = lineRow(id, at + 1, { review: value.review, decisions, sum });
    const where = { file, line, id };
    const facts = its.facts.length > 0 ? its.facts : [review.entry.facts];
    reportDifferentFields(row, { ...its, facts }, where, add);
    const decision = decisions.find((each) => each.id === its.fields.decision_id);
    const isReason =
      row.reason === null
        ? row.salt === null
        : hasHash({ salt: row.salt, text: row.reason }, decision?.body.reason);
    if (!isReason)
      add('wrong-answer', {
        ...{ ...where, field: 'reason', found: shown(row.reason), expected: 'another one' },
        entry: `the ${entryOf(facts.at(-1) ?? {})}`,
      });
    proving.push(...its.facts.filter((each) => each !== decision?.facts));
  }
  return proving;
}

/** How many texts of a review have their hash in the log and are not in the folder. @param {ReturnType<typeof tableRows>['rows']} rows @param {ReviewFacts} review */
function textsLeftOut(rows, { value, entry, decisions }) {
  const reasons = rows.filter(({ row }) => {
    const decision = decisions.find(({ id }) => id === row.decision_id);
    return row.reason === null && isObject(decision?.body.reason);
  });
  return reasons.length + (value.title === null && isObject(entry.body.title) ? 1 : 0);
}

/** Checks the list of decisions against the log. @param {ReturnType<typeof tableRows>} table @param {ReviewFacts} review @param {Add} add */
function verifyDecisions({ file, rows }, { decisions }, add) {
  const seen = new Set();
  let last = -1;
  for (const { row, line } of rows) {
    const id = stringOf(row.id);
    const entry = decisions.find((each) => each.id === id);
    if (!entry || seen.has(id)) {
      add('extra-answer', { file, line, id });
      continue;
    }
    if (Number(entry.facts.index) < last) add('row-order', { file, line, id });
    last = Number(entry.facts.index);
    seen.add(id);
    reportDifferentFields(row, decisionRow(entry), { file, line, id }, add);
  }
  for (const { id, facts } of decisions)
    if (!seen.has(id)) add('missing-answer', { file, id, entry: `the ${entryOf(facts)}` });
}

/**
 * Who adopted standing access: by the newest adoption that counts, with whoever adopted the same before, when a second person was needed.
 * @param {string} finding @param {readonly OtherEntry[]} before
 */
function adoptersOf(finding, before) {
  const adoptions = before
    .filter(({ type, body }) => type === 'finding-decision' && body.finding === finding)
    .filter(
      ({ body: { kind, refusal } }) =>
        kind === 'adopt' && (refusal === null || refusal === 'second-person-needed'),
    );
  const newest = adoptions.findLast(({ body }) => body.refusal === null);
  return newest
    ? adoptions.filter(({ body }) => body.seen === newest.body.seen).map(({ body }) => body.by)
    : [];
}

/**
 * Who gave each approval that access rests on: that of its request, and that of each extension whose last approval was given.
 * @param {readonly ApprovalStep[]} steps
 */
function approvalsOf(steps) {
  /** @type {{ people: unknown[], isGiven: boolean }} */
  let open = { people: [], isGiven: true };
  const approvals = [open];
  for (const { kind, by } of steps) {
    if (kind === 'extension-requested') approvals.push((open = { people: [], isGiven: false }));
    else if (kind === 'extension-started') open.isGiven = true;
    else if (kind === 'approved' || kind === 'extension-approved') open.people.push(by);
  }
  return approvals.filter(({ isGiven }) => isGiven).map(({ people }) => people);
}

/**
 * Whether somebody decided a line of which they had given an approval alone, by the entries before the decision. Of a purged request nobody knows
 * who approved together.
 * @param {OtherEntry} decision @param {Json} row @param {EvidenceSum} sum
 */
function isDecidedAlone(decision, row, { leases, requests, others }) {
  const { by, line } = decision.body;
  const id = stringOf(line);
  const position = others.indexOf(decision);
  const lease = leases.get(id);
  const steps = lease && requests.get(lease.request)?.steps.filter(({ after }) => after <= position);
  const approvals = id.startsWith('find_')
    ? [adoptersOf(id, others.slice(0, position))]
    : steps
      ? approvalsOf(steps)
      : listOf(row.approved_by).map((each) => [each]);
  return approvals.some((people) => people.length > 0 && people.every((each) => each === by));
}

/**
 * Reports who decided about their own access. Returns the lines of which somebody decided who had given an approval alone. That is right only while
 * nobody else can.
 * @param {ReturnType<typeof tableRows>} table @param {ReviewFacts} review @param {Add} add @returns {readonly string[]}
 */
function decidedAlone({ file, rows }, { decisions, sum }, add) {
  return rows.flatMap(({ row, line }) => {
    const id = stringOf(row.line_id);
    const decision = decisions.find(({ body }) => body.line === id && body.refusal === null);
    if (!decision) return [];
    const { by } = decision.body;
    if (sum.leases.get(id)?.request.requester === by)
      add('own-access', { file, line, id, by: shown(by), entry: `the ${entryOf(decision.facts)}` });
    return isDecidedAlone(decision, row, sum) ? [id] : [];
  });
}

/**
 * Checks when the review was finished, and that what was decided is about its lines.
 * @param {ReviewFacts} review @param {readonly string[]} chosen @param {Add} add
 */
function reportWrongTimes({ value, decisions }, chosen, add) {
  const counting = decisions.filter(({ body }) => body.refusal === null);
  const other = counting.find(({ body }) => !chosen.includes(stringOf(body.line)));
  if (other) add('wrong-review', { why: `the ${entryOf(other.facts)} decides a line that it does not have` });
  const lines = new Set();
  const again = counting.find(({ body }) => lines.size === lines.add(body.line).size);
  if (again)
    add('wrong-review', { why: `the ${entryOf(again.facts)} decides a line that was decided before` });
  const isFinished = chosen.length > 0 && chosen.every((id) => counting.some(({ body }) => body.line === id));
  const finishedAt = isFinished ? Math.max(...counting.map(({ at }) => at)) : null;
  if (value.finishedAt !== rfc3339(finishedAt))
    add('wrong-review', { why: 'the log has another time at which it was finished' });
}

/** Checks that there is a proof for each of these entries that the checkpoint covers, and no other. Returns how many. @param {string} folder @param {readonly Facts[]} entries @param {Readonly<{ head: Readonly<{ size: number, root: Hash }>, keys: readonly Key[] }>} with_ @param {Add} add */
function verifyReviewProofs(folder, entries, { head, keys }, add) {
  const isCovered = (/** @type {Facts} */ { index }) => typeof index === 'number' && index < head.size;
  const wanted = new Map(entries.filter(isCovered).map(({ index, id }) => [index, id]));
  const left = new Map(wanted);
  let unwitnessed = 0;
  eachObject(folder, REVIEW_PROOFS, add, (proof, line) => {
    const index = Number(proof.index);
    const id = wanted.get(index);
    const judged = judgeProof(proof, id, { head, keys });
    if (judged === 'wrong') add('wrong-proof', { file: REVIEW_PROOFS, line, id: id ?? 'of no line' });
    if (judged === 'unwitnessed') unwitnessed += 1;
    left.delete(index);
  });
  for (const id of left.values()) add('missing-proof', { file: REVIEW_PROOFS, id });
  return { count: wanted.size, unwitnessed };
}

/**
 * Checks the evidence of a review beside the log. Returns lines for people.
 * @param {string} folder
 * @param {Readonly<{ sum: EvidenceSum, purges: Sum['purges'], trusted: readonly Checkpoint[], keys: readonly Key[], origin: unknown, proven: number, checksum: string | undefined }>} given
 * @param {Add} add
 */
function verifyReview(folder, { sum, purges, trusted, keys, origin, proven, checksum }, add) {
  const { hashes, own } = verifyChecksums(folder, checksum, add);
  for (const file of hashes.keys())
    if (file.startsWith(`${EVIDENCE}/`) && !REVIEW_FILES.includes(file)) add('extra-file', { file });
  const review = readReview(folder, sum, add);
  if (!review) return { checked: [], notChecked: [], missing: [] };
  const { value, entry, decisions } = review;
  const listed = trusted.filter(({ source }) => source === 'ledger');
  const checkpoint = isObject(value.checkpoint) ? value.checkpoint : {};
  const { head, isNewest } = headNamed(checkpoint, { listed, origin, proven });
  if (!isNewest) add('wrong-review', { why: 'its checkpoint is not the newest one of this log' });
  const { ids, unknown } = verifyPopulation(folder, review, purges.count() > 0, add);
  const { chosen, isOfPreviousLog } = chosenLines(folder, review, { ids, proven }, add);
  const [lines, table] = [
    tableRows(folder, 'lines', { columns: [...LINE_COLUMNS, ...REASON_COLUMNS], hashes }, add),
    tableRows(folder, 'decisions', { columns: DECISION_COLUMNS, hashes }, add),
  ];
  const ordered = orderOf(value, { kind: 'review', review: value.review }, sum, (why) =>
    add('wrong-review', { why }),
  );
  const later = sum.decidedLater.filter((body) => body.review === value.review).length;
  const proving = verifyLines(lines, review, chosen, add);
  verifyDecisions(table, review, add);
  const alone = decidedAlone(lines, review, add);
  reportWrongTimes(review, chosen, add);
  const certified = lines.rows.filter(({ row }) => row.decision === 'certified').length;
  const objected = lines.rows.filter(({ row }) => row.decision === 'objected').length;
  const unread = textsLeftOut(lines.rows, review);
  const counts = { lines: lines.rows.length, decisions: table.rows.length, certified, objected };
  for (const [field, count] of Object.entries(counts))
    if (value[field] !== count)
      add('wrong-review', { why: `it says ${field}: ${shown(value[field])}, and there are ${count}` });
  const entries = [entry.facts, ...decisions.map(({ facts }) => facts), ...proving];
  const proofs = verifyReviewProofs(folder, entries, { head, keys }, add);
  const whole = wholeFrom(purges);
  const lacksBefore = whole !== null && Date.parse(stringOf(value.from)) < whole ? whole : null;
  const found = {
    unknown,
    alone,
    isOfPreviousLog,
    lacksBefore,
    proofs,
    later,
    unread,
    orderedAt: ordered?.at ?? null,
  };
  return reviewReport({ own, hashes, review, counts, checksum, ...found });
}

/**
 * @param {Readonly<{ own: string, hashes: ReadonlyMap<string, string>, review: ReviewFacts, counts: Readonly<{ lines: number, certified: number, objected: number }>, checksum: string | undefined, unknown: number, alone: readonly string[], isOfPreviousLog: boolean, lacksBefore: number | null, later: number, unread: number, orderedAt: number | null, proofs: Readonly<{ count: number, unwitnessed: number }> }>} done
 */
function reviewReport({ own, hashes, review, counts, checksum, ...found }) {
  const { unknown, alone, isOfPreviousLog, lacksBefore, proofs, later, unread, orderedAt } = found;
  const { value, decisions } = review;
  const { lines, certified, objected } = counts;
  /** @type {readonly (readonly [isSo: boolean, line: string])[]} */
  const not = [
    [checksum === undefined, OTHER_FOLDER],
    [
      unknown > 0,
      `Whether ${counted(unknown, 'access', 'accesses')} of the population were held, and whether there were more: looks at providers are not in the log, and neither is what was purged.`,
    ],
    [
      unread > 0,
      `${counted(unread, 'text', 'texts')} of the review, its title or reasons: they are erased, or left out.`,
    ],
    [
      alone.length > 0,
      `Whether nobody else could decide ${counted(alone.length, 'line')} that somebody decided who had approved alone, such as ${shown(alone[0])}: who may review is not in the log.`,
    ],
    [
      decisions.some(({ body }) => stringOf(body.line).startsWith('find_') && body.refusal === null),
      'Whether somebody decided about standing access of their own account: whose an account is, is not in the log.',
    ],
    [
      true,
      'The words in evidence/README.md, and what Curfew knew of standing access (not-proven/standing.jsonl): only their hashes.',
    ],
  ];
  return {
    checked: [
      `the review ${shown(value.review)}, as the log said at ${rfc3339(orderedAt)}: a population of ${shown(value.population)}, and ${counted(lines, 'line')}, of which ${certified} are certified and ${objected} objected to`,
      isOfPreviousLog
        ? 'the population against the log, and the sample against the root of its draw: no line was left out'
        : 'the population and the sample against the log: nobody chose a line, and no line was left out',
      `the decisions against the log, with ${counted(proofs.count, 'proof')}`,
      `the SHA-256 of ${counted(hashes.size, 'file')}; that of ${CHECKSUMS} is ${own}`,
    ],
    notChecked: not.filter(([isSo]) => isSo).map(([, line]) => line),
    missing: [
      ...(proofs.unwitnessed > 0
        ? [
            `A witness did not cosign the checkpoint in ${counted(proofs.unwitnessed, 'proof')} of the review.`,
          ]
        : []),
      ...(later > 0
        ? [
            `The log has ${counted(later, 'later decision')} of this review, which the folder does not have. Order the folder again.`,
          ]
        : []),
      ...(isOfPreviousLog
        ? [
            'The root that drew the sample is of the previous log, so nobody here can tell that the sample was not chosen. Compare with what that log published.',
          ]
        : []),
      ...(lacksBefore === null
        ? []
        : [`Old requests were purged, so the population may lack access of before ${rfc3339(lacksBefore)}.`]),
    ],
  };
}

// ---------------------------------------------------------------------------------------------------------------------
// The whole bundle

/**
 * Verifies a bundle. Without keys it uses those in the bundle, and then nothing is proven. Throws a UsageError when a key, a kept note or a folder
 * cannot be read.
 * @param {string} folder @param {Options} [options] @returns {Report}
 */
export function verifyBundle(folder, options = {}) {
  const problems = problemList();
  try {
    return verified(folder, options, problems);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (error instanceof Error && 'syscall' in error)
      throw new UsageError(`A file cannot be read: ${shown(error.message)}.`);
    problems.add('unreadable', {
      file: 'the folder',
      why: `this program stopped at it (${shown(whyOf(error))})`,
    });
    return stoppedReport(problems);
  }
}

/** The report about a folder at which this program stopped. @param {ReturnType<typeof problemList>} problems @returns {Report} */
const stoppedReport = ({ found, more }) => ({
  ...{ verdict: 'failed', ok: false, signed: 'No key that you gave signed it.', origin: 'without a name' },
  ...{ size: 0, provenSize: 0, problems: found, moreProblems: more() },
  ...{ checked: [], notChecked: [], missing: [] },
});

/** @param {string} folder @param {Options} options @param {ReturnType<typeof problemList>} problems @returns {Report} */
function verified(folder, { keys = [], kept = [], places: folders = [], archives = [], checksum }, problems) {
  if (!isFolder(folder)) throw new UsageError(`There is no folder ${shown(folder)}.`);
  const { add } = problems;
  const about = readAbout(folder, add);
  const given = keys.map(parseKey);
  const trustedKeys = keysFor(about, given, add);
  const checkpoints = checkpointCollection(trustedKeys, add);
  takeLists(folder, checkpoints, add);
  const places = openPlaces(folders, checkpoints, add);
  for (const file of kept) takeKept(file, checkpoints);
  for (const each of archives)
    if (!isFile(join(each, 'entries.jsonl'))) throw new UsageError(`There is no export in ${shown(each)}.`);
  const { trusted } = checkpoints;
  reportUnlisted(trusted, add);

  const newest = newestOf(trusted);
  const hasEvidence = isFolder(join(folder, EVIDENCE)) || checksum !== undefined;
  const evidence = hasEvidence ? evidenceSum(orderNamed(folder)) : undefined;
  const inEntries = problemList();
  const sum = summing(folder, evidence, inEntries.add);
  const timesOf = new Set(newest.map(({ size }) => size - 1));
  const entries = entryReader({ sum, add: inEntries.add, timesOf });
  const proven = verifyTree(folder, about, { trusted, places, visit: entries.take }, add);
  for (const file of filesBelow(folder, hasEvidence ? () => undefined : add))
    if (!BUNDLE_FILES.test(file)) add('extra-file', { file });
  const contents = verifyContents(folder, { sum, entries, trusted, proven, places, archives }, inEntries.add);
  problems.append(inEntries);
  const { origin } = about;
  const beside = { purges: sum.purges, trusted, keys: trustedKeys, origin, proven, checksum };
  const its =
    evidence &&
    (isFile(join(folder, REVIEW))
      ? verifyReview(folder, { sum: evidence, ...beside }, add)
      : verifyEvidence(folder, { sum: evidence, ...beside }, add));
  const facts = { about, given, newest, places, proven, checkpoints, ...contents };
  const missing = [...missingLines(facts), ...(its?.missing ?? [])];
  const verdict = problems.found.length > 0 ? 'failed' : missing.length > 0 ? 'unproven' : 'verified';
  return {
    ...{ verdict, ok: verdict === 'verified', signed: signedLine(facts) },
    origin: about.origin === undefined ? 'without a name' : shown(about.origin),
    ...{ size: contents.count, provenSize: proven },
    checked: [...checkedLines(facts), ...(its?.checked ?? [])],
    notChecked: [...(its?.notChecked ?? []), ...notCheckedLines(facts)],
    missing,
    problems: problems.found,
    moreProblems: problems.more(),
  };
}

/**
 * Opens places by the names of their folders. Those with the same name are named by their paths.
 * @param {readonly string[]} folders @param {Checkpoints} checkpoints @param {Add} add
 */
function openPlaces(folders, checkpoints, add) {
  const names = folders.map((each) => basename(resolve(each)));
  return folders.map((folder, at) => {
    const isAlone = names.filter((each) => each === names[at]).length === 1;
    return openPlace(folder, isAlone ? basename(resolve(folder)) : folder, checkpoints, add);
  });
}

/**
 * Compares the tree of the entries with checkpoints and places. Returns how many entries are proven. `visit` gets the line of each entry.
 * @param {string} folder @param {Json} about
 * @param {Readonly<{ trusted: readonly Checkpoint[], places: readonly Place[], visit: EntryReader['take'] }>} given @param {Add} add
 */
function verifyTree(folder, about, { trusted, places, visit }, add) {
  const file = 'entries.jsonl';
  const entries = join(folder, file);
  if (!isFile(entries)) {
    add('missing-file', { file });
    return 0;
  }
  const sizes = trusted.map((each) => each.size);
  const hashed = hashLog(entries, sizes, places, visit);
  if (hashed.size !== about.size)
    add('wrong-size', { file: 'bundle.json', size: shown(about.size), found: hashed.size });
  return reportDifferences(entries, hashed, { trusted, places }, add);
}

/**
 * Checks what the entries say, which were read, and the texts beside them.
 * @param {string} folder
 * @param {Readonly<{ sum: Sum, entries: EntryReader, trusted: readonly Checkpoint[], proven: number, places: readonly Place[], archives: readonly string[] }>} given
 * @param {Add} add
 */
function verifyContents(folder, { sum, entries, trusted, proven, places, archives }, add) {
  sum.end();
  reportRetiredKeys(trusted, sum.logKeys, add);
  verifyPurged(sum.purges, { places, archives });
  sum.purges.report({ proven, sizes: new Set(trusted.map(({ size }) => size)) });
  const texts = verifyTexts(folder, sum, add);
  const freeTexts = verifyFreeTexts(folder, sum, add);
  return { sum, count: entries.count(), times: entries.times, texts, freeTexts };
}

/**
 * Reads purged entries where they still are: in older exports, and in places that had them.
 * @param {Sum['purges']} purges @param {Readonly<{ places: readonly Place[], archives: readonly string[] }>} copies
 */
function verifyPurged(purges, { places, archives }) {
  if (purges.count() === 0) return;
  for (const archive of archives) {
    let index = 0;
    eachLine(join(archive, 'entries.jsonl'), MAX_ENTRY, (buffer, start, end) => {
      if (end !== -1 && purges.lines.has(index)) purges.takeBytes(index, buffer.subarray(start, end));
      index += 1;
    });
  }
  const tiles = new Set([...purges.lines.keys()].map((index) => Math.floor(index / TILE_WIDTH)));
  for (const place of places)
    for (const tile of tiles) {
      const { bytes } = readTile(place, 0, tile, 'entries');
      const entries = (bytes && entriesIn(bytes)) ?? [];
      for (const [at, entry] of entries.entries()) purges.takeBytes(tile * TILE_WIDTH + at, entry);
    }
}

/** The files of a bundle. Those of evidence are checked with it. */
const BUNDLE_FILES =
  /^(bundle\.json|(entries|bodies|texts|free-texts)\.jsonl|README\.md|checkpoints\/[^/]+\.jsonl|not-proven\/(click|use_reading|standing)\.jsonl|evidence\/.*)$/;

/** @param {string} folder @param {Add} add @returns {Json} */
function readAbout(folder, add) {
  const file = 'bundle.json';
  const bytes = smallFile(join(folder, file), MAX_NOTE);
  if (!bytes) add('missing-file', { file });
  const { value, why } = bytes ? readObject(bytes) : { why: '' };
  const wrong = value ? wrongAbout(value) : why;
  if (bytes && wrong !== undefined) add('unreadable', { file, why: wrong });
  return value ?? {};
}

/** Why bundle.json is none; undefined when it is one. @param {Json} about */
function wrongAbout(about) {
  if (about.format !== BUNDLE) return `it does not have the format ${BUNDLE}`;
  if (!hasOnly(about, ['format', 'origin', 'keys', 'witnesses', 'size', 'exportedAt'])) return OTHER_FIELD;
  const isList = [about.keys, about.witnesses].every((each) => listOf(each) === each);
  return isList ? undefined : 'its keys or its witnesses are no list';
}

/**
 * The keys that count: those that are given. Without a key of the log, those of the bundle are used, and then nothing is proven. Witnesses of the
 * bundle never count.
 * @param {Json} about @param {readonly Key[]} given @param {Add} add
 */
function keysFor(about, given, add) {
  const file = 'bundle.json';
  const own = stringsOf(about.keys).flatMap((vkey) => {
    try {
      return [parseKey(vkey)];
    } catch {
      add('unreadable', { file, why: `it has a wrong key: ${shown(vkey)}` });
      return [];
    }
  });
  const isGiven = given.some(({ isWitness }) => !isWitness);
  const keys = isGiven ? given : [...given, ...own.filter(({ isWitness }) => !isWitness)];
  for (const { vkey } of own) if (!keys.some((each) => each.vkey === vkey)) add('wrong-key', { file, vkey });
  if (keys.some(({ isWitness, name }) => !isWitness && name !== about.origin))
    add('wrong-origin', { file, origin: shown(about.origin) });
  return keys;
}

/** Reports checkpoints that the list of the ledger lacks. It has each one after it was published, so a folder may have a newer one. @param {readonly Checkpoint[]} trusted @param {Add} add */
function reportUnlisted(trusted, add) {
  const listed = new Set(trusted.filter(({ source }) => source === 'ledger').map(({ size }) => size));
  const newest = [...listed].reduce((most, size) => Math.max(most, size), -1);
  for (const { source, size, facts } of trusted)
    if (!listed.has(size) && (source === 'listed' || size < newest)) add('missing-checkpoint', facts);
}

/**
 * Reports checkpoints that no key signed which the log names by then.
 * @param {readonly Checkpoint[]} trusted @param {Sum['logKeys']} logKeys @param {Add} add
 */
function reportRetiredKeys(trusted, logKeys, add) {
  for (const { size, signedBy, facts } of trusted) {
    const named = logKeys.findLast(({ index }) => index < size);
    if (named && !signedBy.some((vkey) => named.keys.includes(vkey)))
      add('retired-key', { ...facts, index: named.index });
  }
}

/** The newest trusted checkpoint of each source. @param {readonly Checkpoint[]} trusted */
function newestOf(trusted) {
  /** @type {Map<string, Checkpoint>} */
  const newest = new Map();
  for (const each of trusted) {
    const key = `${each.source} ${each.name}`;
    if (each.size >= (newest.get(key)?.size ?? 0)) newest.set(key, each);
  }
  return [...newest.values()];
}

/**
 * @typedef {Readonly<{ about: Json, given: readonly Key[], newest: readonly Checkpoint[] }>} Trusted
 * @typedef {Readonly<{ times: ReadonlyMap<number, unknown>, places: readonly Place[], checkpoints: Checkpoints }>} Published
 * @typedef {Readonly<{ sum: Sum, texts: number, freeTexts: ReturnType<typeof verifyFreeTexts> }>} Contents
 * @typedef {Readonly<{ count: number, proven: number }> & Trusted & Published & Contents} Done
 */

/** @param {number} number @param {string} one @param {string} [many] */
const counted = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

/** The checkpoints that cover exactly the entries which are proven. @param {Done} done */
const provingOf = ({ checkpoints, proven }) =>
  checkpoints.trusted.filter(({ size }) => proven > 0 && size === proven);

/** When a witness cosigned a checkpoint of all proven entries, in milliseconds; undefined when it did not. @param {Key} witness @param {Done} done */
function cosignedAt({ vkey }, done) {
  const times = provingOf(done).flatMap(({ cosigned }) =>
    cosigned.filter((each) => each.vkey === vkey).map(({ time }) => time * 1000),
  );
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Who signed what is proven, in a sentence for the first lines of the report. @param {Done} done */
function signedLine(done) {
  const { given, proven } = done;
  const keys = new Set(provingOf(done).flatMap(({ signedBy }) => signedBy));
  const signers = given.filter(({ vkey, isWitness }) => !isWitness && keys.has(vkey));
  if (signers.length === 0) return 'No key that you gave signed it.';
  const names = [...new Set(signers.map(({ name }) => shown(name)))].join(' and ');
  const witnesses = given.flatMap((key) => {
    const at = key.isWitness ? cosignedAt(key, done) : undefined;
    return at === undefined ? [] : [`${shown(key.name)} at ${rfc3339(at)}`];
  });
  const cosigned =
    witnesses.length === 0
      ? 'No witness that you named stands behind it, so its operator could show somebody else another log.'
      : `Witnesses cosigned it: ${witnesses.join(', ')}.`;
  return `The key of ${names} signed ${counted(proven, 'entry', 'entries')}. ${cosigned}`;
}

/** What was checked, for people. @param {Done} done @returns {readonly string[]} */
function checkedLines({ newest, times, places, sum, texts, freeTexts, count, proven, checkpoints }) {
  const types = [...sum.counts].map(([type, number]) => `${number} ${shown(type)}`).join(', ') || 'none';
  const sources = {
    ledger: 'the ledger',
    listed: 'the bundle, of',
    published: 'the folder of',
    kept: 'the kept file',
  };
  return [
    `${counted(count, 'entry', 'entries')} of the log (${types}), of ${counted(sum.requests.size, 'request')}`,
    proven === 1 ? '1 entry fits a signed checkpoint' : `${proven} entries fit a signed checkpoint`,
    ...[...sum.purges.left].map(
      ([purge, { count: left }]) =>
        `${counted(left, 'entry by its hash', 'entries by their hashes')}, which the purge ${purge} of ${shown(sum.purges.named.get(purge)?.at)} names`,
    ),
    `${counted(checkpoints.trusted.length, 'copy', 'copies')} of checkpoints with their signatures`,
    ...newest.map(({ size, source, name }) => {
      const from = source === 'ledger' ? sources.ledger : `${sources[source]} ${shown(name)}`;
      return `newest checkpoint in ${from}: size ${size}, last entry of ${shown(times.get(size - 1) ?? 'an unknown time')}`;
    }),
    ...places.map(
      ({ name, size }) => `tiles, entries and long bodies of the place ${shown(name)}, up to size ${size}`,
    ),
    `the texts of ${counted(texts, 'entry', 'entries')}, ${counted(freeTexts.hashed, 'text that a person wrote', 'texts that people wrote')} and ${counted(sum.longBodies(), 'long body', 'long bodies')} against their hashes`,
  ];
}

/** Why something is not proven, although nothing is wrong. Each is a part of a sentence. @param {Done} done @returns {readonly string[]} */
function missingLines(done) {
  const { given, proven, count, sum } = done;
  const newer = [...sum.newer].slice(0, 10).map(shown).join(', ');
  /** @type {readonly (readonly [isSo: boolean, line: string])[]} */
  const lines = [
    [
      !given.some(({ isWitness }) => !isWitness),
      'No key of the log was given. Get it from somebody else than the folder, and give it with --key.',
    ],
    [count === 0, 'The log has no entry.'],
    [proven < count, `No checkpoint that fits covers the entries ${proven} to ${count - 1}.`],
    ...given
      .filter(({ isWitness }) => isWitness)
      .map(
        (key) =>
          /** @type {const} */ ([
            cosignedAt(key, done) === undefined,
            `The witness ${shown(key.name)} did not cosign the checkpoint of these entries.`,
          ]),
      ),
    [
      sum.purges.unread() > 0,
      `Only the hashes of ${counted(sum.purges.unread(), 'purged entry', 'purged entries')} are here, so what they said is not known. Give the export that was made before the purge with --archive.`,
    ],
    [newer !== '', `This program does not know these entries, perhaps of a newer version: ${newer}.`],
  ];
  return lines.filter(([isSo]) => isSo).map(([, line]) => line);
}

/** What was not checked, and why that changes nothing of the verdict. @param {Done} done @returns {readonly string[]} */
function notCheckedLines({ about, places, sum, freeTexts, checkpoints, newest, times, count }) {
  const witnesses = stringsOf(about.witnesses).length > 0;
  /** @type {readonly (readonly [isSo: boolean, line: string])[]} */
  const lines = [
    [
      places.length === 0,
      'What places published: no folder of a place was given with --place. Without one, a wrong entry is named only as a range of entries.',
    ],
    [
      !newest.some(({ source }) => source === 'kept' || source === 'published'),
      `Whether the log has more entries by now: the last one here is of ${shown(times.get(count - 1) ?? 'an unknown time')}. Give a newer checkpoint with --kept, or the folder of a place with --place.`,
    ],
    ...sum.beginnings.map(
      (body) => /** @type {const} */ ([typeof body.previous === 'string', earlierLog(body)]),
    ),
    [sum.texts.left() > 0, `Texts of ${sum.texts.left()} entries: they are erased, or not in the bundle.`],
    [
      freeTexts.missing > 0,
      `${counted(freeTexts.missing, 'text that a person wrote: it is', 'texts that people wrote: they are')} erased, or not in the bundle.`,
    ],
    [
      freeTexts.unhashed > 0,
      `${counted(freeTexts.unhashed, 'text that a person wrote: an earlier version recorded it, and its event has no hash of it', 'texts that people wrote: an earlier version recorded them, and their events have no hash of them')}.`,
    ],
    [
      checkpoints.unknown() > 0,
      `${counted(checkpoints.unknown(), 'signature')} of keys that are not known here${witnesses ? '. Give the keys of witnesses that you trust with --key' : ''}.`,
    ],
    [
      true,
      'README.md, and what people clicked, through which account, and the readings of use (not-proven/): nothing in the log proves them.',
    ],
    [
      true,
      'Whether an entry says the truth. The log proves only that nothing in it changed after it was signed.',
    ],
  ];
  return lines.filter(([isSo]) => isSo).map(([, line]) => line);
}

/** What a log says of the one before it, of which this folder has nothing. @param {Json} beginning */
function earlierLog({ previous, note }) {
  const size = parseCheckpoint(parseNote(stringOf(note))?.text ?? '')?.size;
  const entries = size === undefined ? 'an unknown number of entries' : counted(size, 'entry', 'entries');
  return `The log ${shown(previous)}, which was before this one and had ${entries}: it has a folder of its own.`;
}

// ---------------------------------------------------------------------------------------------------------------------
// Proofs that a person kept

/**
 * Checks the inclusion proofs or consistency proofs in a file: one, or one in each line. `lines` says what each shows and who signed for it. Throws a
 * UsageError when something in the file is no proof.
 * @param {string} file @param {readonly string[]} vkeys
 * @returns {Readonly<{ verdict: Verdict, ok: boolean, lines: readonly string[] }>}
 */
export function checkProofs(file, vkeys) {
  const bytes = smallFile(file, MAX_LINE);
  if (!bytes) throw new UsageError(`The proof ${shown(file)} cannot be read: it is missing or too large.`);
  const lines = bytes.toString('latin1').trim().split('\n');
  const isList = lines.length > 1 && lines.every((line) => /^\{.*\}$/.test(line));
  const proofs = isList ? lines.map((line) => Buffer.from(line, 'latin1')) : [bytes];
  const keys = vkeys.map(parseKey);
  if (keys.every(({ isWitness }) => isWitness))
    throw new UsageError('A proof needs the public key of the log: --key <vkey>.');
  const checked = proofs.map((proof) => checkProof(file, proof, keys));
  /** @type {Map<string, Json>} */
  const requests = new Map();
  for (const { entry, under } of checked) {
    const { body, id } = entry ?? {};
    if (isObject(body) && body.kind === 'requested' && isObject(body.details))
      requests.set(`${under} ${requestIn(id)}`, body.details);
  }
  const logs = new Set(checked.flatMap(({ entry, under }) => (entry ? [under] : [])));
  const missing = keys
    .filter(({ vkey, isWitness }) => isWitness && checked.some(({ cosigned }) => !hasKey(cosigned, vkey)))
    .map(({ name }) => `The witness ${shown(name)} did not cosign each of these checkpoints.`)
    .concat(
      logs.size > 1
        ? [
            `The proofs are under ${logs.size} checkpoints, so nothing here shows that they are of one log. Get all of them at one time.`,
          ]
        : [],
    );
  const isGood = checked.every(({ ok }) => ok);
  const verdict = !isGood ? 'failed' : missing.length > 0 ? 'unproven' : 'verified';
  const last = {
    verified: `Verified: ${counted(checked.length, 'proof')}.`,
    unproven: `Not proven. ${missing.join(' ')}`,
    failed: 'Verification failed.',
  };
  const said = checked.flatMap(({ text, entry, under }) =>
    entry ? [sentenceOf(entry, requests.get(`${under} ${requestIn(entry.id)}`)), `  ${text}`] : [text],
  );
  return { verdict, ok: verdict === 'verified', lines: [...said, '', last[verdict]] };
}

/** The request in the id of an event. @param {unknown} id */
const requestIn = (id) => stringOf(id).replace(/\/\d+$/, '');

/** @param {readonly Seen[]} cosigned @param {string} vkey */
const hasKey = (cosigned, vkey) => cosigned.some((each) => each.vkey === vkey);

/**
 * What an entry says, in a sentence. `details` are those of its request, when the first event of it is proven under the same checkpoint.
 * @param {Json} entry @param {Json | undefined} details
 */
function sentenceOf({ type, id, at, via, body }, details) {
  const event = isObject(body) ? body : {};
  const request = requestIn(id);
  const minutes = Number(details?.minutes);
  const known = details
    ? ` by ${shown(details.requester)} for ${shown(details.entitlement)}, for ${counted(minutes, 'minute')}`
    : '';
  const of = `the request ${shown(request)}${known}`;
  const when = `at ${shown(at)}${via === undefined ? '' : `, through ${shown(via)}`}`;
  const by = shown(event.by);
  switch (type === 'event' ? event.kind : undefined) {
    case 'requested':
      return `${shown(details?.requester)} requested ${shown(details?.entitlement)} for ${counted(minutes, 'minute')} ${when}: the request ${shown(request)}.`;
    case 'approved':
      return `${by} approved ${of}, ${when}.`;
    case 'extension-approved':
      return `${by} approved an extension of ${of}, ${when}.`;
    case 'granted':
      return `Curfew granted the access of ${of}, and read it back ${when}.`;
    case 'revoked':
      return `Curfew revoked the access of ${of}, and verified that ${when}.`;
    case 'closed':
      return `${of.replace(/^t/, 'T')} was closed ${when}.`;
    default:
      return type === 'event'
        ? `The event ${shown(event.kind)} of ${of} was recorded ${when}.`
        : `The entry ${shown(type)} ${shown(id)} was recorded ${when}.`;
  }
}

/**
 * @typedef {Readonly<{ ok: boolean, text: string, cosigned: readonly Seen[], entry?: Json | undefined, under?: string }>} CheckedProof `entry`: what is
 * proven. `under`: the log, the size and the root of the checkpoint under which it is.
 * @param {string} file @param {Buffer} bytes @param {readonly Key[]} keys @returns {CheckedProof}
 */
function checkProof(file, bytes, keys) {
  const { value, why } = readObject(bytes);
  if (!value) throw new UsageError(`The proof ${shown(file)} cannot be read: ${why}.`);
  const path = hashesIn(value.path);
  const kind = PROOF_KINDS.find(({ format }) => format === value.format);
  if (kind && !(hasOnly(value, kind.fields) && haveOnly(value, { from: ['note'], to: ['note'] })))
    throw new UsageError(`The proof ${shown(file)} cannot be read: ${OTHER_FIELD}.`);
  if (kind) return kind.check(value, path, keys);
  throw new UsageError(`The file ${shown(file)} is not a proof in a format that is known here.`);
}

const PROOF_KINDS = [
  { format: 'curfew-inclusion-proof/1', fields: INCLUSION_FIELDS, check: checkInclusion },
  { format: 'curfew-consistency-proof/1', fields: ['format', 'from', 'to', 'path'], check: checkConsistency },
];

/** @param {string} text @returns {CheckedProof} */
const wrongProof = (text) => ({ ok: false, text, cosigned: [] });

/** The checkpoint of a proof with who signed it, or a sentence that says why it does not count. @param {unknown} note @param {readonly Key[]} keys */
function headOf(note, keys) {
  const { head, kind, vkey, cosigned } = judgeNote(stringOf(note), keys);
  const facts = { file: 'the proof', size: head?.size, origin: head && shown(head.origin), vkey };
  return { head: kind ? undefined : head, cosigned, text: kind ? PROBLEMS[kind](facts) : '' };
}

/** Who cosigned, for people. @param {readonly Seen[]} cosigned */
const cosignedBy = (cosigned) =>
  cosigned.length === 0
    ? 'No witness that you named stands behind it.'
    : `Witnesses cosigned it: ${cosigned.map(({ name, time }) => `${shown(name)} at ${rfc3339(time * 1000)}`).join(', ')}.`;

/** @param {Json} proof @param {readonly Hash[]} path @param {readonly Key[]} keys @returns {CheckedProof} */
function checkInclusion({ entry, index, size, note }, path, keys) {
  const { head, text, cosigned } = headOf(note, keys);
  if (!head) return wrongProof(text);
  if (typeof entry !== 'string' || !Number.isSafeInteger(index) || size !== head.size)
    return wrongProof('The entry, its index or the size do not fit the checkpoint of the proof.');
  const its = { leaf: leafHash(entry), index: Number(index), size: head.size, path, root: head.root };
  const { value } = readObject(Buffer.from(entry));
  const { id, at } = namesIn(Buffer.from(entry));
  const name = entryOf({ index: its.index, id: id && shown(id), at: at && shown(at) });
  const said = `that the ${name} is in the log ${shown(head.origin)} of size ${head.size}`;
  if (!provesInclusion(its)) return wrongProof(`The proof does not show ${said}.`);
  const signed = `The key of this log signed that. ${cosignedBy(cosigned)}`;
  const under = `${head.origin} ${head.size} ${hexOf(head.root)}`;
  return { ok: true, text: `The proof shows ${said}. ${signed}`, cosigned, entry: value, under };
}

/** @param {Json} proof @param {readonly Hash[]} path @param {readonly Key[]} keys @returns {CheckedProof} */
function checkConsistency({ from, to }, path, keys) {
  const notes = [from, to].map((each) => headOf(isObject(each) ? each.note : '', keys));
  const [one, other] = notes;
  if (!one?.head || !other?.head) return wrongProof(notes.find(({ head }) => !head)?.text ?? '');
  const { head: older } = one;
  const { head: newer, cosigned } = other;
  const isRight = older.origin === newer.origin && provesConsistency({ from: older, to: newer, path });
  const said = `that the log ${shown(older.origin)} of size ${older.size} is the beginning of that of size ${newer.size}`;
  if (!isRight) return wrongProof(`The proof does not show ${said}.`);
  return {
    ok: true,
    text: `The proof shows ${said}. The key of this log signed both. ${cosignedBy(cosigned)}`,
    cosigned,
  };
}

// ---------------------------------------------------------------------------------------------------------------------
// The command

const USAGE = `node verify.mjs <folder> --key <vkey>… [--kept <file>]… [--place <folder>]… [--archive <folder>]… [--checksum <sha256>] [--json]
node verify.mjs <file with proofs> --key <vkey>… [--json]

Exit codes: 0 verified, 2 wrong usage, 5 verification failed, 6 not proven.`;
const CODES = { verified: 0, failed: 5, unproven: 6 };

/** @param {string} heading @param {readonly string[]} lines */
const section = (heading, lines) =>
  lines.length === 0 ? [] : [heading, ...lines.map((line) => `  ${line}`), ''];

/** The report as lines for people. @param {Report} report @returns {readonly string[]} */
export function reportLines({ verdict, origin, size, provenSize, signed, ...found }) {
  const { checked, notChecked, missing, problems, moreProblems } = found;
  const more = moreProblems > 0 ? [`${moreProblems} more of the same kinds`] : [];
  const last = {
    verified: `Verified: all ${counted(size, 'entry', 'entries')}.`,
    unproven: `Not proven. ${provenSize === 0 ? 'No entry of the log is proven' : `The log is proven up to entry ${provenSize - 1}`}. ${missing.join(' ')}`,
    failed: 'Verification failed.',
  };
  return [
    ...[`The log ${origin} has ${counted(size, 'entry', 'entries')}. ${signed}`, ''],
    ...section('Checked:', checked),
    ...section('Not checked:', notChecked),
    ...section('Not proven:', missing),
    ...section('Problems:', [...problems.map(({ text }) => text), ...more]),
    last[verdict],
  ];
}

/** @param {readonly string[]} args */
function parseArguments(args) {
  /** @type {Record<'names' | '--key' | '--kept' | '--place' | '--archive' | '--checksum' | '--json', string[]>} */
  const parsed = {
    ...{ names: [], '--key': [], '--kept': [], '--place': [], '--archive': [] },
    ...{ '--checksum': [], '--json': [] },
  };
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (
      word === '--key' ||
      word === '--kept' ||
      word === '--place' ||
      word === '--archive' ||
      word === '--checksum'
    ) {
      const value = args[(at += 1)];
      if (value === undefined) throw new UsageError(`${USAGE}\n\n${word} needs a value.`);
      parsed[word].push(value);
    } else if (word === '--help' || word === '-h') throw new UsageError(USAGE);
    else if (word === '--json') parsed['--json'].push(word);
    else if (word.startsWith('-')) throw new UsageError(`${USAGE}\n\nThere is no option ${shown(word)}.`);
    else parsed.names.push(word);
  }
  return parsed;
}

/** Runs the command. @param {readonly string[]} args @returns {Readonly<{ code: number, lines: readonly string[] }>} */
export function runVerifier(args) {
  const { names, '--json': json, ...given } = parseArguments(args);
  const { '--key': keys, '--kept': kept, '--place': places, '--archive': archives } = given;
  const checksum = given['--checksum'].at(-1);
  const [path] = names;
  const isJson = json.length > 0;
  if (path === undefined || names.length > 1) throw new UsageError(USAGE);
  if (!existsSync(path)) throw new UsageError(`There is no folder and no file ${shown(path)}.`);
  if (!isFile(path)) {
    const report = verifyBundle(path, { keys, kept, places, archives, checksum });
    return {
      code: CODES[report.verdict],
      lines: isJson ? [JSON.stringify(report, null, 2)] : reportLines(report),
    };
  }
  const proofs = checkProofs(path, keys);
  return { code: CODES[proofs.verdict], lines: isJson ? [JSON.stringify(proofs, null, 2)] : proofs.lines };
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    const { code, lines } = runVerifier(process.argv.slice(2));
    process.stdout.write(`${lines.join('\n')}\n`);
    process.exitCode = code;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}
