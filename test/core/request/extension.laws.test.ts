import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addMinutes } from '../../../core/ids.ts';
import { ELIGIBLE } from '../../../core/request/commands.ts';
import type { Event } from '../../../core/request/events.ts';
import { evolve, stateAfter } from '../../../core/request/evolve.ts';
import { leaseStates } from '../../../core/request/lease-states.ts';
import type { RequestState } from '../../../core/request/state.ts';
import { holds, RUNS } from '../../laws.fixture.ts';
import { history, type History } from './history.fixture.ts';
import * as the from './request.fixture.ts';

const endOf = (state: RequestState) => ('endsAt' in state ? state.endsAt : undefined);
const extensionOf = (state: RequestState) => (state.kind === 'active' ? state.extension : undefined);

describe('an extension', () => {
  holds(
    'the end of access moves only with an extension that counts, to the end that was approved, before the old end, or to a later end that somebody adopts after a restore (I25)',
    history,
    ({ tried, leases }) => {
      for (const { before, after, events, command } of tried) {
        if (before.kind !== 'granting' && before.kind !== 'active') continue;
        for (const event of events)
          if (event.kind === 'extension-requested')
            expect(event.extension.endsAt).toBe(addMinutes(before.endsAt, event.extension.minutes));
        if (endOf(after) === before.endsAt) continue;
        if (command.kind === 'adopt-end') {
          expect(events).toMatchObject([{ kind: 'end-adopted', by: command.by, endsAt: command.endsAt }]);
          expect(endOf(after)).toBeGreaterThan(before.endsAt);
          continue;
        }
        const extension = extensionOf(before);
        if (extension?.kind !== 'started') throw new Error('no extension was started');
        expect(events.map(({ kind }) => kind)).toEqual(['extended']);
        expect(endOf(after)).toBe(extension.details.endsAt);
        expect(extension.details.endsAt).toBeGreaterThan(before.endsAt); // An end may have been adopted since the request.
        expect([...extension.extended].sort()).toEqual([...leases].sort());
        expect(command.at).toBeLessThan(before.endsAt);
      }
    },
  );

  holds(
    'every approval of an extension is by an eligible approver of its open stage, of exactly this extension, in time (I9, I10, I11)',
    history,
    ({ tried }) => {
      for (const { command, before, events } of tried) {
        if (!events.some(({ kind }) => kind === 'extension-approved')) continue;
        const extension = extensionOf(before);
        if (command.kind !== 'approve' || extension?.kind !== 'pending') throw new Error(command.kind);
        const { requirements, approvals, details } = extension;
        const given = requirements.stages.map(
          (_stage, index) => approvals.filter(({ stage }) => stage === index).length,
        );
        const open = requirements.stages.findIndex(({ needs }, index) => (given[index] ?? 0) < needs);
        expect(events[0]).toMatchObject({ by: command.by, stage: open, digest: details.digest });
        expect(requirements.stages[open]?.approvers.map(({ person }) => person)).toContain(command.by);
        expect(command).toMatchObject({ digest: details.digest, eligibility: ELIGIBLE });
        expect(command.by).not.toBe(the.ana);
        expect(approvals.map(({ by }) => by)).not.toContain(command.by);
        expect(command.at).toBeLessThan(requirements.lapsesAt);
        const isLast =
          approvals.length + 1 === requirements.stages.reduce((sum, { needs }) => sum + needs, 0);
        expect(events.some(({ kind }) => kind === 'extension-started')).toBe(isLast);
      }
    },
  );

  holds(
    'at the end of the access nothing about its extension keeps it from expiring, and an end counts at any time (I14)',
    history,
    ({ tried }) => {
      for (const { before, command, after } of tried) {
        if (before.kind !== 'active' || !before.extension) continue;
        if (command.kind === 'expire' && command.at >= before.endsAt) expect(after.kind).toBe('revoking');
        if (command.kind === 'end' && command.by === the.ana) expect(after.kind).toBe('revoking');
      }
    },
  );

  holds('each lease ends when its request does', history, ({ events, state }) => {
    const end = endOf(state);
    if (state.kind === 'closed' || end === undefined) return;
    for (const { endsAt } of leaseStates(events).values()) expect(endsAt).toBe(end);
  });

  holds(
    'events of an extension that come in another order move no end but to one that was approved (T24)',
    fc.tuple(history, fc.array(fc.nat(40), { maxLength: 6 }), fc.nat(40)),
    ([{ events }, picks, from]) => {
      const ofExtensions = events.filter(({ kind }) => /exten/.test(kind));
      let state = stateAfter(events.slice(0, from));
      const asked = new Set([endOf(state), extensionOf(state)?.details.endsAt]);
      for (const pick of picks) {
        const event = ofExtensions[pick % Math.max(ofExtensions.length, 1)];
        if (!event) return;
        if (event.kind === 'extension-requested') asked.add(event.extension.endsAt);
        state = evolve(state, event);
        expect(asked).toContain(endOf(state));
      }
    },
  );
});

test('most extensions are carried out, and each way in which one ends happens', () => {
  const sample = fc.sample(history, { numRuns: RUNS, seed: 1 });
  const share = (what: (given: History) => boolean) => sample.filter(what).length / sample.length;
  const has = (kind: Event['kind']) => (given: History) => given.events.some((event) => event.kind === kind);
  const closed = (ending: string) => (given: History) =>
    given.events.some((event) => event.kind === 'extension-closed' && event.ending.kind === ending);
  const rows: readonly [string, number, number][] = [
    ['an extension is requested', share(has('extension-requested')), 0.2],
    ['it is approved', share(has('extension-started')), 0.1],
    ['the access is extended', share(has('extended')), 0.05],
    ...['denied', 'withdrawn', 'lapsed', 'failed'].map((kind): [string, number, number] => [
      `it is ${kind}`,
      share(closed(kind)),
      0.005,
    ]),
  ];
  console.log(rows.map(([what, seen]) => `${(seen * 100).toFixed(1).padStart(5)} %  ${what}`).join('\n'));
  expect(rows.filter(([, seen, least]) => seen < least)).toEqual([]);
});
