import { Hono } from 'hono';
import type { ConsoleDeps } from '../deps.ts';
import { namesOf, Page, pageContext, showPage, type SignedInEnv } from '../page.tsx';
import { entitlementPath, personPath, providerPath } from '../parts/names.tsx';
import { partFrom } from '../parts/page-links.tsx';
import { recordReading } from '../readings.ts';
import { EntitlementPage } from './entitlement/entitlement.tsx';
import { PersonPage } from './person/person.tsx';
import { ProviderPage } from './provider/provider.tsx';
import { readEntitlement } from './entitlement/read-entitlement.ts';
import { readEndAll } from './person/read-end-all.ts';
import { readPerson } from './person/read-person.ts';
import { readProvider } from './provider/read-provider.ts';

/** `/people/<id>`, `/entitlements/<id>` and `/providers/<name>` */
export function subjectRoutes(deps: ConsoleDeps): Hono<SignedInEnv> {
  const app = new Hono<SignedInEnv>();

  app.get('/people/:id', async (c) => {
    const context = await pageContext(c, deps);
    const { reader, address } = context;
    const answer = await readPerson(deps, reader, {
      typed: c.req.param('id'),
      from: partFrom(c.req.query('from')),
    });
    // A security person may end what they may not see otherwise.
    if (!answer && (await readEndAll(deps, reader, c.req.param('id'))))
      return c.redirect(`${personPath(c.req.param('id'))}/end`, 303);
    if (!answer)
      return showPage(
        c,
        <Page title="There is nobody of this name whom you can see" {...{ reader, address }}>
          <p>You can see yourself, and the people whose manager you are. Auditors can see everybody.</p>
        </Page>,
        404,
      );
    const { id } = answer;
    await recordReading(deps, reader, { address: personPath(id), isOwn: id === reader.person });
    const names = namesOf(await deps.policy.lastKnown());
    return showPage(
      c,
      <Page title={names.person(id)} {...{ reader, address }}>
        <PersonPage {...{ context, answer, names }} />
      </Page>,
    );
  });

  app.get('/entitlements/:id', async (c) => {
    const context = await pageContext(c, deps);
    const { reader, address } = context;
    const answer = await readEntitlement(deps, reader, {
      typed: c.req.param('id'),
      from: partFrom(c.req.query('from')),
    });
    if (!answer) return c.notFound();
    const { id, open } = answer;
    await recordReading(deps, reader, { address: entitlementPath(id), isOwn: open === undefined });
    const names = namesOf(await deps.policy.lastKnown());
    return showPage(
      c,
      <Page title={names.entitlement(id)} {...{ reader, address }}>
        <EntitlementPage {...{ context, answer, names }} />
      </Page>,
    );
  });

  app.get('/providers/:name', async (c) => {
    const context = await pageContext(c, deps);
    const { reader, address } = context;
    const { targets, entitlements } = c.req.query();
    const from = { targets: partFrom(targets), entitlements: partFrom(entitlements) };
    const answer = await readProvider(deps, reader, { name: c.req.param('name'), from });
    if (!answer) return c.notFound();
    const { name } = answer;
    await recordReading(deps, reader, { address: providerPath(name), isOwn: false });
    const names = namesOf(await deps.policy.lastKnown());
    return showPage(
      c,
      <Page title={name} {...{ reader, address }}>
        <ProviderPage {...{ context, answer, names }} />
      </Page>,
    );
  });
  return app;
}
