import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filled, pieces } from './preview.ts';

test('tokens are filled in, and others stay', () => {
  assert.equal(
    filled('Dear $DevFirstName, $Unknown $5', { DevFirstName: 'Ann' }),
    'Dear Ann, $Unknown $5',
  );
});

test('only harmless elements are shown', () => {
  const text = (content: string) => ({ nodeType: 3, textContent: content });
  const element = (localName: string, childNodes: object[], href = '') => ({
    nodeType: 1,
    localName,
    childNodes,
    getAttribute: () => href,
  });
  const body = [
    element('p', [text('a '), element('a', [text('here')], 'javascript:x')]),
    element('script', [text('bad')]),
    element('img', []),
    element('a', [text('there')], 'https://x.example'),
  ];
  assert.deepEqual(pieces(body as unknown as Node[]), [
    { name: 'p', children: ['a ', { name: 'a', children: ['here'] }] },
    { name: 'a', href: 'https://x.example', children: ['there'] },
  ]);
});
