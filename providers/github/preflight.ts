import type { Preflight } from '../provider.ts';
import type { Client } from './client.ts';
import { toFault } from './failures.ts';
import { ownerOf } from './installation.ts';

/** The permissions that this provider needs. Every App has `metadata: read`. */
const NEEDED: Readonly<Record<string, string>> = {
  administration: 'write',
  members: 'write',
  metadata: 'read',
};

/** Compares the permissions of the App's installation with those that it needs. */
export async function preflight(client: Client, signal: AbortSignal): Promise<Preflight> {
  try {
    const { rest } = await client.app(signal);
    const { data } = await rest.apps.getInstallation({ installation_id: client.installationId });
    const held = new Map(Object.entries(data.permissions).map(([name, access]) => [name, String(access)]));
    const enough = (name: string, access: string) => held.get(name) === access || held.get(name) === 'write';
    const missing = Object.entries(NEEDED).filter(([name, access]) => !enough(name, access));
    const excess = [...held].filter(
      ([name, access]) => NEEDED[name] === undefined || exceeds(NEEDED[name], access),
    );
    const spell = ([name, access]: readonly [string, string]) => `${name}: ${access}`;
    return {
      ok: missing.length === 0 && !data.suspended_at,
      missing: [...missing.map(spell), ...(data.suspended_at ? ['the installation is suspended'] : [])],
      excess: excess.map(spell),
      note: `The App ${data.app_slug} is installed on ${data.repository_selection} repositories of ${ownerOf(data.account) ?? 'an unknown owner'}.`,
    };
  } catch (error) {
    const fault = toFault(error);
    if (fault.code !== 'provider-forbidden') throw fault;
    return {
      ok: false,
      missing: ['an App id, private key and installation id that GitHub accepts'],
      excess: [],
      note: fault.message,
    };
  }
}

const exceeds = (needed: string, held: string): boolean => needed === 'read' && held !== 'read';
