import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { csharp } from './csharp.ts';
import { curl } from './curl.ts';
import { javascript } from './javascript.ts';
import { type Call, filled, numbersAreSafe, withQuery } from './model.ts';
import { jsonLiteral, python } from './python.ts';
import { r } from './r.ts';

const HARD = {
  quotes: `it's "quoted" and \\ back\\slashed`,
  shell: '$HOME `id` $(id) %PATH% !x',
  lines: 'one\ntwo\r\n\ttab',
  polish: 'zażółć gęślą jaźń 😀',
  ends: ')---" )----" """ \'\'\' */ -->',
  values: [true, false, null, 0.5, -1e-7, []],
};
const TEXT = JSON.stringify(HARD, null, 2);

function callTo(url: string, body: string | null = TEXT, type = 'application/json'): Call {
  return {
    method: 'POST',
    url: withQuery(url, [['q', "a b&c'd"]]),
    headers: [
      ['Content-Type', type],
      ['Ocp-Apim-Subscription-Key', 'YOUR_KEY'],
      ['X-Odd', `it's "odd" \\ $HOME`],
    ],
    body,
  };
}

type Received = { body: string; url: string; headers: Record<string, unknown> };

/** Runs a program against a server and gives what arrived there. */
async function received(
  run: (url: string) => { command: string; args: string[] },
): Promise<Received> {
  const server = createServer();
  const arrived = new Promise<Received>((resolve) => {
    server.on('request', async (request, response) => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece);
      response.end('"ok"');
      resolve({
        body: Buffer.concat(pieces).toString(),
        url: request.url!,
        headers: request.headers,
      });
    });
  });
  await promisify(
    server.listen.bind(server) as (port: number, host: string, done: () => void) => void,
  )(0, '127.0.0.1');
  const { port } = server.address() as { port: number };
  const { command, args } = run(`http://127.0.0.1:${port}/echo`);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (piece) => {
    said += piece;
  });
  const failed = new Promise<never>((_, reject) =>
    child.on('exit', (code) => code && reject(new Error(`${command} said ${said}`))),
  );
  try {
    return await Promise.race([arrived, failed]);
  } finally {
    server.close();
  }
}

function judge(got: Received): void {
  assert.deepEqual(JSON.parse(got.body), HARD);
  assert.equal(new URL(got.url, 'http://x').searchParams.get('q'), "a b&c'd");
  assert.equal(got.headers['x-odd'], `it's "odd" \\ $HOME`);
  assert.match(String(got.headers['content-type']), /^application\/json/);
}

const python3 = process.env.PYTHON ?? 'python3';

test('the curl sample sends a hard body whole', async () => {
  judge(await received((url) => ({ command: 'bash', args: ['-c', curl(callTo(url))] })));
});

test('the JavaScript sample sends a hard body whole', async () => {
  judge(
    await received((url) => ({
      command: process.execPath,
      args: ['--input-type=module', '-e', javascript(callTo(url))],
    })),
  );
});

test('the Python sample says in Python what the JSON says', () => {
  const printed = execFileSync(python3, [
    '-c',
    `import json; print(json.dumps(${jsonLiteral(TEXT)}))`,
  ]);
  assert.deepEqual(JSON.parse(printed.toString()), HARD);
});

test('the Python sample is a program', () => {
  const code = python(callTo('http://127.0.0.1/echo'));
  execFileSync(python3, ['-c', 'import ast, sys; ast.parse(sys.argv[1])', code]);
  assert.match(code, /requests\.post\(url, headers=headers, json=body\)/);
  assert.doesNotMatch(code, /Content-Type/);
});

test('a body that is no JSON goes as it is', async () => {
  const text = `@file 'x' "y" \\ $HOME\nend`;
  const got = await received((url) => ({
    command: 'bash',
    args: ['-c', curl(callTo(url, text, 'text/plain'))],
  }));
  assert.equal(got.body, text);
  assert.match(python(callTo('http://x', text, 'text/plain')), /data=body\.encode\(\)/);
});

test('JavaScript keeps numbers that a double cannot hold', async () => {
  const text = '{"id": 12345678901234567890}';
  const got = await received((url) => ({
    command: process.execPath,
    args: ['--input-type=module', '-e', javascript(callTo(url, text))],
  }));
  assert.equal(got.body, text);
  assert.equal(numbersAreSafe('{"a": 1.5, "b": "12345678901234567890"}'), true);
});

test('R gets a raw string whose end is not in the text', () => {
  const code = r(callTo('http://x'));
  assert.ok(code.includes(`r"-----(${TEXT})-----"`) || code.includes(`r"---(${TEXT})---"`));
  const delimiter = /body <- r"(-+)\(/.exec(code)![1]!;
  assert.ok(!TEXT.includes(`)${delimiter}"`));
});

test('C# doubles quotes and leaves backslashes alone', () => {
  const code = csharp(callTo('http://x', 'a "b" \\ c'));
  assert.ok(code.includes('@"a ""b"" \\ c"'));
});

test('a template takes its values in path and query', () => {
  const values = new Map([
    ['workspace', 'a/b c'],
    ['apiversion', '2.0'],
    ['details', ''],
    ['rest', 'x/y z'],
  ]);
  assert.equal(
    filled('/w/{workspace}/run?api-version={apiversion}&details={details}', values),
    '/w/a%2Fb%20c/run?api-version=2.0',
  );
  assert.equal(filled('/files/{*rest}', values), '/files/x/y%20z');
  assert.equal(filled('/w/{unknown}', values), '/w/{unknown}');
});
