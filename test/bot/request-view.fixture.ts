import type { PersonId } from '../../core/ids.ts';
import type { Command } from '../../core/request/commands.ts';
import { stateAfter } from '../../core/request/evolve.ts';
import type { RequestView } from '../../requests/view.ts';
import * as the from '../core/request/request.fixture.ts';

const SLACK: Record<string, string> = { ana: 'U0ANAFERR1', bo: 'U0BOLIND01', cy: 'U0CYOKAFR1' };

/** The digest that a real request would have. */
export const DIGEST = 'd'.repeat(64);

/** A request's facts after these commands, as the bot would read them. */
export function factsAfter(commands: readonly Command[], more: Partial<RequestView> = {}): RequestView {
  const opened = the.open(the.demand([1, the.bo, the.cy]));
  const first = { ...opened, details: { ...the.ask(), digest: DIGEST } } as Command;
  const signed = commands.map((command) =>
    command.kind === 'approve' ? { ...command, digest: DIGEST } : command,
  );
  const { log } = the.run([first, ...signed]);
  const state = stateAfter(log);
  if (state.kind === 'blank') throw new Error('nothing was opened');
  return {
    id: the.request,
    state,
    title: 'Orders database, read only',
    about: 'Look up orders.',
    class: 'confidential',
    reason: 'incident 4312',
    targets: [
      {
        plain: 'a login of your own to the database orders',
        permissions: ['member of role orders_reader'],
        enforcement: 'B',
        residualMs: 0,
      },
    ],
    secrets: [],
    trail: log.map((event) => ({ event, via: 'slack' })),
    now: the.later(5),
    nameOf: (person: PersonId) => {
      const slack = SLACK[person];
      return { name: `${person} of Lantern`, ...(slack === undefined ? {} : { slack }) };
    },
    ...more,
  };
}

/** One of each kind of state, and each way to end. */
export const STATES: readonly (readonly [name: string, RequestView])[] = [
  ['pending', factsAfter([])],
  ['granting', factsAfter([the.approve(the.bo)])],
  ['active', factsAfter([the.approve(the.bo), the.confirmGranted()], { secrets: [the.lease] })],
  ['revoking', factsAfter([the.approve(the.bo), the.confirmGranted(), the.expire()])],
  ['expired', factsAfter([the.approve(the.bo), the.confirmGranted(), the.expire(), the.confirmRemoved()])],
  ['ended', factsAfter([the.approve(the.bo), the.confirmGranted(), the.end(the.ana), the.confirmRemoved()])],
  ['denied', factsAfter([the.deny(the.bo)], { denial: 'use the replica' })],
  ['withdrawn', factsAfter([the.withdraw(the.ana)])],
  ['lapsed', factsAfter([the.lapse()])],
  ['voided', factsAfter([the.voided()])],
  ['grant-failed', factsAfter([the.approve(the.bo), the.failGrant(), the.confirmRemoved()])],
];
