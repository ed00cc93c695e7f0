import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { showProgress } from '../../cli/actions/ending-progress.ts';
import type { MassEndingId, PersonId } from '../../core/ids.ts';
import type { MassEndingProgress } from '../../ledger/index.ts';
import { removeSignalListeners } from './signals.fixture.ts';

const ID = `end_${'0'.repeat(26)}` as MassEndingId;
const begun = {
  ...{ scope: { kind: 'person', person: 'ana' as PersonId }, left: 0, ended: 3, over: 1, granted: 1 },
  ...{ unconfirmed: 0, leases: 3, revoked: 1, late: [], lateCount: 0, cutOffs: [], sessions: [] },
} as MassEndingProgress;
const done: MassEndingProgress = { ...begun, over: 3, granted: 2 };
const late = {
  lease: 'lease_1',
  provider: 'github',
  fault: 'HTTP 502',
} as MassEndingProgress['late'][number];
const sessions = [{ provider: 'postgres', until: null }];

let written = '';
beforeEach(() => {
  removeSignalListeners();
  written = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => ((written += String(text)), true));
});
afterEach(() => {
  removeSignalListeners();
  jest.restoreAllMocks();
  for (const name of ['isTTY', 'columns'] as const) Reflect.deleteProperty(process.stdout, name);
});
const isTerminal = (columns: number) =>
  Object.defineProperties(process.stdout, {
    isTTY: { value: true, configurable: true },
    columns: { value: columns, configurable: true },
  });
/** Shows these, one after the other. After the last one the person presses Ctrl-C, when it is not done. */
async function shown(...all: readonly MassEndingProgress[]): Promise<string> {
  let looks = 0;
  const massEndingProgress = () => {
    const progress = all[Math.min(looks, all.length - 1)] as MassEndingProgress;
    looks += 1;
    if (looks >= all.length + 2) process.emit('SIGINT');
    return Promise.resolve(progress);
  };
  await showProgress({ massEndingProgress }, ID);
  return written;
}
const rows = (text: string) => text.split(/\r|\n/).map((row) => row.replace('\u001b[K', ''));

describe('the progress of a mass ending', () => {
  test('on a terminal is one row that is drawn again, and at the end the whole sentence, with what goes on elsewhere', async () => {
    isTerminal(40);
    const [, first, last, ...more] = rows(await shown({ ...begun, sessions }, { ...done, sessions }));
    expect(first).toBe('Ended: 1 of 3 requests. Curfew revokes ');
    expect(first).toHaveLength(39);
    expect(last).toBe('All 3 requests are ended. The access of 2 is revoked and verified. 1 had no access.');
    expect(more).toEqual([
      'A session at "postgres" that was open at the end can continue for as long as it stays open.',
      'Access of ana that Curfew did not grant was not changed. "curfew audit held ana" shows it.',
      '',
    ]);
  });

  test('after Ctrl-C names what is late, what goes on elsewhere, and that Curfew goes on', async () => {
    isTerminal(200);
    const shownRows = rows(await shown({ ...begun, late: [late], lateCount: 1 }));
    expect(shownRows.slice(-4)).toEqual([
      'Access of ana that Curfew did not grant was not changed. "curfew audit held ana" shows it.',
      'late: "lease_1" at "github": HTTP 502',
      'Curfew goes on. The cards in Slack and "curfew list" show the rest.',
      '',
    ]);
  });

  test('to a program is a line of JSON after each change', async () => {
    const lines = (await shown(begun, begun, done)).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      { mass_ending: ID, done: false, ...begun },
      { mass_ending: ID, done: true, ...done },
    ]);
  });

  test('to a program is nothing else after Ctrl-C', async () => {
    const text = await shown(begun);
    expect(JSON.parse(text)).toMatchObject({ done: false });
  });
});
