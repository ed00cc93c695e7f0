import { expect, test } from '@jest/globals';
import type { PersonId } from '../../core/ids.ts';
import { no, ok } from '../../core/result.ts';
import { recordLift } from '../../requests/mass-ending/lift.ts';

/** `may`: who may lift the lock. `owner`: whose the account of the click is. */
type Given = Readonly<{ massEnding?: object; may?: readonly string[]; owner?: string }>;

const lock = (more: object) => ({ id: 'end_1', lock: { needs: 3, liftedBy: ['bo', 'cy'], ...more } });
/** Lets dee lift a lock that three people must lift. Returns what was refused, and which earlier lifts count. */
async function lifted({ massEnding = lock({}), may = ['bo', 'cy', 'dee'], owner = 'dee' }: Given) {
  const counting: string[] = [];
  const refused: unknown[] = [];
  const deps = {
    ledger: {
      readMassEnding: () => Promise.resolve(massEnding),
      recordRefusal: (where: object, { refusal, ...by }: { refusal: { code: string } }) => {
        refused.push({ ...where, ...by, code: refusal.code });
        return Promise.resolve(no(refusal));
      },
      writeLift: async (lift: { id: string; by: string; mayLift(other: PersonId): Promise<boolean> }) => {
        for (const each of ['bo', 'cy']) if (await lift.mayLift(each as PersonId)) counting.push(each);
        counting.push(`${lift.by} lifts ${lift.id}`);
      },
    },
    policy: {
      ownerOf: () => Promise.resolve(ok(owner)),
      mayLift: (by: string) => Promise.resolve(may.includes(by) ? ok(undefined) : no('they may not')),
    },
  };
  const click = { id: 'click_1', kind: 'lift', request: 'req_1', via: 'cli', account: 'dee', person: 'dee' };
  await recordLift(deps as never, { ...click, body: { lock: 'end_1' } } as never);
  return { counting, refused };
}
const refusal = (code: string) => ({
  counting: [],
  refused: [{ request: 'req_1', name: 'click/click_1', via: 'cli', by: 'dee', tried: 'lift', code }],
});

test.each<[string, Given, Awaited<ReturnType<typeof lifted>>]>([
  ['with both lifts before', {}, { counting: ['bo', 'cy', 'dee lifts end_1'], refused: [] }],
  [
    'without the lift of who may not any more',
    { may: ['cy', 'dee'] },
    { counting: ['cy', 'dee lifts end_1'], refused: [] },
  ],
  ['refused: they may not', { may: ['bo', 'cy'] }, refusal('may-not-lift')],
  ['refused: the account is of somebody else', { owner: 'bo' }, refusal('unknown-person')],
  ['refused: they did', { massEnding: lock({ liftedBy: ['bo', 'dee'] }) }, refusal('already-lifted')],
  ['refused: three did', { massEnding: lock({ liftedBy: ['bo', 'cy', 'sam'] }) }, refusal('unknown-lock')],
  ['refused: it has no lock', { massEnding: { id: 'end_1' } }, refusal('unknown-lock')],
])('somebody lifts a lock, %s (I18)', async (_what, given, expected) =>
  expect(await lifted(given)).toEqual(expected),
);
