import { describe, expect, test } from '@jest/globals';
import { parseSinks, sinkName } from '../../../audit/stream/parse-sinks.ts';

describe('the setting CURFEW_STREAM', () => {
  test.each([
    ['file:/var/log/a.jsonl', 'file:/var/log/a.jsonl', 'ocsf'],
    ['file:///var/log/a.jsonl?format=ecs', 'file:/var/log/a.jsonl', 'ecs'],
    ['stdout:', 'stdout:', 'ocsf'],
    ['https://siem.example.com/in?format=cef', 'https://siem.example.com/in', 'cef'],
    ['http://127.0.0.1:8088/in', 'http://127.0.0.1:8088/in', 'ocsf'],
    ['syslog+tls://siem.example.com', 'syslog+tls://siem.example.com:6514', 'ocsf'],
    ['syslog+tls://[::1]:1514?format=cef', 'syslog+tls://::1:1514', 'cef'],
  ])('%s', (text, name, format) => {
    const sinks = parseSinks(text);
    expect(sinks.ok && sinks.value.map((sink) => [sinkName(sink), sink.format])).toEqual([[name, format]]);
  });

  test.each([
    ['', 'sink 1 must be file:'],
    ['stdout:,', 'sink 2 must be file:'],
    ['stdout:,stdout:?format=cef', 'sink 2 is the same as one before it'],
    ['stdout:?format=xml', 'sink 1 may have only ?format='],
    ['https://siem.example.com/in?key=secret', 'sink 1 may have only ?format='],
    ['file:audit.jsonl', 'sink 1 must have the whole path of a file'],
    ['http://siem.example.com/in', 'sink 1 must have an address that begins with https://'],
    ['https://user:secret@siem.example.com/in', 'sink 1 must be an address without a password'],
    ['syslog+tls://user@host', 'sink 1 must have a host'],
    ['syslog+tls://host:99999', 'sink 1 must have a host'],
    ['syslog://host', 'sink 1 must be file:'],
  ])('"%s" is refused, and the error has no secret', (text, problem) => {
    const sinks = parseSinks(text);
    const error = sinks.ok ? '' : sinks.error;
    expect(error).toContain(problem);
    expect(error).not.toContain('secret');
  });
});
