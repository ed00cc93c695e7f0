import { type Files, KEY, ORIGIN, OTHER_KEY, WITNESS } from '../bundle.fixture.ts';
import { checkpointNote, consistencyPath, signerOf } from '../signed-log.fixture.ts';
import { proofOf } from './evidence-folder.fixture.ts';
import type { FalseFolders } from './false-folder.fixture.ts';
import { ROWS, signedLog } from './honest-log.fixture.ts';

// Proofs that are false in one point.

const FILE = 'proof.json';
const OTHER_LOG = signerOf('other.example.com/log', 'the key of another log');
const log = signedLog(ROWS);
const otherLog = signedLog(ROWS.slice(0, -1), { sizes: [6] });
const inclusion = proofOf(log, 1);
const noteOf = (size: number, root = log.tree.root(size), signers = [KEY], origin = ORIGIN) => ({
  note: checkpointNote(origin, size, root, signers),
});
const consistency = {
  format: 'curfew-consistency-proof/1',
  from: noteOf(3),
  to: noteOf(7),
  path: consistencyPath(log.tree, 3, 7).map((each) => each.toString('base64')),
};
const { path } = consistency;
const withByte = (hash: string): string =>
  Buffer.concat([Buffer.from(hash, 'base64'), Buffer.of(0)]).toString('base64');

const fileOf = (values: readonly object[], keys: readonly string[] = []) => ({
  files: new Map([
    [FILE, Buffer.from(values.map((value) => JSON.stringify(value)).join('\n'))],
  ]) satisfies Files,
  proofs: FILE,
  keys: [KEY.vkey, ...keys],
});
const proof =
  (value: object, ...keys: readonly string[]) =>
  () =>
    fileOf([value], keys);
const proofs =
  (...values: readonly object[]) =>
  () =>
    fileOf(values);

export const FALSE_PROOFS: FalseFolders = {
  'a hash in the path of a proof is too long': proof({
    ...consistency,
    path: [...path.slice(0, -1), withByte(path.at(-1)!)],
  }),
  'the checkpoint of a proof is signed with the key of somebody else': proof({
    ...inclusion,
    ...noteOf(7, log.tree.root(7), [OTHER_KEY]),
  }),
  'the checkpoint of a proof is of the log of another name': proof({
    ...inclusion,
    ...noteOf(7, log.tree.root(7), [KEY], 'other.example.com/log'),
  }),
  'a checkpoint of a consistency proof is signed with the key of somebody else': proof({
    ...consistency,
    from: noteOf(3, log.tree.root(3), [OTHER_KEY]),
  }),
  'a proof has another size than its checkpoint': proof({ ...inclusion, size: 6 }),
  'the index of a proof is no number': proof({ ...inclusion, index: '1' }),
  'a proof is of another entry than it says': proof({ ...inclusion, index: 2 }),
  'an entry is not the one that a proof is of': proof({ ...inclusion, entry: '{}' }),
  'an older log is not the beginning of a newer one': proof({
    ...consistency,
    from: noteOf(3, Buffer.alloc(32, 1)),
  }),
  'the checkpoints of a consistency proof are of logs with two names': proof(
    { ...consistency, from: noteOf(3, log.tree.root(3), [OTHER_LOG], OTHER_LOG.name) },
    OTHER_LOG.vkey,
  ),
  'a witness whose key was given did not cosign the checkpoint of a proof': proof(inclusion, WITNESS.vkey),
  'the proofs of a file are of two logs that one key signed': proofs(inclusion, proofOf(otherLog, 2)),
};

/** Everything that the proofs above are made of. */
export const HONEST_PROOFS: FalseFolders = {
  'an inclusion proof': proof(inclusion),
  'two inclusion proofs under one checkpoint': proofs(inclusion, proofOf(log, 2)),
  'a consistency proof': proof(consistency),
};
