import type { Ledger } from '../../ledger/index.ts';
import type { PersonId } from '../../core/ids.ts';
import { planDigest } from '../../requests/quarantine-plan.ts';
import { OPERATOR } from '../world/policy-files.ts';
import { newScope, runIn } from '../world/scope.ts';
import { pause, type World } from '../world/world.ts';

const LOOK_MS = 30_000;

/** Starts the person who ends a quarantine: not at the first look that shows it, but at the next one, by what its plan is then. */
export function startOperator(world: World, ledger: Ledger): void {
  let answers = 0;
  async function look(seen: number | undefined): Promise<number | undefined> {
    const quarantine = await ledger.readQuarantine();
    if (!quarantine) return undefined;
    if (quarantine.id !== seen) return quarantine.id;
    world.log.say('the operator ends the quarantine');
    await ledger.writeQuarantineAnswer({
      id: `answer_${(answers += 1)}`,
      quarantine: quarantine.id,
      account: OPERATOR,
      person: OPERATOR as PersonId,
      planDigest: planDigest(quarantine.plan),
    });
    return quarantine.id;
  }
  runIn(newScope('operator', { isSpared: true }), () => {
    void (async () => {
      for (let seen: number | undefined; ;) {
        await pause(LOOK_MS);
        seen = await look(seen).catch(() => seen);
      }
    })();
  });
}
