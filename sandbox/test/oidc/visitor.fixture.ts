/** Where a visitor is: on a page of the provider, or at an address elsewhere, which is not opened. */
export type Arrival = Readonly<{ url: URL; status: number; text: string; headers: Headers }>;
type Form = Readonly<Record<string, string>>;

/** A browser without script: it keeps cookies by their path, and follows redirects as long as they stay at the provider. */
export function visitorOf(issuer: string) {
  const jar = new Map<string, Readonly<{ value: string; path: string }>>();

  const cookiesFor = ({ pathname }: URL): string =>
    [...jar]
      .flatMap(([name, { value, path }]) => (pathname.startsWith(path) ? [`${name}=${value}`] : []))
      .join('; ');

  function keep(line: string): void {
    const [pair = '', ...attributes] = line.split(/; ?/);
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(pair) ?? [];
    const path = attributes.find((each) => /^path=/i.test(each))?.slice('path='.length) ?? '/';
    if (value === '') jar.delete(name);
    else jar.set(name, { value, path });
  }

  async function go(to: URL | string, form?: Form, headers: Form = {}): Promise<Arrival> {
    const url = new URL(to, issuer);
    if (url.origin !== issuer) return { url, status: 0, text: '', headers: new Headers() };
    const request = {
      method: form ? 'POST' : 'GET',
      headers: {
        accept: 'text/html',
        cookie: cookiesFor(url),
        ...(form ? { origin: issuer, 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...headers,
      },
      ...(form ? { body: new URLSearchParams(form) } : {}),
      redirect: 'manual',
    } as const;
    // The connection that is kept may be one that the server closed when it stopped. The second attempt makes a new one.
    const answer = await fetch(url, request).catch(() => fetch(url, request));
    answer.headers.getSetCookie().forEach(keep);
    const next = answer.headers.get('location');
    if (answer.status >= 300 && answer.status < 400 && next !== null) return go(new URL(next, url));
    return { url, status: answer.status, text: await answer.text(), headers: answer.headers };
  }

  return {
    go,
    /** Presses the button of a person on the page on which one chooses; of `''`, the button to cancel. */
    choose: (page: Arrival, person: string) => go(page.url, { person }),
  };
}

export type Visitor = ReturnType<typeof visitorOf>;
