import { expect, test } from '@jest/globals';
import { readServerState } from '../../ledger/server-state.ts';
import { database, rows } from './own-ledger.fixture.ts';

test('whoever asks how the server is leaves nothing in the ledger', async () => {
  for (let time = 0; time < 3; time += 1)
    expect(await readServerState(database.url)).not.toHaveProperty('writeFailure');
  const left = await rows('select id from click union all select who from attempt_count');
  expect(left).toEqual([]);
});
