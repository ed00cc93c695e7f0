import { expect, test } from '@jest/globals';
import { act } from '../../console/act.ts';
import type { Reader } from '../../console/reader.ts';
import type { RequestId } from '../../core/ids.ts';
import type { Click } from '../../ledger/index.ts';
import { until } from '../until.fixture.ts';

test('what a person sends is stored when what they sent before is decided, and that of another person at once', async () => {
  const stored: Click[] = [];
  const decisions: (() => void)[] = [];
  const ledger = {
    writeClick: (click: Click) => {
      stored.push(click);
      return Promise.resolve(click);
    },
    clickOutcome: () => new Promise((resolve) => decisions.push(() => resolve({ kind: 'answered' }))),
  };
  const send = (person: string, request: string) =>
    act({ ledger } as never, { person, account: `lantern|${person}` } as Reader, {
      ...{ kind: 'end', request: request as RequestId, body: {} },
    });
  const sent = [send('ana', 'first'), send('ana', 'second'), send('bo', 'other')];
  await until('two are being decided', () => decisions.length === 2);
  expect(stored.map(({ request }) => request)).toEqual(['first', 'other']);
  for (const decide of decisions.splice(0)) decide();
  await until('the second one is being decided', () => decisions.length === 1);
  decisions[0]?.();
  const outcomes = (await Promise.all(sent)).map(({ outcome }) => outcome?.kind);
  expect([stored.at(-1)?.request, outcomes]).toEqual(['second', ['answered', 'answered', 'answered']]);
});
