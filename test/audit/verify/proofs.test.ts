import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import {
  checkProofs,
  growingTree,
  leafHash,
  provesConsistency,
  provesInclusion,
} from '../../../audit/verify/verify.mjs';
import { KEY, NEXT_KEY, ORIGIN, OTHER_KEY, WITNESS } from './bundle.fixture.ts';
import { checkpointNote, consistencyPath, inclusionPath, treeOf } from './signed-log.fixture.ts';

const SIZES = Array.from({ length: 34 }, (_, size) => size);
const AT = '2026-11-28T10:00:00.000Z';
/** Every entry is of one request: it was requested first, and each other entry is an approval. */
const entries = SIZES.map((each) => {
  const details = { requester: 'ana', entitlement: 'orders-db', minutes: 120 };
  const body = each === 0 ? { kind: 'requested', details } : { kind: 'approved', by: 'bo' };
  return JSON.stringify({ at: AT, body, id: `req_a/${each}`, type: 'event', via: 'slack' });
});
const tree = treeOf(entries);
const binary = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const rootOf = (size: number): string => binary(tree.root(size));

const folder = mkdtempSync(join(tmpdir(), 'curfew-proof-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a proof and checks it. */
function check(proof: unknown, keys: readonly string[] = [KEY.vkey]) {
  const file = join(folder, 'proof.json');
  writeFileSync(file, typeof proof === 'string' ? proof : JSON.stringify(proof));
  return checkProofs(file, keys);
}

const base64 = (path: readonly Uint8Array[]) => path.map((each) => Buffer.from(each).toString('base64'));
const note = (size: number, signer = KEY) => checkpointNote(ORIGIN, size, tree.root(size), [signer]);
const inclusion = {
  format: 'curfew-inclusion-proof/1',
  entry: entries[5]!,
  index: 5,
  size: 20,
  path: base64(inclusionPath(tree, 5, 20)),
  note: note(20),
};
const consistency = {
  format: 'curfew-consistency-proof/1',
  from: { note: note(7) },
  to: { note: note(20, NEXT_KEY) },
  path: base64(consistencyPath(tree, 7, 20)),
};
const KEYS = [KEY.vkey, NEXT_KEY.vkey];

test('a tree that grows leaf by leaf has the root of RFC 6962 at each size', () => {
  const growing = growingTree();
  const roots = [growing.root(), ...entries.map((entry) => (growing.push(leafHash(entry)), growing.root()))];
  expect(roots).toEqual([0, ...SIZES.map((size) => size + 1)].map(rootOf));
});

test('every inclusion proof up to size 33 is right, and wrong for every other index', () => {
  for (const size of SIZES.slice(1))
    for (let index = 0; index < size; index += 1) {
      const path = inclusionPath(tree, index, size).map(binary);
      const proves = (at: number) =>
        provesInclusion({ leaf: leafHash(entries[index]!), index: at, size, path, root: rootOf(size) });
      expect([proves(index), proves(index + 1), proves(index - 1)]).toEqual([true, false, false]);
    }
});

test('every consistency proof up to size 33 is right, and wrong for another older root', () => {
  for (const size of SIZES.slice(1))
    for (let older = 1; older <= size; older += 1) {
      const path = consistencyPath(tree, older, size).map(binary);
      const proves = (root: string) =>
        provesConsistency({ from: { size: older, root }, to: { size, root: rootOf(size) }, path });
      expect([proves(rootOf(older)), proves(rootOf(older - 1))]).toEqual([true, false]);
    }
});

test('a kept inclusion proof is checked and names its entry', () => {
  expect(check(inclusion)).toEqual({
    ok: true,
    verdict: 'verified',
    lines: [
      'bo approved the request req_a, at 2026-11-28T10:00:00.000Z, through slack.',
      `  The proof shows that the entry 5 (req_a/5, 2026-11-28T10:00:00.000Z) is in the log ${ORIGIN} of size 20. The key of this log signed that. No witness that you named stands behind it.`,
      '',
      'Verified: 1 proof.',
    ],
  });
});

test('a kept consistency proof is checked, also across a new key', () => {
  expect(check(consistency, KEYS)).toEqual({
    ok: true,
    verdict: 'verified',
    lines: [
      `The proof shows that the log ${ORIGIN} of size 7 is the beginning of that of size 20. The key of this log signed both. No witness that you named stands behind it.`,
      '',
      'Verified: 1 proof.',
    ],
  });
});

describe('the proofs of a request', () => {
  const proofOf = (index: number, signers = [KEY]) =>
    JSON.stringify({
      ...{ format: 'curfew-inclusion-proof/1', entry: entries[index], index, size: 20 },
      ...{ path: base64(inclusionPath(tree, index, 20)) },
      note: checkpointNote(ORIGIN, 20, tree.root(20), signers),
    });
  const both = (signers?: Parameters<typeof proofOf>[1]) =>
    [0, 5].map((at) => proofOf(at, signers)).join('\n');

  test('say who approved exactly what for whom, and when', () =>
    expect(check(both()).lines).toEqual([
      `ana requested orders-db for 120 minutes at ${AT}, through slack: the request req_a.`,
      expect.stringContaining('The proof shows that the entry 0'),
      `bo approved the request req_a by ana for orders-db, for 120 minutes, at ${AT}, through slack.`,
      expect.stringContaining('The proof shows that the entry 5'),
      '',
      'Verified: 2 proofs.',
    ]));

  test('are not proven while a witness that was given did not cosign each of them', () => {
    const keys = [KEY.vkey, WITNESS.vkey];
    expect(check(both(), keys)).toMatchObject({ verdict: 'unproven', ok: false });
    expect(check(both([KEY, WITNESS]), keys)).toMatchObject({ verdict: 'verified', ok: true });
    const one = [proofOf(0, [KEY, WITNESS]), proofOf(5)].join('\n');
    expect(check(one, keys).lines.at(-1)).toBe(
      'Not proven. The witness witness.example.org/w1 did not cosign each of these checkpoints.',
    );
    expect(check(both([KEY, WITNESS]), keys).lines[1]).toContain(
      'Witnesses cosigned it: witness.example.org/w1 at 2027-01-15T08:00:00.000Z.',
    );
  });
});

test('two proofs of one request from two logs do not make one sentence', () => {
  const forked = [entries[0]!.replace('"ana"', '"eve"'), ...entries.slice(1)];
  const other = treeOf(forked);
  const first = {
    ...{ format: 'curfew-inclusion-proof/1', entry: forked[0], index: 0, size: 20 },
    ...{ path: base64(inclusionPath(other, 0, 20)), note: checkpointNote(ORIGIN, 20, other.root(20), [KEY]) },
  };
  const { verdict, lines } = check([first, inclusion].map((each) => JSON.stringify(each)).join('\n'));
  expect(verdict).toBe('unproven');
  expect(lines[2]).toBe(`bo approved the request req_a, at ${AT}, through slack.`);
  expect(lines.at(-1)).toBe(
    'Not proven. The proofs are under 2 checkpoints, so nothing here shows that they are of one log. Get all of them at one time.',
  );
});

const FAILING: readonly (readonly [what: string, proof: unknown, words: RegExp, keys?: readonly string[]])[] =
  [
    ['its entry is edited', { ...inclusion, entry: entries[6] }, /does not show that the entry 5/],
    ['its index is another', { ...inclusion, index: 6 }, /does not show/],
    ['its index is no number', { ...inclusion, index: '5' }, /do not fit/],
    ['its size is not that of its checkpoint', { ...inclusion, size: 19 }, /do not fit/],
    ['a hash is missing', { ...inclusion, path: inclusion.path.slice(1) }, /does not show/],
    ['a hash is too short', { ...inclusion, path: ['AA=='] }, /does not show/],
    [
      'its checkpoint is signed with another key',
      { ...inclusion, note: note(20, OTHER_KEY) },
      /no signature of a key that you trust/,
    ],
    ['its checkpoint is none', { ...inclusion, note: 7 }, /not a checkpoint/],
    [
      'an older checkpoint is of another log',
      { ...consistency, from: { note: checkpointNote(ORIGIN, 7, Buffer.alloc(32), [KEY]) } },
      /does not show that the log/,
      KEYS,
    ],
    [
      'the checkpoints are swapped',
      { ...consistency, from: consistency.to, to: consistency.from },
      /does not show/,
      KEYS,
    ],
    ['one key is not given', consistency, /no signature of a key that you trust/],
    ['a checkpoint is missing', { ...consistency, to: null }, /not a checkpoint/, KEYS],
  ];

describe('a proof fails when', () => {
  test.each(FAILING.map(([what, proof, words, keys = [KEY.vkey]]) => [what, proof, words, keys] as const))(
    '%s',
    (_what, proof, words, keys) => {
      const { verdict, lines } = check(proof, keys);
      expect([verdict, lines[0], lines.at(-1)]).toEqual([
        'failed',
        expect.stringMatching(words),
        'Verification failed.',
      ]);
    },
  );
});

test.each([
  ['is no JSON', '{', /not valid JSON/],
  ['has another format', { ...inclusion, format: 'x' }, /not a proof in a format/],
  ['has a name twice', JSON.stringify(inclusion).replace('{', '{"index":4,'), /name index twice/],
])('a file that %s is refused', (_what, proof, words) => expect(() => check(proof)).toThrow(words));
