import type { PlantedBug } from './bug.ts';

/** Mistakes with what people press. */
export const CLICK_BUGS: readonly PlantedBug[] = [
  {
    name: 'acknowledged-before-stored',
    ids: 'F03, I16',
    what: 'A click is acknowledged before it is stored.',
    edits: [
      {
        file: 'inbox/receive.ts',
        from: 'return ledger.writeClick(click, source);',
        to: 'void ledger.writeClick(click, source).catch(() => undefined);\n  return click;',
      },
    ],
    seed: 20,
  },
  {
    name: 'redelivered-click-is-another-one',
    ids: 'B26, F18',
    what: 'Slack delivers a click again, and it counts again.',
    edits: [
      {
        file: 'ledger/clicks/clicks.ts',
        from: 'const source = sourceId ?? null;',
        to: 'const source = null;',
      },
      {
        file: 'inbox/receive.ts',
        from: "action.kind === 'request' && form !== undefined",
        to: "action.kind === 'request' && form === ''",
      },
    ],
    seed: 10002,
  },
  {
    name: 'failed-click-is-settled',
    ids: 'B71, I16',
    what: 'A click that could not be decided is put aside.',
    edits: [
      {
        file: 'inbox/dispatcher.ts',
        from: 'deps.onRetry?.(click, error); // The click',
        to: `void deps.ledger.storeOutcome(click.id, { kind: 'refused', error: String(error) }).catch(() => undefined); // The click`,
      },
    ],
    seed: 14000,
  },
  {
    name: 'click-of-a-killed-process-is-lost',
    ids: 'F03, I16, B71',
    what: 'A click that a process took before it was killed is not taken again.',
    edits: [
      {
        file: 'ledger/clicks/clicks.ts',
        from: `next_try_at = ledger_now() + least($3 * power(2, least(tries, 5)), 60000) * interval '1 millisecond'
      where id = any (array(select click.id from due`,
        to: `next_try_at = ledger_now() + greatest($3, 3600000) * interval '1 millisecond'
      where id = any (array(select click.id from due`,
      },
    ],
    seed: 14000,
  },
];
