import { describe, expect, test } from '@jest/globals';
import type { Elsewhere } from '../../core/elsewhere.ts';
import type { MassEndedEnding } from '../../core/mass-ending.ts';
import { type Instant, type LeaseId, leaseIdOf, type PersonId } from '../../core/ids.ts';
import type { Command } from '../../core/request/commands.ts';
import type { OpenedRequest } from '../../core/request/state.ts';
import { readElsewhere } from '../../requests/elsewhere.ts';
import * as the from '../core/request/request.fixture.ts';

const { approve, bo, later, open } = the;
const leases = [0, 1, 2].map((at) => leaseIdOf(the.request, at));
const PROVIDERS = ['aws-iam', 'github', 'postgres'];
const HOUR = 3_600_000;

const cutOff = (provider: string) => ({ provider, seen: 'all is denied', toUndo: ['Delete the policy.'] });
const ofPerson = { kind: 'person', person: the.ana } as const;
const ended = (scope: MassEndedEnding['scope']): Command => {
  const command = the.massEnd();
  return command.kind === 'mass-end' ? { ...command, ending: { ...command.ending, scope } } : command;
};

/** What goes on after these commands of a request for three targets, when the first and the third provider cut off everything of Ana. */
async function elsewhere(
  commands: readonly Command[],
  {
    residual = [HOUR, 0, null] as readonly (number | null)[],
    now = later(123),
    cut = ['aws-iam', 'okta', 'postgres'],
    providers = PROVIDERS,
  } = {},
): Promise<readonly Elsewhere[]> {
  const { state, log } = the.run([open(undefined, 3), approve(bo), ...commands]);
  const asked = (kind: string, who: string) => void reads.push(`${kind} ${who}`);
  const told = { ...state, details: { ...(state as OpenedRequest).details, targets: providers } };
  return readElsewhere(
    {
      readCutOffs: (id) => (asked('cut-offs of', id), Promise.resolve(cut.map(cutOff))),
      cutOffsInForce: (person: PersonId) => (
        asked('in force for', person),
        Promise.resolve(cut.map((provider) => ({ provider, toUndo: ['Delete the policy.'] })))
      ),
    },
    {
      state: told as OpenedRequest,
      events: log,
      targets: residual.map((residualMs, at) => ({ residualMs, provider: providers[at] ?? '' })),
      now: now as Instant,
    },
  );
}
const reads: string[] = [];

const granted = leases.map((lease) => the.confirmGranted(lease));
const revoked = (...some: readonly (LeaseId | undefined)[]) => some.map((lease) => the.confirmRevoked(lease));
const kinds = (all: readonly Elsewhere[]) =>
  all.map((each) => `${each.kind} ${'provider' in each ? each.provider : ''}`);

describe('before its end, a request says which of its providers may still refuse its requester', () => {
  test.each<[string, readonly Command[]]>([
    ['while it is being granted', []],
    ['while it is active', granted],
  ])('%s', async (_when, commands) => {
    reads.length = 0;
    const shown = await elsewhere(commands);
    expect(shown).toEqual([
      { kind: 'denied', provider: 'aws-iam', toUndo: ['Delete the policy.'] },
      { kind: 'denied', provider: 'postgres', toUndo: ['Delete the policy.'] },
    ]);
    expect(reads).toEqual(['in force for ana']);
  });

  test('and names none that it does not have', async () =>
    expect(await elsewhere([], { cut: ['okta'] })).toEqual([]));
});

describe('after its end, a request says what its ending left at its providers', () => {
  test.each<[string, readonly Command[], readonly string[]]>([
    [
      'everything of the person was ended: the cut-offs at its providers',
      [...granted, ended(ofPerson)],
      ['cut-off aws-iam', 'cut-off postgres'],
    ],
    [
      'the same, and the sessions of what is revoked',
      [...granted, ended(ofPerson), ...revoked(leases[0], leases[1], leases[2])],
      ['cut-off aws-iam', 'cut-off postgres', 'session aws-iam', 'session postgres'],
    ],
    [
      'everything of an entitlement was ended: no cut-off, because that is of a person',
      [
        ...granted,
        ended({ kind: 'entitlement', entitlement: 'orders-db' }),
        ...revoked(leases[1], leases[2]),
      ],
      ['session postgres'],
    ],
    ['it expired: the sessions', [...granted, the.expire(), ...revoked(leases[0])], ['session aws-iam']],
    ['it expired, and nothing is revoked yet: nothing', [...granted, the.expire()], []],
    [
      'its grant failed at the first target: the session of the third only',
      [granted[2] as Command, the.failGrant(), ...revoked(leases[0], leases[2])],
      ['session postgres'],
    ],
  ])('%s', async (_what, commands, shown) => expect(kinds(await elsewhere(commands))).toEqual(shown));

  test.each([
    [
      'until the last millisecond of its length',
      later(122) + HOUR - 1,
      ['session aws-iam', 'session postgres'],
    ],
    ['and no longer than that, unless it has no length', later(122) + HOUR, ['session postgres']],
  ] as const)('a session is named %s', async (_when, now, shown) =>
    expect(
      kinds(
        await elsewhere([...granted, the.expire(), ...revoked(leases[0], leases[2])], {
          now: now as Instant,
        }),
      ),
    ).toEqual(shown),
  );

  test.each<[string, readonly (number | null)[], number | null]>([
    ['that stays open, when the second can stay open', [HOUR, null, 0], null],
    ['that stays open, when the first can stay open', [null, HOUR, 2 * HOUR], null],
    ['of the second, when it is the longest', [HOUR, 3 * HOUR, 2 * HOUR], 3 * HOUR],
    ['that is left, when the others are over', [0, HOUR, 0], HOUR],
  ])('three sessions at one provider are one line: the session %s', async (_which, residual, lasts) => {
    const commands = [...granted, the.expire(), ...revoked(...leases)];
    expect(await elsewhere(commands, { residual, providers: ['aws-iam', 'aws-iam', 'aws-iam'] })).toEqual([
      { kind: 'session', provider: 'aws-iam', until: lasts === null ? null : later(122) + lasts },
    ]);
  });
});
