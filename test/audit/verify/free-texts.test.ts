import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Report, verifyBundle } from '../../../audit/verify/verify.mjs';
import type { Event } from '../../../core/request/events.ts';
import { storedEvent } from '../../../ledger/request/event-texts.ts';
import { type FreeText, withWrittenHash } from '../../../ledger/request/free-texts.ts';
import { textHash } from '../../../ledger/salted-text.ts';
import * as the from '../../core/request/request.fixture.ts';
import { filesOf, jsonLines, logOf, optionsOf, writeFiles } from './bundle.fixture.ts';
import type { Row } from './rows.fixture.ts';

// Everything that a person wrote and that is in a bundle has its salted hash in an entry.

const hashOf = (kind: FreeText['kind']): string => textHash('s', `a\n${kind}`);
const DETAILS = { ...the.detailsOf(), reasonHash: hashOf('reason') };
const at = the.noon;
const event = (value: object): Event => ({ at, ...value }) as Event;

/** A request with a text of each kind, and one that was denied. Of two denials one is that of an extension. */
const EVENTS: readonly (readonly [id: string, event: Event, kind?: FreeText['kind']])[] = [
  ['req_1/0', event({ kind: 'requested', details: { ...DETAILS, id: 'req_1' } }), 'reason'],
  ['req_1/1', event({ kind: 'asked', by: the.bo }), 'question'],
  ['req_1/2', event({ kind: 'answered', by: the.ana }), 'answer'],
  [
    'req_1/3',
    event({
      kind: 'extension-requested',
      by: the.ana,
      extension: { minutes: 30, endsAt: at, digest: 'x1', reasonHash: hashOf('extension') },
    }),
    'extension',
  ],
  ['req_1/4', event({ kind: 'extension-closed', ending: { kind: 'denied', by: the.bo } }), 'denial'],
  ['req_2/0', event({ kind: 'requested', details: { ...DETAILS, id: 'req_2' } }), 'reason'],
  ['req_2/1', event({ kind: 'closed', ending: { kind: 'denied', by: the.bo } }), 'denial'],
  ['req_3/0', event({ kind: 'requested', details: { ...DETAILS, id: 'req_3' } }), 'reason'],
  ['req_3/1', event({ kind: 'closed', ending: { kind: 'withdrawn', by: the.ana } })],
];

const rowsWith = (isOfBefore: boolean): readonly Row[] =>
  EVENTS.map(([id, its, kind]) => {
    const { body } = storedEvent(its);
    const isHashed = kind !== undefined && !isOfBefore;
    const written = isHashed ? withWrittenHash(body, { kind, salt: 's', body: `a\n${kind}` }) : body;
    return { id, type: 'event', at: new Date(at).toISOString(), body: written, step: 'x', via: 'slack' };
  });

type Line = Readonly<{
  id: string;
  request: string;
  kind: string;
  seq: number | null;
  salt: string;
  body: string;
}>;
const line = (request: string, kind: string, seq: number | null = null): Line => ({
  ...{ id: [request, kind, ...(seq === null ? [] : [seq])].join('/'), request, kind, seq },
  ...{ salt: 's', body: `a\n${kind}` },
});
const LINES: readonly Line[] = [
  line('req_1', 'reason'),
  line('req_1', 'question', 1),
  line('req_1', 'answer', 2),
  line('req_1', 'extension', 3),
  line('req_1', 'denial', 4),
  line('req_2', 'reason'),
  line('req_2', 'denial'),
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'curfew-free-texts-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The report on a log whose bundle has these lines. `isOfBefore`: an earlier version wrote its events. */
function verified(lines: readonly unknown[], isOfBefore = false): Report {
  const log = logOf([...rowsWith(isOfBefore)], () => 0);
  writeFiles(folder, new Map([...filesOf(log), ['bundle/free-texts.jsonl', jsonLines(lines)]]));
  return verifyBundle(join(folder, 'bundle'), optionsOf(folder, log));
}

const problemsOf = ({ problems }: Report) => problems.map(({ kind, id }) => `${kind} ${String(id)}`);

test('texts that people wrote fit the hashes in their events, and the report counts them', () => {
  const report = verified(LINES);
  expect(problemsOf(report)).toEqual([]);
  expect(report.checked.join()).toContain('7 texts that people wrote');
  expect(report.notChecked.join()).not.toContain('people wrote');
});

test('texts that were erased are no problem, and the report says how many are not there', () => {
  const report = verified(LINES.slice(0, 4));
  expect(problemsOf(report)).toEqual([]);
  expect(report.notChecked).toContain('4 texts that people wrote: they are erased, or not in the bundle.');
});

describe('a change is named', () => {
  test.each(LINES.map((each, at) => [`${each.request} ${each.kind}`, each, at] as const))(
    'of the text %s',
    (_what, each, at) => {
      const id = [each.request, each.kind, ...(each.seq === null ? [] : [each.seq])].join('/');
      const replaced = (more: object) => problemsOf(verified(LINES.with(at, { ...each, ...more })));
      expect(replaced({ body: 'another text' })).toEqual([`wrong-reason ${id}`]);
      expect(replaced({ salt: 'other' })).toEqual([`wrong-reason ${id}`]);
      expect(replaced({ body: null })).toEqual([`wrong-reason ${id}`]);
      expect(problemsOf(verified([...LINES, each]))).toEqual([`unknown-text ${id}`]);
    },
  );

  test('when the first line of a text was moved into the salt', () => {
    const moved = { ...line('req_1', 'reason'), salt: 's\na', body: 'reason' };
    expect(problemsOf(verified([moved]))).toEqual(['wrong-reason req_1/reason']);
  });

  test.each<[what: string, line: object, id: string]>([
    ['of a request that is not in the log', line('req_9', 'reason'), 'req_9/reason'],
    ['of a denial that did not happen', line('req_3', 'denial'), 'req_3/denial'],
    ['of an event of another kind', line('req_1', 'question', 2), 'req_1/question/2'],
    ['of an event that is not there', line('req_1', 'question', 9), 'req_1/question/9'],
    ['of a kind that does not exist', line('req_1', 'opinion', 1), 'req_1/opinion/1'],
  ])('when there is a text %s', (_what, added, id) =>
    expect(problemsOf(verified([...LINES, added]))).toEqual([`unknown-text ${id}`]),
  );
});

test('texts of events of an earlier version have no hash, and the report says that they were not checked', () => {
  const report = verified(LINES, true);
  expect(problemsOf(report)).toEqual([]);
  expect(report.checked.join()).toContain('3 texts that people wrote');
  expect(report.notChecked.join()).toContain(
    '4 texts that people wrote: an earlier version recorded them, and their events have no hash of them',
  );
});
