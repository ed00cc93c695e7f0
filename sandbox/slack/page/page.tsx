import type { FC, PropsWithChildren } from 'hono/jsx';
import type { VendorSection } from '../../world/vendor-watcher.ts';
import { topModalOf } from '../read.ts';
import type { State } from '../model.ts';
import { SHEETS } from './assets.ts';
import { composerId } from './composer.tsx';
import { stepOf } from './guide.tsx';
import { HomePane } from './home.tsx';
import { Icon, LanternSign } from './icons.tsx';
import { safeText } from './inert.ts';
import { Modals } from './modal.tsx';
import { MessagePane } from './pane.tsx';
import { People, PeopleToggle } from './people.tsx';
import type { ReadMarks } from './reads.ts';
import { channelIn, placeOf, viewerFor, type Screen } from './screen.ts';
import { Sidebar, SidebarToggle } from './sidebar.tsx';
import { Thread } from './thread.tsx';
import { AccessPanel } from './access-panel.tsx';

/** Everything that is needed to render the page of one person at one moment. */
export type PageState = Readonly<{
  state: State;
  connections: number;
  sections: readonly VendorSection[];
  screen: Screen;
  reads: ReadMarks;
  now: number;
  /** The parts that the user has hidden in this browser. */
  hidden: Readonly<{ guide: boolean; world: boolean }>;
  /** The address of Curfew's console. */
  consoleUrl?: string | undefined;
}>;

export type Theme = 'light' | 'dark';

/**
 * The part of the page that changes. After every change it is sent as a whole and the client merges it into
 * the page.
 */
export const App: FC<PageState> = ({
  state,
  connections,
  sections,
  screen,
  reads,
  now,
  hidden,
  consoleUrl,
}) => {
  const viewer = viewerFor(state, screen.as, now);
  const channel = channelIn(screen.where);
  const guide = hidden.guide ? undefined : stepOf(state, sections);
  const pane = { state, screen, viewer, reads, connections, guide };
  const shell = `shell${hidden.world ? ' shell--alone' : ''}${screen.thread ? ' shell--thread' : ''}`;
  return (
    <div id="app" data-as={screen.as.id} data-in={placeOf(screen.where)} data-thread={screen.thread}>
      <div class={shell} id="shell" inert={topModalOf(state, screen.as.id) !== undefined}>
        <header class="topbar">
          {channel && (
            <a id="skip" class="skip" href={`#${composerId(screen, channel, screen.thread)}`}>
              Write a message
            </a>
          )}
          <h1 class="sr">{safeText(state.team.name)}, a sandbox workspace</h1>
          <SidebarToggle state={state} screen={screen} reads={reads} />
          <span class="topbar__sign">
            <LanternSign />
          </span>
          <PeopleToggle state={state} screen={screen} reads={reads} />
          <People state={state} screen={screen} reads={reads} now={now} />
          {consoleUrl !== undefined && (
            <a id="console-link" class="topbar__link" href={consoleUrl} target="_blank" rel="noopener">
              Console
            </a>
          )}
          <button type="button" id="theme-switch" class="topbar__tool" data-theme-switch aria-label="Colours">
            <Icon name="theme" />
          </button>
          <button
            type="button"
            id="world-toggle"
            class="topbar__tool"
            data-panel-button="world"
            aria-expanded={hidden.world ? 'false' : 'true'}
            aria-controls="world"
            aria-label="Access at the providers"
            title="Access at the providers"
          >
            <Icon name="world" />
          </button>
        </header>
        <Sidebar state={state} screen={screen} reads={reads} connections={connections} />
        <main class="stage">
          {screen.where.kind === 'home' ? (
            <HomePane {...pane} />
          ) : (
            <MessagePane {...pane} channel={channel} />
          )}
          {channel && screen.thread && <Thread {...pane} channel={channel} ts={screen.thread} />}
        </main>
        <AccessPanel sections={sections} viewer={viewer} />
      </div>
      <Modals state={state} viewer={viewer} />
    </div>
  );
};

/**
 * The HTML document around the app. Scripts and styles are files, because the page's policy forbids inline
 * ones.
 */
export const Document: FC<PropsWithChildren<{ title: string; theme: Theme | undefined }>> = ({
  title,
  theme,
  children,
}) => (
  <html lang="en" data-theme={theme}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="referrer" content="no-referrer" />
      <title>{safeText(title)}</title>
      <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
      {SHEETS.map((sheet) => (
        <link rel="stylesheet" href={`/assets/${sheet}.css`} />
      ))}
      <script type="module" src="/assets/main.js"></script>
    </head>
    <body>
      {children}
      <div id="toasts" class="toasts" role="status" aria-live="polite"></div>
      <noscript>
        <p class="toast">This page needs JavaScript.</p>
      </noscript>
    </body>
  </html>
);
