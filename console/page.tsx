import type { Child, FC, PropsWithChildren } from 'hono/jsx';
import { oneLine } from '../core/text.ts';
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Instant } from '../core/ids.ts';
import type { PolicySet } from '../policy/index.ts';
import type { Reader } from './reader.ts';
import type { ConsoleDeps } from './deps.ts';
import type { Names } from './parts/names.tsx';

/** The pages that every page links to, with the path of each. */
const PAGES = [
  { path: '/', name: 'Now' },
  { path: '/access', name: 'Access' },
  { path: '/requests', name: 'Requests' },
  { path: '/findings', name: 'Findings' },
  { path: '/reviews', name: 'Reviews' },
  { path: '/evidence', name: 'Evidence', isForAuditors: true },
  { path: '/numbers', name: 'Numbers', isForAuditors: true },
] as const;

type DocumentProps = PropsWithChildren<Readonly<{ title: string; head?: Child }>>;

/** The HTML around every page. Scripts and styles are files, because the policy of the pages forbids inline ones (T27). */
export const Document: FC<DocumentProps> = ({ title, head, children }) => (
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

type PageProps = PropsWithChildren<
  Readonly<{
    title: string;
    reader: Reader;
    /** The address of this page, to come back to it. */
    address: string;
    /** Names of scripts of the page. */
    scripts?: readonly string[];
    /** What is searched on this page. */
    search?: string;
  }>
>;

/** A page for somebody who is signed in. */
export const Page: FC<PageProps> = ({ title, reader, address, scripts = [], search = '', children }) => (
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
          {PAGES.filter((page) => reader.sight.isAuditor || !('isForAuditors' in page)).map(
            ({ path, name }) => (
              <li>
                <a href={path} aria-current={isAt(address, path) ? 'page' : undefined}>
                  {name}
                </a>
              </li>
            ),
          )}
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
      <ZoneSwitch reader={reader} address={address} />
      <form class="top__who" method="post" action="/sign-out">
        <a href={`/people/${encodeURIComponent(reader.person)}`}>{oneLine(reader.name)}</a>
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

const isAt = (address: string, path: string): boolean =>
  path === '/' ? address === '/' : new URL(address, 'http://curfew').pathname.startsWith(path);

/** The zone of all times of the page, and the other one. */
const ZoneSwitch: FC<Readonly<{ reader: Reader; address: string }>> = ({ reader, address }) => {
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

/** What Hono keeps of a request of somebody who is signed in. */
export type SignedInEnv = { Variables: { reader: Reader } };

/** What a page is made from: who reads it, when, and what the address asks. */
export type PageContext = Readonly<{
  reader: Reader;
  /** By the clock of the ledger. */
  now: Instant;
  /** The path with its question. */
  address: string;
}>;

export async function pageContext(
  c: Context<SignedInEnv>,
  { ledger }: Pick<ConsoleDeps, 'ledger'>,
): Promise<PageContext> {
  const { pathname, search } = new URL(c.req.url);
  return { reader: c.get('reader'), now: await ledger.now(), address: `${pathname}${search}` };
}

/** Names by the policy as it was last read. Who or what left the files is called by their id. */
export const namesOf = (policy: PolicySet | undefined): Names => ({
  person: (id) => policy?.directory.people.get(id)?.name ?? id,
  entitlement: (id) => policy?.entitlements.get(id)?.title ?? id,
});
