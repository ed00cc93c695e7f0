import type { FC } from 'hono/jsx';
import type { SeenRow } from '../../world/history.ts';
import type { VendorSection } from '../../world/vendor-watcher.ts';
import { clock, daysFromToday, fillDate } from './dates.ts';
import { Icon } from './icons.tsx';
import { safeText } from './inert.ts';
import { Terminal } from './terminal.tsx';
import type { Viewer } from './viewer.ts';

/** A time with a countdown, which the client updates. */
const Until: FC<{ at: number; viewer: Viewer }> = ({ at, viewer }) => {
  const sameDay = daysFromToday(at, viewer.now, viewer.tz) === 0;
  const text = sameDay
    ? clock(at, viewer.tz)
    : fillDate('{date_short_pretty} {time}', at, viewer.now, viewer.tz);
  return (
    <time datetime={new Date(at).toISOString()}>
      {text} <span class="countdown" data-until={at} />
    </time>
  );
};

const StateText: FC<{ row: SeenRow; viewer: Viewer }> = ({ row: { state, since }, viewer }) => {
  switch (state.kind) {
    case 'open':
      return state.until === undefined ? (
        <>active{since !== undefined && ` since ${clock(since, viewer.tz)}`}, the provider stores no end</>
      ) : (
        <>
          active until <Until at={state.until} viewer={viewer} />
        </>
      );
    case 'ended':
      return (
        <>
          ended <Until at={state.at} viewer={viewer} />: the provider refuses it
        </>
      );
    case 'gone':
      return (
        <>
          gone since <Until at={state.at} viewer={viewer} />
        </>
      );
    case 'waiting':
    case 'disabled':
      return <>{state.text}</>;
  }
};

const idOf = (row: SeenRow): string => `fact-${row.id.replace(/[^\w-]/g, '_')}`;

const Row: FC<{ row: SeenRow; viewer: Viewer }> = ({ row, viewer }) => (
  <li class={`fact fact--${row.state.kind}`} id={idOf(row)}>
    <b class="fact__who">{safeText(row.who)}</b>
    <span class="fact__what">{safeText(row.what)}</span>
    <span class="fact__state">
      <StateText row={row} viewer={viewer} />
    </span>
    {row.detail && <span class="fact__detail">{safeText(row.detail)}</span>}
  </li>
);

/**
 * Access without an end that the first reading had already. It is shown in one line, because Curfew did not
 * grant it now.
 */
const isPermanent = ({ state, since }: SeenRow): boolean =>
  state.kind === 'open' && state.until === undefined && since === undefined;

const PermanentRow: FC<{ row: SeenRow }> = ({ row }) => (
  <li class="standing" id={idOf(row)}>
    <b>{safeText(row.who)}</b> {safeText(row.what)}
  </li>
);

const Section: FC<{ section: VendorSection; viewer: Viewer }> = ({ section, viewer }) => (
  <section class="vendor" id={`vendor-${section.name}`} aria-labelledby={`vendor-${section.name}.title`}>
    <h3 class="vendor__title" id={`vendor-${section.name}.title`}>
      {safeText(section.title)} <span class="vendor__where">{safeText(section.where)}</span>
    </h3>
    {section.message && (
      <p class={`vendor__note vendor__note--${section.message.kind}`}>
        {section.message.kind === 'down' && <span aria-hidden="true">⚠ </span>}
        {safeText(section.message.text)}
      </p>
    )}
    <ul class="facts">
      {section.rows.map((row) =>
        isPermanent(row) ? <PermanentRow row={row} /> : <Row row={row} viewer={viewer} />,
      )}
    </ul>
  </section>
);

/** The panel on the right: access as the providers report it. */
export const AccessPanel: FC<{ sections: readonly VendorSection[]; viewer: Viewer }> = ({
  sections,
  viewer,
}) => (
  <aside class="world" id="world" aria-label="Access at the providers">
    <header class="world__head">
      <h2 class="world__title">
        <Icon name="world" /> Access at the providers
      </h2>
      <span class="world__live">live</span>
      <button
        type="button"
        class="close"
        data-world-close
        aria-label="Hide the access at the providers"
        title="Hide"
      >
        <Icon name="close" />
      </button>
    </header>
    <div class="world__scroll" tabindex={0} role="group" aria-label="Who has access">
      <p class="world__lead">Read directly from the providers every two seconds, not from Curfew.</p>
      {sections.map((section) => (
        <Section section={section} viewer={viewer} />
      ))}
      <Terminal />
    </div>
  </aside>
);
