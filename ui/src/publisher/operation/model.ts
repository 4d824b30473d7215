/** An operation as its form holds it, and as the management REST has it. */

export type Parameter = {
  name: string;
  type: string;
  description?: string | null;
  defaultValue?: string | null;
  required?: boolean;
  values?: string[];
};
export type Representation = {
  contentType: string;
  schemaId?: string | null;
  typeName?: string | null;
  formParameters?: Parameter[] | null;
  examples?: { [name: string]: { value?: unknown } } | null;
};
export type Answer = {
  statusCode: number;
  description?: string | null;
  headers?: Parameter[];
  representations?: Representation[];
};
export type Operation = {
  displayName: string;
  method: string;
  urlTemplate: string;
  description?: string | null;
  templateParameters?: Parameter[];
  request?: {
    description?: string | null;
    queryParameters?: Parameter[];
    headers?: Parameter[];
    representations?: Representation[];
  } | null;
  responses?: Answer[];
};

/** A representation with its example as text; the rest is kept for sending it back. */
export type Body = { contentType: string; example: string; kept: Representation };
export type AnswerForm = {
  statusCode: string;
  description: string;
  headers: Parameter[];
  bodies: Body[];
};
export type OperationForm = {
  displayName: string;
  method: string;
  urlTemplate: string;
  description: string;
  templateParameters: Parameter[];
  requestDescription: string;
  queryParameters: Parameter[];
  headers: Parameter[];
  bodies: Body[];
  responses: AnswerForm[];
};

export const VERBS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE'];
export const TYPES = ['string', 'number', 'integer', 'boolean', 'array', 'object'];
export const CONTENT_TYPES = [
  'application/json',
  'application/xml',
  'text/plain',
  'text/csv',
  'application/octet-stream',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
];

export function emptyOperation(): OperationForm {
  return formOf({ displayName: '', method: 'GET', urlTemplate: '' });
}

export function formOf(operation: Operation): OperationForm {
  const { request } = operation;
  return {
    displayName: operation.displayName,
    method: operation.method,
    urlTemplate: operation.urlTemplate,
    description: operation.description ?? '',
    templateParameters: operation.templateParameters ?? [],
    requestDescription: request?.description ?? '',
    queryParameters: request?.queryParameters ?? [],
    headers: request?.headers ?? [],
    bodies: (request?.representations ?? []).map(bodyOf),
    responses: (operation.responses ?? []).map((one) => ({
      statusCode: String(one.statusCode),
      description: one.description ?? '',
      headers: one.headers ?? [],
      bodies: (one.representations ?? []).map(bodyOf),
    })),
  };
}

function bodyOf(kept: Representation): Body {
  const value = Object.values(kept.examples ?? {})[0]?.value;
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return { contentType: kept.contentType, example: text ?? '', kept };
}

export function operationOf(form: OperationForm): Operation {
  return {
    displayName: form.displayName.trim(),
    method: form.method,
    urlTemplate: form.urlTemplate.trim(),
    description: form.description || null,
    templateParameters: form.templateParameters.map(told),
    request: {
      description: form.requestDescription || null,
      queryParameters: form.queryParameters.map(told),
      headers: form.headers.map(told),
      representations: form.bodies.map(representationOf),
    },
    responses: form.responses.map((one) => ({
      statusCode: Number(one.statusCode),
      description: one.description || null,
      headers: one.headers.map(told),
      representations: one.bodies.map(representationOf),
    })),
  };
}

/** A parameter without what was left empty. */
function told(parameter: Parameter): Parameter {
  const entries = Object.entries(parameter).filter(([, value]) => value !== '' && value !== null);
  return Object.fromEntries(entries) as Parameter;
}

function representationOf({ contentType, example, kept }: Body): Representation {
  const name = Object.keys(kept.examples ?? {})[0] ?? 'default';
  const others = { ...kept.examples };
  delete others[name];
  const value = example.trim()
    ? { [name]: { ...kept.examples?.[name], value: read(example) } }
    : {};
  const examples = { ...value, ...others };
  const whole: Representation = { ...kept, contentType };
  delete whole.examples;
  return Object.keys(examples).length ? { ...whole, examples } : whole;
}

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Names in braces, in the order of the template: `job` of `/jobs/{job}`. */
export function namesIn(template: string): string[] {
  return [...template.matchAll(/\{\*?([^{}]+)\}/g)].map((found) => found[1] ?? '');
}

/** The parameters of a template that was typed; what is known of them stays. */
export function following(template: string, known: readonly Parameter[]): Parameter[] {
  return [...new Set(namesIn(template))].map(
    (name) => known.find((one) => one.name === name) ?? { name, type: 'string', required: true },
  );
}

/** Fields of the form that cannot be sent as they are. */
export function faults(form: OperationForm): (keyof OperationForm)[] {
  const found: (keyof OperationForm)[] = [];
  if (!form.displayName.trim()) found.push('displayName');
  if (!form.urlTemplate.trim()) found.push('urlTemplate');
  if ([...form.queryParameters].some((one) => !one.name.trim())) found.push('queryParameters');
  if (form.headers.some((one) => !one.name.trim())) found.push('headers');
  if (form.bodies.some((one) => !one.contentType.trim())) found.push('bodies');
  const odd = (one: AnswerForm) => !/^[1-5]\d\d$/.test(one.statusCode);
  const codes = form.responses.map((one) => one.statusCode);
  if (form.responses.some(odd) || new Set(codes).size < codes.length) found.push('responses');
  return found;
}
