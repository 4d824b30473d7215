import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ExpressionType, type Member, offersAt, type Types } from './members.ts';

const property = (name: string, result: string): Member => ({
  name,
  result,
  takes: null,
  generics: [],
  isStatic: false,
});
const call = (name: string, result: string, more: Partial<Member> = {}): Member => ({
  ...property(name, result),
  takes: '',
  ...more,
});
const type = (
  name: string,
  members: Member[],
  more: Partial<ExpressionType> = {},
): [string, ExpressionType] => [
  name,
  { name, parameters: [], bases: [], item: '', members, ...more },
];
const types: Types = new Map<string, ExpressionType>([
  type('object', [call('ToString', 'string')]),
  type('IContext', [property('Request', 'IRequest'), property('Variables', 'IVariables')]),
  type('IRequest', [property('Headers', 'IHeaders'), property('Body', 'IMessageBody')]),
  type('IMessageBody', [call('As', 'T', { generics: ['T'] })]),
  type('IVariables', [], { item: 'object' }),
  type('IHeaders', [call('GetValueOrDefault', 'string')], {
    bases: ['Map<string, string[]>'],
    item: 'string[]',
  }),
  type('Map', [property('Values', 'Many<V>')], { parameters: ['K', 'V'] }),
  type('Many', [call('First', 'T')], { parameters: ['T'] }),
  type('[]', [property('Length', 'int')], { parameters: ['T'] }),
  type('string', [property('Length', 'int'), call('IsEmpty', 'bool', { isStatic: true })]),
  type('JObject', [property('Count', 'int')]),
  type('Guid', [call('NewGuid', 'Guid', { isStatic: true })]),
]);
const labels = (code: string) => offersAt(code, types)?.options.map(({ label }) => label);

test('members complete along a chain, those of base types too', () => {
  assert.deepEqual(labels('<a b="@(context.'), ['Request', 'Variables', 'ToString']);
  assert.deepEqual(labels('@(context.Request.Headers.'), [
    'GetValueOrDefault',
    'Values',
    'ToString',
  ]);
  assert.deepEqual(labels('@(context.Request.Headers.Values.First().'), ['Length', 'ToString']);
  assert.equal(
    labels('<a b="@(context.Request.Headers.GetValueOrDefault("a)b", "").')?.[0],
    'Length',
  );
  assert.equal(labels('@{ return context.Request?.Headers["x"].')?.[0], 'Length');
});

test('what a generic call or a cast gives is known', () => {
  assert.equal(labels('@(context.Request.Body.As<JObject>().')?.[0], 'Count');
  assert.equal(labels('@(((JObject)context.Variables["a"]).')?.[0], 'Count');
});

test('a type offers what belongs to itself, and a name what it may become', () => {
  assert.deepEqual(labels('@(Guid.'), ['NewGuid']);
  assert.deepEqual(labels('@(Gu'), ['context', 'Guid']);
  assert.equal(offersAt('@(context.Req', types)?.from, '@(context.'.length);
});

test('nothing is offered outside of an expression, or where nothing is known', () => {
  assert.equal(offersAt('<set-header name="context.', types), null);
  assert.equal(offersAt('@(context.Request) context.', types), null);
  assert.equal(offersAt('@(nobody.', types), null);
  assert.equal(offersAt('@(1 + ', types), null);
});
