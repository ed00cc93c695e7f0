import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { auditCommand } from '../../cli/commands/audit.ts';
import { type Instant, leaseIdOf, type Minutes, type RequestId } from '../../core/ids.ts';
import type { NewRequest } from '../../ledger/index.ts';
import { ana, bo, deny } from '../core/request/request.fixture.ts';
import {
  grantedIn,
  newRequest,
  opening,
  revokedIn,
  shown,
  stepOf,
  target,
} from '../ledger/ledger.fixture.ts';
import { type Folder, openFolder } from './cli.fixture.ts';

const TEAM: NewRequest['targets'][number] = {
  ...target,
  provider: 'github',
  spec: { kind: 'team', org: 'lantern', team: 'orders-oncall', role: 'member' },
};

const SHOWN: NewRequest['shown'] = {
  ...shown,
  targets: [
    {
      plain: 'the team\u001b[2J orders-oncall',
      permissions: ['read\nwrite'],
      level: 'member',
      enforcement: 'C',
      residualMs: 0,
    },
    ...shown.targets,
  ],
};

let folder: Folder;
let whole: RequestId, refused: RequestId;
beforeAll(async () => {
  folder = await openFolder();
  const { ledger } = folder;
  whole = await grantedIn(
    ledger,
    { targets: [TEAM, target], shown: SHOWN, reason: { salt: 's', body: 'incident\u001b[2J\n4312 <b>' } },
    'write',
    { target: TEAM.spec as { thing: string } },
  );
  await revokedIn(ledger, whole);
  refused = newRequest();
  await ledger.recordRefusal(
    { request: refused, name: 'open', via: 'cli' },
    { by: null, tried: 'request', refusal: { code: 'unknown-person' } },
  );
});
afterAll(() => folder?.stop());

const story = (...args: readonly string[]) => folder.run(auditCommand(), 'story', ...args);
const lines = (text: string) => text.split('\n');

describe('curfew audit story, for people', () => {
  test('tells the whole request: reason, targets, every event in order, and its state', async () => {
    const { code, out, err } = await story(whole);
    expect([code, err]).toEqual([0, '']);
    const [request, reason, first, permission, second, empty, heading] = lines(out);
    expect(request).toBe(`Request ${whole}`);
    expect(reason).toBe('Reason: incident▯[2J▯4312 <b>');
    expect(first).toBe(`Access: ${leaseIdOf(whole, 0)}: the team▯[2J orders-oncall (level: member)`);
    expect(permission).toBe('    read▯write');
    expect(second).toBe(`Access: ${leaseIdOf(whole, 1)}: the thing x (level: write)`);
    expect([empty, heading]).toEqual(['', expect.stringMatching(/^WHEN \(UTC\) +VIA +WHAT HAPPENED$/)]);
    const told = lines(out).flatMap((line) => {
      const [, via, what] = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ {2}(\w+) +(.*)$/.exec(line) ?? [];
      return via === undefined ? [] : [[via, what?.replaceAll(/lease_\w+/g, 'L')]];
    });
    const intent = 'Curfew starts to grant “write” to the account “id-1”, which had “none” before. Lease: L.';
    const receipt = 'Access revoked and verified. The provider shows now: "none". Lease: L.';
    expect(told).toEqual([
      ['workflow', 'ana requested orders-db for 1 h.'],
      ['workflow', expect.stringContaining('The policy requires approval by bo (x) or cy (x).')],
      ['workflow', 'bo approved the request. Digest: d1.'],
      [
        'workflow',
        expect.stringMatching(/^The request is approved\. The access ends .* UTC at the latest\.$/),
      ],
      ['workflow', intent],
      ['workflow', 'Granted. The provider shows now: "write". Lease: L.'],
      ['workflow', intent],
      ['workflow', 'Granted. The provider shows now: "write". Lease: L.'],
      ['workflow', 'Access granted and verified: orders-db.'],
      ['workflow', 'Curfew revokes the access: ended by ana.'],
      ['workflow', receipt],
      ['workflow', receipt],
      ['workflow', 'The request is closed: ended by ana.'],
    ]);
    expect(out).toMatch(/\n\nState: closed\n$/);
  });

  test('a denial shows what the approver wrote, without control characters', async () => {
    const id = newRequest();
    await folder.ledger.open(opening(id));
    await folder.ledger.record({
      ...stepOf(id, 'click/deny', (at) => deny(bo, at)),
      freeText: { kind: 'denial', salt: 's', body: 'not\u202e now' },
    });
    const { out } = await story(id);
    expect(lines(out).slice(1, 3)).toEqual(['Reason: incident 4312', 'Reason of the denial: not▯ now']);
    expect(out).toMatch(/\nState: closed/);
  });

  test('each event has the channel through which it came', async () => {
    const { ledger } = folder;
    const id = newRequest();
    await ledger.open({ ...opening(id, { waitMinutes: -1 as Minutes }), via: 'slack' });
    await ledger.recordRefusal(
      { request: id, name: 'click/one', via: 'cli' },
      { by: ana, tried: 'approve', refusal: { code: 'own-request' } },
    );
    await ledger.record({ ...stepOf(id, 'lapse', (at) => ({ kind: 'lapse', at })), via: 'sweeper' });
    const { out } = await story(id);
    const shown = lines(out).flatMap((line) => / \d\d:\d\d:\d\dZ {2}(\w+) /.exec(line)?.[1] ?? []);
    expect(shown).toEqual(['slack', 'slack', 'cli', 'sweeper']);
    expect(out).toMatch(/\nState: closed\n$/);
  });

  test('a request that was refused at once has its answer, and the state refused', async () => {
    const { code, out } = await story(refused.slice(-10));
    expect(code).toBe(0);
    expect(lines(out)[0]).toBe(`Request ${refused}`);
    expect(out).toContain(
      'An unknown person tried to request access and was refused (unknown-person). Answer: ',
    );
    expect(out).not.toContain('Reason');
    expect(out).toMatch(/\nState: refused\n$/);
  });
});

/** The event as programs read it: an object, with its times in RFC 3339. */
const withTimes = (event: object): unknown =>
  JSON.parse(JSON.stringify(event), (name, value: unknown) =>
    /^(at|since)$|At$/.test(name) ? new Date(value as number).toISOString() : value,
  );

describe('curfew audit story, for programs', () => {
  test.each(['json', 'jsonl'])(
    '%s has every event whole, with its number, channel and person',
    async (format) => {
      const { code, out } = await story(whole, '--output', format);
      const rows = (
        format === 'json'
          ? JSON.parse(out)
          : out
              .trimEnd()
              .split('\n')
              .map((line) => JSON.parse(line) as unknown)
      ) as readonly Record<string, unknown>[];
      expect(code).toBe(0);
      const trail = await folder.ledger.readTrail(whole);
      expect(rows).toEqual(
        trail.map(({ seq, event, via }) => ({
          request: whole,
          seq,
          at: new Date(event.at).toISOString(),
          kind: event.kind,
          via,
          by: event.kind === 'requested' ? ana : event.kind === 'approved' ? 'bo' : null,
          body: withTimes(event),
        })),
      );
      expect(out).not.toContain('incident'); // what people wrote is not part of an event
    },
  );

  test('the person who was refused is in the row, and is null when nobody has the account', async () => {
    const id = newRequest();
    await folder.ledger.recordRefusal(
      { request: id, name: 'open', via: 'slack' },
      { by: ana, tried: 'request', refusal: { code: 'reason-missing' } },
    );
    const byOf = async (request: RequestId) =>
      (JSON.parse((await story(request, '-o', 'json')).out) as readonly { by: unknown }[]).map(
        ({ by }) => by,
      );
    expect([await byOf(id), await byOf(refused)]).toEqual([['ana'], [null]]);
  });

  test('each time is in RFC 3339, also when a refusal names it', async () => {
    const since = Date.parse('2026-11-28T10:00:00Z') as Instant;
    const id = newRequest();
    await folder.ledger.recordRefusal(
      { request: id, name: 'click/late', via: 'cli' },
      { by: ana, tried: 'approve', refusal: { code: 'wrong-state', state: 'closed', since } },
    );
    expect(JSON.parse((await story(id, '-o', 'json')).out)).toMatchObject([
      { body: { refusal: { since: '2026-11-28T10:00:00.000Z' } } },
    ]);
  });

  test('each row has the whole id of the request, also when only its last letters were typed', async () => {
    const { out } = await story(whole.slice(-10), '-o', 'jsonl');
    const rows = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { request: unknown });
    expect(new Set(rows.map(({ request }) => request))).toEqual(new Set([whole]));
  });

  test('the person who was shown a password is in the row', async () => {
    const id = await grantedIn(folder.ledger);
    const lease = leaseIdOf(id, 0);
    await folder.ledger.record(
      stepOf(id, 'click/one', (at) => ({ kind: 'deliver', by: ana, lease, at, wasUnseen: false })),
    );
    const rows = JSON.parse((await story(id, '-o', 'json')).out) as readonly Record<string, unknown>[];
    expect(rows.at(-1)).toMatchObject({ kind: 'delivered', by: 'ana' });
  });
});

describe('curfew audit story without a story', () => {
  test.each([
    ['a complete id that no request has', `req_${'0'.repeat(26)}`, 3, 'There is no request req_0'],
    [
      'the end of an id that no request has',
      'zzzzzzzz',
      3,
      'There is no request zzzzzzzz. "curfew list --all"',
    ],
    ['text that is no id', 'Orders!', 2, '"Orders!" is not the id of a request.'],
    ['an end of an id that is too short', 'abc', 2, '"abc" is not the id of a request.'],
    ['an end of an id that is too long', 'a'.repeat(27), 2, 'is not the id of a request.'],
  ])('%s', async (_what, text, code, words) => {
    const printed = await story(text);
    expect([printed.code, printed.out]).toEqual([code, '']);
    expect(printed.err).toContain(words);
  });

  test('several requests that end alike are all named', async () => {
    const alike = [`req_${'0'.repeat(21)}1same`, `req_${'0'.repeat(21)}2same`] as RequestId[];
    for (const request of alike)
      await folder.ledger.recordRefusal(
        { request, name: 'open', via: 'cli' },
        { by: null, tried: 'request', refusal: { code: 'unknown-person' } },
      );
    const { code, err } = await story('same');
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/^\nSeveral requests end with same: (req_0\w+(, |\. )){2}/),
    ]);
    for (const each of alike) expect(err).toContain(each);
  });
});
