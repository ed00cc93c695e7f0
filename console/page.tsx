import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Child, FC, PropsWithChildren } from 'hono/jsx';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { oneLine } from '../core/text.ts';
import { usePage } from './page-context.ts';
import { personPath } from './parts/names.tsx';

type DocumentProps = PropsWithChildren<Readonly<{ title: string; head?: Child }>>;

/** The HTML around every page. Scripts and styles are files, because the policy of the pages forbids inline ones (T27). */
const Document: FC<DocumentProps> = ({ title, head, children }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{`${oneLine(title)} · Curfew`}</title>
      <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
      <link rel="stylesheet" href="/assets/console.css" />
      {head}
    </head>
    <body>{children}</body>
  </html>
);

/** A page that every page links to. */
export type MenuEntry = Readonly<{ path: string; name: string }>;

type PageProps = PropsWithChildren<
  Readonly<{
    title: string;
    menu: readonly MenuEntry[];
    /** Names of scripts of the page. */
    scripts?: readonly string[] | undefined;
    /** What is searched on this page. */
    search?: string | undefined;
  }>
>;

/** A page for somebody who is signed in. */
export const Page: FC<PageProps> = ({ title, menu, scripts = [], search = '', children }) => {
  const { reader, address } = usePage();
  return (
    <Document
      title={title}
      head={['search', ...scripts].map((name) => (
        <script type="module" src={`/assets/${name}.js`}></script>
      ))}
    >
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <a class="top__name" href="/">
          Curfew
        </a>
        <nav aria-label="Pages">
          <ul>
            {menu.map(({ path, name }) => (
              <li>
                <a href={path} aria-current={isAt(address, path) ? 'page' : undefined}>
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <form class="top__search" action="/requests" role="search" aria-label="Requests">
          <input
            id="search"
            name="q"
            value={oneLine(search)}
            aria-label="Search requests"
            placeholder="Search requests: ana state:active since:7d"
            list="suggestions"
            autocomplete="off"
            spellcheck={false}
          />
          <datalist id="suggestions"></datalist>
          <button>Search</button>
        </form>
        <ZoneSwitch />
        <form class="top__who" method="post" action="/sign-out">
          <a href={personPath(reader.person)}>{oneLine(reader.name)}</a>
          <button>Sign out</button>
        </form>
      </header>
      <main id="main" tabindex={-1}>
        <h1>{oneLine(title)}</h1>
        {children}
      </main>
      <footer>
        <p>
          Times are in {reader.zone}. When you look at what is not your own, it is recorded in the audit log.
        </p>
      </footer>
    </Document>
  );
};

const isAt = (address: string, path: string): boolean =>
  path === '/' ? address === '/' : new URL(address, 'http://curfew').pathname.startsWith(path);

/** The zone of all times of the page, and the other one. */
const ZoneSwitch: FC = () => {
  const { reader, address } = usePage();
  const other = reader.zone === 'UTC' ? reader.ownZone : 'UTC';
  return (
    <form class="top__zone" method="post" action="/zone">
      <span>{reader.zone}</span>
      {other !== reader.zone && (
        <>
          <input type="hidden" name="zone" value={other} />
          <input type="hidden" name="back" value={address} />
          <button>Show {other}</button>
        </>
      )}
    </form>
  );
};

/** A page that says one thing, also to somebody who is not signed in. */
export const MessagePage: FC<Readonly<{ title: string; children?: Child }>> = ({ title, children }) => (
  <Document title={title}>
    <main class="entry" id="main">
      <h1>{title}</h1>
      {children}
    </main>
  </Document>
);

/** Where to go from a page that shows nothing. */
export const ToFirstPage: FC = () => (
  <p>
    <a href="/">To the first page</a>
  </p>
);

/** Answers with a page. */
export const showPage = (c: Context, page: Child, status: ContentfulStatusCode = 200) =>
  c.html(html`<!doctype html>${page}`, status);
