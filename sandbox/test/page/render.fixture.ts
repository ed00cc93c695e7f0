import { html } from 'hono/html';
import type { Child } from 'hono/jsx';
import type { Viewer } from '../../slack/page/viewer.ts';

/** Wednesday, 25 November 2026, 12:00 UTC. */
export const NOON = Date.UTC(2026, 10, 25, 12);

export const viewer: Viewer = {
  id: 'U0ANAFERR1',
  tz: 'Europe/Lisbon',
  now: NOON,
  people: new Map([
    ['U0ANAFERR1', 'Ana Ferreira'],
    ['U0BOLIND01', 'Bo Lindqvist'],
  ]),
  channels: new Map([['C0ACCESS01', 'access-requests']]),
};

/** Renders a component to HTML. */
export const render = async (node: Child): Promise<string> => `${await html`${node}`}`;

/** The text in HTML, as a person reads it. */
export const textOf = (markup: string): string =>
  markup
    .replaceAll(/<br ?\/?>/g, '\n')
    .replaceAll(/<img [^>]*alt="([^"]*)"[^>]*>/g, '$1')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
