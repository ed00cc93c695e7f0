import type { LogDeps } from './compare-with-log.ts';
import type { Note } from './newest-checkpoint.ts';
import type { Place, Update } from './places/place.ts';
import { type PlacePublisher, publishAt } from './publisher.ts';

/** A checkpoint that all witnesses are asked to cosign, and those that did. */
type Round = Readonly<{ update: Update; cosigned: Set<string> }>;

/**
 * Publishes in all places. A checkpoint counts once every witness cosigned it and, when there are other places, one of them has it: only then is it stored, and approvals in it can be
 * acted on (I21). The witnesses cosign the same checkpoints: all get the next one when this one counts.
 */
export function publishersAt(
  places: readonly Place[],
  deps: LogDeps,
  readAgainMs: number,
): readonly PlacePublisher[] {
  const { ledger } = deps;
  const witnesses = places.filter(({ kind }) => kind === 'witness');
  const others = places.filter(({ kind }) => kind !== 'witness');
  /** The most entries that one of the other places has. */
  let held = others.length === 0 ? Infinity : 0;
  let round: Round | undefined;
  let next: Update | undefined;

  function begin(): void {
    if (round || !next) return;
    round = { update: next, cosigned: new Set() };
    next = undefined;
    for (const publisher of cosigners) publisher.publish(round.update);
  }
  function end(ended: Round): void {
    if (round === ended) round = undefined;
    begin();
  }
  async function count(): Promise<void> {
    if (!round || round.cosigned.size < witnesses.length || held < round.update.checkpoint.size) return;
    const counted = round;
    await ledger.storeCheckpoint({ size: counted.update.checkpoint.size, note: counted.update.note });
    end(counted);
  }

  const cosigners = witnesses.map((place) =>
    publishAt(place, deps, {
      readAgainMs,
      async taken({ note }) {
        if (round?.update.note === note) round.cosigned.add(place.name);
        await count();
      },
      superseded({ note }) {
        if (round?.update.note === note) end(round);
      },
    }),
  );
  /** Each witness is offered the same update. The first offer begins the round, and the others change nothing. */
  function offer(update: Update): void {
    if (update === round?.update) return;
    next = update;
    begin();
  }
  async function taken(note: Note): Promise<void> {
    if (witnesses.length === 0) return ledger.storeCheckpoint(note);
    held = Math.max(held, note.size);
    await count();
  }
  return [
    ...others.map((place) => publishAt(place, deps, { readAgainMs, taken })),
    ...cosigners.map((publisher) => ({ ...publisher, publish: offer })),
  ];
}
