import type { Call } from './model.ts';
import { literal } from './python.ts';

export type BatchCalls = { submit: Call; start: string; status: string };

/** Submitting, starting, waiting for and fetching a batch job, in every language. */
export function batchSamples(calls: BatchCalls) {
  return [
    { title: 'curl', language: 'bash' as const, code: curl(calls) },
    { title: 'Python', language: 'python' as const, code: python(calls) },
    { title: 'R', language: 'r' as const, code: r(calls) },
    { title: 'C#', language: 'csharp' as const, code: csharp(calls) },
    { title: 'JavaScript', language: 'javascript' as const, code: javascript(calls) },
  ];
}

const ID = 'JOB_ID';
const LOCATION = '/CONTAINER/input.csv';
const STORAGE = 'YOUR_STORAGE_CONNECTION_STRING';

function headersOf({ submit }: BatchCalls): readonly (readonly [string, string])[] {
  return submit.headers.filter(([name]) => name.toLowerCase() !== 'content-type');
}

function parts(url: string): [string, string] {
  const at = url.indexOf(ID);
  return [url.slice(0, at), url.slice(at + ID.length)];
}

function curl(calls: BatchCalls): string {
  const quote = (text: string) => `'${text.replace(/'/g, `'\\''`)}'`;
  const headers = headersOf(calls)
    .map(([name, value]) => ` --header ${quote(`${name}: ${value}`)}`)
    .join('');
  const at = (url: string) => {
    const [before, after] = parts(url);
    return `${quote(before)}"$job"${quote(after)}`;
  };
  return [
    `job=$(curl --silent${headers} --header 'Content-Type: application/json' \\`,
    `  --data-raw '{"Input": {"ConnectionString": "${STORAGE}",`,
    `               "RelativeLocation": "${LOCATION}"}, "Outputs": {}}' \\`,
    `  ${quote(calls.submit.url)} | tr -d '"')`,
    `curl --silent${headers} --request POST ${at(calls.start)}`,
    'while :; do',
    `  status=$(curl --silent${headers} ${at(calls.status)})`,
    '  echo "$status"',
    '  case $status in *\'"Finished"\'*|*\'"Failed"\'*|*\'"Cancelled"\'*) break;; esac',
    '  sleep 1',
    'done',
  ].join('\n');
}

function python(calls: BatchCalls): string {
  const at = (url: string) => parts(url).map(literal).join(' + job + ');
  const headers = headersOf(calls).map(
    ([name, value]) => `    ${literal(name)}: ${literal(value)},`,
  );
  return [
    'import time',
    'import requests',
    '',
    'headers = {',
    ...headers,
    '}',
    'body = {',
    '    "Input": {',
    `        "ConnectionString": "${STORAGE}",`,
    `        "RelativeLocation": "${LOCATION}",`,
    '    },',
    '    "Outputs": {},',
    '}',
    `job = requests.post(${literal(calls.submit.url)}, headers=headers, json=body).json()`,
    `requests.post(${at(calls.start)}, headers=headers).raise_for_status()`,
    'while True:',
    `    status = requests.get(${at(calls.status)}, headers=headers).json()`,
    '    print(status["StatusCode"])',
    '    if status["StatusCode"] in ("Finished", "Failed", "Cancelled"):',
    '        break',
    '    time.sleep(1)',
    'for name, place in (status["Results"] or {}).items():',
    '    url = place["BaseLocation"] + place["RelativeLocation"] + place["SasBlobToken"]',
    '    with open(name + ".csv", "wb") as file:',
    '        file.write(requests.get(url).content)',
  ].join('\n');
}

function r(calls: BatchCalls): string {
  const quote = (text: string) => JSON.stringify(text);
  const at = (url: string) => `paste0(${quote(parts(url)[0])}, job, ${quote(parts(url)[1])})`;
  const headers = headersOf(calls).map(([name, value]) => `\`${name}\` = ${quote(value)}`);
  return [
    'library(httr2)',
    '',
    `with_key <- function(request) req_headers(request, ${headers.join(', ')})`,
    `body <- list(Input = list(ConnectionString = "${STORAGE}",`,
    `                          RelativeLocation = "${LOCATION}"),`,
    '             Outputs = setNames(list(), character()))',
    `job <- request(${quote(calls.submit.url)}) |> with_key() |>`,
    '  req_body_json(body) |> req_perform() |> resp_body_json()',
    `request(${at(calls.start)}) |> with_key() |> req_method("POST") |> req_perform()`,
    'repeat {',
    `  status <- request(${at(calls.status)}) |> with_key() |> req_perform() |> resp_body_json()`,
    '  print(status$StatusCode)',
    '  if (status$StatusCode %in% c("Finished", "Failed", "Cancelled")) break',
    '  Sys.sleep(1)',
    '}',
    'for (name in names(status$Results)) {',
    '  place <- status$Results[[name]]',
    '  url <- paste0(place$BaseLocation, place$RelativeLocation, place$SasBlobToken)',
    '  download.file(url, paste0(name, ".csv"), mode = "wb")',
    '}',
  ].join('\n');
}

function csharp(calls: BatchCalls): string {
  const quote = (text: string) => `@"${text.replace(/"/g, '""')}"`;
  const at = (url: string) => parts(url).map(quote).join(' + job + ');
  const body = `{"Input": {"ConnectionString": "${STORAGE}", "RelativeLocation": "${LOCATION}"}, "Outputs": {}}`;
  const headers = headersOf(calls).map(
    ([name, value]) =>
      `            client.DefaultRequestHeaders.TryAddWithoutValidation(${quote(name)}, ${quote(value)});`,
  );
  return [
    'using System;',
    'using System.Net.Http;',
    'using System.Text;',
    'using System.Threading;',
    '',
    'static class Program',
    '{',
    '    static void Main()',
    '    {',
    '        using (var client = new HttpClient())',
    '        {',
    ...headers,
    `            var body = new StringContent(${quote(body)}, Encoding.UTF8, "application/json");`,
    `            var job = Text(client.PostAsync(${quote(calls.submit.url)}, body).GetAwaiter().GetResult()).Trim('"');`,
    `            Text(client.PostAsync(${at(calls.start)}, null).GetAwaiter().GetResult());`,
    '            string status;',
    '            do',
    '            {',
    '                Thread.Sleep(1000);',
    `                status = Text(client.GetAsync(${at(calls.status)}).GetAwaiter().GetResult());`,
    '                Console.WriteLine(status);',
    '            }',
    `            while (status.Contains("\\"NotStarted\\"") || status.Contains("\\"Running\\""));`,
    '        }',
    '    }',
    '',
    '    static string Text(HttpResponseMessage response)',
    '    {',
    '        response.EnsureSuccessStatusCode();',
    '        return response.Content.ReadAsStringAsync().GetAwaiter().GetResult();',
    '    }',
    '}',
  ].join('\n');
}

function javascript(calls: BatchCalls): string {
  const quote = (text: string) => JSON.stringify(text);
  const at = (url: string) => parts(url).map(quote).join(' + job + ');
  const headers = headersOf(calls).map(([name, value]) => `  ${quote(name)}: ${quote(value)},`);
  return [
    'const headers = {',
    ...headers,
    '  "Content-Type": "application/json",',
    '};',
    'const body = JSON.stringify({',
    `  Input: { ConnectionString: "${STORAGE}", RelativeLocation: "${LOCATION}" },`,
    '  Outputs: {},',
    '});',
    `const submitted = await fetch(${quote(calls.submit.url)}, { method: "POST", headers, body });`,
    'const job = await submitted.json();',
    `await fetch(${at(calls.start)}, { method: "POST", headers });`,
    'let status;',
    'do {',
    '  await new Promise((resolve) => setTimeout(resolve, 1000));',
    `  status = await (await fetch(${at(calls.status)}, { headers })).json();`,
    '  console.log(status.StatusCode);',
    '} while (["NotStarted", "Running"].includes(status.StatusCode));',
    'for (const [name, place] of Object.entries(status.Results ?? {}))',
    '  console.log(name, place.BaseLocation + place.RelativeLocation + place.SasBlobToken);',
  ].join('\n');
}
