import { type Call, header } from './model.ts';

export function csharp(call: Call): string {
  const { method, url, headers, body } = call;
  const type = header(call, 'content-type');
  const lines = [
    'using System;',
    'using System.Net.Http;',
    'using System.Text;',
    '',
    'static class Program',
    '{',
    '    static void Main()',
    '    {',
    '        using (var client = new HttpClient())',
    `        using (var request = new HttpRequestMessage(new HttpMethod(${verbatim(method)}), ${verbatim(url)}))`,
    '        {',
  ];
  for (const [name, value] of headers) {
    if (name.toLowerCase() === 'content-type') continue;
    lines.push(
      `            request.Headers.TryAddWithoutValidation(${verbatim(name)}, ${verbatim(value)});`,
    );
  }
  if (body !== null) {
    lines.push(
      `            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(${verbatim(body)}));`,
    );
    if (type !== undefined)
      lines.push(
        `            request.Content.Headers.TryAddWithoutValidation("Content-Type", ${verbatim(type)});`,
      );
  }
  lines.push(
    '            using (var response = client.SendAsync(request).GetAwaiter().GetResult())',
    '            {',
    '                Console.WriteLine((int)response.StatusCode);',
    '                Console.WriteLine(response.Content.ReadAsStringAsync().GetAwaiter().GetResult());',
    '            }',
    '        }',
    '    }',
    '}',
  );
  return lines.join('\n');
}

function verbatim(text: string): string {
  return `@"${text.replace(/"/g, '""')}"`;
}
