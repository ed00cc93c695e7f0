import { openCheckpoint } from '../audit/note/open.ts';
import { messageOf } from '../core/faults.ts';
import type { Instant } from '../core/ids.ts';
import type { Ledger, LogPlace } from '../ledger/index.ts';
import { examinationProblems, examinedSentence } from './doctor-examination.ts';
import type { Finding } from './findings.ts';
import type { LogConnection } from './log-connection.ts';
import { trustedKeys } from './log-keys.ts';

const PART = 'audit log';
/** How long what is recorded may wait for its checkpoint (I21). */
const LONGEST_WAIT_MS = 60_000;
const MONTH_MS = 30 * 86_400_000;

/** Whether the audit log grows and is published, and what is wrong with it. */
export async function examineLog(
  ledger: Pick<
    Ledger,
    | 'logProgress'
    | 'newestCheckpoint'
    | 'logPlaces'
    | 'oldestUnpublished'
    | 'partitionsEnd'
    | 'lastExamination'
    | 'now'
  >,
  log: LogConnection | undefined,
): Promise<readonly Finding[]> {
  if (!log)
    return [
      {
        part: PART,
        state: 'broken',
        what: 'CURFEW_LOG_NAME is not set. Nothing is granted without the audit log.',
      },
    ];
  try {
    const [progress, newest, places, waitingSince, partitionsEnd, examined, now] = [
      await ledger.logProgress(),
      await ledger.newestCheckpoint(),
      await ledger.logPlaces(),
      await ledger.oldestUnpublished(),
      await ledger.partitionsEnd(),
      await ledger.lastExamination(),
      await ledger.now(),
    ];
    const waitedMs = waitingSince === undefined ? 0 : now - waitingSince;
    const opened = newest && openCheckpoint(newest.note, trustedKeys(log));
    const problems = [
      ...places.flatMap(({ name, kind, size, problem }): readonly Finding[] =>
        problem === null
          ? []
          : [
              {
                part: PART,
                state: kind === 'witness' ? 'broken' : 'warning',
                what: `The ${name} has the first ${size} entries. ${problem}.`,
              },
            ],
      ),
      ...places.flatMap((place) => lostIn(place, now)),
      ...missingPartitions(partitionsEnd, now),
      ...examinationProblems(PART, examined, now),
    ];
    if (progress.name !== null && progress.name !== log.name)
      return [
        {
          part: PART,
          state: 'broken',
          what: `The ledger has the log "${progress.name}", and CURFEW_LOG_NAME is "${log.name}".`,
        },
      ];
    if (opened && !opened.ok)
      return [{ part: PART, state: 'broken', what: `The newest checkpoint: ${opened.error}.` }, ...problems];
    if (waitedMs > LONGEST_WAIT_MS)
      return [
        {
          part: PART,
          state: 'broken',
          what: `What was recorded ${Math.round(waitedMs / 1000)} s ago is in no published checkpoint. Does the sequencer run, does a place show the log, and does each witness sign it? Until then nothing is granted. Access still ends on time.`,
        },
        ...problems,
      ];
    return [
      {
        part: PART,
        state: 'ok',
        what: newest
          ? `${newest.size} ${newest.size === 1 ? 'entry is' : 'entries are'} published in ${inPlaces(places)}. Its public keys: ${trustedKeys(
              log,
            )
              .map(({ text }) => text)
              .join(', ')}. ${examinedSentence(examined)}`
          : 'No checkpoint was published yet.',
      },
      ...problems,
    ];
  } catch (error) {
    return [{ part: PART, state: 'broken', what: messageOf(error) }];
  }
}

/** A place is filled again after a loss, so the loss is named for a month. */
const lostIn = ({ name, loss, lostAt }: LogPlace, now: Instant): readonly Finding[] =>
  loss === null || lostAt === null || now - lostAt > MONTH_MS
    ? []
    : [
        {
          part: PART,
          state: 'warning',
          what: `At ${new Date(lostAt).toISOString()} the ${name} had lost what was published there: ${loss}. It is filled again. Find out what removed it, and whether its disk is mounted.`,
        },
      ];

/** How many places have what was published, as far as anybody knows. */
function inPlaces(places: readonly LogPlace[]): string {
  const good = places.filter(({ problem, size }) => problem === null && size > 0).length;
  const noun = places.length === 1 ? 'place' : 'places';
  return good === places.length ? `${good} ${noun}` : `${good} of ${places.length} ${noun}`;
}

/** Without a partition a request is recorded all the same, and can never be purged. */
const missingPartitions = (end: Instant | undefined, now: Instant): readonly Finding[] =>
  end !== undefined && end - now > MONTH_MS
    ? []
    : [
        {
          part: PART,
          state: 'warning',
          what: 'The trail has no partition for the requests of the next month, so they could not be purged later. Does the sweeper run? "curfew migrate" adds it too.',
        },
      ];
