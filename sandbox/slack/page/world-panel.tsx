import type { FC } from 'hono/jsx';
import type { WorldRow, WorldSection, WorldState } from '../../world/world.ts';
import { clock, daysFromToday, fillDate } from './dates.ts';
import { Icon } from './icons.tsx';
import { inert } from './inert.ts';
import type { Viewer } from './viewer.ts';

/** A time the client counts down to. */
const Until: FC<{ at: number; viewer: Viewer }> = ({ at, viewer }) => {
  const sameDay = daysFromToday(at, viewer.now, viewer.tz) === 0;
  const words = sameDay
    ? clock(at, viewer.tz)
    : fillDate('{date_short_pretty} {time}', at, viewer.now, viewer.tz);
  return (
    <time datetime={new Date(at).toISOString()}>
      {words} <span class="countdown" data-until={at} />
    </time>
  );
};

const StateWords: FC<{ state: WorldState; viewer: Viewer }> = ({ state, viewer }) => {
  switch (state.kind) {
    case 'open':
      return state.until === undefined ? (
        <>open, no end at the vendor</>
      ) : (
        <>
          open until <Until at={state.until} viewer={viewer} />
        </>
      );
    case 'over':
      return (
        <>
          ended <Until at={state.at} viewer={viewer} />: refused now
        </>
      );
    case 'waiting':
    case 'shut':
      return <>{state.words}</>;
  }
};

const Row: FC<{ row: WorldRow; viewer: Viewer }> = ({ row, viewer }) => (
  <li class={`fact fact--${row.state.kind}`} id={`fact-${row.id.replace(/[^\w-]/g, '_')}`}>
    <b class="fact__who">{inert(row.who)}</b>
    <span class="fact__what">{inert(row.what)}</span>
    <span class="fact__state">
      <StateWords state={row.state} viewer={viewer} />
    </span>
    {row.detail && <span class="fact__detail">{inert(row.detail)}</span>}
  </li>
);

const Section: FC<{ section: WorldSection; viewer: Viewer }> = ({ section, viewer }) => (
  <section class="vendor" id={`vendor-${section.name}`} aria-labelledby={`vendor-${section.name}.title`}>
    <h3 class="vendor__title" id={`vendor-${section.name}.title`}>
      {inert(section.title)} <span class="vendor__where">{inert(section.where)}</span>
    </h3>
    {section.note ? (
      <p class={`vendor__note vendor__note--${section.note.kind}`}>
        {section.note.kind === 'down' && <span aria-hidden="true">⚠ </span>}
        {inert(section.note.words)}
      </p>
    ) : (
      <ul class="facts">
        {section.rows.map((row) => (
          <Row row={row} viewer={viewer} />
        ))}
      </ul>
    )}
  </section>
);

/** A place to use the database credential that was delivered. What it holds stays in the browser's tab. */
const Terminal: FC = () => (
  <section class="terminal" aria-labelledby="terminal-title">
    <h3 class="terminal__title" id="terminal-title">
      <Icon name="terminal" /> Postgres terminal
    </h3>
    <form id="terminal" data-keep="terminal">
      <label class="sr" for="terminal-url">
        Connection string
      </label>
      <input
        id="terminal-url"
        class="terminal__input"
        placeholder="postgres://… from the approved request"
        autocomplete="off"
        spellcheck={false}
      />
      <div class="terminal__line">
        <span aria-hidden="true">=&gt;</span>
        <label class="sr" for="terminal-sql">
          Query
        </label>
        <textarea id="terminal-sql" class="terminal__input" rows={2} spellcheck={false}>
          select current_user, now();
        </textarea>
        <button type="submit" class="btn btn--small terminal__run">
          Run
        </button>
      </div>
      <div
        class="terminal__out"
        id="terminal-out"
        role="log"
        aria-live="polite"
        aria-label="Result"
        tabindex={0}
      />
    </form>
  </section>
);

/** The right panel: what the access looks like where it matters. */
export const WorldPanel: FC<{ sections: readonly WorldSection[]; viewer: Viewer }> = ({
  sections,
  viewer,
}) => (
  <aside class="world" id="world" aria-label="In the real world">
    <header class="world__head">
      <h2 class="world__title">
        <Icon name="world" /> In the real world
      </h2>
      <span class="world__live">live</span>
      <button type="button" class="close" data-world aria-label="Hide the real world" title="Hide">
        <Icon name="close" />
      </button>
    </header>
    <div class="world__scroll" tabindex={0} aria-label="What the vendors say">
      <p class="world__lead">Read from the vendors themselves every two seconds, not from the bot.</p>
      {sections.map((section) => (
        <Section section={section} viewer={viewer} />
      ))}
      <Terminal />
    </div>
  </aside>
);
