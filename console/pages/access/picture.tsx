import type { FC } from 'hono/jsx';
import { oneLine } from '../../../core/text.ts';
import { targetWords } from '../../../wording/target-name.ts';
import type { Instant } from '../../../core/ids.ts';
import { type Names, usePage } from '../../page-context.ts';
import { requestPath } from '../../parts/names.tsx';
import { localText } from '../../parts/time.tsx';
import { AXIS_HEIGHT, percent, type Picture, PictureFrame } from './axis.tsx';
import { type AccessRow, type Bar, ENDING_NAMES, type Track } from './tracks.ts';

const TRACK = { height: 40, bar: 14, top: 21 } as const;

/** Tracks of access on a time axis. The lists of the page have the same as text. */
export const TracksPicture: FC<Picture & Readonly<{ tracks: readonly Track[] }>> = ({
  tracks,
  ...picture
}) => (
  <PictureFrame {...picture} height={tracks.length * TRACK.height + AXIS_HEIGHT} label="Access over time">
    <defs>
      <pattern id="standing" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="6" height="6" class="standing-paper" />
        <rect width="2.5" height="6" class="standing-line" />
      </pattern>
    </defs>
    {tracks.map((track, index) => (
      <TrackRow track={track} y={index * TRACK.height + AXIS_HEIGHT} />
    ))}
  </PictureFrame>
);

const TrackRow: FC<Readonly<{ track: Track; y: number }>> = ({ track, y }) => {
  const [first] = track.bars;
  return (
    <g>
      {first && (
        <text x="0" y={y + 15} class="track-name">
          {trackName(first.row, usePage().names)}
        </text>
      )}
      {track.bars.map((bar) => (
        <BarMark bar={bar} y={y + TRACK.top} />
      ))}
    </g>
  );
};

/** Whose access it is, and to what. */
const trackName = ({ person, entitlement, account, provider, target }: AccessRow, names: Names): string =>
  person !== undefined && entitlement !== undefined
    ? `${oneLine(names.person(person))}: ${oneLine(names.entitlement(entitlement))}`
    : `${oneLine(account)} (${oneLine(provider)}): ${oneLine(targetWords(target))}`;

const BarMark: FC<Readonly<{ bar: Bar; y: number }>> = ({ bar, y }) => {
  const { row, start, end, plannedEnd, kind, isOpen, ending, endMark, extended, refused, cut } = bar;
  const enforcement = row.facts?.enforcement[leaseNumber(row)];
  const mark = (
    <>
      <title>{barTitle(bar, usePage().reader.zone)}</title>
      <rect
        x={percent(start)}
        y={y}
        width={percent(Math.max(end - start, 0.002))}
        height={TRACK.bar}
        class={`bar bar--${kind}${enforcement ? ` bar--${enforcement}` : ''}${isOpen ? ' bar--open' : ''}`}
      />
      {endMark !== undefined && <rect x={percent(endMark)} y={y} class={`end end--${ending}`} />}
      {plannedEnd !== undefined && (
        <line
          x1={percent(plannedEnd)}
          x2={percent(plannedEnd)}
          y1={y - 3}
          y2={y + TRACK.bar + 3}
          class="planned"
        />
      )}
      {extended.map((place) => (
        <circle cx={percent(place)} cy={y + TRACK.bar / 2} r="3" class="extended" />
      ))}
      {refused.map((place) => (
        <text x={percent(place)} y={y - 2} class="refused">
          !
        </text>
      ))}
      {cut !== undefined && (
        <text x={percent(cut)} y={y + TRACK.bar - 2} class="cut">
          ×
        </text>
      )}
    </>
  );
  // The list below has the same link, so that nobody has to go through every bar with the keyboard.
  return row.request === undefined ? (
    <g>{mark}</g>
  ) : (
    <a href={requestPath(row.request)} tabindex={-1}>
      {mark}
    </a>
  );
};

const KINDS = {
  granted: 'granted by Curfew',
  overdue: 'held after its approved end',
  standing: 'not granted by Curfew',
};

function barTitle({ row, kind, ending }: Bar, zone: string): string {
  const until = row.until === undefined ? '' : ` until ${localText(row.until, zone, true)}`;
  return `${oneLine(row.level)}, ${KINDS[kind]}, from ${localText(row.since, zone, true)}${until}, ${ENDING_NAMES[ending]}`;
}

/** The number of a lease in its request is the end of its id. */
export const leaseNumber = ({ id }: Pick<AccessRow, 'id'>): number => Number(/_(\d+)$/.exec(id)?.[1] ?? -1);

const COUNTS_HEIGHT = 160;

/** How many accesses there were over time, when there are too many to draw each. */
export const CountsPicture: FC<
  Picture & Readonly<{ moments: readonly Instant[]; counts: readonly number[] }>
> = ({ moments, counts, ...picture }) => {
  const most = Math.max(1, ...counts);
  const { zone } = usePage().reader;
  return (
    <PictureFrame
      {...picture}
      height={COUNTS_HEIGHT + AXIS_HEIGHT}
      label="How many accesses there were over time"
    >
      {counts.map((count, index) => (
        <rect
          class="bar bar--granted"
          x={percent(index / counts.length)}
          width={percent(0.9 / counts.length)}
          y={AXIS_HEIGHT + COUNTS_HEIGHT * (1 - count / most)}
          height={(COUNTS_HEIGHT * count) / most}
        >
          <title>{`${count} at ${localText(moments[index] ?? picture.at, zone)}`}</title>
        </rect>
      ))}
    </PictureFrame>
  );
};
