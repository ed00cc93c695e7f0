import type { Proofs } from './provider-page.fixture.ts';

export const PROOFS: Proofs = {
  'Access that does not come from the lease': {
    'the role is a member of another role': [
      'postgres-persistence.test.ts: comes from %s, and ends with the login',
    ],
    '`PUBLIC` in the database': ['postgres-persistence.test.ts: comes from %s, and ends with the login'],
    'default privileges for the role': [
      'postgres-persistence.test.ts: comes from %s, and ends with the login',
    ],
    'the role owns something': [
      'postgres-persistence.test.ts: comes from %s, and ends with the login',
      'postgres-persistence.test.ts: an observation and a preflight warn of a role whose members can give access to others (T33)',
    ],
    'somebody makes the login a member of a role': [
      'postgres-persistence.test.ts: comes from somebody who made the login a member of another role, and ends with the login',
    ],
    'somebody makes the login a superuser': [
      'postgres-by-hand.test.ts: has no receipt while it is a superuser, because only a superuser may change it then (F33)',
    ],
    'other databases to which `PUBLIC` may connect': [
      'postgres-persistence.test.ts: is what PUBLIC has in each other database to which PUBLIC may connect, until somebody closes it',
    ],
    'the role is a superuser, may create or grant roles, or (Postgres 15) may log in': [
      'postgres-catalog.test.ts: names each role whose members could keep access, and it is refused',
      'postgres.test.ts: a role that %s is refused, because its members could keep access',
    ],
    'the person has a login of their own':
      'cannot be tried here: nothing at the server says whose a login is',
  },
  'Access that can remain after the end': {
    'an open session': [
      'postgres.test.ts: an open session is terminated by the revoke, and its reads and writes fail',
    ],
    'a session that is still starting': [
      'postgres.test.ts: a session that is still starting is terminated too, and has no access afterwards (I3)',
    ],
    'a cursor `WITH HOLD`, a temporary table': [
      'postgres-persistence.test.ts: a cursor WITH HOLD and a temporary table end with their session',
    ],
    'a password that the person chose': [
      'postgres-persistence.test.ts: a password that the person chose is refused after the end like the first one',
    ],
    'another end, or an attribute, that somebody gave the login by hand': [
      'postgres-by-hand.test.ts: is left as it is by a repeated grant, and each receipt names every change (F24, I22)',
    ],
    "the password of the entitlement's role": [
      'postgres-persistence.test.ts: the password of a role that may log in cannot be changed by the person',
      'postgres.test.ts: a role that %s is refused, because its members could keep access',
    ],
    'a job of `pg_cron`': 'cannot be tried here: the extension is not part of Postgres',
    'another login, a later end, a membership in the login, an event trigger, a slot of logical replication, a subscription, a database (except with `CREATEDB` on Postgres 15)':
      ['postgres-persistence.test.ts: %s cannot be made by the person'],
    'a session on a named replica': [
      'postgres-standby.test.ts: the revoke terminates the sessions on a named replica, and counts them (I3)',
      'postgres-standby.test.ts: there is no receipt while a named replica does not answer, and the login is refused meanwhile',
      'postgres-standby-late.test.ts: sessions end, and there is a receipt, where the functions of the write-ahead log are refused, as Aurora does (I3)',
    ],
    'a replica that is late, or whose replay the person stops': [
      'postgres-standby-late.test.ts: sessions end at the first attempt on a replica that shows each change late, and a later attempt has the receipt (I3)',
      'postgres-standby-late.test.ts: an open transaction of the person does not stop the replay, where the standby waits for it without a limit (I3)',
      'postgres-standby-late.test.ts: a replica that does not know the login yet is not closed, because it will know it later (I3)',
    ],
    'a session of a role that somebody dropped': [
      'postgres-standby.test.ts: there is no receipt while a session runs as a role that somebody dropped, where it can have privileges',
      'postgres-standby-late.test.ts: there is no receipt while a session on a replica runs as a role that somebody dropped',
      'postgres-standby-late.test.ts: a session on a replica ends although somebody dropped the role on the primary by hand (F24)',
    ],
    'on another replica, also one behind a replica': [
      'postgres-standby.test.ts: a session on a replica that nobody named is not terminated: the receipt and the observation say so',
      'postgres-standby.test.ts: a standby behind a named standby is counted: the observation, the receipt and the preflight say so',
    ],
    'on a replica in the storage of a cloud, which nothing shows': 'cannot be tried here: it needs the cloud',
    'a commit that a failover loses': [
      'postgres-wait-for-standbys.test.ts: Curfew’s sessions commit to the disk of the primary where its login has synchronous_commit = %s',
      'postgres-wait-for-standbys.test.ts: the login is refused at once while the synchronous standby is stopped, and the receipt waits for that standby: %s (I3)',
    ],
    'a `SECURITY DEFINER` function, which nobody may call': [
      'postgres.test.ts: a function that one person left reads neither what another person left nor what it read before',
    ],
    'a view': [
      'postgres.test.ts: %s of the person has no privileges afterwards, unless the catalogue names an owner',
    ],
    'a publication': [
      'postgres-persistence.test.ts: a publication stays with the role, which is kept without login',
    ],
    'a materialized view, a table with copied rows': [
      'postgres-persistence.test.ts: a materialized view keeps what it copied, and cannot be refreshed by its new owner',
    ],
    'a large object': [
      'postgres-persistence.test.ts: a large object stays, belongs to a role without privileges, and is named in the receipt',
    ],
    'a foreign server with a user mapping': [
      'postgres-persistence.test.ts: a foreign server with its user mapping stays with the role, which is kept without login',
    ],
    'an extension': [
      'postgres-persistence.test.ts: an extension that the person installed stays, and is named in the receipt',
    ],
    "grants to others on the person's own objects": [
      'postgres.test.ts: what the person created stays, belongs to the owner, and is named in the receipt',
    ],
    'a prepared transaction, with its locks': [
      'postgres-standby.test.ts: a prepared transaction is named, because it outlives its session and its role',
      'postgres-standby.test.ts: a transaction that was prepared after SET ROLE is named too (T33)',
      'postgres-standby.test.ts: a prepared change of the own password stops no end of the memberships and sessions, and is named (I3)',
    ],
    'grants to others with the rights of the role': [
      'postgres-persistence.test.ts: a grant on a table that the role of the entitlement owns is named in the receipt (T33)',
      'postgres-persistence.test.ts: a privilege with grant option that was granted on is named in the receipt (T33)',
      'postgres-persistence.test.ts: changes in another database of the server are named too (T33)',
      'postgres-persistence.test.ts: an older grant is not named as a new one after %s (T33)',
      'postgres-persistence.test.ts: a grant to a role that had nothing on the table before is named as a new one, beside an older grant (T33)',
    ],
    'default privileges': [
      'postgres-persistence.test.ts: default privileges for tables of the future are named in the receipt (T33)',
    ],
    'objects created after `SET ROLE` (Postgres 15)': [
      'postgres-persistence.test.ts: what was created after SET ROLE belongs to the role of the entitlement, and is named in the receipt (T33)',
      'postgres-persistence.test.ts: a database that was created after SET ROLE, where the role may create some, is named in the receipt (T33)',
    ],
    'triggers, functions, views, policies, checks, defaults, indexes with expressions, and settings of the database, changed with the rights of the role':
      [
        'postgres-persistence.test.ts: a trigger, a function, a view and a policy that were changed with the rights of the role are named in the receipt (T33)',
        'postgres-obstacles.test.ts: expressions of tables and settings of the database, changed with the rights of the role, are named (T33)',
      ],
    'the login of a session by `dblink`, which itself ends': [
      'postgres-persistence.test.ts: a session at another server by dblink ends with the session of the person',
    ],
    'a password of somebody else, from a verifier that the role may read': [
      'postgres-persistence.test.ts: a role that may read password verifiers is warned of, and its members can read them (T33)',
      'postgres-persistence.test.ts: a role that may read password verifiers is warned of: %s (T33)',
    ],
    'rows that were read, changed or copied elsewhere':
      'cannot be tried here: no server knows what a person copied',
  },
};
