import { createHash } from 'node:crypto';
import { parsePrivateKey } from '../../manifest/keys.ts';
import { type Checkpoint, checkpointText } from '../../audit/note/checkpoint.ts';
import { openCheckpoint } from '../../audit/note/open.ts';
import { signNote } from '../../audit/note/sign.ts';
import { verifierKey } from '../../audit/note/vkey.ts';
import { bodyPath, entriesPath, tilePath } from '../../audit/places/paths.ts';
import type { LogFile, Update } from '../../audit/places/place.ts';
import { consistencyProof, leafHash, rootOf } from './tiny-tree.fixture.ts';

export const LOG_NAME = 'curfew.example.com/log';

/** A private key that is the same in each run. */
export function keyOf(seed: string) {
  const parsed = parsePrivateKey(createHash('sha256').update(seed).digest('base64'));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

export const logKey = keyOf('log');
export const trusted = [verifierKey(LOG_NAME, logKey)];

/** A checkpoint that the log's key signs, or another key. */
export const noteOf = (checkpoint: Checkpoint, privateKey = logKey): string =>
  signNote(checkpointText(checkpoint), [{ name: LOG_NAME, privateKey }]);

type Overrides = Partial<Update> & Readonly<{ history?: string }>;

/**
 * An update to the first `size` entries of a log (at most 256). Logs with another `history` have other entries from index 1 on. The
 * first entry is the same in all.
 */
export function updateOf(size: number, { history = 'one', ...overrides }: Overrides = {}): Update {
  const entries = Array.from({ length: size }, (_, index) =>
    Buffer.from(JSON.stringify({ id: `req_${index}/0`, history: index === 0 ? '' : history })),
  );
  const leaves = entries.map(leafHash);
  const checkpoint = { origin: LOG_NAME, size, root: rootOf(leaves) };
  return {
    note: noteOf(checkpoint),
    checkpoint,
    open: (note) => openCheckpoint(note, trusted),
    rootAt: async (at) => rootOf(leaves.slice(0, at)),
    filesFrom: (from) => filesOf(entries, leaves, from),
    consistencyFrom: async (from) => consistencyProof(from, leaves),
    ...overrides,
  };
}

/** A long body, an entry bundle and a tile. */
function filesOf(entries: readonly Buffer[], leaves: readonly Buffer[], from: number): readonly LogFile[] {
  const body = Buffer.from('{"kind":"long"}');
  const bundle = entries.flatMap((entry) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(entry.length);
    return [length, entry];
  });
  return [
    ...(from === 0 ? [{ path: bodyPath(createHash('sha256').update(body).digest('hex')), bytes: body }] : []),
    { path: entriesPath(0, entries.length), bytes: Buffer.concat(bundle) },
    { path: tilePath(0, 0, leaves.length), bytes: Buffer.concat(leaves) },
  ];
}
