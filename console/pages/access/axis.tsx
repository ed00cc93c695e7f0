import type { FC, PropsWithChildren } from 'hono/jsx';
import type { Instant } from '../../../core/ids.ts';
import { instantsOf, localMoment } from '../../../core/calendar.ts';
import type { Span } from './tracks.ts';
import { usePage } from '../../page-context.ts';
import { localText } from '../../parts/time.tsx';

/** What every part of a picture of access needs: its time and the chosen moment. */
export type Picture = Readonly<{
  span: Span;
  at: Instant;
  /** The page with another moment. */
  addressAt: (at: Instant) => string;
}>;

/** The height of the axis, in pixels. */
export const AXIS_HEIGHT = 26;
/** Into so many parts the axis is cut. Each is a link that moves the moment there. */
const PARTS = 60;

/** A part of the width, from 0 to 1. */
export const percent = (part: number): string => `${(part * 100).toFixed(3)}%`;

const place = (at: number, { from, to }: Span): number => (at - from) / (to - from);

/** The times of the axis, with a line down through the tracks. */
const Axis: FC<Picture & Readonly<{ height: number }>> = ({ span, height }) => (
  <g class="axis">
    {ticksOf(span, usePage().reader.zone).map((at, index) => (
      <>
        <line x1={percent(place(at, span))} x2={percent(place(at, span))} y1={AXIS_HEIGHT - 6} y2={height} />
        <text
          class={index % 2 === 1 ? 'minor' : undefined}
          x={percent(place(at, span))}
          y={AXIS_HEIGHT - 12}
          text-anchor={anchorAt(place(at, span))}
        >
          {tickText(at, span, usePage().reader.zone)}
        </text>
      </>
    ))}
  </g>
);

const anchorAt = (part: number): 'start' | 'middle' | 'end' =>
  part < 0.06 ? 'start' : part > 0.94 ? 'end' : 'middle';

const DAYS_MS = 5 * 86_400_000;

/** Days for a long time, days and minutes for a shorter one. */
const tickText = (at: Instant, { from, to }: Span, zone: string): string =>
  localText(at, zone).slice(5, to - from > DAYS_MS ? 10 : undefined);

type FrameProps = PropsWithChildren<Picture & Readonly<{ height: number; label: string }>>;

/** A picture with its axis and the chosen moment. `assets/moment.js` reads its data, and lets people drag the moment. */
export const PictureFrame: FC<FrameProps> = ({ height, label, children, ...picture }) => (
  <svg
    class="tracks"
    width="100%"
    height={height}
    role="group"
    aria-label={label}
    data-from={String(picture.span.from)}
    data-to={String(picture.span.to)}
    data-zone={usePage().reader.zone}
  >
    <Axis {...picture} height={height} />
    {children}
    <Moment {...picture} height={height} />
    <MomentLinks {...picture} />
  </svg>
);

/** The chosen moment. */
const Moment: FC<Picture & Readonly<{ height: number }>> = ({ span, at, height }) =>
  at < span.from || at > span.to ? null : (
    <line class="moment" x1={percent(place(at, span))} x2={percent(place(at, span))} y1={0} y2={height} />
  );

/** Links along the axis that move the moment, without a script too. By keyboard the fields of the page do the same. */
const MomentLinks: FC<Picture> = ({ span, addressAt }) => (
  <g aria-hidden="true">
    {Array.from({ length: PARTS }, (_, each) => {
      const at = Math.round(span.from + ((span.to - span.from) * (each + 0.5)) / PARTS) as Instant;
      return (
        <a href={addressAt(at)} tabindex={-1}>
          <title>{localText(at, usePage().reader.zone)}</title>
          <rect
            class="moment-link"
            x={percent(each / PARTS)}
            y={0}
            width={percent(1 / PARTS)}
            height={AXIS_HEIGHT}
          />
        </a>
      );
    })}
  </g>
);

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

/** The distances between two ticks that people read easily, in milliseconds. */
const STEPS = [
  ...[1, 5, 15, 30, 60, 180, 360, 720].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 7, 14, 28, 56, 91, 182, 364].map((days) => days * DAY_MS),
];
const MOST_TICKS = 7;

/** Where the axis of a picture has a tick: at whole minutes, hours or days of a clock in the zone. */
function ticksOf({ from, to }: Span, zone: string): readonly Instant[] {
  const step = STEPS.find((each) => (to - from) / each <= MOST_TICKS) ?? (to - from) / MOST_TICKS;
  const start = instantsOf({ ...localMoment(from, zone), ms: 0 }, zone)[0] ?? from;
  const ticks: Instant[] = [];
  for (let at = start + Math.ceil((from - start) / step) * step; at <= to; at += step)
    ticks.push(onClock(at, step, zone));
  return ticks.filter((at) => at >= from && at <= to);
}

/** A tick of a day is at midnight also after the clock was changed. */
function onClock(at: number, step: number, zone: string): Instant {
  if (step % DAY_MS !== 0) return at as Instant;
  const day = localMoment((at + DAY_MS / 2) as Instant, zone);
  return instantsOf({ ...day, ms: 0 }, zone)[0] ?? (at as Instant);
}
