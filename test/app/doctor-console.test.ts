import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { examineConsole } from '../../app/doctor-console.ts';

/** What the doctor finds out about a console that answers so. `ms`: how long it may take. */
async function found(listener: RequestListener, ms = 5_000) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const findings = await examineConsole(url, ms);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return findings.map(({ part, state, what }) => [part, state, what.replaceAll(url, 'ADDRESS')]);
}

test.each<[string, RequestListener, string, RegExp]>([
  [
    'sends people to the identity provider',
    (request, response) =>
      response
        .writeHead(request.url === '/sign-in' ? 303 : 404, { location: 'https://id.example.com/a?b=c' })
        .end(),
    'ok',
    /^The console answers at ADDRESS\. People sign in at https:\/\/id\.example\.com\.$/,
  ],
  [
    'cannot begin a sign-in',
    (_request, response) => response.writeHead(503).end('x'.repeat(100_000)),
    'broken',
    /^Nobody can sign in at ADDRESS: either the identity provider or the ledger does not answer .* or a proxy answers/,
  ],
  [
    'is another program',
    (_request, response) => response.writeHead(200).end('hello'),
    'broken',
    /^ADDRESS\/sign-in answers with the status 200 instead of .* Check CURFEW_CONSOLE_URL/,
  ],
  [
    'redirects to an address that is not http',
    (_request, response) => response.writeHead(303, { location: 'javascript:alert(1)' }).end(),
    'broken',
    /with the status 303/,
  ],
  [
    'sends people to itself',
    (_request, response) => response.writeHead(303, { location: '/login' }).end(),
    'broken',
    /with the status 303/,
  ],
])('a console that %s', async (_what, listener, state, what) => {
  expect(await found(listener)).toEqual([['console', state, expect.stringMatching(what)]]);
});

test('a console that does not answer in time is broken', async () => {
  expect(await found(() => undefined, 20)).toEqual([
    ['console', 'broken', expect.stringMatching(/^ADDRESS does not answer: .*timeout\.$/)],
  ]);
});

test('an address where nothing listens is broken, with the reason', async () => {
  expect(await examineConsole('http://127.0.0.1:1', 5_000)).toEqual([
    {
      part: 'console',
      state: 'broken',
      what: expect.stringMatching(/^http:\/\/127\.0\.0\.1:1 does not answer: .+\.$/),
    },
  ]);
});

test('without a console there is nothing to say', async () => {
  expect(await examineConsole(undefined, 5_000)).toEqual([]);
});
