import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Child } from 'hono/jsx';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** Answers with a page. */
export const showPage = (c: Context, page: Child, status: ContentfulStatusCode = 200) =>
  c.html(html`<!doctype html>${page}`, status);
