import { expect, test } from '@jest/globals';
import { isOnThisMachine, onThisMachine } from '../../app/this-machine.ts';

test.each([
  'localhost:7233',
  '127.0.0.1:7233',
  '127.1.20.255:7233',
  '[::1]:7233',
  'http://127.0.0.1:4040/api/',
  'http://localhost/',
  'https://LOCALHOST:1/',
  'http://[::1]:4040/',
  'postgres://u:p@127.0.0.1:5432/d',
  'postgres://u:p@LocalHost/d',
  'postgresql://u@[::1]/d',
  'postgres:///d?host=/var/run/postgresql',
  'postgres://u@%2Fvar%2Frun%2Fpostgresql/d',
  'postgres://u@db.example.com/d?host=127.0.0.1',
])('%s is on this machine', (address) => {
  expect(isOnThisMachine(address)).toBe(true);
  expect(onThisMachine(address)).toBe(address);
});

test.each([
  'far.example:7233',
  'localhost.example.com:7233',
  'my-localhost:7233',
  '127.0.0.1.example.com:7233',
  'example.com.127.0.0.1:7233',
  '127.0.0.1@far.example:7233',
  '0.0.0.0:7233',
  'https://slack.com/api/',
  'http://127.0.0.1@far.example/',
  'http://127.0.0.1.far.example/',
  'http://[::2]/',
  'http://10.0.0.1/',
  'postgres://u:p@db.example.com/d',
  'postgres://127.0.0.1:p@db.example.com/d',
  'postgres://u@127.0.0.1/d?host=db.example.com',
  'postgresql://u@127.0.0.1/d?host=db.example.com',
  'postgres://u@127.0.0.1/d?host=127.0.0.1&host=db.example.com',
  'postgres://u@/d',
  'http://',
  'postgres:///d',
])('%s may be on another machine', (address) => {
  expect(isOnThisMachine(address)).toBe(false);
  expect(() => onThisMachine(address)).toThrow('only servers on this machine');
});

test('the error for an address does not hold the address, which may have a password', () => {
  expect(() => onThisMachine('postgres://u:hunter2@db.example.com/d')).not.toThrow(/hunter2|example/);
});
