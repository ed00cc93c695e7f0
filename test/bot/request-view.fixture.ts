import type { PersonId } from '../../core/ids.ts';
import type { Command } from '../../core/request/commands.ts';
import { stateAfter } from '../../core/request/evolve.ts';
import type { RequestView } from '../../requests/view.ts';
import * as the from '../core/request/request.fixture.ts';

const SLACK: Record<string, string> = { ana: 'U0ANAFERR1', bo: 'U0BOLIND01', cy: 'U0CYOKAFR1' };

/** A digest of the right form. */
export const DIGEST = 'd'.repeat(64);

/** The view of a request after these commands, as the bot reads it. */
export function viewAfter(commands: readonly Command[], more: Partial<RequestView> = {}): RequestView {
  const opened = the.open(the.demand([1, the.bo, the.cy]));
  const first = { ...opened, details: { ...the.detailsOf(), digest: DIGEST } } as Command;
  const withDigest = commands.map((command) =>
    (command.kind === 'approve' || command.kind === 'ask') && command.digest === 'd1'
      ? { ...command, digest: DIGEST }
      : command,
  );
  const { log } = the.run([first, ...withDigest]);
  const state = stateAfter(log);
  if (state.kind === 'blank') throw new Error('no request was opened');
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
        cautions: [],
        atEnd: [],
        widens: false,
        level: 'present',
        enforcement: 'B',
        residualMs: 0,
      },
    ],
    secrets: [],
    questions: [],
    trail: log.map((event, seq) => ({ seq, event, via: 'slack' })),
    now: the.later(5),
    wait: undefined,
    elsewhere: [],
    nameOf: (person: PersonId) => {
      const slack = SLACK[person];
      return { name: `${person} of Lantern`, ...(slack === undefined ? {} : { slack }) };
    },
    slackOf: (person: PersonId) => SLACK[person],
    ...more,
  };
}

/** A view of a request in each state, and one for each ending. */
export const STATES: readonly (readonly [name: string, RequestView])[] = [
  ['pending', viewAfter([])],
  ['granting', viewAfter([the.approve(the.bo)])],
  ['active', viewAfter([the.approve(the.bo), the.confirmGranted()], { secrets: [the.lease] })],
  ['revoking', viewAfter([the.approve(the.bo), the.confirmGranted(), the.expire()])],
  ['expired', viewAfter([the.approve(the.bo), the.confirmGranted(), the.expire(), the.confirmRevoked()])],
  ['ended', viewAfter([the.approve(the.bo), the.confirmGranted(), the.end(the.ana), the.confirmRevoked()])],
  ['denied', viewAfter([the.deny(the.bo)], { denial: { by: the.bo, text: 'use the replica' } })],
  ['withdrawn', viewAfter([the.withdraw(the.ana)])],
  ['lapsed', viewAfter([the.lapse()])],
  ['voided', viewAfter([the.voided()])],
  ['mass-ended', viewAfter([the.massEnd()])],
  ['objected', viewAfter([the.approve(the.bo), the.confirmGranted(), the.object(), the.confirmRevoked()])],
  ['grant-failed', viewAfter([the.approve(the.bo), the.failGrant(), the.confirmRevoked()])],
];
