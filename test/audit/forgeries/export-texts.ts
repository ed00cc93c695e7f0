import { type Files, type Row, rowsOf, withRows, withText } from './files.ts';
import type { Forgery } from './forgery.ts';

const changedLine = (files: Files, path: string, at: number, change: (row: Row) => Row): Files =>
  withRows(
    files,
    path,
    rowsOf(files, path).map((row, index) => (index === at ? change(row) : row)),
  );

const freeText = (files: Files, kind: string, change: (row: Row) => Row): Files =>
  withRows(
    files,
    'free-texts.jsonl',
    rowsOf(files, 'free-texts.jsonl').map((row) => (row['kind'] === kind ? change(row) : row)),
  );

/** Texts and long bodies, which are beside the entries. */
export const FORGED_TEXTS: readonly Forgery[] = [
  [
    'a denial text is replaced',
    (files) => freeText(files, 'denial', (row) => ({ ...row, body: 'You may have it tomorrow.' })),
  ],
  [
    'a reason is replaced, with a salt that fits nothing',
    (files) => freeText(files, 'reason', (row) => ({ ...row, salt: 'new', body: 'An incident.' })),
  ],
  [
    'the first line of an answer is hidden in its salt',
    (files) =>
      freeText(files, 'answer', (row) => ({
        ...row,
        salt: `${String(row['salt'])}\nthe answer`,
        body: 'that somebody wrote',
      })),
  ],
  [
    'a question is called the answer',
    (files) => freeText(files, 'question', (row) => ({ ...row, kind: 'answer' })),
  ],
  [
    'what somebody wrote is under another request',
    (files) => {
      const ids = rowsOf(files, 'free-texts.jsonl').map((row) => row['request']);
      return freeText(files, 'reason', (row) => ({
        ...row,
        request: ids.find((id) => id !== row['request']),
      }));
    },
  ],
  [
    'an invented denial text is added for a request that was approved',
    (files) => {
      const row = rowsOf(files, 'free-texts.jsonl').find(({ kind }) => kind === 'reason');
      return withRows(files, 'free-texts.jsonl', [
        ...rowsOf(files, 'free-texts.jsonl'),
        { ...row, kind: 'denial', id: `${String(row?.['request'])}/denial`, body: 'No.' },
      ]);
    },
  ],
  [
    'a text of an entry is replaced',
    (files) =>
      changedLine(files, 'texts.jsonl', 0, (row) => ({
        ...row,
        texts: (row['texts'] as string[]).map(() => 'nothing was seen'),
      })),
  ],
  [
    'a text is added to those of an entry, which nothing names',
    (files) =>
      changedLine(files, 'texts.jsonl', 0, (row) => ({
        ...row,
        texts: [...(row['texts'] as string[]), 'and ana thanked bo'],
      })),
  ],
  [
    'the texts of two entries are swapped',
    (files) => {
      const rows = rowsOf(files, 'texts.jsonl');
      return withRows(
        files,
        'texts.jsonl',
        rows.map((row, at) => ({ ...row, index: rows.at(at - 1)?.['index'] })),
      );
    },
  ],
  [
    'a long body is replaced',
    (files) =>
      changedLine(files, 'bodies.jsonl', 0, (row) => ({
        ...row,
        body: { ...(row['body'] as Row), by: 'zoe' },
      })),
  ],
  [
    'a long body is replaced, with its new hash',
    (files) =>
      changedLine(files, 'bodies.jsonl', 0, (row) => ({ sha256: 'ab'.repeat(32), body: row['body'] as Row })),
  ],
  ['a long body is removed', (files) => withText(files, 'bodies.jsonl', '')],
  [
    'a long body is there that no entry has',
    (files) =>
      withRows(files, 'bodies.jsonl', [
        ...rowsOf(files, 'bodies.jsonl'),
        { sha256: 'ab'.repeat(32), body: { by: 'zoe' } },
      ]),
  ],
];
