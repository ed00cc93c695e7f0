import { expect, test } from '@jest/globals';
import { storedUpdate } from '../../audit/update.ts';
import { fakeLog, noteOfLog } from './fake-log.fixture.ts';
import { keyOf, trusted } from './log.fixture.ts';

const ledgerWith = (note: string | undefined) => {
  const { ledger } = fakeLog('one', 4).deps;
  return {
    ...ledger,
    newestCheckpoint: () =>
      Promise.resolve(note === undefined ? undefined : { size: 4, note, publishedAt: 0 as never }),
  };
};

test('the stored checkpoint is published again with the note that it has', async () => {
  const note = noteOfLog('one', 4);
  expect(await storedUpdate(ledgerWith(note), { trusted })).toMatchObject({ note, checkpoint: { size: 4 } });
});

test('without a stored checkpoint there is none to publish', async () =>
  expect(await storedUpdate(ledgerWith(undefined), { trusted })).toBeUndefined());

test('a stored checkpoint that no known key signed is an error, and is not published', () =>
  expect(storedUpdate(ledgerWith(noteOfLog('one', 4, keyOf('another'))), { trusted })).rejects.toThrow(
    /^no known key signed the newest checkpoint of the ledger: /,
  ));
