import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { ConsoleDeps } from './deps.ts';
import type { PageContext, SignedInEnv } from './page-context.ts';

/** How a page looks. Its title is that of its entry in the table of pages, unless it has its own. */
type Look = Readonly<{
  title?: string;
  content: Child;
  status?: ContentfulStatusCode;
  /** Names of scripts of the page. */
  scripts?: readonly string[];
  /** What is searched on this page. */
  search?: string;
  /** The page from which a form was sent. */
  back?: string;
}>;

/**
 * What somebody gets for an address. A page says how the reading of it is recorded, which happens before it is shown. `refused` is a page that
 * says why there is nothing to see, so nothing is recorded. `moved` leads to the address that says the same to everybody.
 */
export type PageAnswer = Readonly<
  | (Look & { kind: 'page'; reading: Readonly<{ address: string; isOwn: boolean }> })
  | (Look & { kind: 'refused' })
  | { kind: 'moved'; to: string }
  | { kind: 'missing' }
>;

/** Makes a page. */
export type PageHandler = (
  c: Context<SignedInEnv>,
  deps: ConsoleDeps,
  page: PageContext,
) => Promise<PageAnswer>;

/** Receives a form, or makes what is downloaded. */
export type Handler = (c: Context<SignedInEnv>, deps: ConsoleDeps) => Promise<Response | PageAnswer>;

export const MISSING = { kind: 'missing' } as const satisfies PageAnswer;

export const movedTo = (to: string): PageAnswer => ({ kind: 'moved', to });

/** What a form that lacks a field gets. */
export const incompleteForm = (c: Context): Response =>
  c.text('This form is not complete. Go back and load the page again.', 400);
