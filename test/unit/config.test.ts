import { hostname } from 'node:os';

import { describe, expect, it } from 'vitest';

import { readSettings } from '#src/config.ts';

describe('the settings', () => {
  it('of nothing at all are a program for this machine only', () => {
    expect(readSettings({})).toMatchObject({
      host: '127.0.0.1',
      local: true,
      publicUrl: 'http://localhost:3000',
      dataDir: './data',
      databaseUrl: undefined,
    });
  });

  it.each`
    env                                                             | publicUrl                      | local
    ${{ HOST: '10.0.0.5' }}                                         | ${'http://10.0.0.5:3000'}      | ${false}
    ${{ HOST: '0.0.0.0', PORT: '80' }}                              | ${`http://${hostname()}:80`}   | ${false}
    ${{ HOST: '::' }}                                               | ${`http://${hostname()}:3000`} | ${false}
    ${{ HOST: 'fd00::1' }}                                          | ${'http://[fd00::1]:3000'}     | ${false}
    ${{ HOST: '127.0.0.1', PUBLIC_URL: 'https://im.example.com/' }} | ${'https://im.example.com'}    | ${false}
    ${{ PUBLIC_URL: 'https://im.example.com' }}                     | ${'https://im.example.com'}    | ${false}
    ${{ PUBLIC_URL: 'http://localhost:8080' }}                      | ${'http://localhost:8080'}     | ${true}
  `('$env: people are told $publicUrl, and need no sign-in: $local', ({ env, publicUrl, local }) => {
    expect(readSettings(env as Record<string, string>)).toMatchObject({ publicUrl, local });
  });

  it.each`
    name                   | value                       | says
    ${'LOG_LEVEL'}         | ${'verbose'}                | ${'fatal, error, warn'}
    ${'PORT'}              | ${'http'}                   | ${'The port to listen on'}
    ${'PUBLIC_URL'}        | ${'https://example.com/im'} | ${'it has a path'}
    ${'PUBLIC_URL'}        | ${'ftp://example.com'}      | ${'used in links'}
    ${'GROUP_BY'}          | ${'service,mood'}           | ${'cannot be grouped by'}
    ${'GROUP_WINDOW'}      | ${'six hours'}              | ${'write it like 90s'}
    ${'BOOTSTRAP_API_KEY'} | ${'secret'}                 | ${'at least 24 characters'}
    ${'DATABASE_URL'}      | ${'mysql://db'}             | ${'PostgreSQL'}
    ${'HEARTBEAT_URL'}     | ${'http://10.0.0.5/ping'}   | ${'has to begin with https://'}
    ${'HEARTBEAT_URL'}     | ${'https://[::1]/ping'}     | ${'not on the public internet'}
    ${'HEARTBEAT_EVERY'}   | ${'a minute'}               | ${'write it like 90s'}
  `('$name=$value is refused with what to write instead', ({ name, value, says }) => {
    const read = () => readSettings({ [name as string]: value as string });
    expect(read).toThrow(says as string);
    expect(read).toThrow(name as string);
  });

  it('of the heartbeat that is sent are a call every minute, to our own network where that is allowed', () => {
    expect(readSettings({}).heartbeat).toBeUndefined();
    const HEARTBEAT_URL = 'http://10.0.0.5/ping';
    expect(readSettings({ HEARTBEAT_URL, NOTIFY_PRIVATE_ADDRESSES: 'on' }).heartbeat).toEqual({
      url: HEARTBEAT_URL,
      everyMs: 60_000,
      allowPrivate: true,
    });
    const often = { HEARTBEAT_URL: 'https://ping.example.com/me', HEARTBEAT_EVERY: '5s' };
    expect(() => readSettings(often)).toThrow('HEARTBEAT_EVERY: it is called every 10s at the most.');
  });

  it('left empty, as compose files write them, are those that were not given', () => {
    expect(readSettings({ LOG_LEVEL: '', HOST: '', PUBLIC_URL: '' })).toEqual(readSettings({}));
  });

  it('say what a process does: everything, or what is named, where there is a database to share', () => {
    const databaseUrl = 'postgres://u@h/d';
    const rolesOf = (env: Record<string, string>) => [...readSettings(env).roles];
    expect(rolesOf({})).toEqual(['http', 'chat', 'worker', 'scheduler']);
    expect(rolesOf({ DATABASE_URL: databaseUrl, ROLES: 'worker, http' })).toEqual(['http', 'worker']);
    expect(() => readSettings({ DATABASE_URL: databaseUrl, ROLES: 'worker,cook' })).toThrow(
      'there is no role "cook"; the roles are http, chat, worker and scheduler',
    );
    expect(() => readSettings({ ROLES: 'http' })).toThrow('belongs to one process');
  });

  it('name everything that is wrong at once', () => {
    expect(() => readSettings({ PORT: 'x', REOPEN_WINDOW: 'y' })).toThrow(/PORT[^]*REOPEN_WINDOW/);
  });
});
