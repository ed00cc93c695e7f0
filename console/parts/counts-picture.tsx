import type { FC } from 'hono/jsx';
import type { Instant } from '../../core/ids.ts';
import {
  Axis,
  AXIS_HEIGHT,
  draggable,
  Moment,
  MomentLinks,
  percent,
  type Picture,
} from '../pages/access/axis.tsx';
import { localText } from './time.tsx';

const COUNTS_HEIGHT = 160;

/** How many accesses there were over time, when there are too many to draw each. */
export const CountsPicture: FC<
  Picture & Readonly<{ moments: readonly Instant[]; counts: readonly number[] }>
> = ({ moments, counts, ...picture }) => {
  const most = Math.max(1, ...counts);
  const height = COUNTS_HEIGHT + AXIS_HEIGHT;
  return (
    <svg
      class="tracks"
      width="100%"
      height={height}
      role="group"
      aria-label="How many accesses there were over time"
      {...draggable(picture)}
    >
      <Axis {...picture} height={height} />
      {counts.map((count, index) => (
        <rect
          class="bar bar--granted"
          x={percent(index / counts.length)}
          width={percent(0.9 / counts.length)}
          y={AXIS_HEIGHT + COUNTS_HEIGHT * (1 - count / most)}
          height={(COUNTS_HEIGHT * count) / most}
        >
          <title>{`${count} at ${localText(moments[index] ?? picture.at, picture.zone)}`}</title>
        </rect>
      ))}
      <Moment {...picture} height={height} />
      <MomentLinks {...picture} />
    </svg>
  );
};
