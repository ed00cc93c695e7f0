import { messageOf } from '../core/faults.ts';
import { LIMITS } from '../core/limits.ts';
import { mayWait } from '../core/request/due.ts';
import type { Ledger } from '../ledger/index.ts';
import { waitingLine } from '../upkeep/waiting-grants.ts';
import { inQuarantine } from './doctor-manifest.ts';
import { counted, type Finding } from './findings.ts';

type Examined = Pick<
  Ledger,
  'now' | 'overdueLeases' | 'backlog' | 'readQuarantine' | 'overLimits' | 'waitingGrants'
>;

/** Whether the ledger answers, whether its clock is right, and what waits there for too long. */
export async function examineLedger(ledger: Examined): Promise<readonly Finding[]> {
  const part = 'ledger';
  try {
    const skew = Math.abs((await ledger.now()) - Date.now());
    const [overdue, { clicks, notifications, fault }, quarantine, over, waiting] = await Promise.all([
      ledger.overdueLeases(),
      ledger.backlog(),
      ledger.readQuarantine(),
      ledger.overLimits(),
      ledger.waitingGrants(),
    ]);
    const backlog: readonly (readonly [count: number, what: string])[] = [
      [
        clicks,
        `${counted(clicks, 'click')} without an answer for over a minute. Do the gateway and a worker run?`,
      ],
      [
        notifications,
        `${counted(notifications, 'Slack message')} not sent yet${fault ? `: ${fault}` : '. Does the gateway run?'}`,
      ],
    ];
    return [
      skew > LIMITS.clockDifferenceMs
        ? {
            part,
            state: 'warning',
            what: `The clock of the database differs from the clock of this machine by ${(skew / 1000).toFixed(1)} s. Nothing is granted until both are right.`,
          }
        : { part, state: 'ok', what: 'The database answers and its clock is right.' },
      ...(quarantine ? [inQuarantine(quarantine)] : []),
      ...backlog.flatMap(([count, what]): readonly Finding[] =>
        count > 0 ? [{ part, state: 'warning', what }] : [],
      ),
      ...(over.length === 0
        ? []
        : [
            {
              part,
              state: 'note',
              what: `Above the limit of one person: ${over.map((each) => `${each.over} attempts of the kind ${each.kind} by ${each.who}`).join('; ')} were refused. Is it a script?`,
            } as const,
          ]),
      ...waiting.map((each): Finding => ({
        part,
        state: mayWait(each.fault) ? 'note' : 'warning',
        what: `${waitingLine(each)}.`,
      })),
      ...overdue.map(({ lease, fault, state }): Finding => ({
        part,
        state: 'warning',
        what: `${lease} should have ended, but its state is still ${state}${fault ? `: ${fault}` : '.'}`,
      })),
    ];
  } catch (error) {
    return [{ part, state: 'broken', what: messageOf(error) }];
  }
}
