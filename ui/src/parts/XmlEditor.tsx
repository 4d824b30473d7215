import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { EditorProps } from './CodeEditor.tsx';

const CodeEditor = lazy(() => import('./CodeEditor.tsx'));

/** An editor for XML that arrives when it is first needed. */
export function XmlEditor(props: EditorProps) {
  return (
    <Suspense fallback={<Skeleton h={props.minHeight ?? 160} />}>
      <CodeEditor kind="xml" {...props} />
    </Suspense>
  );
}
