import {
  withHead,
  withNotes,
  drawn,
  entriesOf,
  notesOf,
  orderAt,
  rootOf,
  sizeOf,
  withSample,
} from './forger.ts';
import { rowsOf, withRows, mixed, withText } from './files.ts';
import type { Forgery } from './forgery.ts';
import { PROOFS, first, grantIds, sampleIds } from './evidence-forger.ts';

/** Samples that somebody chose. */
export const FORGED_SAMPLES: readonly Forgery[] = [
  [
    'the sample has rows that the forger likes, with honest proofs',
    (files) =>
      withSample(
        files,
        grantIds(files)
          .filter((id) => !sampleIds(files).includes(id))
          .slice(0, sampleIds(files).length),
      ),
  ],
  [
    'one row of the sample is replaced, with honest proofs',
    (files) => {
      const sampled = sampleIds(files);
      const liked = grantIds(files).find((id) => !sampled.includes(id)) ?? '';
      return withSample(files, [liked, ...sampled.slice(1)]);
    },
  ],
  ['the sample has fewer rows, and says so', (files) => withSample(files, sampleIds(files).slice(0, 2))],
  [
    'the sample has fewer rows, and says that more were wanted',
    (files) => withSample(files, sampleIds(files).slice(0, 2), 8),
  ],
  ['the sample has no row', (files) => withSample(files, [], 0)],
  ['the sample is in another order', (files) => withSample(files, sampleIds(files).toReversed())],
  [
    'the sample is drawn by the newest checkpoint of a later log',
    (files, _other, { export: { other } }) =>
      withSample(files, drawn(grantIds(files), rootOf(notesOf(other).at(-1) ?? ''), 8), 8),
  ],
  [
    'the sample is drawn by a checkpoint from before the order',
    (files) => {
      const before = notesOf(files).findLast((note) => sizeOf(note) <= orderAt(files)) ?? '';
      return withSample(files, drawn(grantIds(files), rootOf(before), 8), 8);
    },
  ],
  [
    'a proof is of another event of the log',
    (files) => {
      const [proof, ...proofs] = rowsOf(files, PROOFS);
      return withRows(files, PROOFS, [
        proofs[0] ?? {},
        ...proofs.slice(0, 1),
        ...proofs.slice(1),
        ...(proof ? [proof] : []),
      ]);
    },
  ],
  ['a proof is missing', (files) => withRows(files, PROOFS, rowsOf(files, PROOFS).slice(1))],
  [
    'a proof has another entry',
    (files) =>
      withRows(
        files,
        PROOFS,
        first(rowsOf(files, PROOFS), (row) => ({ ...row, entry: entriesOf(files)[0] })),
      ),
  ],
  ['all proofs are missing', (files) => withText(files, PROOFS, '')],
  [
    'the log went on, and the checkpoint is left out that drew a sample which the forger does not like',
    (files, _other, { export: { other } }) => {
      const grown = mixed(other, files);
      const notes = notesOf(grown);
      const drew = notes.find((note) => sizeOf(note) > orderAt(files)) ?? '';
      const kept = notes.filter((note) => note !== drew);
      const next = kept.find((note) => sizeOf(note) > orderAt(files)) ?? '';
      const headed = withHead(withNotes(grown, kept), kept.at(-1) ?? '');
      return withSample(headed, drawn(grantIds(files), rootOf(next), 8), 8);
    },
  ],
];
