import { html } from 'hono/html';
import type { Child, FC, PropsWithChildren } from 'hono/jsx';
import { LanternSign } from '../../slack/page/icons.tsx';

/** A page of the provider: on the left, or above on a phone, what it is for; on the right what the person can do. */
export const Document: FC<PropsWithChildren<{ title: string; about: Child }>> = ({
  title,
  about,
  children,
}) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{title} · Lantern</title>
      <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
      <link rel="stylesheet" href="/assets/colours.css" />
      <link rel="stylesheet" href="/assets/faces.css" />
      <link rel="stylesheet" href="/assets/sign-in.css" />
    </head>
    <body>
      <header class="about">
        <p class="company">
          <LanternSign />
          Lantern
        </p>
        <h1>{title}</h1>
        {about}
      </header>
      <main class="stage">{children}</main>
    </body>
  </html>
);

/** The HTML of a page. */
export const render = async (document: Child): Promise<string> =>
  String(await html`<!doctype html>${document}`);
