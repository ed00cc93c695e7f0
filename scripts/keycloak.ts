import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../sandbox/launch/python.ts';
import { KEYCLOAK, KEYCLOAK_VERSION, TOOLS } from './tools.ts';

const MINUTES = 60_000;
const NAME = `Keycloak ${KEYCLOAK_VERSION}`;
const SHA256 = 'a6d770bbf55625781f1225a54a130839cdc1dd4ad5b3b4bbb18c9ac8bca8f8ae';
/** Pinned too, so that Maven runs no newer plugin. */
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy';
const OLDEST_JAVA = 17;

/** Why this machine has no Java that can run Keycloak; undefined when it has one. */
export async function whyNoJava(): Promise<string | undefined> {
  const { code, text } = await run('java', ['-version'], MINUTES);
  const major = Number(/version "(\d+)/.exec(text)?.[1] ?? 0);
  if (code === 0 && major >= OLDEST_JAVA) return undefined;
  return `${NAME} needs Java ${OLDEST_JAVA} or later (${text.split('\n').at(0)})`;
}

/**
 * Fetches Keycloak with Maven, which knows the mirror of this machine, and builds it for a start without delay. Returns why it is
 * missing; undefined when it is there.
 */
export async function keycloak(): Promise<string | undefined> {
  if (existsSync(KEYCLOAK)) return undefined;
  const noJava = await whyNoJava();
  if (noJava !== undefined) return noJava;
  mkdirSync(TOOLS, { recursive: true });
  const work = mkdtempSync(join(TOOLS, 'fetch-'));
  try {
    const archive = join(work, `keycloak-quarkus-dist-${KEYCLOAK_VERSION}.tar.gz`);
    const artifact = `-Dartifact=org.keycloak:keycloak-quarkus-dist:${KEYCLOAK_VERSION}:tar.gz`;
    const repository = `-Dmaven.repo.local=${join(work, 'repository')}`;
    const copy = ['-q', '-B', COPY, artifact, `-DoutputDirectory=${work}`, repository];
    const got = await run('mvn', copy, 5 * MINUTES);
    if (got.code !== 0 || !existsSync(archive)) return `${NAME}: mvn: ${got.text.split('\n').at(0)}`;
    if (createHash('sha256').update(readFileSync(archive)).digest('hex') !== SHA256)
      return `${NAME}: the hash of the archive is not the pinned one`;
    const unpacked = await run('tar', ['-xzf', archive, '-C', work], 5 * MINUTES);
    if (unpacked.code !== 0) return `${NAME}: ${unpacked.text}`;
    const folder = join(work, `keycloak-${KEYCLOAK_VERSION}`);
    const built = await run(join(folder, 'bin', 'kc.sh'), ['build', '--db=dev-mem'], 5 * MINUTES);
    if (built.code !== 0) return `${NAME}: kc.sh build: ${built.text.split('\n').at(-1)}`;
    renameSync(folder, KEYCLOAK);
    return undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
